/* null.h - the reference with nothing in it: what the loop itself costs. */
#ifndef KMB_FRAME_NULL_H
#define KMB_FRAME_NULL_H

#include "frame.h"

struct null_allocator {
	const struct zone *zone;
};

enum { null_max_threads = KMB_MAX_THREADS };
enum { null_traits = FRAME_REFERENCE | FRAME_NULL };
static const char null_models[] = "nothing: the cost of the timed loop itself";

static inline size_t null_boot_bytes(uint64_t nr_pages, unsigned nr_cpus)
{
	(void)nr_pages, (void)nr_cpus;
	return 0;
}

static inline int null_create(struct null_allocator *a, struct physmem *mem,
			      const struct zone *zone, unsigned nr_cpus)
{
	(void)mem, (void)nr_cpus;
	a->zone = zone;
	return 0;
}

/* A constant, so that nothing is loaded. */
forceinline pfn_t null_alloc(struct null_allocator *a, unsigned cpu,
			     unsigned order)
{
	(void)a, (void)cpu;
	return order > MAX_PAGE_ORDER ? PFN_NONE : 0;
}

forceinline void null_free(struct null_allocator *a, unsigned cpu, pfn_t pfn,
			   unsigned order)
{
	(void)a, (void)cpu, (void)pfn, (void)order;
}

static inline bool null_validate(struct null_allocator *a)
{
	(void)a;
	return true;
}

static inline void null_stats(struct null_allocator *a,
			      struct frame_stats *stats)
{
	*stats = (struct frame_stats){ 0 };
	frame_stats_add_run(stats, a->zone->start_pfn, a->zone->nr_pages);
}

static inline void null_destroy(struct null_allocator *a)
{
	(void)a;
}

#endif
