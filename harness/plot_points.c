/* plot_points.c - summary.csv's rows as sorted points, each in its series. */
#include "plot_points.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"
#include "summary.h"

#define MAX_GROUPS 64 /* bits of plot_series.groups; more share the last */

enum column {
	FAMILY,
	STRATEGY,
	WORKLOAD,
	ISA,
	SIZE_UNIT,
	PAGES,
	PLACE,
	MEM_POLICY,
	METRIC,
	STATUS,
	MEDIAN,
	CI_LO,
	CI_HI,
	THREADS,
	SIZE,
	NR_COLUMNS,
};

static const char *const column_names[NR_COLUMNS] = {
	"family", "strategy", "workload",   "isa",     "size_unit",
	"pages",  "place",    "mem_policy", "metric",  "status",
	"median", "ci_lo",    "ci_hi",	    "threads", "size",
};

bool plot_is_reference(const struct plot_point *point)
{
	return !strcmp(point->strategy, "null") ||
	       !strcmp(point->strategy, "floor") ||
	       !strncmp(point->strategy, "floor_", strlen("floor_"));
}

static size_t first_word(const char *workload)
{
	return strcspn(workload, "_:@");
}

/* Workloads that begin with the same word and have the same kind of sizes. */
static int compare_groups(const struct plot_point *a,
			  const struct plot_point *b)
{
	size_t length_a = first_word(a->workload);
	size_t length_b = first_word(b->workload);
	int order = strncmp(a->workload, b->workload,
			    length_a < length_b ? length_a : length_b);

	if (!order)
		order = (length_a > length_b) - (length_a < length_b);
	return order ? order : strcmp(a->size_unit, b->size_unit);
}

static int compare_isas(const char *a, const char *b)
{
	int a_scalar = !strcmp(a, "scalar"), b_scalar = !strcmp(b, "scalar");

	return a_scalar != b_scalar ? b_scalar - a_scalar : strcmp(a, b);
}

/* References last: they are drawn over the others and end the legend. */
static int compare_series(const struct plot_point *a,
			  const struct plot_point *b)
{
	int order = plot_is_reference(a) - plot_is_reference(b);

	if (!order)
		order = strcmp(a->strategy, b->strategy);
	if (!order)
		order = compare_isas(a->isa, b->isa);
	if (!order)
		order = strcmp(a->pages, b->pages);
	if (!order)
		order = strcmp(a->place, b->place);
	return order ? order : strcmp(a->mem_policy, b->mem_policy);
}

static int compare_points(const void *left, const void *right)
{
	const struct plot_point *a = left, *b = right;
	int order = strcmp(a->family, b->family);

	if (!order)
		order = compare_groups(a, b);
	if (!order)
		order = strcmp(a->workload, b->workload);
	if (!order)
		order = compare_series(a, b);
	if (!order)
		order = strcmp(a->metric, b->metric);
	if (!order)
		order = (a->threads > b->threads) - (a->threads < b->threads);
	if (!order)
		order = (a->size > b->size) - (a->size < b->size);
	/* The texts lie in the file's order. */
	return order ? order
		     : (a->median > b->median) - (a->median < b->median);
}

/* Series of one family, whatever the workload. */
static int compare_series_points(const void *left, const void *right)
{
	const struct plot_point *const *a = left, *const *b = right;
	int order = strcmp((*a)->family, (*b)->family);

	return order ? order : compare_series(*a, *b);
}

static int node_of(const char *policy, const char *prefix)
{
	size_t length = strlen(prefix);
	char *end;
	long node;

	if (strncmp(policy, prefix, length))
		return -1;
	node = strtol(policy + length, &end, 10);
	return end == policy + length || *end ? -1 : (int)node;
}

/* Times and rates are never 0; of the huge frames all may be gone. */
static bool is_value(const char *metric, double value)
{
	return strncmp(metric, PLOT_SHARE, strlen(PLOT_SHARE)) ? value > 0
							       : value >= 0;
}

/* A row that held and has a value; few processes only cost the interval. */
static bool drawable(const char *status, const char *metric, double value)
{
	return summary_is_measured(status) && is_value(metric, value);
}

