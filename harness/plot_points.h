/*
 * plot_points.h - what of summary.csv can be drawn, in the order it is drawn.
 *
 * A point is one value of one metric. Rows that did not hold (misplaced,
 * invalid, crashed, ...) are left out here, so that no chart can show them.
 * A series is what makes one line, bar or colour: a strategy in one ISA on one
 * kind of pages and in one placement.
 */
#ifndef KMB_PLOT_POINTS_H
#define KMB_PLOT_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "csv.h"

/* Slots of the references, which are grey; the others' are 0.. */
enum { PLOT_SLOT_NULL = -1, PLOT_SLOT_FLOOR = -2 };

/* What a metric of shares of the possible huge frames begins with. */
#define PLOT_SHARE "huge_free_share"

struct plot_series {
	const struct plot_point *like; /* one of its points */
	uint64_t groups; /* a bit for each of the family's groups it is in */
	int slot;	 /* which colour, dash and point type */
	/* 1, 2, ...: these are the same in all places but for the dash, and
	 * points are open from the second on; 0: no other place has them. */
	unsigned in_place;
	char label[160];
};

struct plot_point {
	const char *family, *strategy, *workload, *isa;
	const char *size_unit, *pages, *place, *mem_policy, *metric;
	const char *median, *ci_lo, *ci_hi; /* as summary.csv has them */
	double value, lo, hi; /* lo == hi == value without an interval */
	uint64_t size;
	unsigned threads;
	unsigned group; /* workloads drawn together, counted in the family */
	bool interval;
	/* Its CPU's and its memory's node when both were asked for, else -1. */
	int cpu_node, memory_node;
	struct plot_series *series; /* NULL: only for the node x node chart */
};

/* Sorted: all points of a family, a group, a workload, a series, a metric, a
 * number of threads lie together, the sizes ascending. */
struct plot_points {
	struct csv csv; /* owns the texts */
	unsigned nr_points, nr_series;
	struct plot_point *points;
	struct plot_series *series;
};

/* 0, or -errno with one line in error. */
int plot_points_read(struct plot_points *p, const char *path, char *error,
		     size_t error_size);
void plot_points_free(struct plot_points *p);

/*
 * Make text fit for a name in a chart's data: gnuplot 5.4 loses fields with a
 * comma in them, quoted or not ("0-3,8" becomes "0-3;8").
 */
void plot_clean(char *text);

/* null, floor and floor_*. */
bool plot_is_reference(const struct plot_point *point);

#endif
