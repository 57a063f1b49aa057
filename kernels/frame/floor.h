/*
 * floor.h - the least that any frame allocator must move: one array stack of
 * frame numbers per CPU and order, a pop for an alloc, a push for a free.
 *
 * No lock, no merging, no struct page. A CPU whose stack is empty cuts a block
 * of a higher order, or takes the zone's next 4 MiB for good, so after the
 * first round of a workload there is nothing but pops and pushes. What a CPU
 * allocated it must free itself.
 */
#ifndef KMB_FRAME_FLOOR_H
#define KMB_FRAME_FLOOR_H

#include "frame.h"

#include "../sync/atomic.h"

/* Lies below the first entry of each stack, so a pop tests what it loads. */
#define FLOOR_EMPTY UINT32_MAX

struct floor_cpu {
	/* Last entry of each order's stack: frames relative to the zone. */
	uint32_t *top[NR_PAGE_ORDERS];
	uint32_t *bottom[NR_PAGE_ORDERS]; /* the FLOOR_EMPTY entries */
} cacheline_aligned;

struct floor_allocator {
	struct floor_cpu *cpu; /* [nr_cpus] */
	pfn_t start_pfn;
	uint64_t nr_pages;
	const struct physmem *mem;
	unsigned nr_cpus;
	uint64_t nr_taken cacheline_aligned; /* frames dealt out to CPUs */
};

enum { floor_max_threads = KMB_MAX_THREADS };
enum { floor_traits = FRAME_REFERENCE | FRAME_CPU_LOCAL };
static const char floor_models[] =
	"the least memory traffic: a per-CPU array stack of frame numbers";

/* Any CPU may come to own the whole zone; what it does not use costs nothing.
 */
static inline size_t floor_stack_bytes(uint64_t nr_pages, unsigned order)
{
	return ((nr_pages >> order) + 1) * sizeof(uint32_t);
}

static inline size_t floor_boot_bytes(uint64_t nr_pages, unsigned nr_cpus)
{
	size_t bytes = sizeof(struct floor_cpu);

	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		bytes += align_up(floor_stack_bytes(nr_pages, o),
				  CACHE_LINE_BYTES);
	return bytes * nr_cpus;
}

static inline int floor_create(struct floor_allocator *a, struct physmem *mem,
			       const struct zone *zone, unsigned nr_cpus)
{
	*a = (struct floor_allocator){
		.start_pfn = zone->start_pfn,
		.nr_pages = zone->nr_pages,
		.mem = mem,
		.nr_cpus = nr_cpus,
		.cpu = physmem_boot_alloc(mem, zone->node,
					  nr_cpus * sizeof(*a->cpu)),
	};
	if (!a->cpu)
		return -ENOMEM;
	for (unsigned c = 0; c < nr_cpus; c++)
		for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
			uint32_t *stack = physmem_boot_alloc(
				mem, zone->node,
				floor_stack_bytes(zone->nr_pages, o));

			if (!stack)
				return -ENOMEM;
			*stack = FLOOR_EMPTY;
			a->cpu[c].bottom[o] = a->cpu[c].top[o] = stack;
		}
	return 0;
}

/* Fill an empty stack with the pieces of one larger block; false: no more. */
static coldpath bool floor_refill(struct floor_allocator *a,
				  struct floor_cpu *cpu, unsigned order)
{
	const uint64_t largest = 1ull << MAX_PAGE_ORDER;
	unsigned from = order + 1;
	uint64_t block;

	while (from <= MAX_PAGE_ORDER && *cpu->top[from] == FLOOR_EMPTY)
		from++;
	if (from <= MAX_PAGE_ORDER) {
		block = *cpu->top[from]--;
	} else {
		from = MAX_PAGE_ORDER;
		if (READ_ONCE(a->nr_taken) >= a->nr_pages)
			return false;
		block = fetch_add_relaxed(&a->nr_taken, largest);
		if (block >= a->nr_pages)
			return false;
	}
	/* The lowest piece on top: allocations ascend. */
	for (uint64_t at = 1ull << from; at; at -= 1ull << order)
		*++cpu->top[order] = (uint32_t)(block + at - (1ull << order));
	return true;
}

forceinline pfn_t floor_alloc(struct floor_allocator *a, unsigned cpu,
			      unsigned order)
{
	struct floor_cpu *c = &a->cpu[cpu];

	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	if (unlikely(*c->top[order] == FLOOR_EMPTY) &&
	    !floor_refill(a, c, order))
		return PFN_NONE;
	return a->start_pfn + *c->top[order]--;
}

forceinline void floor_free(struct floor_allocator *a, unsigned cpu, pfn_t pfn,
			    unsigned order)
{
	physmem_poison(a->mem, pfn, order);
	*++a->cpu[cpu].top[order] = (uint32_t)(pfn - a->start_pfn);
}

static inline void floor_stats(struct floor_allocator *a,
			       struct frame_stats *stats)
{
	*stats = (struct frame_stats){
		.metadata_bytes = floor_boot_bytes(a->nr_pages, a->nr_cpus),
	};
	for (unsigned c = 0; c < a->nr_cpus; c++)
		for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
			stats->nr_free[o] += (uint64_t)(a->cpu[c].top[o] -
							a->cpu[c].bottom[o]);
	if (a->nr_taken < a->nr_pages)
		stats->nr_free[MAX_PAGE_ORDER] +=
			(a->nr_pages - a->nr_taken) >> MAX_PAGE_ORDER;
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		stats->free_pages += stats->nr_free[o] << o;
}

/* Every entry is an aligned block inside the zone. */
static inline bool floor_validate(struct floor_allocator *a)
{
	for (unsigned c = 0; c < a->nr_cpus; c++)
		for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
			const uint32_t *e = a->cpu[c].bottom[o];

			if (*e != FLOOR_EMPTY)
				return false;
			while (e++ < a->cpu[c].top[o])
				if (*e % (1u << o) || *e >= a->nr_pages)
					return false;
		}
	return true;
}

static inline void floor_destroy(struct floor_allocator *a)
{
	(void)a;
}

#endif
