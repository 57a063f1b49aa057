/*
 * free_area.h - the binary buddy of 2.6.11 (mm/page_alloc.c) under one lock.
 *
 * Eleven lists of free blocks, one an order. A free block is marked in its
 * first struct page: PG_private is set, private is the order, the count is 0.
 * What a reader of later kernels should know:
 *   - lists are LIFO: a freed block goes to the head and is the next one out;
 *   - a block is split by listing its high half and keeping the low one, so
 *     consecutive allocations ascend (2.4 descended; 2.6 ascends so that I/O
 *     scatter lists merge);
 *   - one lock covers all orders; the page's count is set outside of it.
 * The buddy of a block is its pfn with bit `order` flipped: zones begin and end
 * at multiples of the largest block, so it always lies in the same zone.
 *
 * FREE_AREA_COUNTED: keep free_pages, too, for those that ask without the lock,
 * as a zone's marks do. Else sum(nr_free << order) says the same, and nobody
 * pays for a word more (8 % of an alloc and a free).
 */
#ifndef KMB_FRAME_FREE_AREA_H
#define KMB_FRAME_FREE_AREA_H

#include "frame.h"

#include "../sync/spinlock.h"

#ifndef FREE_AREA_COUNTED
#define FREE_AREA_COUNTED 0
#endif

struct free_area {
	struct list_head list;
	uint64_t nr_free;
};

struct free_area_allocator {
	struct spinlock lock; /* of area[], and of the marks of free blocks */
	uint64_t free_pages;  /* if counted, sum(nr_free << order) */
	struct free_area area[NR_PAGE_ORDERS];
	struct physmem *mem;
	const struct zone *zone;
} cacheline_aligned;

enum { free_area_max_threads = KMB_MAX_THREADS };
enum { free_area_traits = FRAME_EXACT };
static const char free_area_models[] =
	"binary buddy under one lock (Linux 2.6.11, mm/page_alloc.c)";

static inline size_t free_area_boot_bytes(uint64_t nr_pages, unsigned nr_cpus)
{
	(void)nr_pages, (void)nr_cpus;
	return 0;
}

/* Pages that came or went. The lock is held. */
forceinline void free_area_count(struct free_area_allocator *a, uint64_t pages)
{
	if (FREE_AREA_COUNTED)
		WRITE_ONCE(a->free_pages, a->free_pages + pages);
}

/* Put a block on its list and mark it free. The lock is held. */
forceinline void free_area_list(struct free_area_allocator *a,
				struct page *page, unsigned order)
{
	page->private = order;
	page->flags |= PG_private;
	list_add(&page->lru, &a->area[order].list);
	a->area[order].nr_free++;
}

/* Unmark a block that was taken off its list. The lock is held. */
forceinline void free_area_unmark(struct free_area_allocator *a,
				  struct page *page, unsigned order)
{
	page->flags &= ~(uint64_t)PG_private;
	a->area[order].nr_free--;
}

/* Take a block off its list, wherever it is in it. The lock is held. */
forceinline void free_area_unlist(struct free_area_allocator *a,
				  struct page *page, unsigned order)
{
	list_del(&page->lru);
	free_area_unmark(a, page, order);
}

/*
 * Is there a free block of just this order? The count is asked as well, since
 * an owner may use PG_private and private for its own ends; flags is read once,
 * since the owner of a busy buddy may be writing it.
 */
forceinline bool free_area_is_free(const struct page *page, unsigned order)
{
	return (READ_ONCE(page->flags) & PG_private) &&
	       page->private == order && !page->_refcount;
}

static inline int free_area_create(struct free_area_allocator *a,
				   struct physmem *mem, const struct zone *zone,
				   unsigned nr_cpus)
{
	pfn_t end = zone->start_pfn + zone->nr_pages;

	(void)nr_cpus;
	*a = (struct free_area_allocator){ .mem = mem,
					   .zone = zone,
					   .free_pages = zone->nr_pages };
	spin_lock_init(&a->lock);
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		list_init(&a->area[o].list);
	/* Upwards, as boot memory is handed over: the zone's top is first out.
	 */
	for (pfn_t pfn = zone->start_pfn; pfn < end;
	     pfn += 1ull << MAX_PAGE_ORDER)
		free_area_list(a, pfn_to_page(mem, pfn), MAX_PAGE_ORDER);
	return 0;
}

/* Take the first block of an order that has one. The lock is held. */
forceinline struct page *free_area_pop(struct free_area_allocator *a,
				       unsigned order)
{
	struct list_head *first = list_pop(&a->area[order].list);
	struct page *page = list_entry(first, struct page, lru);

	free_area_unmark(a, page, order);
	return page;
}

/* Cut a block of the next larger order that has one. The lock is held. */
static never_inline struct page *free_area_expand(struct free_area_allocator *a,
						  unsigned order)
{
	unsigned from = order;
	struct page *page;

	do {
		if (++from > MAX_PAGE_ORDER)
			return NULL;
	} while (list_empty(&a->area[from].list));
	page = free_area_pop(a, from);
	while (from-- > order)
		free_area_list(a, page + (1ull << from), from);
	return page;
}

/* Take a block of just this order, cut if need be; or NULL. The lock is held.
 */
