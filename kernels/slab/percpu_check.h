/*
 * percpu_check.h - what percpu and percpu_rseq recompute to be sure: every free
 * object is in one store, one depot or its slab, and every magazine somewhere.
 */
#ifndef KMB_SLAB_PERCPU_CHECK_H
#define KMB_SLAB_PERCPU_CHECK_H

#include "percpu_store.h"

/* ---- bulks of checked builds: each object is looked at ---- */

static inline unsigned percpu_check_alloc_bulk(struct percpu_pool *p,
					       unsigned nr, void **objects)
{
	for (unsigned i = 0; KMB_DEBUG >= 1 && i < nr; i++)
		slab_check_alloc(&p->cache, objects[i]);
	return nr;
}

static inline void percpu_check_free_bulk(struct percpu_pool *p,
					  struct percpu_store *s, unsigned cpu,
					  unsigned nr, void **objects)
{
	if (KMB_DEBUG == 0)
		percpu_store_free_bulk(p, s, cpu, objects, nr);
	for (unsigned i = 0; KMB_DEBUG >= 1 && i < nr; i++)
		if (slab_check_free(&p->cache, objects[i]))
			percpu_store_free(p, s, cpu, objects[i]);
}

/* ---- slabs ---- */

/* Bits set; UINT64_MAX: one is set that stands for no object. */
static inline uint64_t percpu_check_map(const struct percpu_pool *p,
					const uint64_t *map)
{
	uint64_t nr = 0;

	for (unsigned w = 0; w < p->map_words; w++) {
		if (map[w] & ~percpu_map_mask(p, w))
			return UINT64_MAX;
		nr += (unsigned)__builtin_popcountll(map[w]);
	}
	return nr;
}

/* A list of slabs that have between least and most objects free. */
static inline bool percpu_check_list(struct percpu_pool *p,
				     struct percpu_node *node,
				     const struct list_head *list,
				     uint64_t least, uint64_t most,
				     struct percpu_slabs *sum)
{
	const struct list_head *l;

	list_for_each (l, list) {
		struct page *head = list_entry(l, struct page, lru);
		uint64_t nr = percpu_check_map(p, percpu_slab_map(p, head));

		if (nr < least || nr > most || head->freelist != node ||
		    head->slab_cache != p || slab_order(head) != p->order)
			return false;
		sum->nr_slabs++;
		sum->nr_free += nr;
		sum->nr_idle += nr == p->nr_each;
	}
	return true;
}

static inline bool percpu_check_slabs(struct percpu_pool *p,
				      struct percpu_node *node)
{
	const struct percpu_slabs *s = &node->slabs;
	struct percpu_slabs sum = { .nr_slabs = 0 };

	return percpu_check_list(p, node, &s->full, 0, 0, &sum) &&
	       percpu_check_list(p, node, &s->partial, 1, p->nr_each, &sum) &&
	       sum.nr_slabs == s->nr_slabs && sum.nr_free == s->nr_free &&
	       sum.nr_idle == s->nr_idle;
}

/* ---- magazines ---- */

/*
 * Set the bits of objects that are cached, or clear them again. False: one is
 * no object of this cache, or its bit was set: it is free twice.
 */
static inline bool percpu_check_mark(struct percpu_pool *p, void **objects,
				     unsigned nr, bool set)
{
	for (unsigned i = 0; i < nr; i++) {
		struct page *head = slab_virt_to_head(&p->cache, objects[i]);
		uint64_t index = percpu_slab_index(p, head, objects[i]);
		uint64_t *map = percpu_slab_map(p, head);

		if (head->slab_cache != p || index >= p->nr_each ||
		    percpu_slab_object(p, head, index) != objects[i] ||
		    test_bit(map, index) == set)
			return false;
		if (set)
			set_bit(map, index);
		else
			clear_bit(map, index);
	}
	return true;
}

static inline bool percpu_check_mark_store(struct percpu_pool *p,
					   struct percpu_store *s, bool set)
{
	void **top = percpu_store_top(s);
	unsigned left = percpu_store_loaded(p, s, top);

