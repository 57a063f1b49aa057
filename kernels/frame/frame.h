/*
 * frame.h - the contract of page-frame allocators.
 *
 * A strategy S is one header that defines, all static inline or static:
 *
 *   struct S_allocator;
 *   enum { S_max_threads = ... };   1: not locked; KMB_MAX_THREADS: any number
 *   enum { S_traits = ... };        of enum frame_trait
 *   static const char S_models[];   one line: what it models, kernel and file
 *
 *   size_t S_boot_bytes(uint64_t nr_pages, unsigned nr_cpus);
 *       Boot memory that S_create takes for a zone of nr_pages.
 *   int S_create(struct S_allocator *a, struct physmem *mem,
 *                const struct zone *zone, unsigned nr_cpus);
 *       Take a zone whose frames are all free. Metadata comes from
 *       physmem_boot_alloc() on the zone's node and from its struct pages.
 *       0, or -ENOMEM. One thread.
 *   pfn_t S_alloc(struct S_allocator *a, unsigned cpu, unsigned order);
 *       2^order free frames, aligned to 2^order, or PFN_NONE: there are none,
 *       or order > MAX_PAGE_ORDER. `cpu` is this CPU, 0..nr_cpus-1: no two
 *       threads pass the same one at once.
 *   pfn_t S_alloc_mt(struct S_allocator *a, unsigned cpu, unsigned order,
 *                    enum migratetype type);
 *       Only where strategies.h defines STRATEGY_MIGRATETYPES beside STRATEGY:
 *       the same for MIGRATE_UNMOVABLE, _RECLAIMABLE or _MOVABLE. S_alloc is
 *       then S_alloc_mt for MIGRATE_MOVABLE.
 *   void S_free(struct S_allocator *a, unsigned cpu, pfn_t pfn,
 *               unsigned order);
 *       Give back exactly what S_alloc gave. In debug builds (KMB_DEBUG >= 1)
 *       the frames are poisoned, and freeing what is free traps.
 *   uint64_t S_alloc_bytes(struct S_allocator *a, uint64_t size,
 *                          uint64_t align, uint64_t goal);
 *   void S_free_bytes(struct S_allocator *a, uint64_t addr, uint64_t size);
 *       Only where strategies.h defines STRATEGY_BYTES beside STRATEGY: any
 *       number of bytes, by physical address; UINT64_MAX: no room.
 *   bool S_validate(struct S_allocator *a);
 *       Recompute the state from scratch: false if an invariant of the
 *       strategy does not hold. No other call may run.
 *   void S_stats(struct S_allocator *a, struct frame_stats *stats);
 *       No other call may run.
 *   void S_destroy(struct S_allocator *a);
 *       The metadata stays physmem's.
 *
 * physmem cuts zones at multiples of the largest block (2^MAX_PAGE_ORDER
 * frames), so an aligned block of any order never lies across a zone's edge.
 */
#ifndef KMB_FRAME_H
#define KMB_FRAME_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/bitops.h"
#include "../base/debug.h"
#include "../base/strategy.h"
#include "../mm/physmem.h"

enum frame_trait {
	/* A line to compare with (null, floor), not an allocator to pick. */
	FRAME_REFERENCE = 1 << 0,
	/* Hands out the same frame again and again: the loop's own cost. */
	FRAME_NULL = 1 << 1,
	/* A CPU may free only what it allocated itself. */
	FRAME_CPU_LOCAL = 1 << 2,
	/* Fails only when no aligned free block of that order is left. */
	FRAME_EXACT = 1 << 3,
	/*
	 * The same of the free blocks that no other CPU caches. A failure asks
	 * the others for theirs: each gives all back at its next call.
	 */
	FRAME_CPU_EXACT = 1 << 4,
	/* Freed frames wait on a CPU's lists, counted as free but unmerged. */
	FRAME_CACHES = 1 << 5,
};

struct frame_stats {
	/* Free blocks of each order, as the strategy keeps or sees them. */
	uint64_t nr_free[NR_PAGE_ORDERS];
	uint64_t free_pages;	 /* == sum of nr_free[o] << o */
	uint64_t metadata_bytes; /* beside struct page */
	/* Of free_pages, those that only one CPU can have at once. */
	uint64_t cached_pages;
};

/* Count a run of free frames as the aligned blocks that it is made of. */
static inline void frame_stats_add_run(struct frame_stats *stats, pfn_t pfn,
				       uint64_t nr)
{
	stats->free_pages += nr;
	while (nr) {
		unsigned order = fls64(nr);

		if (pfn && ffs64(pfn) < order)
			order = ffs64(pfn);
		if (order > MAX_PAGE_ORDER)
			order = MAX_PAGE_ORDER;
		stats->nr_free[order]++;
		pfn += 1ull << order;
		nr -= 1ull << order;
	}
}

#endif
