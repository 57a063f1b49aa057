/*
 * last_fit.h - first fit from the top down: one byte a frame says whether it is
 * in use.
 */
#ifndef KMB_FRAME_LAST_FIT_H
#define KMB_FRAME_LAST_FIT_H

#include <string.h>

#include "frame.h"

struct last_fit_allocator {
	uint8_t *busy; /* [nr_pages] 1: in use */
	pfn_t start_pfn;
	uint64_t nr_pages;
	uint64_t nr_busy; /* == sum of busy[] */
	uint64_t top;	  /* no frame from here on is free */
	const struct physmem *mem;
};

enum { last_fit_max_threads = 1 };
enum { last_fit_traits = FRAME_EXACT };
static const char last_fit_models[] = "first fit from the top of the zone down";

static inline size_t last_fit_boot_bytes(uint64_t nr_pages, unsigned nr_cpus)
{
	(void)nr_cpus;
	return nr_pages;
}

static inline int last_fit_create(struct last_fit_allocator *a,
				  struct physmem *mem, const struct zone *zone,
				  unsigned nr_cpus)
{
	(void)nr_cpus;
	*a = (struct last_fit_allocator){
		.busy = physmem_boot_alloc(mem, zone->node, zone->nr_pages),
		.start_pfn = zone->start_pfn,
		.nr_pages = zone->nr_pages,
		.top = zone->nr_pages,
		.mem = mem,
	};
	return a->busy ? 0 : -ENOMEM;
}

forceinline pfn_t last_fit_alloc(struct last_fit_allocator *a, unsigned cpu,
				 unsigned order)
{
	uint64_t nr, at;

	(void)cpu;
	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	nr = 1ull << order;
	at = align_down(a->top, nr);
	while (at) {
		at -= nr;
		if (memchr(a->busy + at, 1, nr))
			continue;
		memset(a->busy + at, 1, nr);
		a->nr_busy += nr;
		if (!order) /* it passed busy frames only */
			a->top = at;
		return a->start_pfn + at;
	}
	return PFN_NONE;
}

forceinline void last_fit_free(struct last_fit_allocator *a, unsigned cpu,
			       pfn_t pfn, unsigned order)
{
	uint64_t at = pfn - a->start_pfn, nr = 1ull << order;

	(void)cpu;
	KMB_BUG_ON(memchr(a->busy + at, 0, nr));
	physmem_poison(a->mem, pfn, order);
	memset(a->busy + at, 0, nr);
	a->nr_busy -= nr;
	if (a->top < at + nr)
		a->top = at + nr;
}

static inline void last_fit_stats(struct last_fit_allocator *a,
				  struct frame_stats *stats)
{
	*stats = (struct frame_stats){ .metadata_bytes = a->nr_pages };
	for (uint64_t at = 0, end; at < a->nr_pages; at = end + 1) {
		for (end = at; end < a->nr_pages && !a->busy[end];)
			end++;
		frame_stats_add_run(stats, a->start_pfn + at, end - at);
	}
}

static inline bool last_fit_validate(struct last_fit_allocator *a)
{
	uint64_t nr_busy = 0;

	for (uint64_t at = 0; at < a->nr_pages; at++) {
		if (a->busy[at] > 1)
			return false;
		nr_busy += a->busy[at];
	}
	return nr_busy == a->nr_busy && a->top <= a->nr_pages &&
	       !memchr(a->busy + a->top, 0, a->nr_pages - a->top);
}

static inline void last_fit_destroy(struct last_fit_allocator *a)
{
	(void)a;
}

#endif