	for (unsigned i = 0; i < s->loaded; i++)
		if (!percpu_check_mark(p, percpu_mag_objects(p, s->mag[i]),
				       p->mag_objects, set))
			return false;
	return percpu_check_mark(p, top + 1 - left, left, set);
}

static inline bool percpu_check_mark_depot(struct percpu_pool *p,
					   struct percpu_depot *d, bool set)
{
	for (struct percpu_mag *mag = d->full; mag; mag = mag->next)
		if (!percpu_check_mark(p, percpu_mag_objects(p, mag),
				       p->mag_objects, set))
			return false;
	return true;
}

static inline bool percpu_check_mark_all(struct percpu_pool *p, bool set)
{
	for (unsigned i = 0; i < p->nr_stores; i++)
		if (!percpu_check_mark_store(p, p->store[i], set))
			return false;
	for (unsigned nid = 0; nid < p->cache.host->nr_nodes; nid++)
		if (!percpu_check_mark_depot(p, &p->node[nid]->depot, set))
			return false;
	return true;
}

/* A store's magazines, first to last, with a NULL below their objects; how
 * many. UINT64_MAX: it is not so. */
static inline uint64_t percpu_check_store(struct percpu_pool *p,
					  struct percpu_store *s)
{
	void **top = percpu_store_top(s);
	uint64_t nr = 0;

	for (unsigned i = 0; i < PERCPU_STORE_MAGS; i++) {
		if (!s->mag[i])
			continue;
		if (nr++ != i || i >= p->store_mags ||
		    *percpu_mag_bottom(p, s->mag[i]))
			return UINT64_MAX;
	}
	if (s->nothing || (top == &s->nothing) != !nr)
		return UINT64_MAX;
	if (nr &&
	    (s->loaded >= nr || top < percpu_mag_bottom(p, s->mag[s->loaded]) ||
	     top > percpu_mag_last(s->mag[s->loaded])))
		return UINT64_MAX;
	return nr;
}

/* As many as are counted; how many. UINT64_MAX: it is not so. */
static inline uint64_t percpu_check_depot(const struct percpu_pool *p,
					  const struct percpu_depot *d)
{
	uint64_t nr_full = 0, nr_empty = 0;

	for (struct percpu_mag *mag = d->full; mag; mag = mag->next)
		nr_full++;
	for (struct percpu_mag *mag = d->empty; mag; mag = mag->next)
		nr_empty++;
	if (nr_full != d->nr_full || nr_empty != d->nr_empty ||
	    nr_full > p->depot_mags)
		return UINT64_MAX;
	return nr_full + nr_empty;
}

/* magazines == blocks of their pages; pages == all that were counted */
static inline bool percpu_check_pages(struct percpu_pool *p)
{
	uint64_t mags = 0, blocks = 0, pages = 1ull << p->table_order;

	for (unsigned i = 0; i < p->nr_stores; i++) {
		uint64_t nr = percpu_check_store(p, p->store[i]);

		if (nr == UINT64_MAX)
			return false;
		mags += nr;
	}
	for (unsigned nid = 0; nid < p->cache.host->nr_nodes; nid++) {
		struct percpu_node *node = p->node[nid];
		uint64_t nr = percpu_check_depot(p, &node->depot);

		if (nr == UINT64_MAX)
			return false;
		mags += nr;
		blocks += node->depot.nr_pages * PERCPU_BLOCKS_PER_PAGE;
		pages += node->depot.nr_pages + (1ull << node->order) +
			 (node->slabs.nr_slabs << p->order);
	}
	return mags == blocks && pages == p->cache.nr_pages;
}

/* S_validate */
static inline bool percpu_pool_validate(struct percpu_pool *p)
{
	if (!percpu_check_pages(p))
		return false;
	for (unsigned nid = 0; nid < p->cache.host->nr_nodes; nid++)
		if (!percpu_check_slabs(p, p->node[nid]))
			return false;
	return percpu_check_mark_all(p, true) &&
	       percpu_check_mark_all(p, false);
}

#endif
