/*
 * pair_bitmap.h - the binary buddy of 2.4 (mm/page_alloc.c) under one lock.
 *
 * A free block carries no mark. Each order has one bit for a pair of buddies,
 * toggled whenever either is listed or taken, so that
 *
 *   bit == (low buddy is listed) ^ (high buddy is listed)
 *
 * A free toggles it: a 1 before means that the buddy is listed, and both merge;
 * a 0 that it is busy or in pieces, since two listed buddies do not exist. The
 * buddy's struct page is read only to unlink it, but no double free shows.
 *
 * What differs from free_area:
 *   - a block is split by listing its low half and keeping the high one, so
 *     consecutive allocations descend;
 *   - the bits take 32 KiB per GiB.
 * Chosen for comparison's sake: 2.4 had ten orders, up to 512 pages, here there
 * are eleven as everywhere; the largest has no bits, as in 2.4.27 (2.4.0 kept
 * and toggled them for nothing); blocks are counted per order.
 */
#ifndef KMB_FRAME_PAIR_BITMAP_H
#define KMB_FRAME_PAIR_BITMAP_H

#include "frame.h"

#include "../sync/spinlock.h"

struct pair_area {
	struct list_head list;
	uint64_t *map; /* bit i >> (order + 1) is frame i's; NULL: largest */
	uint64_t nr_free;
};

struct pair_bitmap_allocator {
	struct spinlock lock; /* of area[], and of what it points to */
	struct pair_area area[NR_PAGE_ORDERS];
	struct physmem *mem;
	const struct zone *zone;
	pfn_t start_pfn; /* of the zone */
} cacheline_aligned;

enum { pair_bitmap_max_threads = KMB_MAX_THREADS };
enum { pair_bitmap_traits = FRAME_EXACT };
static const char pair_bitmap_models[] =
	"binary buddy, a bit per pair of buddies (Linux 2.4, mm/page_alloc.c)";

static inline uint64_t pair_bitmap_words(uint64_t nr_pages, unsigned order)
{
	return BITS_TO_WORDS(nr_pages >> (order + 1));
}

static inline size_t pair_bitmap_boot_bytes(uint64_t nr_pages, unsigned nr_cpus)
{
	uint64_t words = 0;

	(void)nr_cpus;
	for (unsigned o = 0; o < MAX_PAGE_ORDER; o++)
		words += pair_bitmap_words(nr_pages, o);
	return align_up(words * sizeof(uint64_t), CACHE_LINE_BYTES);
}

/* Is just one of the two buddies listed? The lock is held. */
forceinline bool pair_bitmap_test(const struct pair_bitmap_allocator *a,
				  pfn_t pfn, unsigned order)
{
	return test_bit(a->area[order].map,
			(pfn - a->start_pfn) >> (order + 1));
}

/* Toggle the bit of a pair; what it was. The lock is held. */
forceinline bool pair_bitmap_toggle(struct pair_bitmap_allocator *a, pfn_t pfn,
				    unsigned order)
{
	uint64_t bit = (pfn - a->start_pfn) >> (order + 1);
	uint64_t *word = &a->area[order].map[bit / BITS_PER_WORD];
	uint64_t old = *word;

	*word = old ^ 1ull << bit % BITS_PER_WORD;
	return old >> bit % BITS_PER_WORD & 1;
}

/* Put a block on its list; its bit is the caller's. The lock is held. */
forceinline void pair_bitmap_list(struct pair_bitmap_allocator *a, pfn_t pfn,
				  unsigned order)
{
	list_add(&pfn_to_page(a->mem, pfn)->lru, &a->area[order].list);
	a->area[order].nr_free++;
}

/* Take a block off its list, likewise. The lock is held. */
forceinline void pair_bitmap_unlist(struct pair_bitmap_allocator *a, pfn_t pfn,
				    unsigned order)
{
	list_del(&pfn_to_page(a->mem, pfn)->lru);
	a->area[order].nr_free--;
}

static inline int pair_bitmap_create(struct pair_bitmap_allocator *a,
				     struct physmem *mem,
				     const struct zone *zone, unsigned nr_cpus)
{
	pfn_t end = zone->start_pfn + zone->nr_pages;
	uint64_t *map = physmem_boot_alloc(
		mem, zone->node,
		pair_bitmap_boot_bytes(zone->nr_pages, nr_cpus));

	if (!map)
		return -ENOMEM;
	*a = (struct pair_bitmap_allocator){
		.mem = mem,
		.zone = zone,
		.start_pfn = zone->start_pfn,
	};
	spin_lock_init(&a->lock);
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		list_init(&a->area[o].list);
		if (o == MAX_PAGE_ORDER)
			break;
		a->area[o].map = map;
		map += pair_bitmap_words(zone->nr_pages, o);
	}
	/* Upwards, as free_area does: the zone's top is first out. */
	for (pfn_t pfn = zone->start_pfn; pfn < end;
	     pfn += 1ull << MAX_PAGE_ORDER)
		pair_bitmap_list(a, pfn, MAX_PAGE_ORDER);
	return 0;
}

/* Take the first block of an order that has one. The lock is held. */
forceinline pfn_t pair_bitmap_pop(struct pair_bitmap_allocator *a,
				  unsigned order)
{
	struct list_head *first = list_pop(&a->area[order].list);
	pfn_t pfn = page_to_pfn(a->mem, list_entry(first, struct page, lru));

	a->area[order].nr_free--;
	if (order < MAX_PAGE_ORDER)
		pair_bitmap_toggle(a, pfn, order);
	return pfn;
}

