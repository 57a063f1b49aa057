/*
 * free_area_mt.h - the buddy of 2.6.24 (mm/page_alloc.c): free_area, with its
 * lists parted by what may be done with the pages.
 *
 * Each order has five lists, one a migratetype, and each pageblock has a type.
 * A block is marked, split and merged as in free_area.h; a freed one goes to
 * the list of its pageblock's type, so that what cannot be moved stays together
 * and spoils few huge pages. Merging asks for no type: two pageblocks of
 * different types become one largest block, on the list that the last free
 * names. So a free block may be on another list than its pageblock's type says,
 * after such a merge, or after a fallback that moved but did not claim:
 *
 *   sum of (length of list[type]) over all types == nr_free, for every order
 *   no two free buddies are unmerged, whatever their types
 *   on list[MIGRATE_RESERVE] <=> in a pageblock of MIGRATE_RESERVE
 *   list[MIGRATE_ISOLATE] is empty
 *
 * Who finds no block of his type takes one of another's: free_area_mt_steal().
 *
 * Chosen here, where no source was read: the reserve is the zone's pages_min,
 * rounded up to largest blocks (a pageblock is half of one, and would merge
 * with what is no reserve), at most half of them, from the zone's start; of a
 * largest block that is stolen both pageblocks are moved and claimed.
 */
#ifndef KMB_FRAME_FREE_AREA_MT_H
#define KMB_FRAME_FREE_AREA_MT_H

#include "free_area_mt_lists.h"
#include "free_area_mt_steal.h"

enum { free_area_mt_max_threads = KMB_MAX_THREADS };
enum { free_area_mt_traits = FRAME_EXACT };
static const char free_area_mt_models[] =
	"binary buddy by migratetypes (Linux 2.6.24, mm/page_alloc.c)";

static inline size_t free_area_mt_boot_bytes(uint64_t nr_pages,
					     unsigned nr_cpus)
{
	(void)nr_cpus;
	return align_up(pageblock_map_words(nr_pages) * sizeof(uint64_t),
			CACHE_LINE_BYTES);
}

/*
 * Frames of MIGRATE_RESERVE: min_free_kbytes of a machine that is this zone,
 * isqrt(16 * KiB) within 128..65536 KiB, in largest blocks.
 */
static inline uint64_t free_area_mt_reserve(uint64_t nr_pages)
{
	const uint64_t kib = PAGE_SIZE / 1024, largest = 1ull << MAX_PAGE_ORDER;
	uint64_t min_kib = 128, reserve, most;

	while (min_kib < 65536 &&
	       (min_kib + 1) * (min_kib + 1) <= 16 * kib * nr_pages)
		min_kib++;
	reserve = align_up((min_kib + kib - 1) / kib, largest);
	most = align_down(nr_pages / 2, largest);
	return reserve < most ? reserve : most;
}

static inline int free_area_mt_create(struct free_area_mt_allocator *a,
				      struct physmem *mem,
				      const struct zone *zone, unsigned nr_cpus)
{
	const uint64_t reserve = free_area_mt_reserve(zone->nr_pages);
	pfn_t pfn = zone->start_pfn, end = pfn + zone->nr_pages;
	uint64_t *map = physmem_boot_alloc(
		mem, zone->node,
		free_area_mt_boot_bytes(zone->nr_pages, nr_cpus));

	if (!map)
		return -ENOMEM;
	*a = (struct free_area_mt_allocator){
		.mem = mem,
		.zone = zone,
		.pageblocks = { map, pfn },
	};
	spin_lock_init(&a->lock);
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		for (unsigned t = 0; t < MIGRATE_TYPES; t++)
			list_init(&a->area[o].list[t]);
	pageblock_set_type(&a->pageblocks, pfn, reserve, MIGRATE_RESERVE);
	pageblock_set_type(&a->pageblocks, pfn + reserve,
			   zone->nr_pages - reserve, MIGRATE_MOVABLE);
	/* Upwards, as free_area does: the zone's top is first out. */
	for (; pfn < end; pfn += 1ull << MAX_PAGE_ORDER)
		free_area_mt_list(a, pfn_to_page(mem, pfn), MAX_PAGE_ORDER,
				  pageblock_type(&a->pageblocks, pfn));
	return 0;
}

/* Of one's own type, else of another's. The lock is held. */
forceinline struct page *free_area_mt_take(struct free_area_mt_allocator *a,
					   unsigned order,
					   enum migratetype type)
{
	struct page *page;

