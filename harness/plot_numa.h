/* plot_numa.h - the CPU's node x the memory's node, of one workload. */
#ifndef KMB_PLOT_NUMA_H
#define KMB_PLOT_NUMA_H

#include "plot_chart.h"
#include "plot_slice.h"

#define PLOT_MAX_NODES 1024

/* The largest size; there one thread's latency, or all threads' bandwidth.
 * nodes[PLOT_MAX_NODES]: the memory's. */
void plot_numa_add(struct plot_chart *c, const struct plot_slice *s,
		   const struct plot_series *nodes);

#endif
