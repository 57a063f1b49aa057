/* plot_chart.c - a chart's data and script as files. */
#include "plot_chart.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/compiler.h"
#include "numbers.h"
#include "results.h"

static void *grow(void *array, unsigned nr, size_t size)
{
	/* At powers of two there is no room left. */
	return nr & (nr - 1) ? array : realloc(array, (nr ? 2 * nr : 1) * size);
}

static void add_panel(struct plot_chart *c, const char *title, bool share)
{
	struct plot_panel *panels =
		grow(c->panels, c->nr_panels, sizeof(*panels));

	if (!panels) {
		c->failed = true;
		return;
	}
	c->panels = panels;
	panels += c->nr_panels++;
	panels->share = share;
	snprintf(panels->title, sizeof(panels->title), "%s", title);
	plot_clean(panels->title);
}

void plot_chart_panel(struct plot_chart *c, const char *title)
{
	add_panel(c, title, false);
}

void plot_chart_share_panel(struct plot_chart *c, const char *title)
{
	add_panel(c, title, true);
}

void plot_chart_add(struct plot_chart *c, const struct plot_series *series,
		    double x, const struct plot_point *point)
{
	struct plot_row *rows = grow(c->rows, c->nr_rows, sizeof(*rows));

	if (!rows) {
		c->failed = true;
		return;
	}
	c->rows = rows;
	rows[c->nr_rows++] =
		(struct plot_row){ c->nr_panels - 1, series, x, point };
}

void plot_chart_free(struct plot_chart *c)
{
	free(c->panels);
	free(c->rows);
}

void plot_format_size(uint64_t size, const char *unit, char *buf,
		      size_t buf_size)
{
	static const char *const prefix[] = { "", "Ki", "Mi", "Gi", "Ti" };
	unsigned i = 0;

	if (strcmp(unit, "bytes")) {
		snprintf(buf, buf_size, "%s %llu", unit,
			 (unsigned long long)size);
		return;
	}
	while (i < 4 && size >= 1024 && size % 1024 == 0)
		size /= 1024, i++;
	snprintf(buf, buf_size, "%llu %sB", (unsigned long long)size,
		 prefix[i]);
}

/* A gnuplot string in single quotes, where only those are special. */
static void put_string(FILE *out, const char *text)
{
	putc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			putc('\'', out);
		putc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
	putc('\'', out);
}

static void put_variable(FILE *out, const char *name, const char *text)
{
	fprintf(out, "%s = ", name);
	put_string(out, text);
	putc('\n', out);
}

/* An array's next element; the last one is to be followed by a bracket. */
static void put_element(FILE *out, const char *array, unsigned i,
			const char *text)
{
	if (i)
		fputs(", ", out);
	else
		fprintf(out, "array %s = [", array);
	put_string(out, text);
}

static void put_data(FILE *out, const struct plot_chart *c)
{
	fputs("panel,series,x,median,ci_lo,ci_hi\n", out);
	for (unsigned i = 0; i < c->nr_rows; i++) {
		const struct plot_row *row = &c->rows[i];
		const struct plot_point *p = row->point;

		fprintf(out, "%s,%s", c->panels[row->panel].title,
			row->series->label);
		fprintf(out, ",%.17g,%s,%s,%s\n", row->x, p->median,
			p->interval ? p->ci_lo : "NA",
			p->interval ? p->ci_hi : "NA");
	}
}

static int compare_series(const void *left, const void *right)
{
	const struct plot_series *const *a = left, *const *b = right;

	return (*a > *b) - (*a < *b);
}

/* The chart's series, each once, in the order of the family's. */
static const struct plot_series **list_series(const struct plot_chart *c,
					      unsigned *nr)
{
	const struct plot_series **list = calloc(c->nr_rows, sizeof(*list));
	unsigned distinct = 0;

	if (!list)
		return NULL;
	for (unsigned i = 0; i < c->nr_rows; i++)
		list[i] = c->rows[i].series;
	qsort(list, c->nr_rows, sizeof(*list), compare_series);
	for (unsigned i = 0; i < c->nr_rows; i++)
		if (!i || list[i] != list[distinct - 1])
			list[distinct++] = list[i];
	*nr = distinct;
	return list;
}

/* The chart's next x; HUGE_VAL: none. */
static double next_x(const struct plot_chart *c, double x)
{
	double next = HUGE_VAL;

	for (unsigned i = 0; i < c->nr_rows; i++)
		if (c->rows[i].x > x)
			next = fmin(next, c->rows[i].x);
	return next;
}

/* Every x of the chart once, ascending. */
static void put_x_values(FILE *out, const struct plot_chart *c)
{
	const char *comma = "";

	fputs("array x_values = [", out);
	for (double x = -HUGE_VAL; (x = next_x(c, x)) < HUGE_VAL; comma = ", ")
		fprintf(out, "%s%.17g", comma, x);
	fputs("]\n", out);
}

