/*
 * zone_spill.h - what the workload spill asks of each node, what it leaves
 * there, and how the nodes counted it.
 *
 * On each node the threads take as many pages, `demand`, and keep them. The
 * first node has too few for its own: so many percent of them must come from
 * others, each of which has an equal part of `demand` to spare. All else of the
 * nodes is in use.
 */
#ifndef KMB_ZONE_SPILL_H
#define KMB_ZONE_SPILL_H

#include "zone_bench.h"

/* Pages that each thread takes: bench_case.round. */
uint64_t zone_spill_round(const struct bench_env *env);
/* Pages of a node that are to be in use before. */
uint64_t zone_spill_in_use(const struct zone_bench *bench, unsigned node);
/* The first of its node's threads? It is the one who makes them so. */
bool zone_spill_is_first(const struct bench_env *env, unsigned cpu);

/* bench_case.thread_reset: the pages of the last stretch go back, the host's
 * with them, and what was counted. */
void zone_spill_reset(struct bench_thread *self);

/* A page is used for the first time: now the host has one there. */
forceinline void zone_spill_touch(const struct zone_bench *bench, pfn_t pfn)
{
	WRITE_ONCE(*(uint64_t *)pfn_to_virt(&bench->mem, pfn), pfn);
}

/* The first node's threads wait until all others have what they need, so that
 * it is only what these have left that can be had. */
void zone_spill_wait(struct zone_thread *t);
void zone_spill_done(struct zone_thread *t);

/*
 * While all is held: pages on each node, by where they lie, into bench. False:
 * the nodes' counters say otherwise.
 */
bool zone_spill_count(struct zone_bench *bench);
/* bench_case.metrics: those of zone_bench.h, and of each node. */
void zone_spill_metrics(void *state, bench_metric_fn emit, void *arg);

#endif
