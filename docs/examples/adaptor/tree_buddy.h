/* tree_buddy.h - the adaptor: tb.h's tree under the contract of frame. */
#ifndef TREE_BUDDY_H
#define TREE_BUDDY_H

#include "kernels/frame/frame.h"

#include "tb.h"

struct tree_buddy_allocator {
	struct tb *tb; /* unit i is frame start_pfn + i */
	pfn_t start_pfn;
	uint64_t nr_pages, nr_busy;
	const struct physmem *mem;
};

/* The tree has no lock. */
enum { tree_buddy_max_threads = 1 };
enum { tree_buddy_traits = FRAME_EXACT };
static const char tree_buddy_models[] = "tb, a buddy tree of somebody else's";

static inline size_t tree_buddy_boot_bytes(uint64_t nr_pages, unsigned nr_cpus)
{
	(void)nr_cpus;
	return align_up(tb_bytes(nr_pages), CACHE_LINE_BYTES);
}

static inline int tree_buddy_create(struct tree_buddy_allocator *a,
				    struct physmem *mem,
				    const struct zone *zone, unsigned nr_cpus)
{
	void *memory = physmem_boot_alloc(
		mem, zone->node,
		tree_buddy_boot_bytes(zone->nr_pages, nr_cpus));

	if (!memory)
		return -ENOMEM;
	*a = (struct tree_buddy_allocator){
		.tb = tb_init(memory, zone->nr_pages),
		.start_pfn = zone->start_pfn,
		.nr_pages = zone->nr_pages,
		.mem = mem,
	};
	return 0;
}

forceinline pfn_t tree_buddy_alloc(struct tree_buddy_allocator *a, unsigned cpu,
				   unsigned order)
{
	long unit = order <= MAX_PAGE_ORDER ? tb_get(a->tb, order) : -1;

	(void)cpu;
	if (unlikely(unit < 0))
		return PFN_NONE;
	a->nr_busy += 1ull << order;
	return a->start_pfn + (pfn_t)unit;
}

forceinline void tree_buddy_free(struct tree_buddy_allocator *a, unsigned cpu,
				 pfn_t pfn, unsigned order)
{
	(void)cpu;
	KMB_BUG_ON(tb_is_free(a->tb, pfn - a->start_pfn));
	physmem_poison(a->mem, pfn, order);
	tb_put(a->tb, pfn - a->start_pfn, order);
	a->nr_busy -= 1ull << order;
}

static inline void tree_buddy_stats(struct tree_buddy_allocator *a,
				    struct frame_stats *stats)
{
	*stats =
		(struct frame_stats){ .metadata_bytes = tb_bytes(a->nr_pages) };
	for (uint64_t at = 0, end; at < a->nr_pages; at = end + 1) {
		for (end = at; end < a->nr_pages && tb_is_free(a->tb, end);)
			end++;
		frame_stats_add_run(stats, a->start_pfn + at, end - at);
	}
}

static inline bool tree_buddy_validate(struct tree_buddy_allocator *a)
{
	struct frame_stats stats;

	tree_buddy_stats(a, &stats);
	return tb_check(a->tb) && stats.free_pages + a->nr_busy == a->nr_pages;
}

static inline void tree_buddy_destroy(struct tree_buddy_allocator *a)
{
	(void)a;
}

#endif
