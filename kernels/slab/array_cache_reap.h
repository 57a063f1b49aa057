/*
 * array_cache_reap.h - free objects and slabs that nobody asks for any more:
 * as time goes by, all at once, and when a CPU goes away.
 */
#ifndef KMB_SLAB_ARRAY_CACHE_REAP_H
#define KMB_SLAB_ARRAY_CACHE_REAP_H

#include "array_cache_alien.h"

/* How often 2.6.11 looked at each CPU's array, and at each cache's lists. */
#define ARRAY_CACHE_REAP_CPU_MS 2000
#define ARRAY_CACHE_REAP_LISTS_MS 4000

/* The oldest nr of an array into their slabs; under the node's lock. */
static inline void array_cache_trim(struct array_cache_cache *c,
				    struct array_cache_node *node, unsigned cpu,
				    struct array_cache *ac, uint32_t nr)
{
	array_cache_free_block(c, node, cpu, ac->entry, nr);
	ac->avail -= nr;
	memmove(ac->entry, &ac->entry[nr], ac->avail * sizeof(void *));
}

/* A fifth of the limit of an array that was not used since the last look; half
 * of what is in it if that is less. Under the node's lock. */
static inline void array_cache_reap_array(struct array_cache_cache *c,
					  struct array_cache_node *node,
					  unsigned cpu, struct array_cache *ac)
{
	uint32_t nr = (ac->limit + 4) / 5;

	if (ac->touched) {
		ac->touched = false;
		return;
	}
	if (nr > ac->avail)
		nr = (ac->avail + 1) / 2;
	array_cache_trim(c, node, cpu, ac, nr);
}

/* Up to nr free slabs go; under the lock. */
static inline void array_cache_drop_free(struct array_cache_cache *c,
					 struct array_cache_node *node,
					 unsigned cpu, uint64_t nr)
{
	while (nr-- && !list_empty(&node->free))
		array_cache_drop_slab(c, node, cpu,
				      list_entry(list_pop(&node->free),
						 struct array_cache_slab,
						 list));
}

/* The shared array, and a fifth of what may be free if none was needed. */
static inline void array_cache_reap_node(struct array_cache_cache *c,
					 struct array_cache_node *node,
					 unsigned cpu)
{
	const uint64_t num = c->layout.num;

	if (node->shared)
		array_cache_reap_array(c, node, cpu, node->shared);
	if (node->free_touched)
		node->free_touched = false;
	else if (slab_may_go(&c->cache))
		array_cache_drop_free(c, node, cpu,
				      (node->free_limit + 5 * num - 1) /
					      (5 * num));
}

/*
 * What a kernel's timer calls on each CPU every ARRAY_CACHE_REAP_CPU_MS, in
 * turns. As of 2.6.24 it also drains one of the node's alien caches.
 */
static maybe_unused void array_cache_reap(struct array_cache_cache *c,
					  unsigned cpu, uint64_t now_ms)
{
	const unsigned nr_nodes = c->cache.host->nr_nodes;
	const unsigned own = slab_cpu_node(&c->cache, cpu);
	struct array_cache_node *node = c->node[own];
	unsigned other;

	spin_lock(&node->lock);
	other = node->reap_node++ % nr_nodes;
	array_cache_reap_array(c, node, cpu, c->cpu[cpu]);
	if (now_ms >= node->next_reap) {
		node->next_reap = now_ms + ARRAY_CACHE_REAP_LISTS_MS;
		array_cache_reap_node(c, node, cpu);
	}
	spin_unlock(&node->lock);
	if (other != own)
		array_cache_flush_alien(c, cpu, own, other);
}

/* All that a CPU's array holds, into slabs. */
static inline void array_cache_flush_cpu(struct array_cache_cache *c,
					 unsigned cpu, unsigned whose)
{
	struct array_cache_node *node = array_cache_cpu_node(c, whose);
	struct array_cache *ac = c->cpu[whose];

	spin_lock(&node->lock);
	array_cache_trim(c, node, cpu, ac, ac->avail);
	spin_unlock(&node->lock);
}

/* All that a node keeps for others. */
static inline void array_cache_flush_aliens(struct array_cache_cache *c,
					    unsigned cpu, unsigned from)
{
	for (unsigned nid = 0; nid < c->cache.host->nr_nodes; nid++)
		if (nid != from)
			array_cache_flush_alien(c, cpu, from, nid);
}

static inline uint64_t array_cache_shrink(struct array_cache_cache *c,
					  unsigned cpu)
{
	const struct slab_host *host = c->cache.host;
	const uint64_t before = c->cache.nr_pages;

	for (unsigned other = 0; other < host->nr_cpus; other++)
		array_cache_flush_cpu(c, cpu, other);
	/* Into shared arrays, perhaps; so those come last. */
	for (unsigned nid = 0; nid < host->nr_nodes; nid++)
		array_cache_flush_aliens(c, cpu, nid);
	for (unsigned nid = 0; nid < host->nr_nodes; nid++) {
		struct array_cache_node *node = c->node[nid];

		spin_lock(&node->lock);
		if (node->shared)
			array_cache_trim(c, node, cpu, node->shared,
					 node->shared->avail);
		array_cache_drop_free(c, node, cpu, UINT64_MAX);
		spin_unlock(&node->lock);
	}
	return before - c->cache.nr_pages;
}

/* The node's alien caches may have lost their last user. */
static inline void array_cache_drain_cpu(struct array_cache_cache *c,
					 unsigned cpu, unsigned dead)
{
	array_cache_flush_cpu(c, cpu, dead);
	array_cache_flush_aliens(c, cpu, slab_cpu_node(&c->cache, dead));
}

#endif
