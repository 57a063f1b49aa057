/*
 * numa_stat.h - which nodes serve requests for pages, counted as the kernel
 * does (2.6.11: zone_statistics() of mm/page_alloc.c; what a node's file
 * numastat shows).
 *
 *   sum of numa_hit + numa_miss      == requests that were served
 *   sum of local_node + other_node   == the same
 *   sum of numa_foreign              == sum of numa_miss
 */
#ifndef KMB_NUMA_STAT_H
#define KMB_NUMA_STAT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/compiler.h"

/* Of one node, or a part of it, by one CPU, which alone writes them. */
struct numa_stat {
	uint64_t numa_hit;     /* served here, as was wanted */
	uint64_t numa_miss;    /* served here, though another was wanted */
	uint64_t numa_foreign; /* wanted here, served by another */
	uint64_t local_node;   /* served here, to a CPU of this node */
	uint64_t other_node;   /* served here, to a CPU of another */
} cacheline_aligned;

/* A request for what `wanted` counts was served by `by`. */
forceinline void numa_stat_count(struct numa_stat *wanted, struct numa_stat *by,
				 bool hit, bool local)
{
	if (likely(hit)) {
		by->numa_hit++;
	} else {
		by->numa_miss++;
		wanted->numa_foreign++;
	}
	if (likely(local))
		by->local_node++;
	else
		by->other_node++;
}

static inline void numa_stat_add(struct numa_stat *sum,
				 const struct numa_stat *part)
{
	sum->numa_hit += part->numa_hit;
	sum->numa_miss += part->numa_miss;
	sum->numa_foreign += part->numa_foreign;
	sum->local_node += part->local_node;
	sum->other_node += part->other_node;
}

#endif
