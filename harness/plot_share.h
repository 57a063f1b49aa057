/*
 * plot_share.h - the share of the possible huge frames that is left: beside the
 * panels of speed, over a workload's course, and against time.
 */
#ifndef KMB_PLOT_SHARE_H
#define KMB_PLOT_SHARE_H

#include "plot_chart.h"
#include "plot_slice.h"

/* At the start of a workload that ages, and of one that replays a trace. */
#define PLOT_SHARE_FIRST_ROUND PLOT_SHARE "_round_000"
#define PLOT_SHARE_FIRST_EVENT PLOT_SHARE "_at_000"

/* The panel to one of what pick chooses: the same points. None, no panel. */
void plot_share_beside(struct plot_chart *c, const struct plot_slice *s,
		       const struct plot_pick *pick);

/*
 * At the threads and the size of the point of a start: a line per series, from
 * there on.
 */
void plot_share_add_course(struct plot_chart *c, const struct plot_slice *s,
			   const struct plot_point *start);
/*
 * At those of a point, and of its metric: ns_per_op as x; no panel unless two
 * strategies differ.
 */
void plot_share_add_pareto(struct plot_chart *c, const struct plot_slice *s,
			   const struct plot_point *at);

#endif
