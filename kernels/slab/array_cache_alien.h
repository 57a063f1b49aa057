/*
 * array_cache_alien.h - objects of other nodes that are freed here, as of
 * 2.6.24: each node keeps twelve for each other node, and gives them back
 * together under that node's lock.
 */
#ifndef KMB_SLAB_ARRAY_CACHE_ALIEN_H
#define KMB_SLAB_ARRAY_CACHE_ALIEN_H

#include "array_cache_shared.h"

/* All of an alien cache back to its node; under the cache's lock. */
static coldpath void array_cache_drain_alien(struct array_cache_cache *c,
					     unsigned cpu,
					     struct array_cache *alien,
					     unsigned nid)
{
	struct array_cache_node *node = c->node[nid];
	uint32_t nr;

	spin_lock(&node->lock);
	/* To be allocated again without a way through their slabs. */
	nr = array_cache_give_shared(node, alien->entry, alien->avail);
	array_cache_free_block(c, node, cpu, &alien->entry[nr],
			       alien->avail - nr);
	node->remote_frees += alien->avail;
	spin_unlock(&node->lock);
	alien->avail = 0;
}

/* An object of node `nid`, which is not this CPU's. */
static never_inline void array_cache_free_alien(struct array_cache_cache *c,
						unsigned cpu, unsigned nid,
						void *object)
{
	struct array_cache *alien =
		array_cache_alien(array_cache_cpu_node(c, cpu), nid);

	spin_lock(&alien->lock);
	if (alien->avail == alien->limit)
		array_cache_drain_alien(c, cpu, alien, nid);
	alien->entry[alien->avail++] = object;
	spin_unlock(&alien->lock);
}

/* What node `from` keeps for node `nid`. */
static inline void array_cache_flush_alien(struct array_cache_cache *c,
					   unsigned cpu, unsigned from,
					   unsigned nid)
{
	struct array_cache *alien = array_cache_alien(c->node[from], nid);

	spin_lock(&alien->lock);
	if (alien->avail)
		array_cache_drain_alien(c, cpu, alien, nid);
	spin_unlock(&alien->lock);
}

#endif
