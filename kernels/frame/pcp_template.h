/*
 * pcp_template.h - per-CPU lists of blocks of orders 0 to 3 in front of a
 * buddy, as current kernels have them (mm/page_alloc.c of 6.x).
 *
 * Parameters, undefined at the end:
 *   STRATEGY    the strategy's prefix
 *   PCP_LOCKED  1: each CPU's lists have a spin lock, so that a CPU that fails
 *               may empty another's; 0: only the CPU itself touches its lists,
 *               with preemption off, and is asked to empty them
 *
 * An alloc whose list is empty refills it in one critical section of the zone;
 * a free that reaches `high` pages gives a batch back, from the tails,
 * beginning with the order that was freed. The marks are in pcp_marks.h.
 *
 * A failure empties lists, as drain_all_pages() does before giving up, and
 * tries again. With the lock: those of all CPUs. Without: its own, and the
 * others do it at their next call, which then goes to the buddy; until then up
 * to pcp_most() pages of each CPU are out of reach.
 *
 * What others free while a CPU goes from list to list it may miss: with the
 * lock a failure is exact if no other CPU frees at that moment.
 *
 * Left out: the lists per migratetype and for huge pages, and the tuning of
 * `high` and of the batch by recent demand.
 */
#include "pcp_marks.h"

struct S(cpu) {
	struct spinlock lock; /* of the rest, if PCP_LOCKED */
	bool drain;	      /* if not: set by any CPU, cleared by this one */
	uint32_t count; /* pages == sum of lengths << order <= pcp_most() */
	uint32_t batch, high; /* constants */
	struct list_head list[NR_PCP_ORDERS];
} cacheline_aligned;

struct S(allocator) {
	struct free_area_allocator buddy;
	struct S(cpu) * cpu; /* [nr_cpus] */
	unsigned nr_cpus;
	struct spinlock draining; /* taken before any other lock */
};

enum { S(max_threads) = KMB_MAX_THREADS };
enum {
	S(traits) = FRAME_CACHES | (PCP_LOCKED ? FRAME_EXACT : FRAME_CPU_EXACT)
};

static inline size_t S(boot_bytes)(uint64_t nr_pages, unsigned nr_cpus)
{
	return free_area_boot_bytes(nr_pages, nr_cpus) +
	       nr_cpus * sizeof(struct S(cpu));
}

static inline int S(create)(struct S(allocator) * a, struct physmem *mem,
			    const struct zone *zone, unsigned nr_cpus)
{
	a->nr_cpus = nr_cpus;
	spin_lock_init(&a->draining);
	a->cpu = physmem_boot_alloc(mem, zone->node, nr_cpus * sizeof(*a->cpu));
	if (!a->cpu)
		return -ENOMEM;
	for (unsigned c = 0; c < nr_cpus; c++) {
		struct S(cpu) *cpu = &a->cpu[c];

		spin_lock_init(&cpu->lock);
		cpu->batch = pcp_batch(zone->nr_pages);
		cpu->high = pcp_high(zone->nr_pages, nr_cpus);
		for (unsigned o = 0; o < NR_PCP_ORDERS; o++)
			list_init(&cpu->list[o]);
	}
	return free_area_create(&a->buddy, mem, zone, nr_cpus);
}

/* Take all blocks off a CPU's lists. They are the caller's to touch. */
static inline void S(take_lists)(struct S(cpu) * cpu, struct list_head *to)
{
	for (unsigned o = 0; o < NR_PCP_ORDERS; o++)
		pcp_buddy_collect(&cpu->list[o], to);
	cpu->count = 0;
}

/* Another CPU has run dry: give all back. */
static coldpath maybe_unused void S(serve)(struct S(allocator) * a,
					   struct S(cpu) * cpu)
{
	struct list_head all;

	WRITE_ONCE(cpu->drain, false);
	list_init(&all);
	S(take_lists)(cpu, &all);
	spin_lock(&a->buddy.lock);
	pcp_buddy_merge_all(&a->buddy, &all);
	spin_unlock(&a->buddy.lock);
}

/*
 * Is this call to use the lists? Not if they have no such order, nor if another
 * CPU is at them, or wants what they hold. If so, S(leave) ends it.
 */
forceinline bool S(enter)(struct S(allocator) * a, struct S(cpu) * cpu,
			  unsigned order)
{
#if PCP_LOCKED
	(void)a;
	return order < NR_PCP_ORDERS && likely(spin_trylock(&cpu->lock));
#else
	if (likely(!READ_ONCE(cpu->drain)))
		return order < NR_PCP_ORDERS;
	S(serve)(a, cpu);
	return false;
#endif
}

forceinline void S(leave)(struct S(cpu) * cpu)
{
#if PCP_LOCKED
	spin_unlock(&cpu->lock);
#else
	(void)cpu;
#endif
}