static bool read_point(struct plot_point *point, const struct csv *csv,
		       const int *columns, unsigned row)
{
	const char *cell[NR_COLUMNS];
	double threads, size;

	for (unsigned i = 0; i < NR_COLUMNS; i++)
		cell[i] = csv_cell(csv, row, columns[i]);
	threads = csv_number(cell[THREADS]);
	size = csv_number(cell[SIZE]);
	*point = (struct plot_point){
		.family = cell[FAMILY],
		.strategy = cell[STRATEGY],
		.workload = cell[WORKLOAD],
		.isa = cell[ISA],
		.size_unit = cell[SIZE_UNIT],
		.pages = cell[PAGES],
		.place = cell[PLACE],
		.mem_policy = cell[MEM_POLICY],
		.metric = cell[METRIC],
		.median = cell[MEDIAN],
		.ci_lo = cell[CI_LO],
		.ci_hi = cell[CI_HI],
		.value = csv_number(cell[MEDIAN]),
		.lo = csv_number(cell[CI_LO]),
		.hi = csv_number(cell[CI_HI]),
		.size = size >= 0 ? (uint64_t)size : 0,
		.threads = threads >= 1 ? (unsigned)threads : 0,
		.cpu_node = node_of(cell[PLACE], "node:"),
		.memory_node = node_of(cell[MEM_POLICY], "bind:"),
	};
	point->interval =
		is_value(point->metric, point->lo) && point->hi >= point->lo;
	if (!point->interval)
		point->lo = point->hi = point->value;
	if (point->cpu_node < 0 || point->memory_node < 0)
		point->cpu_node = point->memory_node = -1;
	return drawable(cell[STATUS], point->metric, point->value) &&
	       point->threads;
}

/* Count the groups within each family. */
static void number_groups(struct plot_point *points, unsigned nr)
{
	for (unsigned i = 1; i < nr; i++) {
		struct plot_point *p = &points[i];

		if (strcmp(p->family, p[-1].family))
			p->group = 0;
		else
			p->group = p[-1].group + !!compare_groups(p - 1, p);
	}
	for (unsigned i = 0; i < nr; i++)
		if (points[i].group >= MAX_GROUPS)
			points[i].group = MAX_GROUPS - 1;
}

static int read_points(struct plot_points *p, const char *path, char *error,
		       size_t error_size)
{
	int columns[NR_COLUMNS];

	for (unsigned i = 0; i < NR_COLUMNS; i++) {
		columns[i] = csv_column(&p->csv, column_names[i]);
		if (columns[i] < 0) {
			snprintf(error, error_size, "%s: no column %s", path,
				 column_names[i]);
			return -EINVAL;
		}
	}
	p->points = calloc(p->csv.nr_rows + 1, sizeof(*p->points));
	if (!p->points) {
		snprintf(error, error_size, "%s: out of memory", path);
		return -ENOMEM;
	}
	for (unsigned row = 0; row < p->csv.nr_rows; row++)
		if (read_point(&p->points[p->nr_points], &p->csv, columns, row))
			p->nr_points++;
	qsort(p->points, p->nr_points, sizeof(*p->points), compare_points);
	number_groups(p->points, p->nr_points);
	return 0;
}

/*
 * Of a workload that was measured only for pairs of nodes, the first local
 * pair (or, failing that, the first pair) stands in the other charts.
 */
static const struct plot_point *representative(const struct plot_point *first,
					       const struct plot_point *end)
{
	const struct plot_point *local = NULL;

	for (const struct plot_point *p = first; p < end; p++) {
		if (p->cpu_node < 0)
			return NULL;
		if (!local && p->cpu_node == p->memory_node)
			local = p;
	}
	return local ? local : first;
}

/* Pointers to the points that belong to a series; their number. */
static unsigned select_series_points(struct plot_points *p,
				     struct plot_point **selected)
{
	struct plot_point *end = p->points + p->nr_points, *next;
	unsigned nr = 0;

	for (struct plot_point *first = p->points; first < end; first = next) {
		const struct plot_point *pair;

		for (next = first + 1; next < end; next++)
			if (strcmp(next->family, first->family) ||
			    strcmp(next->workload, first->workload))
				break;
		pair = representative(first, next);
		for (struct plot_point *i = first; i < next; i++)
			if (i->cpu_node < 0 ||
			    (pair && i->cpu_node == pair->cpu_node &&
			     i->memory_node == pair->memory_node))
				selected[nr++] = i;
	}
	return nr;
}

static bool share_group(const struct plot_series *a,
			const struct plot_series *b)
{
	return !strcmp(a->like->family, b->like->family) &&
	       (a->groups & b->groups);
}

/*
 * The lowest slot that no earlier series on the same charts has: a strategy
 * looks the same in all charts of its family, and families with many small
 * workloads don't run out of colours.
 */
