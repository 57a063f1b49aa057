/* plot_slice.h - a stretch of the points, and what a chart picks from it. */
#ifndef KMB_PLOT_SLICE_H
#define KMB_PLOT_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plot_points.h"

/* Points that lie together: of a group, or of a workload in it. */
struct plot_slice {
	const struct plot_point *first, *end;
};

/* What is drawn of a workload: one metric at one choice of the other axes. */
struct plot_pick {
	const char *metric;
	unsigned threads; /* 0: any */
	bool any_size;
	uint64_t size;
};

bool plot_picked(const struct plot_pick *pick, const struct plot_point *p);
/* Picked, and in a line of its own. An empty loop has no throughput. */
bool plot_picked_series(const struct plot_pick *pick,
			const struct plot_point *p);

/* The next point after p that is picked and no reference; NULL: none. */
const struct plot_point *plot_next_ranked(const struct plot_slice *s,
					  const struct plot_pick *pick,
					  const struct plot_point *p);
#define for_each_ranked(p, slice, pick)                  \
	for (p = plot_next_ranked(slice, pick, NULL); p; \
	     p = plot_next_ranked(slice, pick, p))

/* The workload that begins at a point of the group. */
struct plot_slice plot_next_workload(const struct plot_slice *group,
				     const struct plot_point *from);
#define for_each_workload(s, group)                         \
	for (s = plot_next_workload(group, (group)->first); \
	     s.first < (group)->end; s = plot_next_workload(group, s.end))

bool plot_lone_workload(const struct plot_slice *group);
/* Has a strategy, not only a reference, this metric? */
bool plot_has_metric(const struct plot_slice *s, const char *metric);

/* The words that all workloads of the group begin with. */
void plot_group_name(const struct plot_slice *group, char *buf, size_t size);
/* "pair (2 threads; order 0)": what is not plain from the axes. */
void plot_panel_title(const struct plot_slice *s, const struct plot_pick *pick,
		      char *buf, size_t size);

#endif
