/*
 * frame.h - the contract of page-frame allocators.
 *
 * A strategy S is one header that defines, all static inline or static:
 *
 *   struct S_allocator;
 *   enum { S_max_threads = ... };   1: not locked; KMB_MAX_THREADS: any number
 *   static const char S_models[];   one line: what it models, kernel and file
 *
 *   int S_create(struct S_allocator *a, struct physmem *mem,
 *                const struct zone *zone, unsigned nr_cpus);
 *       Take a zone whose frames are all free. Metadata comes from
 *       physmem_boot_alloc() on the zone's node and from its struct pages.
 *       0, or -ENOMEM. One thread.
 *   pfn_t S_alloc(struct S_allocator *a, unsigned cpu, unsigned order);
 *       2^order free frames, aligned to 2^order, or PFN_NONE: there are none,
 *       or order > MAX_PAGE_ORDER. `cpu` is this CPU, 0..nr_cpus-1: no two
 *       threads pass the same one at once.
 *   void S_free(struct S_allocator *a, unsigned cpu, pfn_t pfn,
 *               unsigned order);
 *       Give back exactly what S_alloc gave. In debug builds (KMB_DEBUG >= 1)
 *       the frames are poisoned.
 *   bool S_validate(struct S_allocator *a);
 *       Recompute the state from scratch: false if an invariant of the
 *       strategy does not hold. No other call may run.
 *   void S_stats(struct S_allocator *a, struct frame_stats *stats);
 *   void S_destroy(struct S_allocator *a);
 */
#ifndef KMB_FRAME_H
#define KMB_FRAME_H

#include <stdbool.h>
#include <string.h>

#include "../base/strategy.h"
#include "../mm/physmem.h"

struct frame_stats {
	/* Free blocks of each order, as the strategy keeps or sees them. */
	uint64_t nr_free[NR_PAGE_ORDERS];
	uint64_t free_pages;	 /* == sum of nr_free[o] << o */
	uint64_t metadata_bytes; /* beside struct page */
};

#endif
