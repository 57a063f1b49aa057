/*
 * node_metrics.h - what is emitted of each simulated node, node_NN_*: counters
 * under the kernel's names.
 */
#ifndef KMB_NODE_METRICS_H
#define KMB_NODE_METRICS_H

#include <stdio.h>

#include "bench.h"

#include "../kernels/mm/numa_stat.h"

static inline void node_metric(unsigned node, const char *what, uint64_t value,
			       bench_metric_fn emit, void *arg)
{
	char metric[48];

	snprintf(metric, sizeof(metric), "node_%02u_%s", node, what);
	emit(arg, metric, (double)value, "1");
}

static inline void node_metrics(unsigned node, const struct numa_stat *stat,
				bench_metric_fn emit, void *arg)
{
	node_metric(node, "numa_hit", stat->numa_hit, emit, arg);
	node_metric(node, "numa_miss", stat->numa_miss, emit, arg);
	node_metric(node, "numa_foreign", stat->numa_foreign, emit, arg);
	node_metric(node, "local_node", stat->local_node, emit, arg);
	node_metric(node, "other_node", stat->other_node, emit, arg);
}

#endif
