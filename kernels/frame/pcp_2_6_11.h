/*
 * pcp_2_6_11.h - hot and cold lists of single pages per CPU in front of a
 * buddy (Linux 2.6.11, mm/page_alloc.c).
 *
 * b = min(zone / 1024, 256 KiB) / 4 pages, at least 1 and so at most 16:
 *
 *          low    high
 *   hot    2b     6b      pages whose contents are likely in this CPU's cache
 *   cold   0      2b      pages that a device will write, or has written
 *
 * An alloc that finds `low` or fewer pages appends b, then takes the head; a
 * free that finds `high` gives the last b back, then pushes at the head. Larger
 * orders go to the buddy. The lists have no lock: the kernel turned interrupts
 * off, here the `cpu` argument says whose they are.
 *
 * Pages on another CPU's lists are not ours to take, and 2.6.11 left them
 * there. Here an alloc that fails gives its own back, tries again, and asks the
 * other CPUs: each empties its lists at its next call, and that call goes to
 * the buddy. Until then up to 8b pages a CPU, hot and cold, are out of reach.
 */
#ifndef KMB_FRAME_PCP_2_6_11_H
#define KMB_FRAME_PCP_2_6_11_H

#include "pcp_buddy.h"

enum pcp_2_6_11_heat { PCP_HOT, PCP_COLD, NR_PCP_HEATS };

/* low, high and batch are constants; the rest is this CPU's. */
struct pcp_2_6_11_pages {
	uint32_t count; /* == length of list <= high */
	uint32_t low, high, batch;
	struct list_head list;
};

struct pcp_2_6_11_cpu {
	struct pcp_2_6_11_pages pages[NR_PCP_HEATS];
	bool drain; /* set by any CPU, cleared by this one */
} cacheline_aligned;

struct pcp_2_6_11_allocator {
	struct free_area_allocator buddy;
	struct pcp_2_6_11_cpu *cpu; /* [nr_cpus] */
	unsigned nr_cpus;
};

enum { pcp_2_6_11_max_threads = KMB_MAX_THREADS };
enum { pcp_2_6_11_traits = FRAME_CACHES | FRAME_CPU_EXACT };
static const char pcp_2_6_11_models[] =
	"hot and cold per-CPU lists before a buddy (Linux 2.6.11, "
	"mm/page_alloc.c)";

static inline uint32_t pcp_2_6_11_batch(uint64_t zone_pages)
{
	uint64_t batch = zone_pages / 1024;

	if (batch > (256 << 10) / PAGE_SIZE)
		batch = (256 << 10) / PAGE_SIZE;
	batch /= 4;
	return batch ? (uint32_t)batch : 1;
}

static inline size_t pcp_2_6_11_boot_bytes(uint64_t nr_pages, unsigned nr_cpus)
{
	return free_area_boot_bytes(nr_pages, nr_cpus) +
	       nr_cpus * sizeof(struct pcp_2_6_11_cpu);
}

static inline int pcp_2_6_11_create(struct pcp_2_6_11_allocator *a,
				    struct physmem *mem,
				    const struct zone *zone, unsigned nr_cpus)
{
	uint32_t batch = pcp_2_6_11_batch(zone->nr_pages);

	a->nr_cpus = nr_cpus;
	a->cpu = physmem_boot_alloc(mem, zone->node, nr_cpus * sizeof(*a->cpu));
	if (!a->cpu)
		return -ENOMEM;
	for (unsigned c = 0; c < nr_cpus; c++) {
		struct pcp_2_6_11_pages *pages = a->cpu[c].pages;

		pages[PCP_HOT] = (struct pcp_2_6_11_pages){ .low = 2 * batch,
							    .high = 6 * batch,
							    .batch = batch };
		pages[PCP_COLD] = (struct pcp_2_6_11_pages){ .low = 0,
							     .high = 2 * batch,
							     .batch = batch };
		list_init(&pages[PCP_HOT].list);
		list_init(&pages[PCP_COLD].list);
	}
	return free_area_create(&a->buddy, mem, zone, nr_cpus);
}

/* Take all of this CPU's pages off its lists. */
static inline void pcp_2_6_11_collect(struct pcp_2_6_11_cpu *cpu,
				      struct list_head *to)
{
	for (unsigned heat = 0; heat < NR_PCP_HEATS; heat++) {
		pcp_buddy_collect(&cpu->pages[heat].list, to);
		cpu->pages[heat].count = 0;
	}
}

/* Another CPU has run dry: give all back. */
static coldpath void pcp_2_6_11_serve(struct pcp_2_6_11_allocator *a,
				      struct pcp_2_6_11_cpu *cpu)
{
	struct list_head all;

	WRITE_ONCE(cpu->drain, false);
	list_init(&all);
	pcp_2_6_11_collect(cpu, &all);
	spin_lock(&a->buddy.lock);
	pcp_buddy_merge_all(&a->buddy, &all);
	spin_unlock(&a->buddy.lock);
}

/* Is this call to use the lists? Not the one that serves a request. */
forceinline bool pcp_2_6_11_enter(struct pcp_2_6_11_allocator *a, unsigned cpu,
				  unsigned order)
{
	if (likely(!READ_ONCE(a->cpu[cpu].drain)))
		return order == 0;
	pcp_2_6_11_serve(a, &a->cpu[cpu]);
	return false;
}

