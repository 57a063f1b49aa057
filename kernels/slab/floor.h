/*
 * floor.h - the least that any slab allocator must move: one array of pointers
 * per CPU, a pop for an alloc, a push for a free.
 *
 * No lock, no shared state, nothing given back before the end. The array has
 * room for every object that the memory could hold, in address space that costs
 * nothing until it is used. What a CPU allocated it must free itself.
 */
#ifndef KMB_SLAB_FLOOR_H
#define KMB_SLAB_FLOOR_H

#include "slab.h"

struct floor_cpu {
	void **top; /* the last free object; *bottom is NULL */
	void **bottom;
	struct page *slabs; /* all slabs it took, by freelist */
	uint64_t nr_slabs;
} cacheline_aligned;

struct floor_cache {
	struct kmem_cache cache;
	unsigned order;
	uint32_t nr_each;
	struct floor_cpu *cpu; /* [nr_cpus] */
	char *arrays;	       /* of all CPUs, one mapping of the host's */
	size_t array_bytes;    /* of each */
};

enum { floor_max_threads = KMB_MAX_THREADS };
enum { floor_traits = SLAB_REFERENCE | SLAB_CPU_LOCAL | SLAB_NO_SHRINK };
static const char floor_models[] =
	"the least memory traffic: a per-CPU array of pointers";

static inline size_t floor_bytes(const struct floor_cache *c)
{
	return c->cache.host->nr_cpus * (c->array_bytes + sizeof(*c->cpu));
}

/* Each CPU's array on its node, what is behind them on the first. */
static inline int floor_bind(const struct floor_cache *c,
			     struct host_memory *from)
{
	int err = from->bind(from, c->arrays, floor_bytes(c), 0);

	for (unsigned cpu = 0; !err && cpu < c->cache.host->nr_cpus; cpu++)
		if (slab_cpu_node(&c->cache, cpu))
			err = from->bind(from, c->arrays + cpu * c->array_bytes,
					 c->array_bytes,
					 slab_cpu_node(&c->cache, cpu));
	return err;
}

static inline int floor_create(struct floor_cache *c,
			       const struct slab_params *params,
			       const struct slab_host *host)
{
	struct host_memory *from = host->pages->mem->host;
	const unsigned nr_cpus = host->nr_cpus;
	uint64_t most = host->pages->mem->nr_pages << PAGE_SHIFT;
	int err = slab_cache_init(&c->cache, params, host, SLAB_LINK_NONE);

	if (err)
		return err;
	c->order = slab_usual_order(c->cache.size);
	c->nr_each = (uint32_t)((PAGE_SIZE << c->order) / c->cache.size);
	c->array_bytes = align_up((most / c->cache.size + 1) * sizeof(void *),
				  PAGE_SIZE);
	c->arrays = from->map(from, floor_bytes(c));
	if (!c->arrays)
		return -ENOMEM;
	err = floor_bind(c, from);
	if (err) {
		from->unmap(from, c->arrays, floor_bytes(c));
		return err;
	}
	c->cpu = (void *)(c->arrays + nr_cpus * c->array_bytes);
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		c->cpu[cpu].bottom = (void *)(c->arrays + cpu * c->array_bytes);
		c->cpu[cpu].top = c->cpu[cpu].bottom;
	}
	return 0;
}

/* A slab's objects, the first of them on top; false: no pages. */
static coldpath bool floor_grow(struct floor_cache *c, unsigned cpu)
{
	struct floor_cpu *own = &c->cpu[cpu];
	struct page *head = slab_alloc_slab(&c->cache, cpu, c->order, 0);
	char *slab;

	if (!head)
		return false;
	slab = slab_page_address(&c->cache, head);
	head->freelist = own->slabs;
	own->slabs = head;
	own->nr_slabs++;
	for (uint32_t i = c->nr_each; i--;) {
		void *object = slab + (uint64_t)i * c->cache.size;

		slab_init_object(&c->cache, object);
		*++own->top = object;
	}
	return true;
}

