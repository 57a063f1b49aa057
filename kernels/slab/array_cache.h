/*
 * array_cache.h - SLAB: each CPU has an array of free objects, the last freed
 * first (Linux 2.6.11, mm/slab.c; nodes and alien caches as of 2.6.24).
 *
 *            CPU's array          120, 54, 24, 8 or 1 by size
 *    batch   |    ^
 *            v    |  batch
 *    the node's shared array      8 batches; up to a page's size
 *            |    ^
 *            v    |
 *    slabs: partial, free, full   under the node's lock
 *
 * An alloc that finds its array empty takes a batch from the shared array, or
 * from slabs. A free that finds it full moves its oldest batch to the shared
 * array, as far as there is room, or else into slabs. To its slab an object in
 * an array is in use.
 *
 * What is kept for no use, on each node: `limit` objects a CPU, the shared
 * array, 12 objects for each other node, and free slabs: one that becomes free
 * stays if no more than free_limit objects, (1 + CPUs) * batch + those of a
 * slab, are free in all slabs of the node.
 *
 * With one node this is 2.6.11, whose caches had one lock. Interrupts are not
 * turned off: the `cpu` argument says whose array it is. Left out: caches for
 * DMA, poison and red zones (slab_check.h has them), tuning by /proc/slabinfo.
 */
#ifndef KMB_SLAB_ARRAY_CACHE_H
#define KMB_SLAB_ARRAY_CACHE_H

#include "array_cache_check.h"
#include "array_cache_node.h"
#include "array_cache_reap.h"

enum { array_cache_max_threads = KMB_MAX_THREADS };
enum { array_cache_traits = 0 };
static const char array_cache_models[] =
	"SLAB: per-CPU arrays over slabs (Linux 2.6.11, mm/slab.c; alien "
	"caches of 2.6.24)";

/* 1: a machine of more than 32 MiB, all nodes together. */
static inline unsigned
array_cache_break_order(const struct array_cache_cache *c)
{
	return c->cache.pages->mem->nr_pages << PAGE_SHIFT > 32ull << 20;
}

/* What rules are told of the size: with its red zone, not yet aligned. */
static inline uint32_t array_cache_raw_size(const struct kmem_cache *c)
{
	return slab_state_offset(c) +
	       (KMB_DEBUG >= 1 ? (uint32_t)sizeof(uint64_t) : 0);
}

static inline int array_cache_create(struct array_cache_cache *c,
				     const struct slab_params *params,
				     const struct slab_host *host)
{
	int err = slab_cache_init(&c->cache, params, host, SLAB_LINK_NONE);

	if (err)
		return err;
	KMB_BUG_ON(host->nr_cpus > KMB_MAX_THREADS);
	c->aliens = host->nr_nodes > 1;
	c->reciprocal =
		(uint32_t)(((1ull << 32) + c->cache.size - 1) / c->cache.size);
	c->layout = array_cache_layout(
		array_cache_raw_size(&c->cache), c->cache.align, params->flags,
		sizeof(struct array_cache_slab), array_cache_break_order(c));
	c->tune = array_cache_tune(c->cache.size);
	spin_lock_init(&c->mgmt_lock);
	list_init(&c->mgmt_pages);
	c->nr_mgmt_pages = 0;
	for (unsigned nid = 0; nid < host->nr_nodes; nid++)
		if (!array_cache_node_create(c, nid)) {
			while (nid--)
				array_cache_node_destroy(c, nid);
			return -ENOMEM;
		}
	return 0;
}

forceinline void *array_cache_alloc(struct array_cache_cache *c, unsigned cpu)
{
	struct array_cache *ac = c->cpu[cpu];
	uint32_t avail = ac->avail;

	if (unlikely(!avail))
		return slab_check_alloc(&c->cache, array_cache_refill(c, cpu));
	ac->touched = true;
	ac->avail = --avail;
	return slab_check_alloc(&c->cache, ac->entry[avail]);
}

