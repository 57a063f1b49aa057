/*
 * plot_share.h - the share of the possible huge frames that is left: beside the
 * panels of speed, over a workload's rounds, and against time.
 */
#ifndef KMB_PLOT_SHARE_H
#define KMB_PLOT_SHARE_H

#include "plot_chart.h"
#include "plot_slice.h"

#define PLOT_SHARE_ROUND PLOT_SHARE "_round_"
#define PLOT_SHARE_FIRST_ROUND PLOT_SHARE_ROUND "000"

/* The panel to one of what pick chooses: the same points. None, no panel. */
void plot_share_beside(struct plot_chart *c, const struct plot_slice *s,
		       const struct plot_pick *pick);

/* At the threads and the size of a point: a line per series. */
void plot_share_add_rounds(struct plot_chart *c, const struct plot_slice *s,
			   const struct plot_point *at);
/* The same: ns_per_op as x; no panel unless two strategies differ. */
void plot_share_add_pareto(struct plot_chart *c, const struct plot_slice *s,
			   const struct plot_point *at);

#endif