forceinline void *floor_alloc(struct floor_cache *c, unsigned cpu)
{
	struct floor_cpu *own = &c->cpu[cpu];

	if (unlikely(!*own->top) && !floor_grow(c, cpu))
		return NULL;
	return slab_check_alloc(&c->cache, *own->top--);
}

forceinline void floor_free(struct floor_cache *c, unsigned cpu, void *object)
{
	if (slab_check_free(&c->cache, object))
		*++c->cpu[cpu].top = object;
}

static inline void floor_free_bulk(struct floor_cache *c, unsigned cpu,
				   unsigned nr, void **objects)
{
	struct floor_cpu *own = &c->cpu[cpu];

	if (KMB_DEBUG == 0 && nr) {
		__builtin_memcpy(own->top + 1, objects, nr * sizeof(*objects));
		own->top += nr;
	}
	for (unsigned i = 0; KMB_DEBUG >= 1 && i < nr; i++)
		floor_free(c, cpu, objects[i]);
}

static inline unsigned floor_alloc_bulk(struct floor_cache *c, unsigned cpu,
					unsigned nr, void **objects)
{
	struct floor_cpu *own = &c->cpu[cpu];

	while ((uint64_t)(own->top - own->bottom) < nr)
		if (!floor_grow(c, cpu))
			return 0;
	own->top -= nr;
	if (nr)
		__builtin_memcpy(objects, own->top + 1, nr * sizeof(*objects));
	for (unsigned i = 0; KMB_DEBUG >= 1 && i < nr; i++)
		slab_check_alloc(&c->cache, objects[i]);
	return nr;
}

static inline uint64_t floor_shrink(struct floor_cache *c, unsigned cpu)
{
	(void)c, (void)cpu;
	return 0;
}

/* What it keeps is its own for good. */
static inline void floor_drain_cpu(struct floor_cache *c, unsigned cpu,
				   unsigned dead)
{
	(void)c, (void)cpu, (void)dead;
}

static inline void floor_stats(struct floor_cache *c, struct slab_stats *stats)
{
	*stats = (struct slab_stats){
		.page_bytes = c->cache.nr_pages << PAGE_SHIFT,
		.remote_frees = SLAB_NOT_COUNTED,
	};
	for (unsigned cpu = 0; cpu < c->cache.host->nr_cpus; cpu++) {
		const struct floor_cpu *own = &c->cpu[cpu];

		stats->nr_slabs += own->nr_slabs;
		stats->cached_objects += (uint64_t)(own->top - own->bottom);
	}
	stats->refills = stats->nr_slabs;
	stats->nr_objects = stats->nr_slabs * c->nr_each;
	stats->live_objects = stats->nr_objects - stats->cached_objects;
}

/* Every entry is an object of a slab of this cache. */
static inline bool floor_validate(struct floor_cache *c)
{
	for (unsigned cpu = 0; cpu < c->cache.host->nr_cpus; cpu++) {
		void **entry = c->cpu[cpu].bottom;

		if (*entry)
			return false;
		while (entry++ < c->cpu[cpu].top)
			if (slab_virt_to_page(&c->cache, *entry)->slab_cache !=
			    c)
				return false;
	}
	return true;
}

static inline uint64_t floor_destroy(struct floor_cache *c)
{
	struct host_memory *from = c->cache.pages->mem->host;
	const unsigned nr_cpus = c->cache.host->nr_cpus;
	struct slab_stats stats;

	floor_stats(c, &stats);
	for (unsigned cpu = 0; !stats.live_objects && cpu < nr_cpus; cpu++)
		for (struct page *next, *p = c->cpu[cpu].slabs; p; p = next) {
			next = p->freelist;
			slab_free_slab(&c->cache, cpu, p);
		}
	from->unmap(from, c->arrays, floor_bytes(c));
	return stats.live_objects;
}

#endif
