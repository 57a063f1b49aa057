/*
 * bootmem_template.h - bootmem as a strategy of frame, and by the byte.
 *
 * Parameters, undefined at the end:
 *   STRATEGY        the strategy's prefix
 *   BOOTMEM_QUIRKS  of enum bootmem_quirk
 */
#include "bootmem.h"

#include <string.h>

struct S(allocator) {
	struct bootmem boot;
	const struct physmem *mem;
};

enum { S(max_threads) = 1 };
/* A search that skips candidates may fail with a free block in sight. */
enum { S(traits) = BOOTMEM_QUIRKS & BOOTMEM_SKIPS_CANDIDATE ? 0 : FRAME_EXACT };

static inline size_t S(boot_bytes)(uint64_t nr_pages, unsigned nr_cpus)
{
	(void)nr_cpus;
	return align_up(sizeof(uint64_t) *
				bootmem_map_words(nr_pages, BOOTMEM_QUIRKS),
			CACHE_LINE_BYTES);
}

static inline int S(create)(struct S(allocator) * a, struct physmem *mem,
			    const struct zone *zone, unsigned nr_cpus)
{
	uint64_t *map = physmem_boot_alloc(
		mem, zone->node, S(boot_bytes)(zone->nr_pages, nr_cpus));

	if (!map)
		return -ENOMEM;
	a->mem = mem;
	bootmem_init(&a->boot, map, zone, BOOTMEM_QUIRKS);
	return 0;
}

/* As alloc_bootmem_low_pages(): goal 0. Unlike it, nothing is zeroed. */
forceinline pfn_t S(alloc)(struct S(allocator) * a, unsigned cpu,
			   unsigned order)
{
	uint64_t addr;

	(void)cpu;
	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	addr = bootmem_alloc(&a->boot, PAGE_SIZE << order, PAGE_SIZE << order,
			     0, BOOTMEM_QUIRKS);
	return addr == BOOTMEM_NONE ? PFN_NONE : addr >> PAGE_SHIFT;
}

forceinline void S(free)(struct S(allocator) * a, unsigned cpu, pfn_t pfn,
			 unsigned order)
{
	(void)cpu;
	bootmem_free(&a->boot, pfn << PAGE_SHIFT, PAGE_SIZE << order,
		     BOOTMEM_QUIRKS);
	physmem_poison(a->mem, pfn, order);
}

/* As alloc_bootmem(): the address of zeroed bytes, or BOOTMEM_NONE. */
static inline uint64_t S(alloc_bytes)(struct S(allocator) * a, uint64_t size,
				      uint64_t align, uint64_t goal)
{
	uint64_t addr =
		bootmem_alloc(&a->boot, size, align, goal, BOOTMEM_QUIRKS);

	if (addr != BOOTMEM_NONE)
		memset(a->mem->base + addr, 0, size);
	return addr;
}

/* As free_bootmem(): the whole pages in [addr, addr + size). */
static inline void S(free_bytes)(struct S(allocator) * a, uint64_t addr,
				 uint64_t size)
{
	bootmem_free(&a->boot, addr, size, BOOTMEM_QUIRKS);
}

/* As reserve_bootmem(): every page that [addr, addr + size) touches. */
static inline void S(reserve_bytes)(struct S(allocator) * a, uint64_t addr,
				    uint64_t size)
{
	bootmem_reserve(&a->boot, addr, size);
}

static inline bool S(validate)(struct S(allocator) * a)
{
	return bootmem_validate(&a->boot, BOOTMEM_QUIRKS);
}

static inline void S(stats)(struct S(allocator) * a, struct frame_stats *stats)
{
	*stats = (struct frame_stats){
		.metadata_bytes =
			sizeof(*a) +
			sizeof(uint64_t) * bootmem_map_words(a->boot.nr_pages,
							     BOOTMEM_QUIRKS),
	};
	bootmem_count_free(&a->boot, stats);
}

static inline void S(destroy)(struct S(allocator) * a)
{
	(void)a;
}

#undef BOOTMEM_QUIRKS
#undef STRATEGY