	if (likely(free_area_mt_has(a, order, type)))
		return free_area_mt_pop(a, order, type);
	page = free_area_mt_expand(a, order, type);
	return likely(page) ? page : free_area_mt_steal(a, order, type);
}

forceinline pfn_t free_area_mt_alloc_mt(struct free_area_mt_allocator *a,
					unsigned cpu, unsigned order,
					enum migratetype type)
{
	struct page *page;

	(void)cpu;
	KMB_BUG_ON(type > MIGRATE_MOVABLE);
	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	spin_lock(&a->lock);
	page = free_area_mt_take(a, order, type);
	spin_unlock(&a->lock);
	if (unlikely(!page))
		return PFN_NONE;
	page->_refcount = 1;
	return page_to_pfn(a->mem, page);
}

forceinline pfn_t free_area_mt_alloc(struct free_area_mt_allocator *a,
				     unsigned cpu, unsigned order)
{
	return free_area_mt_alloc_mt(a, cpu, order, MIGRATE_MOVABLE);
}

forceinline void free_area_mt_free(struct free_area_mt_allocator *a,
				   unsigned cpu, pfn_t pfn, unsigned order)
{
	(void)cpu;
	free_area_let_go(a->mem, pfn, order);
	spin_lock(&a->lock);
	free_area_mt_merge(a, pfn, order);
	spin_unlock(&a->lock);
}

static inline void free_area_mt_stats(struct free_area_mt_allocator *a,
				      struct frame_stats *stats)
{
	*stats = (struct frame_stats){
		.metadata_bytes = sizeof(*a) +
				  free_area_mt_boot_bytes(a->zone->nr_pages, 1),
	};
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		stats->nr_free[o] = a->area[o].nr_free;
		stats->free_pages += stats->nr_free[o] << o;
	}
}

/* A list of the reserve holds what lies in the reserve, and no other does. */
static inline bool free_area_mt_in_place(const struct free_area_mt_allocator *a,
					 unsigned order, enum migratetype type)
{
	const struct list_head *head = &a->area[order].list[type], *pos;

	list_for_each (pos, head) {
		const struct page *page = container_of(pos, struct page, lru);
		pfn_t pfn = page_to_pfn(a->mem, page);

		if (type == MIGRATE_ISOLATE ||
		    (pageblock_type(&a->pageblocks, pfn) == MIGRATE_RESERVE) !=
			    (type == MIGRATE_RESERVE))
			return false;
	}
	return true;
}

/* The lists of one order hold `nr` blocks in all, each where it belongs. */
static inline bool free_area_mt_lists_valid(struct free_area_mt_allocator *a,
					    unsigned order, uint64_t nr)
{
	uint64_t sum = 0;

	for (unsigned t = 0; t < MIGRATE_TYPES; t++) {
		uint64_t listed = free_area_count_list(
			a->mem, a->zone, &a->area[order].list[t], order, nr);

		if (listed == UINT64_MAX ||
		    !free_area_mt_in_place(a, order, (enum migratetype)t))
			return false;
		sum += listed;
	}
	return sum == nr && nr == a->area[order].nr_free;
}

/* Pageblocks have a type of their own, the reserve those it began with. */
static inline bool
free_area_mt_pageblocks_valid(const struct free_area_mt_allocator *a)
{
	const struct zone *zone = a->zone;
	const uint64_t reserve = free_area_mt_reserve(zone->nr_pages);

	for (uint64_t i = 0; i < zone->nr_pages; i += PAGEBLOCK_PAGES) {
		enum migratetype type =
			pageblock_type(&a->pageblocks, zone->start_pfn + i);

		if (i < reserve ? type != MIGRATE_RESERVE
				: type > MIGRATE_MOVABLE)
			return false;
	}
	return true;
}

static inline bool free_area_mt_validate(struct free_area_mt_allocator *a)
{
	uint64_t nr[NR_PAGE_ORDERS];

	if (a->lock.locked || !free_area_mt_pageblocks_valid(a) ||
	    !free_area_count_marks(a->mem, a->zone, nr))
		return false;
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		if (!free_area_mt_lists_valid(a, o, nr[o]))
			return false;
	return true;
}

static inline void free_area_mt_destroy(struct free_area_mt_allocator *a)
{
	(void)a;
}

#endif
