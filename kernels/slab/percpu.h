/*
 * percpu.h - a stack of magazines for each CPU, which is an argument: an alloc
 * is a pop, a free is a push, and full magazines travel between CPUs.
 */
#ifndef KMB_SLAB_PERCPU_H
#define KMB_SLAB_PERCPU_H

#include "percpu_check.h"
#include "percpu_pool.h"

struct percpu_cache {
	union {
		struct kmem_cache cache;
		struct percpu_pool pool;
	};
};

enum { percpu_max_threads = KMB_MAX_THREADS };
enum { percpu_traits = 0 };
static const char percpu_models[] =
	"ours: a stack of magazines per CPU, a depot per node";

static inline int percpu_create(struct percpu_cache *c,
				const struct slab_params *params,
				const struct slab_host *host)
{
	return percpu_pool_create(&c->pool, params, host, host->nr_cpus, 0);
}

/* Nobody else is on this CPU: its store is ours at once. */
forceinline struct percpu_store *percpu_take_store(struct percpu_cache *c,
						   unsigned cpu)
{
	struct percpu_store *s = c->pool.store[cpu];

	s->held = s->top;
	return s;
}

forceinline void percpu_put_store(struct percpu_store *s)
{
	s->top = s->held;
}

static coldpath void *percpu_alloc_slow(struct percpu_cache *c, unsigned cpu)
{
	struct percpu_store *s = percpu_take_store(c, cpu);
	void *object = percpu_store_alloc(&c->pool, s, cpu);

	percpu_put_store(s);
	return object;
}

static coldpath void percpu_free_slow(struct percpu_cache *c, unsigned cpu,
				      void *object)
{
	struct percpu_store *s = percpu_take_store(c, cpu);

	percpu_store_free(&c->pool, s, cpu, object);
	percpu_put_store(s);
}

forceinline void *percpu_alloc(struct percpu_cache *c, unsigned cpu)
{
	struct percpu_store *s = c->pool.store[cpu];
	void **top = s->top;
	void *object = *top;

	if (likely(object))
		s->top = top - 1;
	else
		object = percpu_alloc_slow(c, cpu);
	return slab_check_alloc(&c->cache, object);
}

forceinline void percpu_free(struct percpu_cache *c, unsigned cpu, void *object)
{
	struct percpu_store *s = c->pool.store[cpu];
	void **above = s->top + 1;

	if (!slab_check_free(&c->cache, object))
		return;
	if (unlikely(percpu_mag_ends(above))) {
		percpu_free_slow(c, cpu, object);
		return;
	}
	*above = object;
	s->top = above;
}

static inline unsigned percpu_alloc_bulk(struct percpu_cache *c, unsigned cpu,
					 unsigned nr, void **objects)
{
	struct percpu_store *s = percpu_take_store(c, cpu);
	bool all = percpu_store_alloc_bulk(&c->pool, s, cpu, objects, nr);

	percpu_put_store(s);
	return all ? percpu_check_alloc_bulk(&c->pool, nr, objects) : 0;
}

static inline void percpu_free_bulk(struct percpu_cache *c, unsigned cpu,
				    unsigned nr, void **objects)
{
	struct percpu_store *s = percpu_take_store(c, cpu);

	percpu_check_free_bulk(&c->pool, s, cpu, nr, objects);
	percpu_put_store(s);
}

static inline uint64_t percpu_shrink(struct percpu_cache *c, unsigned cpu)
{
	return percpu_pool_shrink(&c->pool, cpu);
}

static inline void percpu_drain_cpu(struct percpu_cache *c, unsigned cpu,
				    unsigned dead)
{
	struct percpu_store *s = percpu_take_store(c, dead);

	percpu_store_drain(&c->pool, s, cpu);
	percpu_put_store(s);
}

static inline void percpu_stats(struct percpu_cache *c,
				struct slab_stats *stats)
{
	percpu_pool_stats(&c->pool, stats);
}

static inline bool percpu_validate(struct percpu_cache *c)
{
	return percpu_pool_validate(&c->pool);
}

static inline uint64_t percpu_destroy(struct percpu_cache *c)
{
	return percpu_pool_destroy(&c->pool);
}

#endif
