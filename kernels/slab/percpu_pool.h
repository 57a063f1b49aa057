/*
 * percpu_pool.h - a cache of percpu or percpu_rseq as a whole: created, shrunk,
 * counted, destroyed.
 */
#ifndef KMB_SLAB_PERCPU_POOL_H
#define KMB_SLAB_PERCPU_POOL_H

#include "percpu_store.h"

/* ---- memory ---- */

static inline unsigned percpu_bytes_order(uint64_t bytes)
{
	unsigned order = 0;

	while (PAGE_SIZE << order < bytes)
		order++;
	return order;
}

/* Zeroed. */
static inline struct page *percpu_zeroed_pages(struct percpu_pool *p,
					       unsigned cpu, unsigned order)
{
	struct page *page = slab_take_pages(&p->cache, cpu, order);

	if (page)
		__builtin_memset(slab_page_address(&p->cache, page), 0,
				 PAGE_SIZE << order);
	return page;
}

/* The CPU that store i belongs to: a strategy may have more than one of each.
 */
forceinline unsigned percpu_store_cpu(const struct percpu_pool *p, unsigned i)
{
	return i % p->cache.host->nr_cpus;
}

static inline void percpu_store_init(struct percpu_store *s,
				     struct percpu_node *node)
{
	percpu_store_reset(s);
	s->top = &s->nothing;
	s->idle = 1;
	s->node = node;
}

/* A node and the stores of its CPUs, one after the other. */
static inline int percpu_node_create(struct percpu_pool *p, unsigned nid)
{
	struct percpu_store *store;
	struct percpu_node *node;
	struct page *page;
	unsigned order, nr = 0, cpu = 0;

	for (unsigned i = p->nr_stores; i--;)
		if (slab_cpu_node(&p->cache, percpu_store_cpu(p, i)) == nid) {
			cpu = percpu_store_cpu(p, i);
			nr++;
		}
	_Static_assert(sizeof(*node) <= PERCPU_BLOCK_BYTES, "one block");
	order = percpu_bytes_order((nr + 1ull) * PERCPU_BLOCK_BYTES);
	page = percpu_zeroed_pages(p, cpu, order);
	if (!page)
		return -ENOMEM;
	node = slab_page_address(&p->cache, page);
	percpu_depot_init(&node->depot);
	percpu_slabs_init(&node->slabs);
	node->page = page;
	node->order = order;
	p->node[nid] = node;
	store = (void *)((char *)node + PERCPU_BLOCK_BYTES);
	for (unsigned i = 0; i < p->nr_stores; i++)
		if (slab_cpu_node(&p->cache, percpu_store_cpu(p, i)) == nid) {
			percpu_store_init(store, node);
			p->store[i] = store++;
		}
	return 0;
}

/* How many fit into so many bytes, 1..most. */
static inline uint32_t percpu_bound(uint64_t bytes, uint64_t each,
				    uint32_t most)
{
	uint64_t nr = bytes / each;

	return nr < 1 ? 1 : nr > most ? most : (uint32_t)nr;
}

static inline void percpu_pool_bounds(struct percpu_pool *p)
{
	uint64_t bytes;

	p->mag_objects = percpu_bound(PERCPU_MAG_BYTES, p->cache.size,
				      PERCPU_MAG_OBJECTS);
	bytes = (uint64_t)p->mag_objects * p->cache.size;
	p->store_mags =
		percpu_bound(PERCPU_STORE_BYTES, bytes, PERCPU_STORE_MAGS);
	p->depot_mags =
		percpu_bound(PERCPU_DEPOT_BYTES, bytes, PERCPU_DEPOT_MAGS);
}

static inline void percpu_pool_free(struct percpu_pool *p)
{
	for (unsigned nid = 0; nid < p->cache.host->nr_nodes; nid++)
		if (p->node[nid])
			slab_give_pages(&p->cache, 0, p->node[nid]->page,
					p->node[nid]->order);
	slab_give_pages(&p->cache, 0, p->table, p->table_order);
}

