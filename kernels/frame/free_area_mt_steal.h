/*
 * free_area_mt_steal.h - a block for a migratetype that has none left: the
 * fallback rules of 2.6.24.
 *
 *   1. UNMOVABLE takes of RECLAIMABLE, then of MOVABLE; RECLAIMABLE of
 *      UNMOVABLE, then MOVABLE; MOVABLE of RECLAIMABLE, then UNMOVABLE.
 *   2. The largest block of either comes first, lest a stranger be put into
 *      many pageblocks.
 *   3. If the block's order is half a pageblock's or more, or RECLAIMABLE asks
 *      (slabs come in bursts), all free pages of its pageblock move along.
 *   4. If those are half of the pageblock or more, it is claimed: what is still
 *      in use there will be freed to the new type.
 *   5. What is left over by cutting goes to the new type after 3, else stays.
 *   6. RESERVE is the last: its smallest block, and nothing moves.
 *
 * The zone's lock is held by all who call.
 */
#ifndef KMB_FRAME_FREE_AREA_MT_STEAL_H
#define KMB_FRAME_FREE_AREA_MT_STEAL_H

#include "free_area_mt_lists.h"

#define NR_FALLBACKS 2
static const enum migratetype free_area_mt_fallbacks[][NR_FALLBACKS] = {
	[MIGRATE_UNMOVABLE] = { MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE },
	[MIGRATE_RECLAIMABLE] = { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE },
	[MIGRATE_MOVABLE] = { MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE },
};

/* Move what is free in [pfn, pfn + nr) to the lists of a type; its pages. */
static inline uint64_t free_area_mt_move(struct free_area_mt_allocator *a,
					 pfn_t pfn, uint64_t nr,
					 enum migratetype type)
{
	pfn_t end = pfn + nr;
	uint64_t moved = 0;

	while (pfn < end) {
		struct page *page = pfn_to_page(a->mem, pfn);
		unsigned order;

		if (!(READ_ONCE(page->flags) & PG_private) || page->_refcount) {
			pfn++;
			continue;
		}
		order = (unsigned)page->private;
		list_del(&page->lru);
		list_add(&page->lru, &a->area[order].list[type]);
		moved += 1ull << order;
		pfn += 1ull << order;
	}
	return moved;
}

/* Take the first block of a list of another type. */
static inline struct page *
free_area_mt_steal_block(struct free_area_mt_allocator *a, unsigned from,
			 enum migratetype other, unsigned order,
			 enum migratetype type)
{
	struct page *page =
		list_first_entry(&a->area[from].list[other], struct page, lru);
	unsigned span = from > PAGEBLOCK_ORDER ? from : PAGEBLOCK_ORDER;
	pfn_t start = align_down(page_to_pfn(a->mem, page), 1ull << span);

	if (from >= PAGEBLOCK_ORDER / 2 || type == MIGRATE_RECLAIMABLE) {
		uint64_t nr = 1ull << span;

		if (free_area_mt_move(a, start, nr, type) >= nr / 2)
			pageblock_set_type(&a->pageblocks, start, nr, type);
		other = type;
	}
	free_area_mt_unlist(a, page, from);
	return free_area_mt_cut(a, page, from, order, other);
}

/* A block for a type that has none, or NULL. */
static never_inline struct page *
free_area_mt_steal(struct free_area_mt_allocator *a, unsigned order,
		   enum migratetype type)
{
	for (unsigned from = NR_PAGE_ORDERS; from-- > order;)
		for (unsigned i = 0; i < NR_FALLBACKS; i++) {
			enum migratetype other =
				free_area_mt_fallbacks[type][i];

			if (free_area_mt_has(a, from, other))
				return free_area_mt_steal_block(a, from, other,
								order, type);
		}
	return free_area_mt_expand(a, order, MIGRATE_RESERVE);
}

#endif
