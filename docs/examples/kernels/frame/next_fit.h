/*
 * next_fit.h - first fit that goes on where it last stopped (Knuth's roving
 * pointer, TAOCP volume 1, 2.5): one byte a frame says whether it is in use.
 */
#ifndef KMB_FRAME_NEXT_FIT_H
#define KMB_FRAME_NEXT_FIT_H

#include <string.h>

#include "frame.h"

struct next_fit_allocator {
	uint8_t *busy; /* [nr_pages] 1: in use */
	pfn_t start_pfn;
	uint64_t nr_pages;
	uint64_t nr_busy; /* == sum of busy[] */
	uint64_t next;	  /* where the next search begins */
	const struct physmem *mem;
};

enum { next_fit_max_threads = 1 };
enum { next_fit_traits = FRAME_EXACT };
static const char next_fit_models[] =
	"first fit from where the last search ended (Knuth 2.5)";

static inline size_t next_fit_boot_bytes(uint64_t nr_pages, unsigned nr_cpus)
{
	(void)nr_cpus;
	return nr_pages;
}

static inline int next_fit_create(struct next_fit_allocator *a,
				  struct physmem *mem, const struct zone *zone,
				  unsigned nr_cpus)
{
	(void)nr_cpus;
	*a = (struct next_fit_allocator){
		.busy = physmem_boot_alloc(mem, zone->node, zone->nr_pages),
		.start_pfn = zone->start_pfn,
		.nr_pages = zone->nr_pages,
		.mem = mem,
	};
	return a->busy ? 0 : -ENOMEM;
}

forceinline pfn_t next_fit_alloc(struct next_fit_allocator *a, unsigned cpu,
				 unsigned order)
{
	uint64_t nr, at;

	(void)cpu;
	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	nr = 1ull << order;
	at = align_up(a->next, nr);
	for (uint64_t tried = 0; tried < a->nr_pages; tried += nr, at += nr) {
		if (at >= a->nr_pages)
			at = 0;
		if (memchr(a->busy + at, 1, nr))
			continue;
		memset(a->busy + at, 1, nr);
		a->nr_busy += nr;
		a->next = at + nr;
		return a->start_pfn + at;
	}
	return PFN_NONE;
}

forceinline void next_fit_free(struct next_fit_allocator *a, unsigned cpu,
			       pfn_t pfn, unsigned order)
{
	uint8_t *busy = a->busy + (pfn - a->start_pfn);

	(void)cpu;
	KMB_BUG_ON(memchr(busy, 0, 1ull << order));
	physmem_poison(a->mem, pfn, order);
	memset(busy, 0, 1ull << order);
	a->nr_busy -= 1ull << order;
}

static inline void next_fit_stats(struct next_fit_allocator *a,
				  struct frame_stats *stats)
{
	*stats = (struct frame_stats){ .metadata_bytes = a->nr_pages };
	for (uint64_t at = 0, end; at < a->nr_pages; at = end + 1) {
		for (end = at; end < a->nr_pages && !a->busy[end];)
			end++;
		frame_stats_add_run(stats, a->start_pfn + at, end - at);
	}
}

static inline bool next_fit_validate(struct next_fit_allocator *a)
{
	uint64_t nr_busy = 0;

	for (uint64_t at = 0; at < a->nr_pages; at++) {
		if (a->busy[at] > 1)
			return false;
		nr_busy += a->busy[at];
	}
	return nr_busy == a->nr_busy && a->next <= a->nr_pages;
}

static inline void next_fit_destroy(struct next_fit_allocator *a)
{
	(void)a;
}

#endif
