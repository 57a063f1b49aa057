/*
 * percpu_depot.h - a node's magazines that no CPU has: whole ones go from CPU
 * to CPU through it, full against empty.
 *
 * Magazines are blocks cut from pages; a page's blocks are given back all at
 * once, by a shrink, when every magazine is empty.
 */
#ifndef KMB_SLAB_PERCPU_DEPOT_H
#define KMB_SLAB_PERCPU_DEPOT_H

#include "percpu_slabs.h"

static inline void percpu_depot_init(struct percpu_depot *d)
{
	spin_lock_init(&d->lock);
	d->nr_full = d->nr_empty = 0;
	d->full = d->empty = NULL;
	list_init(&d->pages);
	d->nr_pages = 0;
}

/* ---- under the lock ---- */

forceinline void percpu_depot_push_empty(struct percpu_depot *d,
					 struct percpu_mag *mag)
{
	mag->next = d->empty;
	d->empty = mag;
	d->nr_empty++;
}

forceinline struct percpu_mag *percpu_depot_pop_empty(struct percpu_depot *d)
{
	struct percpu_mag *mag = d->empty;

	if (mag) {
		d->empty = mag->next;
		d->nr_empty--;
	}
	return mag;
}

forceinline void percpu_depot_push_full(struct percpu_depot *d,
					struct percpu_mag *mag)
{
	mag->next = d->full;
	d->full = mag;
	WRITE_ONCE(d->nr_full, d->nr_full + 1);
}

forceinline struct percpu_mag *percpu_depot_pop_full(struct percpu_depot *d)
{
	struct percpu_mag *mag = d->full;

	if (mag) {
		d->full = mag->next;
		WRITE_ONCE(d->nr_full, d->nr_full - 1);
	}
	return mag;
}

/* ---- whole trips ---- */

static coldpath struct percpu_mag *
percpu_depot_grow(struct percpu_pool *p, unsigned cpu, struct percpu_depot *d)
{
	struct page *page = slab_take_pages(&p->cache, cpu, 0);
	struct percpu_mag *mags;

	if (!page)
		return NULL;
	mags = slab_page_address(&p->cache, page);
	for (unsigned i = 0; i < PERCPU_BLOCKS_PER_PAGE; i++)
		*percpu_mag_bottom(p, &mags[i]) = NULL;
	spin_lock(&d->lock);
	list_add(&page->lru, &d->pages);
	d->nr_pages++;
	for (unsigned i = 1; i < PERCPU_BLOCKS_PER_PAGE; i++)
		percpu_depot_push_empty(d, &mags[i]);
	spin_unlock(&d->lock);
	return &mags[0];
}

/* An empty magazine; NULL: no pages. */
static inline struct percpu_mag *percpu_depot_get_empty(struct percpu_pool *p,
							unsigned cpu,
							struct percpu_depot *d)
{
	struct percpu_mag *mag;

	spin_lock(&d->lock);
	mag = percpu_depot_pop_empty(d);
	spin_unlock(&d->lock);
	return mag ? mag : percpu_depot_grow(p, cpu, d);
}

static inline void percpu_depot_put_empty(struct percpu_depot *d,
					  struct percpu_mag *mag)
{
	spin_lock(&d->lock);
	percpu_depot_push_empty(d, mag);
	spin_unlock(&d->lock);
}

/* A full magazine for an empty one, which may be NULL; NULL: there is none. */
static inline struct percpu_mag *percpu_depot_get_full(struct percpu_depot *d,
						       struct percpu_mag *empty)
{
	struct percpu_mag *mag;

	if (!READ_ONCE(d->nr_full))
		return NULL;
	spin_lock(&d->lock);
	mag = percpu_depot_pop_full(d);
	if (mag && empty)
		percpu_depot_push_empty(d, empty);
	spin_unlock(&d->lock);
	return mag;
}

/* Keep a full magazine; false: there are enough. */
static inline bool percpu_depot_put_full(const struct percpu_pool *p,
					 struct percpu_depot *d,
					 struct percpu_mag *full)
{
	bool room;

	spin_lock(&d->lock);
	room = d->nr_full < p->depot_mags;
	if (room)
		percpu_depot_push_full(d, full);
	spin_unlock(&d->lock);
	return room;
}

/*
 * An empty magazine for a full one: this one, its objects back in their slabs,
 * if there are enough full ones or no memory for an empty one.
 */
static inline struct percpu_mag *percpu_depot_exchange(struct percpu_pool *p,
						       unsigned cpu,
						       struct percpu_depot *d,
						       struct percpu_mag *full)
{
	struct percpu_mag *empty = NULL;
	bool room;

	spin_lock(&d->lock);
	room = d->nr_full < p->depot_mags;
	if (room && (empty = percpu_depot_pop_empty(d)))
		percpu_depot_push_full(d, full);
	spin_unlock(&d->lock);
	if (empty)
		return empty;
	if (room && (empty = percpu_depot_grow(p, cpu, d))) {
		if (percpu_depot_put_full(p, d, full))
			return empty;
		percpu_depot_put_empty(d, empty);
	}
	percpu_slabs_give(p, cpu, percpu_mag_objects(p, full), p->mag_objects);
	return full;
}

/* ---- no other call may run ---- */

/* All objects of full magazines to their slabs. */
static inline void percpu_depot_empty(struct percpu_pool *p, unsigned cpu,
				      struct percpu_depot *d)
{
	struct percpu_mag *mag;

	while ((mag = percpu_depot_pop_full(d))) {
		percpu_slabs_give(p, cpu, percpu_mag_objects(p, mag),
				  p->mag_objects);
		percpu_depot_push_empty(d, mag);
	}
}

/* All pages of magazines back: every magazine is in a depot, and empty. */
static inline void percpu_depot_release(struct percpu_pool *p, unsigned cpu,
					struct percpu_depot *d)
{
	while (!list_empty(&d->pages)) {
		struct list_head *l = list_pop(&d->pages);

		slab_give_pages(&p->cache, cpu, list_entry(l, struct page, lru),
				0);
	}
	percpu_depot_init(d);
}

#endif
