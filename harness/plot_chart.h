/*
 * plot_chart.h - one chart: rows of data, and the variables its script needs.
 *
 * A chart is NAME.csv (its data), NAME.gp (variables, then plots/common.gp,
 * then plots/KIND.gp: all that gnuplot needs) and, once drawn, NAME.svg and
 * NAME.png. Side by side in one picture lie panels on the same axes.
 */
#ifndef KMB_PLOT_CHART_H
#define KMB_PLOT_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "plot_points.h"

/* What all charts of a run have in common. */
struct plot_context {
	const char *dir;	 /* where the charts go */
	const char *scripts_dir; /* where common.gp and KIND.gp are */
	char machine[256];	 /* "CPU model, date, run" */
	char command[512];
	uint64_t cache_bytes[3]; /* L1d, L2, L3; 0: unknown */
	/* Of a run of a ready group (NULL: it is none), as --place has them. */
	const struct workload_group *group;
	char *places;
	/* CPUs of the node that has the most: "64"; "": not known */
	char node_end[24];
};

struct plot_panel {
	char title[80];
	bool share; /* its values are shares of 1, not the chart's metric */
};

struct plot_row {
	unsigned panel;
	const struct plot_series *series;
	double x;
	const struct plot_point *point;
};

struct plot_chart {
	char name[160];	    /* file name without its suffix */
	char title[200];    /* "frame pair: time against size" */
	const char *kind;   /* which script */
	const char *script; /* if it is another kind's */
	const char *x_unit; /* size_unit or "threads" */
	const char *metric;
	struct plot_panel *panels;
	struct plot_row *rows;
	unsigned nr_panels, nr_rows;
	bool no_intervals; /* they are not drawn */
	bool node_end;	   /* threads are as many as a node has CPUs: marked */
	bool failed; /* out of memory on the way: plot_chart_write says so */
};

/* Begin the next panel; rows go into the last one. */
void plot_chart_panel(struct plot_chart *c, const char *title);
void plot_chart_share_panel(struct plot_chart *c, const char *title);
void plot_chart_add(struct plot_chart *c, const struct plot_series *series,
		    double x, const struct plot_point *point);
void plot_chart_free(struct plot_chart *c);

/* Write NAME.csv and NAME.gp. 0, or -errno with one line in error. */
int plot_chart_write(const struct plot_chart *c,
		     const struct plot_context *context, char *error,
		     size_t error_size);

/* "order 3", "4 KiB", "8 chains" */
void plot_format_size(uint64_t size, const char *unit, char *buf,
		      size_t buf_size);

#endif
