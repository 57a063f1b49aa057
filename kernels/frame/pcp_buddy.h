/*
 * pcp_buddy.h - between a CPU's page list and the buddy behind it: pages move
 * in batches, each under one taking of the zone's lock.
 *
 * To the buddy a page on such a list is allocated: it has no mark and merges
 * with nothing. To its users it is free: its count is 0. The order of a block
 * stands in its first page's private, so that a list may hold any.
 */
#ifndef KMB_FRAME_PCP_BUDDY_H
#define KMB_FRAME_PCP_BUDDY_H

#include "free_area.h"

/* Append up to nr blocks, so that pops ascend; the number that there were. */
static inline unsigned pcp_buddy_fill(struct free_area_allocator *buddy,
				      struct list_head *list, unsigned order,
				      unsigned nr)
{
	unsigned got;

	spin_lock(&buddy->lock);
	for (got = 0; got < nr; got++) {
		struct page *page = free_area_take(buddy, order);

		if (!page)
			break;
		page->private = order;
		list_add_tail(&page->lru, list);
	}
	spin_unlock(&buddy->lock);
	return got;
}

/* Give back a list's last block; its pages. The zone's lock is held. */
forceinline unsigned pcp_buddy_merge_last(struct free_area_allocator *buddy,
					  struct list_head *list)
{
	struct page *page = list_entry(list->prev, struct page, lru);
	unsigned order = (unsigned)page->private;

	list_del(&page->lru);
	free_area_merge(buddy, page_to_pfn(buddy->mem, page), order);
	return 1u << order;
}

/* Give back all of a list. The zone's lock is held. */
static inline void pcp_buddy_merge_all(struct free_area_allocator *buddy,
				       struct list_head *list)
{
	while (!list_empty(list))
		pcp_buddy_merge_last(buddy, list);
}

/* Move all of `from` to the tail of `to`. */
static inline void pcp_buddy_collect(struct list_head *from,
				     struct list_head *to)
{
	while (!list_empty(from))
		list_add_tail(list_pop(from), to);
}

/*
 * What follows a failure: merge what was collected from the lists and try once
 * more, in one critical section, or another CPU might be first.
 */
static coldpath pfn_t pcp_buddy_retry(struct free_area_allocator *buddy,
				      struct list_head *collected,
				      unsigned order)
{
	struct page *page;

	spin_lock(&buddy->lock);
	pcp_buddy_merge_all(buddy, collected);
	page = free_area_take(buddy, order);
	spin_unlock(&buddy->lock);
	if (!page)
		return PFN_NONE;
	page->_refcount = 1;
	return page_to_pfn(buddy->mem, page);
}

/* Add a CPU's blocks, all of one order, to what the buddy counts as free. */
static inline void pcp_buddy_stats(const struct list_head *list, unsigned order,
				   struct frame_stats *stats)
{
	const struct list_head *pos;

	list_for_each (pos, list) {
		stats->nr_free[order]++;
		stats->free_pages += 1ull << order;
		stats->cached_pages += 1ull << order;
	}
}

/* Blocks of `order`, linked both ways, unmarked, inside; adds their pages. */
static inline bool pcp_buddy_list_valid(const struct free_area_allocator *buddy,
					const struct list_head *list,
					unsigned order, uint64_t *pages)
{
	const struct zone *zone = buddy->zone;
	const struct list_head *pos;

	list_for_each (pos, list) {
		const struct page *page = container_of(pos, struct page, lru);
		pfn_t pfn = page_to_pfn(buddy->mem, page);

		if (pos->next->prev != pos || page->private != order ||
		    page->_refcount || page->flags & PG_private ||
		    pfn % (1ull << order) || pfn < zone->start_pfn ||
		    pfn - zone->start_pfn >= zone->nr_pages)
			return false;
		*pages += 1ull << order;
		if (*pages > zone->nr_pages)
			return false;
	}
	return true;
}

#endif