/* Which of the chart's series a row is of, from 1 as gnuplot counts. */
static unsigned series_number(const struct plot_series **series,
			      unsigned nr_series, const struct plot_row *row)
{
	unsigned i = 0;

	while (i < nr_series && series[i] != row->series)
		i++;
	return i + 1;
}

/* Of the chart's metric; shares have an axis of their own, and 0 has no place
 * on a logarithmic one. */
static void put_range(FILE *out, const struct plot_chart *c)
{
	double min = HUGE_VAL, max = -HUGE_VAL;

	for (unsigned i = 0; i < c->nr_rows; i++) {
		const struct plot_point *p = c->rows[i].point;

		if (c->panels[c->rows[i].panel].share)
			continue;
		if (p->value > 0)
			min = fmin(min, c->no_intervals ? p->value : p->lo);
		max = fmax(max, c->no_intervals ? p->value : p->hi);
	}
	if (min > max)
		min = max = 1;
	fprintf(out, "v_min = %.9g; v_max = %.9g\n", min, max);
}

/*
 * For each panel and series: where its rows are, its smallest and largest x,
 * and what one unit of x gives at the first: the ideal line begins with it.
 */
static void put_scaling(FILE *out, const struct plot_chart *c,
			const struct plot_series **series, unsigned nr_series)
{
	static const char *const arrays[] = { "first_row", "nr_rows", "from",
					      "to", "ideal" };
	unsigned nr = c->nr_panels * nr_series;

	for (unsigned i = 0; i < ARRAY_SIZE(arrays); i++)
		fprintf(out, "array %s[%u]\n", arrays[i], nr);
	for (unsigned i = 0; i < nr; i++) {
		unsigned first = 0, end;
		const struct plot_row *row;

		while (first < c->nr_rows &&
		       (c->rows[first].panel != i / nr_series ||
			c->rows[first].series != series[i % nr_series]))
			first++;
		row = &c->rows[first];
		for (end = first; end < c->nr_rows; end++)
			if (c->rows[end].panel != row->panel ||
			    c->rows[end].series != row->series)
				break;
		fprintf(out, "nr_rows[%u] = %u", i + 1, end - first);
		if (end > first)
			fprintf(out,
				"; first_row[%u] = %u; from[%u] = %.17g; "
				"to[%u] = %.17g; ideal[%u] = %.9g",
				i + 1, first, i + 1, row->x, i + 1,
				c->rows[end - 1].x, i + 1,
				row->point->value / row->x);
		putc('\n', out);
	}
}

/* The fastest of a panel at an x; NULL: there is none. */
static const struct plot_row *fastest(const struct plot_chart *c,
				      unsigned panel, double x)
{
	const struct plot_row *best = NULL;

	for (unsigned i = 0; i < c->nr_rows; i++) {
		const struct plot_row *row = &c->rows[i];

		if (row->panel == panel && row->x == x &&
		    (!best || row->point->value < best->point->value))
			best = row;
	}
	return best;
}

/*
 * For each panel and x the number of the fastest series and of those that it
 * cannot be told from, as their intervals meet, and its value; 0: nothing was
 * measured.
 */
static void put_winners(FILE *out, const struct plot_chart *c,
			const struct plot_series **series, unsigned nr_series)
{
	unsigned cell = 0;

	fputs("array winners[|panel| * |x_values|]\n"
	      "array won_by[|panel| * |x_values|]\n",
	      out);
	for (unsigned panel = 0; panel < c->nr_panels; panel++)
		for (double x = -HUGE_VAL; (x = next_x(c, x)) < HUGE_VAL;) {
			const struct plot_row *best = fastest(c, panel, x);

			fprintf(out, "winners[%u] = '", ++cell);
			if (best)
				fprintf(out, "%u ",
					series_number(series, nr_series, best));
			for (unsigned i = 0; best && i < c->nr_rows; i++)
				if (&c->rows[i] != best &&
				    c->rows[i].panel == panel &&
				    c->rows[i].x == x &&
				    c->rows[i].point->lo <= best->point->hi)
					fprintf(out, "%u ",
						series_number(series, nr_series,
							      &c->rows[i]));
			fprintf(out, "'; won_by[%u] = %.9g\n", cell,
				best ? best->point->value : 0);
		}
}

static void add_note(char *note, size_t size, const char *what,
		     const char *value)
{
	size_t used = strlen(note);

	snprintf(note + used, size - used, "%s%s%s", used ? "; " : "", what,
		 value);
}

/* What is the same for all that is drawn, and is not said elsewhere. */
static void put_note(FILE *out, const struct plot_chart *c)
{
	const struct plot_point *p = c->rows[0].point;
	bool pages = true, place = true, mem = true;
	char note[512] = "", brief[NUMBERS_BRIEF_BYTES];

	for (unsigned i = 1; i < c->nr_rows; i++) {
		const struct plot_point *other = c->rows[i].point;

		pages &= !strcmp(p->pages, other->pages);
		place &= !strcmp(p->place, other->place);
		mem &= !strcmp(p->mem_policy, other->mem_policy);
	}
	add_note(note, sizeof(note), "median of processes",
		 c->no_intervals ? "" : ", bars: 95 % interval");
	if (pages)
		add_note(note, sizeof(note), "host pages ", p->pages);
	if (place)
		add_note(note, sizeof(note), "CPUs ",
			 numbers_brief(p->place, brief));
	if (mem)
		add_note(note, sizeof(note), "memory ",
			 numbers_brief(p->mem_policy, brief));
	put_variable(out, "note", note);
}

