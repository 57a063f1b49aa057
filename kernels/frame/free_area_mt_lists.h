/*
 * free_area_mt_lists.h - the lists of free_area_mt: five an order, each with
 * the blocks of one migratetype. The zone's lock is held by all who call.
 */
#ifndef KMB_FRAME_FREE_AREA_MT_LISTS_H
#define KMB_FRAME_FREE_AREA_MT_LISTS_H

#include "free_area.h"
#include "pageblock.h"

struct free_area_mt {
	struct list_head list[MIGRATE_TYPES];
	uint64_t nr_free; /* of all types */
};

struct free_area_mt_allocator {
	struct spinlock lock; /* of area[], the marks and the pageblocks */
	struct free_area_mt area[NR_PAGE_ORDERS];
	struct pageblocks pageblocks;
	struct physmem *mem;
	const struct zone *zone;
} cacheline_aligned;

/* Put a block on a list and mark it free. */
forceinline void free_area_mt_list(struct free_area_mt_allocator *a,
				   struct page *page, unsigned order,
				   enum migratetype type)
{
	page->private = order;
	page->flags |= PG_private;
	list_add(&page->lru, &a->area[order].list[type]);
	a->area[order].nr_free++;
}

/* Unmark a block that was taken off its list. */
forceinline void free_area_mt_unmark(struct free_area_mt_allocator *a,
				     struct page *page, unsigned order)
{
	page->flags &= ~(uint64_t)PG_private;
	a->area[order].nr_free--;
}

/* Take a block off its list, whichever that is. */
forceinline void free_area_mt_unlist(struct free_area_mt_allocator *a,
				     struct page *page, unsigned order)
{
	list_del(&page->lru);
	free_area_mt_unmark(a, page, order);
}

forceinline bool free_area_mt_has(const struct free_area_mt_allocator *a,
				  unsigned order, enum migratetype type)
{
	return !list_empty(&a->area[order].list[type]);
}

/* Take the first block of a list that has one. */
forceinline struct page *free_area_mt_pop(struct free_area_mt_allocator *a,
					  unsigned order, enum migratetype type)
{
	struct list_head *first = list_pop(&a->area[order].list[type]);
	struct page *page = list_entry(first, struct page, lru);

	free_area_mt_unmark(a, page, order);
	return page;
}

/* Cut a block that is on no list: keep the low `order`, list the high halves.
 */
forceinline struct page *free_area_mt_cut(struct free_area_mt_allocator *a,
					  struct page *page, unsigned from,
					  unsigned order, enum migratetype type)
{
	while (from-- > order)
		free_area_mt_list(a, page + (1ull << from), from, type);
	return page;
}

/* The smallest block of a type that will do, cut if need be; or NULL. */
static never_inline struct page *
free_area_mt_expand(struct free_area_mt_allocator *a, unsigned order,
		    enum migratetype type)
{
	for (unsigned from = order; from < NR_PAGE_ORDERS; from++)
		if (free_area_mt_has(a, from, type))
			return free_area_mt_cut(a,
						free_area_mt_pop(a, from, type),
						from, order, type);
	return NULL;
}

/*
 * Merge with free buddies as far up as it goes. The type is that of the
 * pageblock of what is freed, not of what it becomes.
 */
forceinline void free_area_mt_merge(struct free_area_mt_allocator *a, pfn_t pfn,
				    unsigned order)
{
	enum migratetype type = pageblock_type(&a->pageblocks, pfn);

	while (order < MAX_PAGE_ORDER) {
		pfn_t buddy = pfn ^ 1ull << order;
		struct page *page = pfn_to_page(a->mem, buddy);

		if (!free_area_is_free(page, order))
			break;
		free_area_mt_unlist(a, page, order);
		pfn &= buddy;
		order++;
	}
	free_area_mt_list(a, pfn_to_page(a->mem, pfn), order, type);
}

#endif