/* S_create, with nr_stores stores, a multiple of nr_cpus, and by_number for so
 * many. */
static inline int percpu_pool_create(struct percpu_pool *p,
				     const struct slab_params *params,
				     const struct slab_host *host,
				     unsigned nr_stores, unsigned nr_numbers)
{
	int err = slab_cache_init(&p->cache, params, host, SLAB_LINK_NONE);

	if (err)
		return err;
	percpu_slabs_layout(p);
	percpu_pool_bounds(p);
	p->nr_stores = nr_stores;
	p->table_order = percpu_bytes_order(
		(nr_numbers + nr_stores + host->nr_nodes) * sizeof(void *));
	p->table = percpu_zeroed_pages(p, 0, p->table_order);
	if (!p->table)
		return -ENOMEM;
	p->by_number = slab_page_address(&p->cache, p->table);
	p->store = p->by_number + nr_numbers;
	p->node = (struct percpu_node **)(void *)(p->store + nr_stores);
	for (unsigned nid = 0; nid < host->nr_nodes; nid++)
		if (percpu_node_create(p, nid)) {
			percpu_pool_free(p);
			return -ENOMEM;
		}
	return 0;
}

/* ---- all stores at once; no other call may run ---- */

static inline uint64_t percpu_pool_shrink(struct percpu_pool *p, unsigned cpu)
{
	const unsigned nr_nodes = p->cache.host->nr_nodes;
	uint64_t before = p->cache.nr_pages;

	for (unsigned i = 0; i < p->nr_stores; i++) {
		struct percpu_store *s = p->store[i];

		s->held = percpu_store_top(s);
		percpu_store_drain(p, s, cpu);
		s->top = &s->nothing;
		s->idle = 1;
	}
	for (unsigned nid = 0; nid < nr_nodes; nid++)
		percpu_depot_empty(p, cpu, &p->node[nid]->depot);
	for (unsigned nid = 0; nid < nr_nodes; nid++) {
		percpu_depot_release(p, cpu, &p->node[nid]->depot);
		percpu_slabs_shrink(p, cpu, &p->node[nid]->slabs);
	}
	return before - p->cache.nr_pages;
}

static inline uint64_t percpu_pool_destroy(struct percpu_pool *p)
{
	uint64_t live = 0;

	percpu_pool_shrink(p, 0);
	for (unsigned nid = 0; nid < p->cache.host->nr_nodes; nid++) {
		struct percpu_slabs *s = &p->node[nid]->slabs;

		live += s->nr_slabs * p->nr_each - s->nr_free;
	}
	percpu_pool_free(p);
	return live;
}

static inline void percpu_pool_stats(struct percpu_pool *p,
				     struct slab_stats *stats)
{
	uint64_t in_slabs = 0, pages = 1ull << p->table_order;

	*stats = (struct slab_stats){
		.page_bytes = READ_ONCE(p->cache.nr_pages) << PAGE_SHIFT,
		.remote_frees = SLAB_NOT_COUNTED,
	};
	for (unsigned i = 0; i < p->nr_stores; i++) {
		struct percpu_store *s = p->store[i];

		stats->cached_objects +=
			(uint64_t)s->loaded * p->mag_objects +
			percpu_store_loaded(p, s, percpu_store_top(s));
		stats->refills += s->trips;
	}
	for (unsigned nid = 0; nid < p->cache.host->nr_nodes; nid++) {
		struct percpu_node *node = p->node[nid];

		stats->cached_objects +=
			(uint64_t)node->depot.nr_full * p->mag_objects;
		stats->nr_slabs += node->slabs.nr_slabs;
		in_slabs += node->slabs.nr_free;
		pages += node->depot.nr_pages + (1ull << node->order);
	}
	stats->nr_objects = stats->nr_slabs * p->nr_each;
	stats->live_objects =
		stats->nr_objects - stats->cached_objects - in_slabs;
	stats->metadata_bytes = pages << PAGE_SHIFT;
}

#endif
