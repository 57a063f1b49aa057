/* compare_text.c - tables of contrasts. */
#include "compare_text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot_chart.h"
#include "table_text.h"

#define NAMED_ONLY 3 /* points of one run that are listed by name */

static void append(char *buf, size_t size, const char *before, const char *text)
{
	const size_t used = strlen(buf);

	snprintf(buf + used, size - used, "%s%s", before, text);
}

/* Does a column tell contrasts apart? */
static bool varies(const struct contrasts *c, enum column column)
{
	for (unsigned i = 1; i < c->nr; i++)
		if (strcmp(c->v[i].b->cell[column], c->v[0].b->cell[column]))
			return true;
	return false;
}

void compare_name_point(const struct contrasts *c, const struct observation *o,
			char *buf, size_t size)
{
	static const enum column others[] = { PAGES, PLACE, MEM_POLICY };
	char text[64];

	snprintf(buf, size, "%s", o->cell[FAMILY]);
	if (c->by != BY_STRATEGY)
		append(buf, size, "/", o->cell[STRATEGY]);
	append(buf, size, "/", o->cell[WORKLOAD]);
	if ((c->by == BY_RUN || c->by == BY_ARM) &&
	    strcmp(o->cell[ISA], "scalar"))
		append(buf, size, " ", o->cell[ISA]);
	if (observation_has(o, SIZE_UNIT)) {
		plot_format_size(strtoull(o->cell[SIZE], NULL, 10),
				 o->cell[SIZE_UNIT], text, sizeof(text));
		append(buf, size, " ", text);
	}
	append(buf, size, ", ", o->cell[THREADS]);
	append(buf, size, " ",
	       strcmp(o->cell[THREADS], "1") ? "threads" : "thread");
	for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (varies(c, others[i]))
			append(buf, size, ", ", o->cell[others[i]]);
	if (c->by == BY_RUN && observation_has(o, ARM))
		append(buf, size, ", arm ", o->cell[ARM]);
}

void compare_name_thing(const struct contrasts *c, const struct observation *o,
			char *buf, size_t size)
{
	if (c->by == BY_ARM) {
		snprintf(buf, size, "%s", o->cell[ARM]);
		return;
	}
	snprintf(buf, size, "%s",
		 c->by == BY_STRATEGY ? o->cell[STRATEGY] : "");
	if (c->by == BY_ISA || strcmp(o->cell[ISA], "scalar"))
		append(buf, size, *buf ? " " : "", o->cell[ISA]);
	if (observation_has(o, ARM))
		append(buf, size, " arm ", o->cell[ARM]);
}

static void format_value(double value, const struct observation *o, char *buf,
			 size_t size)
{
	static const char *const prefix[] = { "", "k", "M", "G", "T" };
	const char *unit = o->cell[UNIT];
	unsigned i = 0;

	if (!strcmp(unit, "ns")) {
		text_format_ns(buf, size, value);
		return;
	}
	while (i < 4 && fabs(value) >= 1e4)
		value /= 1e3, i++;
	text_format(buf, size, value, prefix[i]);
}

/* Four digits. */
static void format_ratio(double ratio, char *buf, size_t size)
{
	if (isnan(ratio))
		snprintf(buf, size, "NA");
	else
		snprintf(buf, size, "%.*f",
			 ratio < 9.9995	  ? 3
			 : ratio < 99.995 ? 2
					  : 1,
			 ratio);
}

/* The texts of one contrast. */
enum cell { NAME, MEDIAN_A, MEDIAN_B, RATIO, INTERVAL, JUDGEMENT, NR_CELLS };

struct line {
	char text[NR_CELLS][192];
	bool heading; /* its name alone */
	const char *colour;
};

static const char *judgement(const struct contrast *x)
{
	return x->is_base     ? "base"
	       : x->reference ? "reference"
			      : verdict_name[x->verdict];
}

static const char *judgement_colour(const struct contrast *x)
{
	static const char *const colours[NR_VERDICTS] = {
		[VERDICT_FASTER] = "32",
		[VERDICT_SLOWER] = "31",
		[VERDICT_AMBIGUOUS] = "33",
	};

	return contrast_is_judged(x) ? colours[x->verdict] : NULL;
}

static void fill_line(const struct contrasts *c, const struct contrast *x,
		      struct line *line)
{
	char name[160];