static coldpath pfn_t pcp_2_6_11_alloc_drained(struct pcp_2_6_11_allocator *a,
					       unsigned cpu, unsigned order)
{
	struct list_head own;

	list_init(&own);
	pcp_2_6_11_collect(&a->cpu[cpu], &own);
	for (unsigned c = 0; c < a->nr_cpus; c++)
		if (c != cpu && !READ_ONCE(a->cpu[c].drain))
			WRITE_ONCE(a->cpu[c].drain, true);
	return pcp_buddy_retry(&a->buddy, &own, order);
}

forceinline pfn_t pcp_2_6_11_alloc_buddy(struct pcp_2_6_11_allocator *a,
					 unsigned cpu, unsigned order)
{
	pfn_t pfn = free_area_alloc(&a->buddy, cpu, order);

	if (unlikely(pfn == PFN_NONE) && order <= MAX_PAGE_ORDER)
		pfn = pcp_2_6_11_alloc_drained(a, cpu, order);
	return pfn;
}

static never_inline void pcp_2_6_11_refill(struct pcp_2_6_11_allocator *a,
					   struct pcp_2_6_11_pages *pages)
{
	pages->count +=
		pcp_buddy_fill(&a->buddy, &pages->list, 0, pages->batch);
}

static never_inline void pcp_2_6_11_spill(struct pcp_2_6_11_allocator *a,
					  struct pcp_2_6_11_pages *pages)
{
	spin_lock(&a->buddy.lock);
	for (uint32_t i = 0; i < pages->batch; i++)
		pages->count -= pcp_buddy_merge_last(&a->buddy, &pages->list);
	spin_unlock(&a->buddy.lock);
}

forceinline pfn_t pcp_2_6_11_alloc_heat(struct pcp_2_6_11_allocator *a,
					unsigned cpu, unsigned order,
					enum pcp_2_6_11_heat heat)
{
	struct pcp_2_6_11_pages *pages = &a->cpu[cpu].pages[heat];
	struct page *page;

	if (!pcp_2_6_11_enter(a, cpu, order))
		return pcp_2_6_11_alloc_buddy(a, cpu, order);
	if (unlikely(pages->count <= pages->low))
		pcp_2_6_11_refill(a, pages);
	if (unlikely(!pages->count))
		return pcp_2_6_11_alloc_buddy(a, cpu, 0);
	page = list_entry(list_pop(&pages->list), struct page, lru);
	pages->count--;
	page->_refcount = 1;
	return page_to_pfn(a->buddy.mem, page);
}

forceinline void pcp_2_6_11_free_heat(struct pcp_2_6_11_allocator *a,
				      unsigned cpu, pfn_t pfn, unsigned order,
				      enum pcp_2_6_11_heat heat)
{
	struct pcp_2_6_11_pages *pages = &a->cpu[cpu].pages[heat];
	struct page *page;

	if (!pcp_2_6_11_enter(a, cpu, order)) {
		free_area_free(&a->buddy, cpu, pfn, order);
		return;
	}
	page = free_area_release(&a->buddy, pfn, 0);
	page->private = 0;
	if (unlikely(pages->count >= pages->high))
		pcp_2_6_11_spill(a, pages);
	list_add(&page->lru, &pages->list);
	pages->count++;
}

forceinline pfn_t pcp_2_6_11_alloc(struct pcp_2_6_11_allocator *a, unsigned cpu,
				   unsigned order)
{
	return pcp_2_6_11_alloc_heat(a, cpu, order, PCP_HOT);
}

forceinline void pcp_2_6_11_free(struct pcp_2_6_11_allocator *a, unsigned cpu,
				 pfn_t pfn, unsigned order)
{
	pcp_2_6_11_free_heat(a, cpu, pfn, order, PCP_HOT);
}

/*
 * One page from or to the cold list, as __GFP_COLD and free_cold_page() had it:
 * for what a device writes, where a warm page would be a waste. A page may come
 * from one list and go to the other.
 */
static maybe_unused pfn_t pcp_2_6_11_alloc_cold(struct pcp_2_6_11_allocator *a,
						unsigned cpu)
{
	return pcp_2_6_11_alloc_heat(a, cpu, 0, PCP_COLD);
}

static maybe_unused void pcp_2_6_11_free_cold(struct pcp_2_6_11_allocator *a,
					      unsigned cpu, pfn_t pfn)
{
	pcp_2_6_11_free_heat(a, cpu, pfn, 0, PCP_COLD);
}

static inline void pcp_2_6_11_stats(struct pcp_2_6_11_allocator *a,
				    struct frame_stats *stats)
{
	free_area_stats(&a->buddy, stats);
	stats->metadata_bytes = sizeof(*a) + a->nr_cpus * sizeof(*a->cpu);
	for (unsigned c = 0; c < a->nr_cpus; c++)
		for (unsigned heat = 0; heat < NR_PCP_HEATS; heat++)
			pcp_buddy_stats(&a->cpu[c].pages[heat].list, 0, stats);
}

static inline bool pcp_2_6_11_validate(struct pcp_2_6_11_allocator *a)
{
	for (unsigned c = 0; c < a->nr_cpus; c++)
		for (unsigned heat = 0; heat < NR_PCP_HEATS; heat++) {
			struct pcp_2_6_11_pages *p = &a->cpu[c].pages[heat];
			uint64_t nr = 0;

			if (!pcp_buddy_list_valid(&a->buddy, &p->list, 0,
						  &nr) ||
			    nr != p->count || nr > p->high)
				return false;
		}
	return free_area_validate(&a->buddy);
}

static inline void pcp_2_6_11_destroy(struct pcp_2_6_11_allocator *a)
{
	free_area_destroy(&a->buddy);
}

#endif
