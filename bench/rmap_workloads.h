/* rmap_workloads.h - the workloads of family rmap: how large their worlds are.
 */
#ifndef KMB_RMAP_WORKLOADS_H
#define KMB_RMAP_WORKLOADS_H

#include "rmap_bench.h"

/* Pages that a family shares. */
#define RMAP_WALK_PAGES 64
#define RMAP_UNMAP_PAGES 16

/* An mm_struct, an area, and the links of any scheme to each. */
#define RMAP_PROCESS_BYTES 1024
/* Of a chain of single entries, for each mapping. */
#define RMAP_MAPPING_BYTES 16
/* One of each level, of a process with pages in one place. */
#define RMAP_PROCESS_TABLES 4

/* A parent and its children have one area of so many pages, which they share;
 * each may have copies of its own. */
static void rmap_family_needs(struct rmap_needs *needs, uint64_t processes,
			      uint64_t shared, uint64_t copied)
{
	*needs = (struct rmap_needs){
		.mms = processes,
		.tables = processes *
			  (RMAP_PROCESS_TABLES + (shared + copied) / 512),
		.pages = shared + processes * copied,
		.object_bytes = processes * (RMAP_PROCESS_BYTES +
					     shared * RMAP_MAPPING_BYTES),
		.targets = shared,
		.swap_slots = shared,
	};
}

static void rmap_walk_needs(const struct bench_env *env,
			    struct rmap_needs *needs)
{
	rmap_family_needs(needs, env->point.size, RMAP_WALK_PAGES, 0);
}

static uint64_t rmap_walk_round(const struct bench_env *env)
{
	return env->point.size * RMAP_WALK_PAGES;
}

static const struct rmap_workload rmap_walk = { .needs = rmap_walk_needs };

static void rmap_unmap_needs(const struct bench_env *env,
			     struct rmap_needs *needs)
{
	rmap_family_needs(needs, env->point.size, RMAP_UNMAP_PAGES, 0);
}

static uint64_t rmap_unmap_round(const struct bench_env *env)
{
	return env->point.size * RMAP_UNMAP_PAGES;
}

static const struct rmap_workload rmap_unmap = { .needs = rmap_unmap_needs };

#endif
