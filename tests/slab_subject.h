/*
 * slab_subject.h - every strategy of family slab behind function pointers: the
 * checks are compiled once, and a strategy once for all tests.
 */
#ifndef KMB_SLAB_SUBJECT_H
#define KMB_SLAB_SUBJECT_H

#include "../kernels/slab/slab.h"

/* A cache is the strategy's own struct, aligned to a cache line. */
struct slab_subject {
	const char *name;
	unsigned traits, max_threads;
	bool any_cpu; /* STRATEGY_ANY_CPU */
	size_t cache_bytes;
	int (*create)(struct kmem_cache *c, const struct slab_params *params,
		      const struct slab_host *host);
	void *(*alloc)(struct kmem_cache *c, unsigned cpu);
	void (*free)(struct kmem_cache *c, unsigned cpu, void *object);
	unsigned (*alloc_bulk)(struct kmem_cache *c, unsigned cpu, unsigned nr,
			       void **objects);
	void (*free_bulk)(struct kmem_cache *c, unsigned cpu, unsigned nr,
			  void **objects);
	uint64_t (*shrink)(struct kmem_cache *c, unsigned cpu);
	void (*drain_cpu)(struct kmem_cache *c, unsigned cpu, unsigned dead);
	void (*stats)(struct kmem_cache *c, struct slab_stats *stats);
	bool (*validate)(struct kmem_cache *c);
	uint64_t (*destroy)(struct kmem_cache *c);
};

#define SLAB_MAX_SUBJECTS 32

/* In the order of strategies.h. */
extern struct slab_subject slab_subjects[SLAB_MAX_SUBJECTS];
extern unsigned nr_slab_subjects;

/* This thread's strategies are held up at one access in so many (chaos.h). */
void slab_subject_chaos(uint32_t one_in);

#endif
