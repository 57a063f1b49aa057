/*
 * null.h - the reference with nothing in it: the same object again and again,
 * one for each CPU. What the timed loop itself costs.
 */
#ifndef KMB_SLAB_NULL_H
#define KMB_SLAB_NULL_H

#include "slab.h"

struct null_cache {
	struct kmem_cache cache;
	char *object; /* of CPU 0; the others' lie behind it */
	struct page *page;
	unsigned order;
};

enum { null_max_threads = KMB_MAX_THREADS };
enum { null_traits = SLAB_REFERENCE | SLAB_NULL };
static const char null_models[] = "nothing: the cost of the timed loop itself";

static inline int null_create(struct null_cache *c,
			      const struct slab_params *params,
			      const struct slab_host *host)
{
	int err = slab_cache_init(&c->cache, params, host, SLAB_LINK_NONE);

	if (err)
		return err;
	c->cache.size = (uint32_t)align_up(c->cache.size, CACHE_LINE_BYTES);
	c->order = 0;
	while (PAGE_SIZE << c->order < (uint64_t)c->cache.size * host->nr_cpus)
		c->order++;
	c->page = slab_take_pages(&c->cache, 0, c->order);
	if (!c->page)
		return -ENOMEM;
	c->object = slab_page_address(&c->cache, c->page);
	if (params->ctor)
		for (unsigned cpu = 0; cpu < host->nr_cpus; cpu++)
			params->ctor(c->object + (uint64_t)cpu * c->cache.size);
	return 0;
}

forceinline void *null_alloc(struct null_cache *c, unsigned cpu)
{
	return c->object + (uint64_t)cpu * c->cache.size;
}

forceinline void null_free(struct null_cache *c, unsigned cpu, void *object)
{
	(void)c, (void)cpu, (void)object;
}

static inline unsigned null_alloc_bulk(struct null_cache *c, unsigned cpu,
				       unsigned nr, void **objects)
{
	for (unsigned i = 0; i < nr; i++)
		objects[i] = null_alloc(c, cpu);
	return nr;
}

static inline void null_free_bulk(struct null_cache *c, unsigned cpu,
				  unsigned nr, void **objects)
{
	(void)c, (void)cpu, (void)nr, (void)objects;
}

static inline uint64_t null_shrink(struct null_cache *c, unsigned cpu)
{
	(void)c, (void)cpu;
	return 0;
}

static inline void null_drain_cpu(struct null_cache *c, unsigned cpu,
				  unsigned dead)
{
	(void)c, (void)cpu, (void)dead;
}

static inline void null_stats(struct null_cache *c, struct slab_stats *stats)
{
	*stats = (struct slab_stats){
		.page_bytes = c->cache.nr_pages << PAGE_SHIFT,
		.remote_frees = SLAB_NOT_COUNTED,
		.refills = SLAB_NOT_COUNTED,
	};
}

static inline bool null_validate(struct null_cache *c)
{
	(void)c;
	return true;
}

static inline uint64_t null_destroy(struct null_cache *c)
{
	slab_give_pages(&c->cache, 0, c->page, c->order);
	return 0;
}

#endif
