/*
 * array_cache_node.h - the memory of a node: its lists, shared array and alien
 * caches, and the arrays of its CPUs, one after the other in pages of its own.
 */
#ifndef KMB_SLAB_ARRAY_CACHE_NODE_H
#define KMB_SLAB_ARRAY_CACHE_NODE_H

#include "array_cache_types.h"

/* CPUs of a node, and the first of them; nr_cpus: none. */
static inline unsigned array_cache_node_cpus(const struct array_cache_cache *c,
					     unsigned nid, unsigned *first)
{
	unsigned nr = 0;

	*first = c->cache.host->nr_cpus;
	for (unsigned cpu = *first; cpu--;)
		if (slab_cpu_node(&c->cache, cpu) == nid) {
			*first = cpu;
			nr++;
		}
	return nr;
}

static inline struct array_cache *array_cache_init(void *at, uint32_t limit,
						   uint32_t batch)
{
	struct array_cache *ac = at;

	*ac = (struct array_cache){ .limit = limit, .batch = batch };
	return ac;
}

static inline void array_cache_node_lists(struct array_cache_node *node)
{
	list_init(&node->partial);
	list_init(&node->full);
	list_init(&node->free);
}

static inline size_t array_cache_shared_bytes(const struct array_cache_cache *c)
{
	const struct array_cache_tune *t = &c->tune;

	return t->shared ? array_cache_bytes(t->shared * t->batch) : 0;
}

/* Lay a node's parts out behind it. */
static inline void array_cache_node_parts(struct array_cache_cache *c,
					  unsigned nid)
{
	const struct slab_host *host = c->cache.host;
	const struct array_cache_tune *t = &c->tune;
	struct array_cache_node *node = c->node[nid];
	char *at = (char *)(node + 1);

	if (t->shared)
		node->shared =
			array_cache_init(at, t->shared * t->batch, t->batch);
	at += array_cache_shared_bytes(c);
	node->aliens = at;
	for (unsigned of = 0; of < host->nr_nodes; of++)
		at += array_cache_bytes(
			array_cache_init(at, ARRAY_CACHE_ALIEN_LIMIT, 0)
				->limit);
	for (unsigned cpu = 0; cpu < host->nr_cpus; cpu++) {
		if (slab_cpu_node(&c->cache, cpu) != nid)
			continue;
		c->cpu[cpu] = array_cache_init(at, t->limit, t->batch);
		at += array_cache_bytes(t->limit);
	}
}

/* False: no pages. */
static inline bool array_cache_node_create(struct array_cache_cache *c,
					   unsigned nid)
{
	unsigned first, nr_cpus = array_cache_node_cpus(c, nid, &first);
	const struct slab_host *host = c->cache.host;
	size_t bytes =
		sizeof(struct array_cache_node) + array_cache_shared_bytes(c) +
		host->nr_nodes * array_cache_bytes(ARRAY_CACHE_ALIEN_LIMIT) +
		nr_cpus * array_cache_bytes(c->tune.limit);
	struct page *page;
	unsigned order = 0;

	while (PAGE_SIZE << order < bytes)
		order++;
	page = slab_take_pages(&c->cache, nr_cpus ? first : 0, order);
	if (!page)
		return false;
	c->node[nid] = slab_page_address(&c->cache, page);
	*c->node[nid] = (struct array_cache_node){
		.free_limit =
			(1 + nr_cpus) * (uint64_t)c->tune.batch + c->layout.num,
		.order = order,
	};
	array_cache_node_lists(c->node[nid]);
	array_cache_node_parts(c, nid);
	return true;
}

static inline void array_cache_node_destroy(struct array_cache_cache *c,
					    unsigned nid)
{
	struct array_cache_node *node = c->node[nid];

	slab_give_pages(&c->cache, 0, slab_virt_to_page(&c->cache, node),
			node->order);
}

#endif