/* What can be had of a CPU's lists, which may be another's. */
static inline void S(collect)(struct S(cpu) * cpu, bool own,
			      struct list_head *to)
{
#if PCP_LOCKED
	(void)own;
	spin_lock(&cpu->lock);
	S(take_lists)(cpu, to);
	spin_unlock(&cpu->lock);
#else
	if (own)
		S(take_lists)(cpu, to);
	else if (!READ_ONCE(cpu->drain))
		WRITE_ONCE(cpu->drain, true);
#endif
}

/*
 * One CPU at a time, as under the kernel's pcpu_drain_mutex: or a second one
 * that fails would not find what the first has in its hands.
 */
static coldpath pfn_t S(alloc_drained)(struct S(allocator) * a, unsigned cpu,
				       unsigned order)
{
	struct list_head collected;
	pfn_t pfn;

	list_init(&collected);
	spin_lock(&a->draining);
	for (unsigned c = 0; c < a->nr_cpus; c++)
		S(collect)(&a->cpu[c], c == cpu, &collected);
	pfn = pcp_buddy_retry(&a->buddy, &collected, order);
	spin_unlock(&a->draining);
	return pfn;
}

forceinline pfn_t S(alloc_buddy)(struct S(allocator) * a, unsigned cpu,
				 unsigned order)
{
	pfn_t pfn = free_area_alloc(&a->buddy, cpu, order);

	if (unlikely(pfn == PFN_NONE) && order <= MAX_PAGE_ORDER)
		pfn = S(alloc_drained)(a, cpu, order);
	return pfn;
}

/* Fill an empty list; false: the buddy has nothing. */
static never_inline bool S(refill)(struct S(allocator) * a, struct S(cpu) * cpu,
				   unsigned order)
{
	unsigned nr = pcp_buddy_fill(&a->buddy, &cpu->list[order], order,
				     pcp_refill_blocks(cpu->batch, order));

	cpu->count += nr << order;
	return nr;
}

/* Give back a batch of pages or a little more, one block of each order in turn
 * beginning with `order`, of which there is one. */
static never_inline void S(spill)(struct S(allocator) * a, struct S(cpu) * cpu,
				  unsigned order)
{
	uint32_t pages = 0;

	spin_lock(&a->buddy.lock);
	while (pages < cpu->batch && pages < cpu->count) {
		struct list_head *list = &cpu->list[order];

		if (!list_empty(list))
			pages += pcp_buddy_merge_last(&a->buddy, list);
		order = (order + 1) % NR_PCP_ORDERS;
	}
	spin_unlock(&a->buddy.lock);
	cpu->count -= pages;
}

forceinline pfn_t S(alloc)(struct S(allocator) * a, unsigned cpu,
			   unsigned order)
{
	struct S(cpu) *pcp = &a->cpu[cpu];
	struct page *page;

	if (!S(enter)(a, pcp, order))
		return S(alloc_buddy)(a, cpu, order);
	if (unlikely(list_empty(&pcp->list[order])) &&
	    !S(refill)(a, pcp, order)) {
		S(leave)(pcp);
		return S(alloc_drained)(a, cpu, order);
	}
	page = list_entry(list_pop(&pcp->list[order]), struct page, lru);
	pcp->count -= 1u << order;
	S(leave)(pcp);
	page->_refcount = 1;
	return page_to_pfn(a->buddy.mem, page);
}

forceinline void S(free)(struct S(allocator) * a, unsigned cpu, pfn_t pfn,
			 unsigned order)
{
	struct S(cpu) *pcp = &a->cpu[cpu];
	struct page *page;

	if (!S(enter)(a, pcp, order)) {
		free_area_free(&a->buddy, cpu, pfn, order);
		return;
	}
	page = free_area_release(&a->buddy, pfn, order);
	page->private = order;
	list_add(&page->lru, &pcp->list[order]);
	pcp->count += 1u << order;
	if (unlikely(pcp->count >= pcp->high))
		S(spill)(a, pcp, order);
	S(leave)(pcp);
}

static inline void S(stats)(struct S(allocator) * a, struct frame_stats *stats)
{
	free_area_stats(&a->buddy, stats);
	stats->metadata_bytes = sizeof(*a) + a->nr_cpus * sizeof(*a->cpu);
	for (unsigned c = 0; c < a->nr_cpus; c++)
		for (unsigned o = 0; o < NR_PCP_ORDERS; o++)
			pcp_buddy_stats(&a->cpu[c].list[o], o, stats);
}

static inline bool S(validate)(struct S(allocator) * a)
{
	for (unsigned c = 0; c < a->nr_cpus; c++) {
		struct S(cpu) *cpu = &a->cpu[c];
		uint64_t pages = 0;

		for (unsigned o = 0; o < NR_PCP_ORDERS; o++)
			if (!pcp_buddy_list_valid(&a->buddy, &cpu->list[o], o,
						  &pages))
				return false;
		if (cpu->lock.locked || pages != cpu->count ||
		    pages > pcp_most(cpu->batch, cpu->high))
			return false;
	}
	return !a->draining.locked && free_area_validate(&a->buddy);
}

static inline void S(destroy)(struct S(allocator) * a)
{
	free_area_destroy(&a->buddy);
}

#undef PCP_LOCKED
#undef STRATEGY
