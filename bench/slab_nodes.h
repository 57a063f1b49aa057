/*
 * slab_nodes.h - the workload nodes of family slab: who frees whose objects, on
 * which nodes they and their pages lie, and how that was counted.
 */
#ifndef KMB_SLAB_NODES_H
#define KMB_SLAB_NODES_H

#include "slab_bench.h"

/* The thread whose objects this one frees: half of all threads on. */
static inline struct slab_thread *
slab_nodes_partner(const struct bench_thread *self)
{
	const struct slab_bench *b = self->state;
	unsigned threads = self->env->point.threads;

	return &b->threads[(self->cpu + threads / 2) % threads];
}

/* Until all threads have their objects in this stretch. */
void slab_nodes_wait(struct slab_thread *t);

/* Of every `step`-th of nr objects, those on another node than this thread. */
uint64_t slab_nodes_remote(const struct bench_thread *self, void *const *held,
			   uint64_t nr, unsigned step);

/* slab_workload.thread_reset: a thread frees what is left of its own. */
void slab_nodes_reset(struct bench_thread *self);

/* Before anything is given back: each node's pages; false if they are not as
 * many as were counted. */
bool slab_nodes_count(struct slab_bench *b);
void slab_nodes_metrics(const struct slab_bench *b, bench_metric_fn emit,
			void *arg);

#endif