forceinline struct page *free_area_take(struct free_area_allocator *a,
					unsigned order)
{
	struct page *page = likely(!list_empty(&a->area[order].list))
				    ? free_area_pop(a, order)
				    : free_area_expand(a, order);

	if (likely(page))
		free_area_count(a, -(1ull << order));
	return page;
}

forceinline pfn_t free_area_alloc(struct free_area_allocator *a, unsigned cpu,
				  unsigned order)
{
	struct page *page;

	(void)cpu;
	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	spin_lock(&a->lock);
	page = free_area_take(a, order);
	spin_unlock(&a->lock);
	if (unlikely(!page))
		return PFN_NONE;
	page->_refcount = 1;
	return page_to_pfn(a->mem, page);
}

/* Merge with free buddies as far up as it goes. The lock is held. */
forceinline void free_area_merge(struct free_area_allocator *a, pfn_t pfn,
				 unsigned order)
{
	free_area_count(a, 1ull << order);
	while (order < MAX_PAGE_ORDER) {
		pfn_t buddy = pfn ^ 1ull << order;
		struct page *page = pfn_to_page(a->mem, buddy);

		if (!free_area_is_free(page, order))
			break;
		free_area_unlist(a, page, order);
		pfn &= buddy;
		order++;
	}
	free_area_list(a, pfn_to_page(a->mem, pfn), order);
}

/* The owner lets go of a block: it is nobody's yet, and on no list. No lock. */
forceinline struct page *free_area_let_go(const struct physmem *mem, pfn_t pfn,
					  unsigned order)
{
	struct page *page = pfn_to_page(mem, pfn);

	KMB_BUG_ON(page->_refcount != 1 || page->flags & PG_private ||
		   pfn % (1ull << order));
	physmem_poison(mem, pfn, order);
	page->_refcount = 0;
	return page;
}

forceinline struct page *free_area_release(struct free_area_allocator *a,
					   pfn_t pfn, unsigned order)
{
	return free_area_let_go(a->mem, pfn, order);
}

forceinline void free_area_free(struct free_area_allocator *a, unsigned cpu,
				pfn_t pfn, unsigned order)
{
	(void)cpu;
	free_area_release(a, pfn, order);
	spin_lock(&a->lock);
	free_area_merge(a, pfn, order);
	spin_unlock(&a->lock);
}

static inline void free_area_stats(struct free_area_allocator *a,
				   struct frame_stats *stats)
{
	*stats = (struct frame_stats){ .metadata_bytes = sizeof(*a) };
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		stats->nr_free[o] = a->area[o].nr_free;
		stats->free_pages += stats->nr_free[o] << o;
	}
}

/*
 * Blocks of a list, if each is linked both ways, marked, aligned and inside,
 * and there are at most `most`; else UINT64_MAX.
 */
static inline uint64_t free_area_count_list(const struct physmem *mem,
					    const struct zone *zone,
					    const struct list_head *head,
					    unsigned order, uint64_t most)
{
	const struct list_head *pos;
	uint64_t nr = 0;

	list_for_each (pos, head) {
		const struct page *page = container_of(pos, struct page, lru);
		pfn_t pfn = page_to_pfn(mem, page);

		if (pos->next->prev != pos || !free_area_is_free(page, order) ||
		    pfn % (1ull << order) || pfn < zone->start_pfn ||
		    pfn - zone->start_pfn >= zone->nr_pages || ++nr > most)
			return UINT64_MAX;
	}
	return nr;
}

/*
 * Walk the zone by its marks, and count the blocks of each order: free blocks
 * do not overlap, and no two free buddies are left unmerged.
 */
static inline bool free_area_count_marks(const struct physmem *mem,
					 const struct zone *zone,
					 uint64_t nr[NR_PAGE_ORDERS])
{
	pfn_t pfn = zone->start_pfn, end = pfn + zone->nr_pages;

	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		nr[o] = 0;
	while (pfn < end) {
		const struct page *page = pfn_to_page(mem, pfn);
		unsigned order = (unsigned)page->private;

		if (!(page->flags & PG_private) || page->_refcount) {
			pfn++;
			continue;
		}
		if (order > MAX_PAGE_ORDER || pfn % (1ull << order))
			return false;
		if (order < MAX_PAGE_ORDER &&
		    free_area_is_free(pfn_to_page(mem, pfn ^ 1ull << order),
				      order))
			return false;
		for (pfn_t in = pfn + 1; in < pfn + (1ull << order); in++)
			if (pfn_to_page(mem, in)->flags & PG_private)
				return false;
		nr[order]++;
		pfn += 1ull << order;
	}
	return true;
}

/* What is marked is what is listed. */
static inline bool free_area_validate(struct free_area_allocator *a)
{
	uint64_t nr[NR_PAGE_ORDERS], pages = 0;

	if (a->lock.locked || !free_area_count_marks(a->mem, a->zone, nr))
		return false;
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		if (nr[o] != a->area[o].nr_free ||
		    free_area_count_list(a->mem, a->zone, &a->area[o].list, o,
					 nr[o]) != nr[o])
			return false;
		pages += nr[o] << o;
	}
	return !FREE_AREA_COUNTED || pages == a->free_pages;
}

static inline void free_area_destroy(struct free_area_allocator *a)
{
	(void)a;
}

#endif