static void assign_slot(const struct plot_points *p, struct plot_series *s)
{
	if (plot_is_reference(s->like)) {
		s->slot = strcmp(s->like->strategy, "null") ? PLOT_SLOT_FLOOR
							    : PLOT_SLOT_NULL;
		return;
	}
	for (bool taken = true; taken; s->slot += taken) {
		taken = false;
		for (struct plot_series *i = p->series; i < s; i++)
			taken |= share_group(i, s) && i->slot == s->slot;
	}
}

void plot_clean(char *text)
{
	for (; *text; text++)
		if (*text == ',')
			*text = ';';
		else if (*text == '"' || (unsigned char)*text < ' ')
			*text = '\'';
}

static void append(struct plot_series *s, const char *text)
{
	size_t used = strlen(s->label);

	snprintf(s->label + used, sizeof(s->label) - used, "%s%s",
		 used ? " " : "", text);
	plot_clean(s->label + used);
}

/* A chart finds its rows by the label: lists that begin alike are numbered. */
static void number_label(const struct plot_points *p, struct plot_series *s)
{
	const size_t length = strlen(s->label);
	unsigned number = 1;
	bool taken = false;

	for (const struct plot_series *i = p->series; i < s; i++) {
		if (strcmp(i->like->family, s->like->family) ||
		    strncmp(i->label, s->label, length) ||
		    (i->label[length] && strncmp(i->label + length, " #", 2)))
			continue;
		number++;
		taken |= share_group(i, s);
	}
	if (taken)
		snprintf(s->label + length, sizeof(s->label) - length, " #%u",
			 number);
}

/* The strategy, and of the rest what tells it from its neighbours. */
static void make_label(const struct plot_points *p, struct plot_series *s)
{
	const struct plot_point *like = s->like;
	bool isa = strcmp(like->isa, "scalar") && !plot_is_reference(like);
	bool pages = false, place = false, mem = false;
	char brief[NUMBERS_BRIEF_BYTES];

	for (unsigned i = 0; i < p->nr_series; i++) {
		const struct plot_point *other = p->series[i].like;

		if (!share_group(&p->series[i], s) ||
		    strcmp(other->strategy, like->strategy))
			continue;
		isa |= strcmp(other->isa, like->isa) != 0;
		pages |= strcmp(other->pages, like->pages) != 0;
		place |= strcmp(other->place, like->place) != 0;
		mem |= strcmp(other->mem_policy, like->mem_policy) != 0;
	}
	append(s, like->strategy);
	if (isa)
		append(s, like->isa);
	if (pages)
		append(s, like->pages);
	if (place)
		append(s, numbers_brief(like->place, brief));
	if (mem)
		append(s, numbers_brief(like->mem_policy, brief));
	number_label(p, s);
}

static int make_series(struct plot_points *p)
{
	struct plot_point **selected =
		calloc(p->nr_points + 1, sizeof(*selected));
	unsigned nr;

	p->series = calloc(p->nr_points + 1, sizeof(*p->series));
	if (!selected || !p->series) {
		free(selected);
		return -ENOMEM;
	}
	nr = select_series_points(p, selected);
	qsort(selected, nr, sizeof(*selected), compare_series_points);
	for (unsigned i = 0; i < nr; i++) {
		if (!i || compare_series_points(&selected[i - 1], &selected[i]))
			p->series[p->nr_series++].like = selected[i];
		selected[i]->series = &p->series[p->nr_series - 1];
		selected[i]->series->groups |= 1ull << selected[i]->group;
	}
	free(selected);
	for (unsigned i = 0; i < p->nr_series; i++) {
		assign_slot(p, &p->series[i]);
		make_label(p, &p->series[i]);
	}
	return 0;
}

int plot_points_read(struct plot_points *p, const char *path, char *error,
		     size_t error_size)
{
	int rc;

	*p = (struct plot_points){ 0 };
	rc = csv_read(&p->csv, path, error, error_size);
	if (rc)
		return rc;
	rc = read_points(p, path, error, error_size);
	if (!rc) {
		rc = make_series(p);
		if (rc)
			snprintf(error, error_size, "%s: out of memory", path);
	}
	if (rc)
		plot_points_free(p);
	return rc;
}

void plot_points_free(struct plot_points *p)
{
	csv_free(&p->csv);
	free(p->points);
	free(p->series);
	*p = (struct plot_points){ 0 };
}