	if (c->by == BY_RUN || c->by == BY_ARM) {
		compare_name_point(c, x->b, name, sizeof(name));
		snprintf(line->text[NAME], sizeof(*line->text), "%s", name);
	} else {
		compare_name_thing(c, x->b, name, sizeof(name));
		snprintf(line->text[NAME], sizeof(*line->text), "  %s", name);
	}
	format_value(x->median_a, x->a, line->text[MEDIAN_A],
		     sizeof(*line->text));
	format_value(x->median_b, x->b, line->text[MEDIAN_B],
		     sizeof(*line->text));
	format_ratio(x->ratio.value, line->text[RATIO], sizeof(*line->text));
	if (!x->is_base && !isnan(x->ratio.interval.lo)) {
		char lo[32], hi[32];

		format_ratio(x->ratio.interval.lo, lo, sizeof(lo));
		format_ratio(x->ratio.interval.hi, hi, sizeof(hi));
		snprintf(line->text[INTERVAL], sizeof(*line->text), "%s .. %s",
			 lo, hi);
	}
	strcpy(line->text[JUDGEMENT], judgement(x));
	line->colour = judgement_colour(x);
}

/* The line above the strategies of one point. */
static void fill_heading(const struct contrasts *c, const struct contrast *x,
			 struct line *line)
{
	compare_name_point(c, x->b, line->text[NAME], sizeof(*line->text));
	line->heading = true;
}

static bool begins_point(const struct contrasts *c, unsigned i)
{
	return (c->by == BY_STRATEGY || c->by == BY_ISA) &&
	       (!i || !contrast_same_point(c, &c->v[i - 1], &c->v[i]));
}

/* All lines, the titles first; NULL: no memory. */
static struct line *make_lines(const struct contrasts *c,
			       const struct compare_view *view, unsigned *nr)
{
	static const char *const titles[][2] = {
		[BY_RUN] = { "A", "B" },
		[BY_STRATEGY] = { "base", "median" },
		[BY_ISA] = { "base", "median" },
		[BY_ARM] = { "a", "b" }
	};
	struct line *lines = calloc(2 * (size_t)c->nr + 1, sizeof(*lines));
	struct line *line = lines;

	if (!lines)
		return NULL;
	snprintf(line->text[NAME], sizeof(*line->text), "%s", view->metric);
	strcpy(line->text[MEDIAN_A], titles[c->by][0]);
	strcpy(line->text[MEDIAN_B], titles[c->by][1]);
	strcpy(line->text[RATIO], "ratio");
	strcpy(line->text[INTERVAL], "95 % interval");
	strcpy(line->text[JUDGEMENT], "verdict");
	line++;
	for (unsigned i = 0; i < c->nr; i++) {
		if (begins_point(c, i))
			fill_heading(c, &c->v[i], line++);
		fill_line(c, &c->v[i], line++);
	}
	*nr = (unsigned)(line - lines);
	return lines;
}

static void print_line(const struct line *line, const int width[NR_CELLS],
		       struct table_text *t)
{
	text_put_left(t, line->text[NAME], line->heading ? 0 : width[NAME],
		      line->heading ? "1" : NULL);
	for (int i = MEDIAN_A; i <= INTERVAL && !line->heading; i++)
		text_put_right(t, line->text[i], width[i] + 2, NULL);
	text_put_right(t, "", 2, NULL);
	text_put_left(t, line->text[JUDGEMENT], 0, line->colour);
	text_end_line(t);
}

static void print_table(const struct line *lines, unsigned nr, bool colour,
			FILE *out)
{
	struct table_text t = { .out = out, .colour = colour };
	int width[NR_CELLS] = { 0 };

	for (unsigned i = 0; i < nr; i++)
		for (int k = 0; k < NR_CELLS && !lines[i].heading; k++)
			if (text_width(lines[i].text[k]) > width[k])
				width[k] = text_width(lines[i].text[k]);
	for (unsigned i = 0; i < nr; i++)
		print_line(&lines[i], width, &t);
}

static void print_markdown(const struct line *lines, unsigned nr, FILE *out)
{
	for (unsigned i = 0; i < nr; i++) {
		const char *name = lines[i].text[NAME];

		name += strspn(name, " ");
		fprintf(out, lines[i].heading ? "| **%s** |" : "| %s |", name);
		for (int k = MEDIAN_A; k < NR_CELLS; k++)
			fprintf(out, "%s%s |", *lines[i].text[k] ? " " : "",
				lines[i].text[k]);
		putc('\n', out);
		if (!i)
			fputs("|---|---:|---:|---:|---:|---|\n", out);
	}
}

