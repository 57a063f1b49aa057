/*
 * magazine.h - Bonwick and Adams, "Magazines and Vmem" (USENIX 2001): a loaded
 * and a previous magazine of pointers for each CPU, a depot of full and empty
 * ones behind them, slabs behind that.
 *
 * The previous magazine is full or empty: so a CPU that takes and gives by
 * turns at a magazine's edge exchanges the two, and goes to the depot once in
 * a magazine at most. A CPU hoards two magazines: 252 objects or 128 KiB of
 * them at most (but 12 of any size). The depot keeps what was once in use until
 * the cache is shrunk; left out is to reap it by its working set, for which
 * nobody here keeps the time. There are no nodes, as there are none there.
 */
#ifndef KMB_SLAB_MAGAZINE_H
#define KMB_SLAB_MAGAZINE_H

#include "magazine_depot.h"

struct magazine_cpu {
	struct magazine *loaded; /* NULL: none yet, and rounds == size == 0 */
	uint32_t rounds, size;	 /* it has, it takes */
	struct magazine *previous;
	uint32_t previous_rounds; /* 0, or all that it takes */
	uint64_t refills;	  /* trips to the depot and beyond */
} cacheline_aligned;

struct magazine_cache {
	struct kmem_cache cache;
	struct magazine_cpu *cpu; /* [nr_cpus], one block of pages */
	unsigned cpu_order;
	struct magazine_slabs slabs; /* the objects */
	struct magazine_depot depot;
	/* Magazines, by type: slabs of their own. */
	struct kmem_cache magazine_cache[MAGAZINE_TYPES];
	struct magazine_slabs magazines[MAGAZINE_TYPES];
};

enum { magazine_max_threads = KMB_MAX_THREADS };
enum { magazine_traits = 0 };
static const char magazine_models[] =
	"Bonwick and Adams 2001: per-CPU magazines and a depot";

static inline int magazine_create(struct magazine_cache *c,
				  const struct slab_params *params,
				  const struct slab_host *host)
{
	static const char *const names[MAGAZINE_TYPES] = {
		"magazine_6", "magazine_14", "magazine_30", "magazine_62",
		"magazine_126"
	};
	int err = slab_cache_init(&c->cache, params, host, SLAB_LINK_INSIDE);
	struct page *page;

	if (err)
		return err;
	c->cpu_order = 0;
	while (PAGE_SIZE << c->cpu_order < host->nr_cpus * sizeof(*c->cpu))
		c->cpu_order++;
	page = slab_take_pages(&c->cache, 0, c->cpu_order);
	if (!page)
		return -ENOMEM;
	c->cpu = slab_page_address(&c->cache, page);
	for (unsigned cpu = 0; cpu < host->nr_cpus; cpu++)
		c->cpu[cpu] = (struct magazine_cpu){ .loaded = NULL };
	magazine_slabs_init(&c->slabs, &c->cache,
			    slab_usual_order(c->cache.size));
	magazine_depot_init(&c->depot, params->size);
	for (unsigned i = 0; i < MAGAZINE_TYPES; i++) {
		const struct slab_params magazine = {
			.name = names[i],
			.size = MAGAZINE_BYTES(i),
			.align = CACHE_LINE_BYTES,
		};

		slab_cache_init(&c->magazine_cache[i], &magazine, host,
				SLAB_LINK_INSIDE);
		magazine_slabs_init(&c->magazines[i], &c->magazine_cache[i], 0);
	}
	return 0;
}

/* NULL: no pages. */
static inline struct magazine *magazine_new(struct magazine_cache *c,
					    unsigned cpu)
{
	/* It may have grown since: this one is used up all the same. */
	const uint32_t type = READ_ONCE(c->depot.type);
	struct magazine *m = magazine_slabs_alloc(&c->magazines[type], cpu);

	if (m) {
		m->type = type;
		m->rounds = MAGAZINE_ROUNDS(type);
	}
	return m;
}

static inline void magazine_delete_all(struct magazine_cache *c,
				       struct magazine *list)
{
	for (struct magazine *m; (m = magazine_list_get(&list));)
		magazine_slabs_free(&c->magazines[m->type], m);
}

