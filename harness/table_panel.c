/* table_panel.c - a block on paper. */
#include "table_panel.h"

#include <math.h>
#include <string.h>

#include "../kernels/base/compiler.h"

#define WORST_WIDTH 7	/* " ±12.3%" */
#define RATIOS_WIDTH 13 /* "  0.612-0.660x" at most, mostly less */

/* What is shown of a line: a column's parts, and what follows the columns. */
struct layout {
	int nr_parts;
	bool worst;  /* the line's widest interval */
	bool ratios; /* its least and largest times floor */
};

/* The richest first. */
static const struct layout layouts[] = {
	{ 3, false, false }, { 2, false, true }, { 2, false, false },
	{ 1, true, true },   { 1, true, false }, { 1, false, false },
};

#define NR_LAYOUTS ARRAY_SIZE(layouts)
#define FIRST_BARE 3 /* the first that has no interval in its cells */

struct panel {
	const struct block *b;
	struct table_text *t;
	struct layout layout;
	unsigned first, nr; /* columns */
};

static bool shows_worst(const struct block *b, const struct layout *l)
{
	return l->worst && b->part_width[INTERVAL_PART];
}

static bool shows_ratios(const struct block *b, const struct layout *l)
{
	return l->ratios && b->part_width[FLOOR_PART];
}

/* A column with the two blanks before it. */
static int column_width(const struct block *b, const struct layout *l)
{
	int width = 2 + b->part_width[MEDIAN_PART];

	for (int part = 1; part < l->nr_parts; part++)
		if (b->part_width[part])
			width += 1 + b->part_width[part];
	return width;
}

/* How many columns fit side by side; 1 must. */
static unsigned columns_that_fit(const struct block *b, const struct layout *l,
				 unsigned width)
{
	const int room = (int)width - b->label_width -
			 (shows_worst(b, l) ? WORST_WIDTH : 0) -
			 (shows_ratios(b, l) ? RATIOS_WIDTH : 0);
	const int nr = room / column_width(b, l);

	return nr > 1 ? (unsigned)nr : 1;
}

static const char *colour_of(const struct panel *p, unsigned line,
			     unsigned column)
{
	const struct block *b = p->b;
	const struct entry *e = b->cells[line * b->nr_columns + column].entry;

	if (!e)
		return NULL;
	if (!entry_is_ok(e))
		return "31";
	if (entry_is_reference(e))
		return "2";
	return block_is_best(b, line, column) ? "1;32" : NULL;
}

static void print_worst(const struct panel *p, const struct cell *cells)
{
	double worst = NAN;
	char text[32];

	for (unsigned i = 0; i < p->nr; i++)
		if (cells[i].entry)
			worst = fmax(worst, cells[i].entry->half);
	text_format_half(text, sizeof(text), worst);
	text_put_right(p->t, text, WORST_WIDTH, NULL);
}

static void print_ratios(const struct panel *p, const struct cell *cells)
{
	double low = NAN, high = NAN;
	char least[16], most[16], text[40];

	for (unsigned i = 0; i < p->nr; i++)
		if (cells[i].entry) {
			low = fmin(low, cells[i].entry->floor_ratio);
			high = fmax(high, cells[i].entry->floor_ratio);
		}
	if (isnan(low))
		return;
	text_format(least, sizeof(least), low, "");
	text_format(most, sizeof(most), high, "");
	if (strcmp(least, most))
		snprintf(text, sizeof(text), "%s-%sx", least, most);
	else
		snprintf(text, sizeof(text), "%sx", least);
	text_put_right(p->t, text, RATIOS_WIDTH, NULL);
}

/* A line that has nothing in this panel is left out. */
static bool is_empty(const struct cell *cells, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		if (cells[i].entry)
			return false;
	return true;
}

static void print_line(const struct panel *p, unsigned line)
{
	const struct block *b = p->b;
	const struct cell *cells = &b->cells[line * b->nr_columns + p->first];
	char label[80];

	if (is_empty(cells, p->nr))
		return;
	block_format_label(b, b->lines[line], label, sizeof(label));
	text_put_left(p->t, label, b->label_width, NULL);
	for (unsigned i = 0; i < p->nr; i++) {
		text_put_right(p->t, cells[i].part[MEDIAN_PART],
			       2 + b->part_width[MEDIAN_PART],
			       colour_of(p, line, p->first + i));
		for (int part = 1; part < p->layout.nr_parts; part++)
			if (b->part_width[part])
				text_put_right(p->t, cells[i].part[part],
					       1 + b->part_width[part], NULL);
	}
	if (shows_worst(b, &p->layout))
		print_worst(p, cells);
	if (shows_ratios(b, &p->layout))
		print_ratios(p, cells);
	text_end_line(p->t);
}

