/*
 * plot_kinds.h - which charts a run's points are worth.
 *
 * Chosen from the data alone, so that a new family gets its charts with its
 * rows:
 *   latency   time by strategy, where a workload has two
 *   distribution  percentiles by strategy, where operations were timed singly
 *   fragmentation  huge frames left over the rounds of a workload that ages, or
 *             over a trace
 *   pareto    time against huge frames left, where strategies differ in both
 *   size      time, or bytes per second, against three sizes or more
 *   tables    bytes of page tables for a mapped page, against size
 *   scaling   throughput against two thread counts or more; of a ready group
 *             another one, of all its families (plot_group.h)
 *   numa      the CPU's node x the memory's node
 * Workloads of one group (plot_points.h) share a picture, a panel each. Beside
 * each panel of latency, size and scaling lies one with the huge frames left,
 * where they were counted: speed bought with fragmentation shows.
 */
#ifndef KMB_PLOT_KINDS_H
#define KMB_PLOT_KINDS_H

#include "plot_chart.h"

struct plot_names {
	unsigned nr;
	char (*names)[sizeof(((struct plot_chart *)0)->name)];
};

/*
 * Write the data and the script of every chart; their names are added to
 * `names`. 0, or -errno with one line in error.
 */
int plot_kinds_write(const struct plot_points *points,
		     const struct plot_context *context,
		     struct plot_names *names, char *error, size_t error_size);

#endif
