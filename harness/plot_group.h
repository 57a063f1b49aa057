/*
 * plot_group.h - the chart of a ready group (workload_group.h): a panel for
 * each chapter, in it a line for each strategy in each place.
 */
#ifndef KMB_PLOT_GROUP_H
#define KMB_PLOT_GROUP_H

#include "plot_chart.h"
#include "workload_group.h"

/* Strategies of a group, times places. */
#define PLOT_GROUP_SERIES 64

/*
 * Throughput against threads; nothing if no line has two points. places: as
 * --place names them, '/' between. The first is drawn with filled points.
 */
void plot_group_add(struct plot_chart *c, const struct plot_points *points,
		    const struct workload_group *group, const char *places,
		    struct plot_series series[PLOT_GROUP_SERIES]);

#endif
