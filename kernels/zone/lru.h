/*
 * lru.h - the pages of a zone that can be reclaimed, the least recently used
 * one last.
 *
 * They are their user's (a page cache, say) until reclaim takes them. The user
 * knows such a page by a slot of its own, which holds the pfn; reclaim writes
 * PFN_NONE there, under the list's lock, before it frees the page. So whoever
 * wants a page back asks zones_forget(), not the slot.
 */
#ifndef KMB_ZONE_LRU_H
#define KMB_ZONE_LRU_H

#include "../mm/physmem.h"
#include "../sync/spinlock.h"

struct zone_lru {
	struct spinlock lock;  /* of all here, and of its pages' flags */
	uint64_t nr_pages;     /* == length of list */
	struct list_head list; /* by page->lru; page->mapping is the slot */
} cacheline_aligned;

static inline void zone_lru_init(struct zone_lru *lru)
{
	*lru = (struct zone_lru){ .nr_pages = 0 };
	spin_lock_init(&lru->lock);
	list_init(&lru->list);
}

/* A page that the caller owns, order 0, as the most recently used one. */
static inline void zone_lru_add(struct zone_lru *lru, struct page *page,
				pfn_t *slot)
{
	page->mapping = slot;
	spin_lock(&lru->lock);
	list_add(&page->lru, &lru->list);
	WRITE_ONCE(lru->nr_pages, lru->nr_pages + 1);
	spin_unlock(&lru->lock);
}

/* The same for a list of nr pages whose mapping is set; it is empty then. */
static inline void zone_lru_splice(struct zone_lru *lru, struct list_head *list,
				   uint64_t nr)
{
	if (!nr)
		return;
	spin_lock(&lru->lock);
	list->prev->next = lru->list.next;
	lru->list.next->prev = list->prev;
	list->next->prev = &lru->list;
	lru->list.next = list->next;
	WRITE_ONCE(lru->nr_pages, lru->nr_pages + nr);
	spin_unlock(&lru->lock);
	list_init(list);
}

/* Take the page in *slot off the list; NULL: reclaim was first. The lock is
 * held. */
static inline struct page *zone_lru_del(struct zone_lru *lru,
					const struct physmem *mem, pfn_t *slot)
{
	struct page *page;

	if (READ_ONCE(*slot) == PFN_NONE)
		return NULL;
	page = pfn_to_page(mem, READ_ONCE(*slot));
	list_del(&page->lru);
	WRITE_ONCE(page->flags, page->flags & ~(uint64_t)PG_referenced);
	WRITE_ONCE(lru->nr_pages, lru->nr_pages - 1);
	WRITE_ONCE(*slot, PFN_NONE);
	return page;
}

/* The page in *slot is in use: the next scan spares it. */
static inline void zone_lru_touch(struct zone_lru *lru,
				  const struct physmem *mem, pfn_t *slot)
{
	spin_lock(&lru->lock);
	if (READ_ONCE(*slot) != PFN_NONE) {
		struct page *page = pfn_to_page(mem, READ_ONCE(*slot));

		WRITE_ONCE(page->flags, page->flags | PG_referenced);
	}
	spin_unlock(&lru->lock);
}

/*
 * Scan up to nr pages from the tail; the number that there were. A referenced
 * one goes to the head, unreferenced; all others become the caller's, in
 * `victims`.
 */
static inline uint64_t zone_lru_scan(struct zone_lru *lru, uint64_t nr,
				     struct list_head *victims)
{
	uint64_t scanned = 0;

	spin_lock(&lru->lock);
	for (; scanned < nr && !list_empty(&lru->list); scanned++) {
		struct page *page =
			list_entry(lru->list.prev, struct page, lru);

		list_del(&page->lru);
		if (page->flags & PG_referenced) {
			WRITE_ONCE(page->flags,
				   page->flags & ~(uint64_t)PG_referenced);
			list_add(&page->lru, &lru->list);
			continue;
		}
		WRITE_ONCE(lru->nr_pages, lru->nr_pages - 1);
		if (page->mapping)
			WRITE_ONCE(*(pfn_t *)page->mapping, PFN_NONE);
		list_add(&page->lru, victims);
	}
	spin_unlock(&lru->lock);
	return scanned;
}

/* Linked both ways, as long as counted, busy pages of this zone. */
static inline bool zone_lru_validate(const struct zone_lru *lru,
				     const struct physmem *mem,
				     const struct zone *zone)
{
	const struct list_head *pos;
	uint64_t nr = 0;

	list_for_each (pos, &lru->list) {
		const struct page *page = container_of(pos, struct page, lru);
		pfn_t pfn = page_to_pfn(mem, page);

		if (pos->next->prev != pos || pfn < zone->start_pfn ||
		    pfn - zone->start_pfn >= zone->nr_pages ||
		    page->flags & PG_private || ++nr > lru->nr_pages)
			return false;
	}
	return nr == lru->nr_pages && !lru->lock.locked;
}

#endif