static void add_csv_row(struct csv_row *row, const struct contrasts *c,
			const struct contrast *x,
			const struct compare_view *view)
{
	static const enum column keys[] = {
		FAMILY,	    STRATEGY,	     WORKLOAD,	  ISA,	 THREADS,
		SIZE,	    SIZE_UNIT,	     PAGES,	  PLACE, CPUS,
		MEM_POLICY, NODES_REQUESTED, NODES_ACTUAL
	};
	char a[128], b[128];

	for (unsigned i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		csv_add_text(row, x->b->cell[keys[i]]);
	csv_add_text(row, x->b->cell[METRIC]);
	csv_add_text(row, x->b->cell[UNIT]);
	if (c->by != BY_RUN) {
		compare_name_thing(c, x->a, a, sizeof(a));
		compare_name_thing(c, x->b, b, sizeof(b));
	}
	csv_add_text(row, c->by == BY_RUN ? view->name_a : a);
	csv_add_text(row, c->by == BY_RUN ? view->name_b : b);
	csv_add_uint(row, x->processes_a);
	csv_add_uint(row, x->processes_b);
	csv_add_number(row, x->median_a);
	csv_add_number(row, x->median_b);
	csv_add_number(row, x->ratio.value);
	csv_add_number(row, x->ratio.interval.lo);
	csv_add_number(row, x->ratio.interval.hi);
	csv_add_number(row, expm1(x->threshold));
	csv_add_text(row, judgement(x));
	csv_end_row(row);
}

static int print_csv(const struct contrasts *c, const struct compare_view *view,
		     FILE *out)
{
	struct csv_row row = { 0 };
	int err;

	csv_add_header(&row, "family,strategy,workload,isa,threads,size,"
			     "size_unit,pages,place,cpus,mem_policy,"
			     "nodes_requested,nodes_actual,metric,unit,a,b,"
			     "processes_a,processes_b,median_a,median_b,ratio,"
			     "ci_lo,ci_hi,min_effect,verdict");
	csv_end_row(&row);
	for (unsigned i = 0; i < c->nr; i++)
		add_csv_row(&row, c, &c->v[i], view);
	err = row.error;
	if (!err)
		fwrite(row.text, 1, row.used, out);
	csv_row_free(&row);
	return err;
}

int compare_print(const struct contrasts *c, const struct compare_view *view,
		  FILE *out)
{
	struct line *lines;
	unsigned nr;

	if (view->format == FORMAT_CSV)
		return print_csv(c, view, out);
	lines = make_lines(c, view, &nr);
	if (!lines)
		return -ENOMEM;
	if (view->format == FORMAT_MARKDOWN)
		print_markdown(lines, nr, out);
	else
		print_table(lines, nr, view->colour, out);
	free(lines);
	return 0;
}

void compare_print_counts(const struct contrasts *c, FILE *out)
{
	unsigned count[NR_VERDICTS];

	fprintf(out, "%u compared:", contrasts_count(c, count));
	for (unsigned i = 0; i < NR_VERDICTS; i++)
		fprintf(out, "%s %u %s", i ? "," : "", count[i],
			verdict_name[i]);
	if (!isnan(contrasts_mean_ratio(c)))
		fprintf(out, "; geometric mean of the ratios %.3f",
			contrasts_mean_ratio(c));
	putc('\n', out);
}

void compare_print_thresholds(const struct contrasts *c, FILE *out)
{
	const char *last = "";

	for (unsigned i = 0; i < c->nr; i++) {
		const struct contrast *x = &c->v[i];

		/* Sorted by family, and one threshold in each. */
		if (!strcmp(x->b->cell[FAMILY], last))
			continue;
		fprintf(out, "%s%s %.1f %%",
			*last ? ", " : "an effect counts above: ",
			x->b->cell[FAMILY], 100 * expm1(x->threshold));
		last = x->b->cell[FAMILY];
	}
	if (*last)
		putc('\n', out);
}

void compare_print_only(const struct contrasts *c, FILE *out)
{
	for (unsigned run = 0; run < 2; run++) {
		const unsigned nr = c->nr_only[run];

		if (nr)
			fprintf(out, "only in %s: %u point%s: ",
				run ? "the second" : "the first", nr,
				nr > 1 ? "s" : "");
		for (unsigned i = 0; i < nr && i < NAMED_ONLY; i++) {
			char name[160];

			compare_name_point(c, c->only[run][i], name,
					   sizeof(name));
			fprintf(out, "%s%s", i ? "; " : "", name);
		}
		if (nr)
			fputs(nr > NAMED_ONLY ? "; ...\n" : "\n", out);
	}
}