/* Does it lie on another node than this CPU? */
forceinline bool array_cache_is_alien(const struct array_cache_cache *c,
				      unsigned cpu, const void *object,
				      unsigned *nid)
{
	*nid = page_to_nid(slab_virt_to_page(&c->cache, object));
	return *nid != slab_cpu_node(&c->cache, cpu);
}

forceinline void array_cache_free(struct array_cache_cache *c, unsigned cpu,
				  void *object)
{
	struct array_cache *ac = c->cpu[cpu];
	unsigned nid;

	if (!slab_check_free(&c->cache, object))
		return;
	if (unlikely(c->aliens) && array_cache_is_alien(c, cpu, object, &nid)) {
		array_cache_free_alien(c, cpu, nid, object);
		return;
	}
	if (unlikely(ac->avail == ac->limit)) {
		array_cache_flush(c, cpu, object);
		return;
	}
	ac->entry[ac->avail++] = object;
}

static inline void array_cache_free_bulk(struct array_cache_cache *c,
					 unsigned cpu, unsigned nr,
					 void **objects)
{
	for (unsigned i = 0; i < nr; i++)
		array_cache_free(c, cpu, objects[i]);
}

static inline unsigned array_cache_alloc_bulk(struct array_cache_cache *c,
					      unsigned cpu, unsigned nr,
					      void **objects)
{
	for (unsigned i = 0; i < nr; i++) {
		objects[i] = array_cache_alloc(c, cpu);
		if (unlikely(!objects[i])) {
			array_cache_free_bulk(c, cpu, i, objects);
			return 0;
		}
	}
	return nr;
}

/* What a node holds; a freed object that is on its way home is a remote one. */
static inline void array_cache_node_stats(const struct array_cache_cache *c,
					  unsigned nid,
					  struct slab_stats *stats,
					  uint64_t *free)
{
	const struct array_cache_node *node = c->node[nid];

	stats->nr_slabs += node->nr_slabs;
	stats->refills += node->refills;
	stats->remote_frees += node->remote_frees;
	stats->metadata_bytes += PAGE_SIZE << node->order;
	*free += node->free_objects;
	if (node->shared)
		stats->cached_objects += node->shared->avail;
	for (unsigned of = 0; of < c->cache.host->nr_nodes; of++) {
		uint32_t avail = array_cache_alien(node, of)->avail;

		stats->cached_objects += avail;
		stats->remote_frees += avail;
	}
}

static inline void array_cache_stats(struct array_cache_cache *c,
				     struct slab_stats *stats)
{
	uint64_t free = 0;

	*stats = (struct slab_stats){
		.page_bytes = c->cache.nr_pages << PAGE_SHIFT,
		.metadata_bytes = c->nr_mgmt_pages << PAGE_SHIFT,
	};
	for (unsigned cpu = 0; cpu < c->cache.host->nr_cpus; cpu++)
		stats->cached_objects += c->cpu[cpu]->avail;
	for (unsigned nid = 0; nid < c->cache.host->nr_nodes; nid++)
		array_cache_node_stats(c, nid, stats, &free);
	stats->nr_objects = stats->nr_slabs * c->layout.num;
	stats->live_objects = stats->nr_objects - free - stats->cached_objects;
}

/* The management of slabs that stay, since objects in them are in use. */
static inline void array_cache_forget(struct array_cache_cache *c,
				      struct list_head *list)
{
	while (c->layout.off_slab && !list_empty(list))
		array_cache_mgmt_free(c, 0,
				      list_entry(list_pop(list),
						 struct array_cache_slab,
						 list));
}

static inline uint64_t array_cache_destroy(struct array_cache_cache *c)
{
	struct slab_stats stats;

	array_cache_shrink(c, 0);
	array_cache_stats(c, &stats);
	for (unsigned nid = 0; nid < c->cache.host->nr_nodes; nid++) {
		array_cache_forget(c, &c->node[nid]->partial);
		array_cache_forget(c, &c->node[nid]->full);
	}
	for (unsigned nid = c->cache.host->nr_nodes; nid--;)
		array_cache_node_destroy(c, nid);
	return stats.live_objects;
}

#endif
