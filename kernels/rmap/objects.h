/*
 * objects.h - where the family's small objects come from: the slab strategy
 * that all schemes share, so that memory and time are counted where they are
 * spent.
 */
#ifndef KMB_RMAP_OBJECTS_H
#define KMB_RMAP_OBJECTS_H

#include "../slab/percpu.h"

#define RMAP_SLAB(name) percpu_##name

struct rmap_cache {
	struct RMAP_SLAB(cache) slab;
};

/* 0 or -ENOMEM. align 0: a word's. What is constructed stays so, and its memory
 * one (SLAB_TYPESAFE_BY_RCU). `name` and `host` outlive it. */
static inline int rmap_cache_create(struct rmap_cache *c, const char *name,
				    size_t size, size_t align,
				    void (*ctor)(void *object),
				    const struct slab_host *host)
{
	const struct slab_params params = {
		.name = name,
		.size = (uint32_t)size,
		.align = (uint32_t)align,
		.ctor = ctor,
		.flags = ctor ? SLAB_TYPESAFE_BY_RCU : 0,
	};

	return RMAP_SLAB(create)(&c->slab, &params, host);
}

forceinline void *rmap_cache_alloc(struct rmap_cache *c, unsigned cpu)
{
	return RMAP_SLAB(alloc)(&c->slab, cpu);
}

forceinline void rmap_cache_free(struct rmap_cache *c, unsigned cpu,
				 void *object)
{
	RMAP_SLAB(free)(&c->slab, cpu, object);
}

/* Bytes of what is in use, as it lies in slabs. No other call may run. */
static inline uint64_t rmap_cache_bytes(struct rmap_cache *c)
{
	struct slab_stats stats;

	RMAP_SLAB(stats)(&c->slab, &stats);
	return stats.live_objects * c->slab.cache.size;
}

/* How many are in use. No other call may run. */
static inline uint64_t rmap_cache_live(struct rmap_cache *c)
{
	struct slab_stats stats;

	RMAP_SLAB(stats)(&c->slab, &stats);
	return stats.live_objects;
}

/* How many were never given back. */
static inline uint64_t rmap_cache_destroy(struct rmap_cache *c)
{
	return RMAP_SLAB(destroy)(&c->slab);
}

#endif