/* What was loaded becomes the previous, and `m` is loaded. */
forceinline void magazine_load(struct magazine_cpu *own, struct magazine *m,
			       uint32_t rounds)
{
	own->previous = own->loaded;
	own->previous_rounds = own->rounds;
	own->loaded = m;
	own->rounds = rounds;
	own->size = m->rounds;
}

forceinline void magazine_exchange(struct magazine_cpu *own)
{
	magazine_load(own, own->previous, own->previous_rounds);
}

/* The previous one, empty or none, for a full one. False: there is none. */
static inline bool magazine_get_full(struct magazine_cache *c,
				     struct magazine_cpu *own)
{
	struct magazine *old = magazine_depot_lock(&c->depot), *full;
	struct magazine *spare = own->previous;

	full = magazine_depot_get_full(&c->depot);
	if (full && spare && !magazine_depot_put_empty(&c->depot, spare))
		magazine_list_put(&old, spare);
	spin_unlock(&c->depot.lock);
	if (full)
		magazine_load(own, full, full->rounds);
	magazine_delete_all(c, old);
	return full;
}

/* The previous one, full or none, for an empty one. False: no pages for it. */
static inline bool magazine_get_empty(struct magazine_cache *c, unsigned cpu,
				      struct magazine_cpu *own)
{
	struct magazine *old = magazine_depot_lock(&c->depot), *empty;
	struct magazine *spare = own->previous;

	empty = magazine_depot_get_empty(&c->depot);
	if (empty && spare)
		magazine_depot_put_full(&c->depot, spare);
	spin_unlock(&c->depot.lock);
	magazine_delete_all(c, old);
	if (!empty) {
		empty = magazine_new(c, cpu);
		if (!empty)
			return false;
		if (spare) {
			old = magazine_depot_lock(&c->depot);
			magazine_depot_put_full(&c->depot, spare);
			spin_unlock(&c->depot.lock);
			magazine_delete_all(c, old);
		}
	}
	magazine_load(own, empty, 0);
	return true;
}

static coldpath void *magazine_alloc_slow(struct magazine_cache *c,
					  unsigned cpu)
{
	struct magazine_cpu *own = &c->cpu[cpu];

	if (own->previous_rounds) {
		magazine_exchange(own);
	} else {
		own->refills++;
		if (!magazine_get_full(c, own))
			return magazine_slabs_alloc(&c->slabs, cpu);
	}
	return own->loaded->round[--own->rounds];
}

static coldpath void magazine_free_slow(struct magazine_cache *c, unsigned cpu,
					void *object)
{
	struct magazine_cpu *own = &c->cpu[cpu];

	if (own->previous && !own->previous_rounds) {
		magazine_exchange(own);
	} else {
		own->refills++;
		if (!magazine_get_empty(c, cpu, own)) {
			magazine_slabs_free(&c->slabs, object);
			return;
		}
	}
	own->loaded->round[own->rounds++] = object;
}

forceinline void *magazine_alloc(struct magazine_cache *c, unsigned cpu)
{
	struct magazine_cpu *own = &c->cpu[cpu];
	void *object;

	if (likely(own->rounds))
		object = own->loaded->round[--own->rounds];
	else
		object = magazine_alloc_slow(c, cpu);
	return slab_check_alloc(&c->cache, object);
}

forceinline void magazine_free(struct magazine_cache *c, unsigned cpu,
			       void *object)
{
	struct magazine_cpu *own = &c->cpu[cpu];

	if (!slab_check_free(&c->cache, object))
		return;
	if (likely(own->rounds < own->size))
		own->loaded->round[own->rounds++] = object;
	else
		magazine_free_slow(c, cpu, object);
}

static inline void magazine_free_bulk(struct magazine_cache *c, unsigned cpu,
				      unsigned nr, void **objects)
{
	for (unsigned i = 0; i < nr; i++)
		magazine_free(c, cpu, objects[i]);
}

static inline unsigned magazine_alloc_bulk(struct magazine_cache *c,
					   unsigned cpu, unsigned nr,
					   void **objects)
{
	for (unsigned i = 0; i < nr; i++) {
		objects[i] = magazine_alloc(c, cpu);
		if (!objects[i]) {
			magazine_free_bulk(c, cpu, i, objects);
			return 0;
		}
	}
	return nr;
}

#include "magazine_drain.h"

#endif