static bool one_thread_count(const struct panel *p)
{
	const struct entry *const *columns =
		(const struct entry *const *)p->b->columns;

	return columns[p->first]->threads ==
	       columns[p->first + p->nr - 1]->threads;
}

/* What a panel has in common: " by order, 2 threads", ", order 3". */
static void format_axes(const struct panel *p, char *text, size_t size)
{
	const struct block *b = p->b;
	const struct entry *e = b->v[0];
	char number[32];

	*text = '\0';
	if (b->flat && entry_has(e, SIZE_UNIT) && block_shares(b, SIZE) &&
	    block_shares(b, SIZE_UNIT)) {
		block_format_size(e, number, sizeof(number));
		snprintf(text, size, ", %s %s", e->text[SIZE_UNIT], number);
	}
	if (b->flat)
		return;
	*number = '\0';
	if (one_thread_count(p))
		block_format_threads(b->columns[p->first], number,
				     sizeof(number));
	snprintf(text, size, "%s%s%s%s", entry_has(e, SIZE_UNIT) ? " by " : "",
		 entry_has(e, SIZE_UNIT) ? e->text[SIZE_UNIT] : "",
		 *number ? ", " : "", number);
}

/* "frame pair: ns per operation by order, 2 threads" */
static void print_title(const struct panel *p)
{
	const struct entry *e = p->b->v[0];
	const bool one = block_shares(p->b, WORKLOAD);
	char axes[128], title[256];

	format_axes(p, axes, sizeof(axes));
	snprintf(title, sizeof(title), "%s%s%s: %s%s", e->text[FAMILY],
		 one ? " " : "", one ? e->text[WORKLOAD] : "",
		 entry_is(e, METRIC, "bytes_per_s") ? "GB/s"
						    : "ns per operation",
		 axes);
	text_end_line(p->t);
	text_put_left(p->t, title, 0, "1");
	text_end_line(p->t);
}

/* Each number of threads where its sizes begin. */
static void print_threads(const struct panel *p)
{
	const struct block *b = p->b;

	text_put_left(p->t, "", b->label_width + 2, NULL);
	for (unsigned i = p->first, end; i < p->first + p->nr; i = end) {
		char text[32];

		for (end = i + 1; end < p->first + p->nr; end++)
			if (b->columns[end]->threads != b->columns[i]->threads)
				break;
		block_format_threads(b->columns[i], text, sizeof(text));
		text_put_left(p->t, text,
			      (int)(end - i) * column_width(b, &p->layout),
			      NULL);
	}
	text_end_line(p->t);
}

static void print_columns(const struct panel *p)
{
	const struct block *b = p->b;
	const int median_width = 2 + b->part_width[MEDIAN_PART];

	text_put_left(p->t, "", b->label_width, NULL);
	for (unsigned i = p->first; i < p->first + p->nr; i++) {
		char text[32];

		block_format_column(b, b->columns[i], text, sizeof(text));
		text_put_right(p->t, text, median_width, NULL);
		text_put_left(p->t, "",
			      column_width(b, &p->layout) - median_width, NULL);
	}
	if (shows_worst(b, &p->layout))
		text_put_right(p->t, "±", WORST_WIDTH, NULL);
	if (shows_ratios(b, &p->layout))
		text_put_right(p->t, "x floor", RATIOS_WIDTH, NULL);
	text_end_line(p->t);
}

static void print_panel(const struct block *b, struct table_text *t,
			unsigned first, unsigned nr, struct layout layout)
{
	const struct panel p = { b, t, layout, first, nr };

	print_title(&p);
	if (!b->flat && !one_thread_count(&p))
		print_threads(&p);
	print_columns(&p);
	for (unsigned line = 0; line < b->nr_lines; line++)
		print_line(&p, line);
}

/* Columns from first on that belong in one panel if they fit. */
static unsigned group_length(const struct block *b, unsigned first)
{
	unsigned end = first + 1;

	while (end < b->nr_columns &&
	       (b->flat ||
		b->columns[end]->threads == b->columns[first]->threads))
		end++;
	return end - first;
}

void block_print(const struct block *b, struct table_text *t)
{
	/* All in one panel, if there is room for the intervals too. */
	for (unsigned i = 0; i < FIRST_BARE; i++)
		if (columns_that_fit(b, &layouts[i], t->width) >=
		    b->nr_columns) {
			print_panel(b, t, 0, b->nr_columns, layouts[i]);
			return;
		}
	for (unsigned first = 0, nr; first < b->nr_columns; first += nr) {
		unsigned i = 0, fit;

		nr = group_length(b, first);
		while (i < NR_LAYOUTS - 1 &&
		       columns_that_fit(b, &layouts[i], t->width) < nr)
			i++;
		fit = columns_that_fit(b, &layouts[i], t->width);
		if (nr > fit)
			nr = fit;
		print_panel(b, t, first, nr, layouts[i]);
	}
}
