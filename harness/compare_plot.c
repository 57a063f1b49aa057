/* compare_plot.c - a row for each contrast: its ratio, interval and verdict. */
#include "compare_plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot.h"

/* What a picture can hold and still be read on paper. */
#define MAX_ROWS 45

/* A chart's row is a series of one point: its label, and where it lies. */
struct forest_row {
	const struct contrast *contrast;
	struct plot_series series;
	struct plot_point point;
	char median[32], lo[32], hi[32];
};

struct forest {
	const struct contrasts *c;
	const struct compare_view *view;
	struct forest_row *rows;
	unsigned nr;
};

static void make_label(const struct contrasts *c, const struct contrast *x,
		       char *label, size_t size)
{
	const char *family = x->b->cell[FAMILY];
	char point[96], thing[24], base[24];

	compare_name_point(c, x->b, point, sizeof(point));
	if (c->by == BY_RUN || c->by == BY_ARM) {
		/* The family is in the title. */
		snprintf(label, size, "%s", point + strlen(family) + 1);
	} else {
		compare_name_thing(c, x->b, thing, sizeof(thing));
		compare_name_thing(c, x->a, base, sizeof(base));
		snprintf(label, size, "%s: %s / %s", point + strlen(family) + 1,
			 thing, base);
	}
	plot_clean(label);
}

static void fill_row(struct forest *f, const struct contrast *x)
{
	struct forest_row *row = &f->rows[f->nr++];
	const struct ratio *r = &x->ratio;
	const bool interval = !isnan(r->interval.lo);

	row->contrast = x;
	snprintf(row->median, sizeof(row->median), "%.9g", r->value);
	snprintf(row->lo, sizeof(row->lo), "%.9g", r->interval.lo);
	snprintf(row->hi, sizeof(row->hi), "%.9g", r->interval.hi);
	row->point = (struct plot_point){
		.pages = x->b->cell[PAGES],
		.place = x->b->cell[PLACE],
		.mem_policy = x->b->cell[MEM_POLICY],
		.median = row->median,
		.ci_lo = row->lo,
		.ci_hi = row->hi,
		.value = r->value,
		.lo = interval ? r->interval.lo : r->value,
		.hi = interval ? r->interval.hi : r->value,
		.interval = interval,
	};
	row->series.like = &row->point;
	row->series.slot = (int)x->verdict;
	make_label(f->c, x, row->series.label, sizeof(row->series.label));
}

static bool rate(const struct contrast *x)
{
	return strstr(x->b->cell[UNIT], "/s") != NULL;
}

/* One picture; `part` tells several of a family apart. */
static int write_chart(const struct forest *f, unsigned first, unsigned nr,
		       unsigned part, const struct plot_context *context,
		       struct plot_names *names, char *error, size_t error_size)
{
	const struct contrast *x = f->rows[first].contrast;
	const char *family = x->b->cell[FAMILY];
	struct plot_chart c = { .kind = "forest", .metric = "ratio" };
	int err;

	c.x_unit = rate(x) ? "rate" : "time";
	snprintf(c.name, sizeof(c.name), "compare-%s", family);
	if (part)
		snprintf(c.name, sizeof(c.name), "compare-%s-%u", family,
			 part + 1);
	snprintf(c.title, sizeof(c.title), "%s: %s, %.60s / %.60s", family,
		 f->view->metric, f->view->name_b, f->view->name_a);
	plot_chart_panel(&c, family);
	for (unsigned i = first; i < first + nr; i++)
		plot_chart_add(&c, &f->rows[i].series,
			       exp(f->rows[i].contrast->threshold),
			       &f->rows[i].point);
	strcpy(names->names[names->nr++], c.name);
	err = plot_chart_write(&c, context, error, error_size);
	plot_chart_free(&c);
	return err;
}

/* Rows of one family, from `first` on. */
static unsigned family_rows(const struct forest *f, unsigned first)
{
	const char *family = f->rows[first].contrast->b->cell[FAMILY];
	unsigned nr = 1;

	while (first + nr < f->nr &&
	       !strcmp(f->rows[first + nr].contrast->b->cell[FAMILY], family))
		nr++;
	return nr;
}

static int write_family(const struct forest *f, unsigned first, unsigned nr,
			const struct plot_context *context,
			struct plot_names *names, char *error,
			size_t error_size)
{
	/* As even as can be. */
	const unsigned parts = (nr + MAX_ROWS - 1) / MAX_ROWS;
	int err = 0;

	for (unsigned i = 0; i < parts && !err; i++) {
		const unsigned from = nr * i / parts;

		err = write_chart(f, first + from, nr * (i + 1) / parts - from,
				  i, context, names, error, error_size);
	}
	return err;
}

/* A plot_write_fn. */
static int write_charts(void *arg, const struct plot_context *context,
			struct plot_names *names, char *error,
			size_t error_size)
{
	const struct forest *f = arg;
	int err = plot_make_dir(context, error, error_size);

	if (err)
		return err;
	/* A chart has a row at least. */
	names->names = calloc(f->nr + 1, sizeof(*names->names));
	if (!names->names) {
		snprintf(error, error_size, "%s: %s", context->dir,
			 strerror(ENOMEM));
		return -ENOMEM;
	}
	for (unsigned i = 0, nr; i < f->nr && !err; i += nr) {
		nr = family_rows(f, i);
		err = write_family(f, i, nr, context, names, error, error_size);
	}
	return err;
}

int compare_plot(const struct contrasts *c, const struct compare_view *view,
		 const char *run_dir, const char *plots_dir, char *error,
		 size_t error_size)
{
	struct forest f = { .c = c, .view = view };
	int nr;

	f.rows = calloc(c->nr + 1, sizeof(*f.rows));
	if (!f.rows) {
		snprintf(error, error_size, "%s: %s", plots_dir,
			 strerror(ENOMEM));
		return -ENOMEM;
	}
	for (unsigned i = 0; i < c->nr; i++)
		if (contrast_is_judged(&c->v[i]) && c->v[i].ratio.value > 0)
			fill_row(&f, &c->v[i]);
	nr = plot_charts(run_dir, plots_dir, write_charts, &f, error,
			 error_size);
	free(f.rows);
	return nr;
}
