/*
 * array_cache_check.h - every object of array_cache is in exactly one place.
 *
 * An object that is in its slab is on the chain of bufctl; what is not has
 * BUFCTL_ACTIVE there. Each entry of an array turns that into BUFCTL_SEEN, so
 * that a second one is seen, and all are turned back.
 */
#ifndef KMB_SLAB_ARRAY_CACHE_CHECK_H
#define KMB_SLAB_ARRAY_CACHE_CHECK_H

#include "array_cache_slab.h"

/* The bufctl of an array's entry; NULL: it is no object of that node. */
static inline uint16_t *array_cache_bufctl_of(const struct array_cache_cache *c,
					      unsigned nid, const void *object)
{
	const struct physmem *mem = c->cache.pages->mem;
	const struct page *page;
	struct array_cache_slab *slab;
	uint64_t offset;

	if ((const char *)object < mem->base ||
	    virt_to_pfn(mem, object) >= mem->nr_pages)
		return NULL;
	page = slab_virt_to_page(&c->cache, object);
	if (!page_test(page, PG_slab) || page->slab_cache != c)
		return NULL;
	slab = array_cache_virt_to_slab(c, object);
	offset = (uint64_t)((const char *)object - slab->s_mem);
	if (slab->node != nid || (const char *)object < slab->s_mem ||
	    offset % c->cache.size || offset / c->cache.size >= c->layout.num)
		return NULL;
	return &slab->bufctl[array_cache_index(c, slab, object)];
}

/* What is not `from` is left as it is, and false. */
static inline bool array_cache_turn_array(const struct array_cache_cache *c,
					  unsigned nid,
					  const struct array_cache *ac,
					  uint16_t from, uint16_t to)
{
	bool valid = true;

	if (ac->avail > ac->limit)
		return false;
	for (uint32_t i = 0; i < ac->avail; i++) {
		uint16_t *bufctl = array_cache_bufctl_of(c, nid, ac->entry[i]);

		if (bufctl && *bufctl == from)
			*bufctl = to;
		else
			valid = false;
	}
	return valid;
}

/* All arrays, of CPUs and nodes. */
static inline bool array_cache_turn(const struct array_cache_cache *c,
				    uint16_t from, uint16_t to)
{
	const struct slab_host *host = c->cache.host;
	bool valid = true;

	for (unsigned cpu = 0; cpu < host->nr_cpus; cpu++)
		valid &=
			array_cache_turn_array(c, slab_cpu_node(&c->cache, cpu),
					       c->cpu[cpu], from, to);
	for (unsigned nid = 0; nid < host->nr_nodes; nid++) {
		const struct array_cache_node *node = c->node[nid];

		if (node->shared)
			valid &= array_cache_turn_array(c, nid, node->shared,
							from, to);
		for (unsigned other = 0; other < host->nr_nodes; other++)
			valid &= array_cache_turn_array(
				c, other, array_cache_alien(node, other), from,
				to);
	}
	return valid;
}

/* inuse + free == num, and no object is on the chain twice. */
static inline bool array_cache_slab_valid(const struct array_cache_cache *c,
					  const struct array_cache_slab *slab)
{
	const uint32_t num = c->layout.num;
	uint32_t free = 0, active = 0;

	for (uint32_t i = slab->free; i != BUFCTL_END; i = slab->bufctl[i])
		if (i >= num || ++free > num)
			return false;
	for (uint32_t i = 0; i < num; i++)
		active += slab->bufctl[i] == BUFCTL_ACTIVE;
	for (const struct page *p = slab->head;
	     p < slab->head + (1ul << c->layout.order); p++)
		if (p->lru.prev != &slab->list || p->slab_cache != c)
			return false;
	return active == slab->inuse && active + free == num &&
	       slab->s_mem == (char *)slab_page_address(&c->cache, slab->head) +
				      slab_first_offset(slab->head);
}

/* Slabs with so many objects in use, each of this node; adds to the counts. */
static inline bool array_cache_list_valid(const struct array_cache_cache *c,
					  unsigned nid,
					  const struct list_head *list,
					  uint32_t least, uint32_t most,
					  uint64_t *slabs, uint64_t *free)
{
	struct list_head *l;

	list_for_each (l, list) {
		const struct array_cache_slab *slab =
			list_entry(l, struct array_cache_slab, list);

		if (++*slabs > c->node[nid]->nr_slabs || slab->node != nid ||
		    slab->inuse < least || slab->inuse > most ||
		    !array_cache_slab_valid(c, slab))
			return false;
		*free += c->layout.num - slab->inuse;
	}
	return true;
}

static inline bool array_cache_node_valid(const struct array_cache_cache *c,
					  unsigned nid)
{
	const struct array_cache_node *node = c->node[nid];
	const uint32_t num = c->layout.num;
	uint64_t slabs = 0, free = 0;

	return array_cache_list_valid(c, nid, &node->partial, 1, num - 1,
				      &slabs, &free) &&
	       array_cache_list_valid(c, nid, &node->full, num, num, &slabs,
				      &free) &&
	       array_cache_list_valid(c, nid, &node->free, 0, 0, &slabs,
				      &free) &&
	       slabs == node->nr_slabs && free == node->free_objects;
}

static inline bool array_cache_validate(struct array_cache_cache *c)
{
	uint64_t pages = c->nr_mgmt_pages;
	bool once = array_cache_turn(c, BUFCTL_ACTIVE, BUFCTL_SEEN);

	if (!array_cache_turn(c, BUFCTL_SEEN, BUFCTL_ACTIVE) || !once)
		return false;
	for (unsigned nid = 0; nid < c->cache.host->nr_nodes; nid++) {
		if (!array_cache_node_valid(c, nid))
			return false;
		pages += (1ull << c->node[nid]->order) +
			 (c->node[nid]->nr_slabs << c->layout.order);
	}
	return pages == c->cache.nr_pages;
}

#endif