static void put_variables(FILE *out, const struct plot_chart *c,
			  const struct plot_context *context,
			  const struct plot_series **series, unsigned nr_series)
{
	fprintf(out,
		"# %s.gp - draw %s.csv as %s.svg and %s.png: gnuplot -d "
		"%s.gp\n",
		c->name, c->name, c->name, c->name, c->name);
	put_variable(out, "name", c->name);
	put_variable(out, "title", c->title);
	put_note(out, c);
	put_variable(out, "machine", context->machine);
	put_variable(out, "command", context->command);
	put_variable(out, "metric", c->metric);
	put_variable(out, "x_unit", c->x_unit);
	put_x_values(out, c);
	put_range(out, c);
	for (unsigned i = 0; i < c->nr_panels; i++)
		put_element(out, "panel", i, c->panels[i].title);
	fputs("]\n", out);
	for (unsigned i = 0; i < c->nr_panels; i++)
		fprintf(out, "%s%d", i ? ", " : "array share = [",
			c->panels[i].share);
	fputs("]\n", out);
	for (unsigned i = 0; i < nr_series; i++)
		put_element(out, "series", i, series[i]->label);
	fputs("]\n", out);
	for (unsigned i = 0; i < nr_series; i++)
		fprintf(out, "%s%d", i ? ", " : "array slot = [",
			series[i]->slot);
	fputs("]\n", out);
	for (unsigned i = 0; i < nr_series; i++)
		fprintf(out, "%s%u", i ? ", " : "array in_place = [",
			series[i]->in_place);
	fputs("]\n", out);
	fprintf(out, "array cache = [%llu, %llu, %llu]\n",
		(unsigned long long)context->cache_bytes[0],
		(unsigned long long)context->cache_bytes[1],
		(unsigned long long)context->cache_bytes[2]);
	put_variable(out, "node_end", c->node_end ? context->node_end : "");
	if (!strcmp(c->kind, "scaling"))
		put_scaling(out, c, series, nr_series);
	if (!strcmp(c->kind, "crossover"))
		put_winners(out, c, series, nr_series);
}

/* Append a script of plots/ to a .gp. */
static int put_script(FILE *out, const char *dir, const char *kind, char *error,
		      size_t error_size)
{
	char path[PATH_MAX], text[4096];
	size_t used;
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s.gp", dir, kind);
	in = fopen(path, "r");
	if (!in) {
		int err = -errno;

		snprintf(error, error_size,
			 "%s: %s; KMB_PLOTS_DIR must be the folder with the "
			 "plot scripts",
			 path, strerror(-err));
		return err;
	}
	putc('\n', out);
	while ((used = fread(text, 1, sizeof(text), in)) > 0)
		fwrite(text, 1, used, out);
	fclose(in);
	return 0;
}

/* Close the stream and put what it holds into a file. */
static int save(FILE *out, char **text, size_t *size,
		const struct plot_chart *c, const char *suffix,
		const struct plot_context *context, char *error,
		size_t error_size)
{
	char file[192];
	int err = fclose(out) ? -ENOMEM : 0;

	snprintf(file, sizeof(file), "%s.%s", c->name, suffix);
	if (!err)
		err = results_write_file(context->dir, file, *text, *size);
	free(*text);
	if (err)
		snprintf(error, error_size, "%s/%s: %s", context->dir, file,
			 strerror(-err));
	return err;
}

static int write_data(const struct plot_chart *c,
		      const struct plot_context *context, char *error,
		      size_t error_size)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		snprintf(error, error_size, "%s: out of memory", c->name);
		return -ENOMEM;
	}
	put_data(out, c);
	return save(out, &text, &size, c, "csv", context, error, error_size);
}

int plot_chart_write(const struct plot_chart *c,
		     const struct plot_context *context, char *error,
		     size_t error_size)
{
	unsigned nr_series = 0;
	const struct plot_series **series =
		c->failed ? NULL : list_series(c, &nr_series);
	char *text = NULL;
	size_t size;
	FILE *out = series ? open_memstream(&text, &size) : NULL;
	int err;

	if (!out) {
		free(series);
		snprintf(error, error_size, "%s: out of memory", c->name);
		return -ENOMEM;
	}
	put_variables(out, c, context, series, nr_series);
	free(series);
	err = put_script(out, context->scripts_dir, "common", error,
			 error_size);
	if (!err)
		err = put_script(out, context->scripts_dir,
				 c->script ? c->script : c->kind, error,
				 error_size);
	if (err) {
		fclose(out);
		free(text);
		return err;
	}
	err = save(out, &text, &size, c, "gp", context, error, error_size);
	return err ? err : write_data(c, context, error, error_size);
}
