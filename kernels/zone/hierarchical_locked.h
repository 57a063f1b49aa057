/*
 * hierarchical_locked.h - hierarchical under one lock, with a count of free
 * pages that is read without it.
 */
#ifndef KMB_ZONE_HIERARCHICAL_LOCKED_H
#define KMB_ZONE_HIERARCHICAL_LOCKED_H

#include "../frame/hierarchical.h"
#include "../sync/spinlock.h"

struct hierarchical_locked_allocator {
	struct spinlock lock;
	uint64_t free_pages; /* written under the lock */
	struct hierarchical_allocator frames;
} cacheline_aligned;

enum { hierarchical_locked_max_threads = KMB_MAX_THREADS };
enum { hierarchical_locked_traits = hierarchical_traits };

static inline size_t hierarchical_locked_boot_bytes(uint64_t nr_pages,
						    unsigned nr_cpus)
{
	return hierarchical_boot_bytes(nr_pages, nr_cpus);
}

static inline int
hierarchical_locked_create(struct hierarchical_locked_allocator *a,
			   struct physmem *mem, const struct zone *zone,
			   unsigned nr_cpus)
{
	spin_lock_init(&a->lock);
	a->free_pages = zone->nr_pages;
	return hierarchical_create(&a->frames, mem, zone, nr_cpus);
}

forceinline pfn_t hierarchical_locked_alloc(
	struct hierarchical_locked_allocator *a, unsigned cpu, unsigned order)
{
	pfn_t pfn;

	spin_lock(&a->lock);
	pfn = hierarchical_alloc(&a->frames, cpu, order);
	if (likely(pfn != PFN_NONE))
		WRITE_ONCE(a->free_pages, a->free_pages - (1ull << order));
	spin_unlock(&a->lock);
	return pfn;
}

forceinline void
hierarchical_locked_free(struct hierarchical_locked_allocator *a, unsigned cpu,
			 pfn_t pfn, unsigned order)
{
	spin_lock(&a->lock);
	hierarchical_free(&a->frames, cpu, pfn, order);
	WRITE_ONCE(a->free_pages, a->free_pages + (1ull << order));
	spin_unlock(&a->lock);
}

forceinline uint64_t hierarchical_locked_free_pages_estimate(
	const struct hierarchical_locked_allocator *a)
{
	return READ_ONCE(a->free_pages);
}

/*
 * On a stack, in a class, or in a word that an order holds for itself; a moment
 * ago. Stacked blocks are not put together for it.
 */
static racy_read bool
hierarchical_locked_has_block(const struct hierarchical_locked_allocator *a,
			      unsigned order)
{
	const struct hierarchical_allocator *h = &a->frames;

	if (h->nonempty >> order)
		return true;
	for (unsigned o = order; o < HIERARCHICAL_STACKS; o++)
		if (h->stack[o].nr)
			return true;
	for (unsigned o = 0; o < HIERARCHICAL_FULL; o++) {
		unsigned k = hierarchical_classify(h->map[h->held[o]]);

		if (k != HIERARCHICAL_NONE && k >= order)
			return true;
	}
	return false;
}

static inline bool
hierarchical_locked_validate(struct hierarchical_locked_allocator *a)
{
	struct frame_stats stats;

	hierarchical_stats(&a->frames, &stats);
	return !a->lock.locked && stats.free_pages == a->free_pages &&
	       hierarchical_validate(&a->frames);
}

static inline void
hierarchical_locked_stats(struct hierarchical_locked_allocator *a,
			  struct frame_stats *stats)
{
	hierarchical_stats(&a->frames, stats);
}

static inline void
hierarchical_locked_destroy(struct hierarchical_locked_allocator *a)
{
	hierarchical_destroy(&a->frames);
}

#endif
