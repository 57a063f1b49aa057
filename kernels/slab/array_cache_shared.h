/*
 * array_cache_shared.h - what a CPU's array gets from its node and gives to it:
 * first from and to the array shared by the node's CPUs, then slabs.
 */
#ifndef KMB_SLAB_ARRAY_CACHE_SHARED_H
#define KMB_SLAB_ARRAY_CACHE_SHARED_H

#include "array_cache_slab.h"

/* A CPU that frees little, or has just begun, gets no more at once. */
#define ARRAY_CACHE_REFILL_LIMIT 16

/* Up to nr objects of this node: of the shared array if it has any, else out of
 * slabs; how many. Under the lock. */
static inline uint32_t array_cache_take_shared(struct array_cache_cache *c,
					       struct array_cache_node *node,
					       void **objects, uint32_t nr)
{
	struct array_cache *shared = node->shared;

	if (!shared || !shared->avail)
		return array_cache_take(c, node, objects, nr);
	if (nr > shared->avail)
		nr = shared->avail;
	shared->avail -= nr;
	shared->touched = true;
	memcpy(objects, &shared->entry[shared->avail], nr * sizeof(void *));
	return nr;
}

/* As many of nr objects of this node as there is room for; how many. Under the
 * lock. */
static inline uint32_t array_cache_give_shared(struct array_cache_node *node,
					       void **objects, uint32_t nr)
{
	struct array_cache *shared = node->shared;

	if (!shared)
		return 0;
	if (nr > shared->limit - shared->avail)
		nr = shared->limit - shared->avail;
	memcpy(&shared->entry[shared->avail], objects, nr * sizeof(void *));
	shared->avail += nr;
	return nr;
}

/* The i-th node that is asked in place of `own`. */
static inline unsigned array_cache_fallback(const struct slab_host *host,
					    unsigned own, unsigned i)
{
	return host->node_order ? host->node_order[own][i]
				: (own + i) % host->nr_nodes;
}

/* One object of another node, the nearest that has one. NULL: none has any. */
static coldpath void *array_cache_alloc_elsewhere(struct array_cache_cache *c,
						  unsigned own)
{
	const struct slab_host *host = c->cache.host;
	void *object = NULL;

	for (unsigned i = 1; i < host->nr_nodes && !object; i++) {
		struct array_cache_node *node =
			c->node[array_cache_fallback(host, own, i)];

		spin_lock(&node->lock);
		node->refills += array_cache_take_shared(c, node, &object, 1);
		spin_unlock(&node->lock);
	}
	return object;
}

/*
 * An empty array gets a batch; the last of it. NULL: no pages, and no free
 * object in a slab or shared array of any node.
 *
 * 2.6.24 asks its own node for pages, then other nodes for objects, then those
 * for pages. A source of pages does that choice itself; so a node that got its
 * last page from elsewhere asks for objects there before it grows again.
 */
static never_inline void *array_cache_refill(struct array_cache_cache *c,
					     unsigned cpu)
{
	const unsigned nid = slab_cpu_node(&c->cache, cpu);
	struct array_cache_node *node = c->node[nid];
	struct array_cache *ac = c->cpu[cpu];
	uint32_t nr = ac->batch;

	if (!ac->touched && nr > ARRAY_CACHE_REFILL_LIMIT)
		nr = ARRAY_CACHE_REFILL_LIMIT;
	for (bool grown = true;;) {
		void *object;

		spin_lock(&node->lock);
		ac->avail = array_cache_take_shared(c, node, ac->entry, nr);
		node->refills += !!ac->avail;
		spin_unlock(&node->lock);
		if (ac->avail)
			break;
		if (!grown || READ_ONCE(node->grew_elsewhere)) {
			object = array_cache_alloc_elsewhere(c, nid);
			if (object || !grown)
				return object;
		}
		grown = array_cache_grow(c, cpu);
	}
	ac->touched = true;
	return ac->entry[--ac->avail];
}

/* A full array gives its oldest batch away, and takes the object. */
static never_inline void array_cache_flush(struct array_cache_cache *c,
					   unsigned cpu, void *object)
{
	struct array_cache_node *node = array_cache_cpu_node(c, cpu);
	struct array_cache *ac = c->cpu[cpu];
	uint32_t nr;

	spin_lock(&node->lock);
	nr = array_cache_give_shared(node, ac->entry, ac->batch);
	if (!nr) {
		nr = ac->batch;
		array_cache_free_block(c, node, cpu, ac->entry, nr);
	}
	spin_unlock(&node->lock);
	ac->avail -= nr;
	memmove(ac->entry, &ac->entry[nr], ac->avail * sizeof(void *));
	ac->entry[ac->avail++] = object;
}

#endif