/* Cut a block of the next larger order that has one. The lock is held. */
static never_inline pfn_t pair_bitmap_expand(struct pair_bitmap_allocator *a,
					     unsigned order)
{
	unsigned from = order;
	pfn_t pfn;

	do {
		if (++from > MAX_PAGE_ORDER)
			return PFN_NONE;
	} while (list_empty(&a->area[from].list));
	pfn = pair_bitmap_pop(a, from);
	while (from-- > order) {
		pair_bitmap_list(a, pfn, from);
		pair_bitmap_toggle(a, pfn, from);
		pfn += 1ull << from;
	}
	return pfn;
}

forceinline pfn_t pair_bitmap_alloc(struct pair_bitmap_allocator *a,
				    unsigned cpu, unsigned order)
{
	pfn_t pfn;

	(void)cpu;
	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	spin_lock(&a->lock);
	if (likely(!list_empty(&a->area[order].list)))
		pfn = pair_bitmap_pop(a, order);
	else
		pfn = pair_bitmap_expand(a, order);
	spin_unlock(&a->lock);
	if (likely(pfn != PFN_NONE))
		pfn_to_page(a->mem, pfn)->_refcount = 1;
	return pfn;
}

forceinline void pair_bitmap_free(struct pair_bitmap_allocator *a, unsigned cpu,
				  pfn_t pfn, unsigned order)
{
	struct page *page = pfn_to_page(a->mem, pfn);

	(void)cpu;
	KMB_BUG_ON(page->_refcount != 1 || pfn % (1ull << order));
	physmem_poison(a->mem, pfn, order);
	page->_refcount = 0;
	spin_lock(&a->lock);
	while (order < MAX_PAGE_ORDER && pair_bitmap_toggle(a, pfn, order)) {
		pair_bitmap_unlist(a, pfn ^ 1ull << order, order);
		pfn &= ~(1ull << order);
		order++;
	}
	pair_bitmap_list(a, pfn, order);
	spin_unlock(&a->lock);
}

static inline void pair_bitmap_stats(struct pair_bitmap_allocator *a,
				     struct frame_stats *stats)
{
	*stats = (struct frame_stats){
		.metadata_bytes = sizeof(*a) +
				  pair_bitmap_boot_bytes(a->zone->nr_pages, 1),
	};
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		stats->nr_free[o] = a->area[o].nr_free;
		stats->free_pages += stats->nr_free[o] << o;
	}
}

/* One list: linked both ways, as long as counted, aligned, inside, not used. */
static inline bool pair_bitmap_list_valid(struct pair_bitmap_allocator *a,
					  unsigned order)
{
	struct list_head *head = &a->area[order].list, *pos;
	uint64_t nr = 0;

	list_for_each (pos, head) {
		struct page *page = list_entry(pos, struct page, lru);
		pfn_t pfn = page_to_pfn(a->mem, page);

		if (pos->next->prev != pos || page->_refcount ||
		    pfn % (1ull << order) || pfn < a->start_pfn ||
		    pfn - a->start_pfn >= a->zone->nr_pages ||
		    ++nr > a->area[order].nr_free)
			return false;
	}
	return nr == a->area[order].nr_free;
}

/* Lend what is listed the marks of a later kernel, for validate(). */
static inline void pair_bitmap_mark(struct pair_bitmap_allocator *a, bool mark)
{
	struct list_head *pos;

	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		list_for_each (pos, &a->area[o].list) {
			struct page *page = list_entry(pos, struct page, lru);

			page->flags &= ~(uint64_t)PG_private;
			page->flags |= mark ? PG_private : 0;
			page->private = o;
		}
}

static inline bool pair_bitmap_marked(const struct pair_bitmap_allocator *a,
				      pfn_t pfn, unsigned order)
{
	const struct page *page = pfn_to_page(a->mem, pfn);

	return page->flags & PG_private && !page->_refcount &&
	       page->private == order;
}

/* Each bit is the XOR of its pair, of which at most one is listed. */
static inline bool pair_bitmap_bits_valid(struct pair_bitmap_allocator *a)
{
	for (unsigned o = 0; o < MAX_PAGE_ORDER; o++)
		for (uint64_t i = 0; i < a->zone->nr_pages; i += 2ull << o) {
			pfn_t pfn = a->start_pfn + i;
			bool low = pair_bitmap_marked(a, pfn, o);
			bool high = pair_bitmap_marked(a, pfn + (1ull << o), o);

			if ((low && high) ||
			    pair_bitmap_test(a, pfn, o) != (low ^ high))
				return false;
		}
	return true;
}

/* No listed block lies inside another, and none is listed twice. */
static inline bool pair_bitmap_disjoint(struct pair_bitmap_allocator *a)
{
	pfn_t free_until = 0, end = a->start_pfn + a->zone->nr_pages;
	uint64_t nr[NR_PAGE_ORDERS] = { 0 };

	for (pfn_t pfn = a->start_pfn; pfn < end; pfn++) {
		unsigned order = (unsigned)pfn_to_page(a->mem, pfn)->private;

		if (order > MAX_PAGE_ORDER ||
		    !pair_bitmap_marked(a, pfn, order))
			continue;
		if (pfn < free_until)
			return false;
		free_until = pfn + (1ull << order);
		nr[order]++;
	}
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		if (nr[o] != a->area[o].nr_free)
			return false;
	return true;
}

static inline bool pair_bitmap_validate(struct pair_bitmap_allocator *a)
{
	bool valid;

	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		if (!pair_bitmap_list_valid(a, o))
			return false;
	pair_bitmap_mark(a, true);
	valid = pair_bitmap_bits_valid(a) && pair_bitmap_disjoint(a);
	pair_bitmap_mark(a, false);
	return valid && !a->lock.locked;
}

static inline void pair_bitmap_destroy(struct pair_bitmap_allocator *a)
{
	(void)a;
}

#endif
