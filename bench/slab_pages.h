/*
 * slab_pages.h - pages for slabs out of any page-frame allocator of
 * kernels/frame: one allocator for each node, as a page_source.
 */
#ifndef KMB_SLAB_PAGES_H
#define KMB_SLAB_PAGES_H

#include <stdbool.h>

#include "../kernels/frame/frame.h"
#include "../kernels/mm/node_order.h"
#include "../kernels/mm/numa_stat.h"
#include "../kernels/mm/page_source.h"

struct slab_pages;

/* A strategy of kernels/frame that many threads may call. */
struct slab_pages_kind {
	const char *name; /* the strategy's */
	size_t allocator_bytes;
	size_t (*boot_bytes)(uint64_t nr_pages, unsigned nr_cpus);
	int (*create)(void *allocator, struct physmem *mem,
		      const struct zone *zone, unsigned nr_cpus);
	void (*destroy)(void *allocator);
	bool (*validate)(void *allocator);
	void (*stats)(void *allocator, struct frame_stats *stats);
	struct page *(*alloc_pages)(void *self, unsigned cpu, unsigned order);
	void (*free_pages)(void *self, unsigned cpu, struct page *page,
			   unsigned order);
};

/* What a CPU had of a node: requests, and pages that it took and gave back
 * (pgalloc and pgfree of vmstat). */
struct slab_pages_count {
	struct numa_stat numa;
	uint64_t pgalloc, pgfree;
} cacheline_aligned;

/* The fastest first; the last is followed by NULL. */
extern const struct slab_pages_kind *const slab_pages_kinds[];

struct slab_pages {
	const struct slab_pages_kind *kind;
	struct physmem mem;
	struct page_source source;
	/* [nr_cpus] the node where a CPU asks first; the owner's. */
	const uint8_t *cpu_node;
	char *allocators; /* one for each node */
	size_t allocator_bytes;
	/* [node] all nodes in the order in which it asks them */
	uint8_t order[MAX_NUMNODES][MAX_NUMNODES];
	struct slab_pages_count *counts; /* [nr_nodes * nr_cpus] */
	unsigned nr_cpus;
	/* The host has a page where one is taken, and no other: each is touched
	 * when it is taken, and released when it is given back. */
	bool resident;
	/* A caller's `cpu` may be another's as well: see slab_pages_cpu. */
	bool any_cpu;
};

/* Which CPU of nr_cpus the calling thread stands for, where any_cpu is set. */
extern __thread unsigned slab_pages_cpu;

/*
 * node_pages frames on each node, all free; distance as node_order() takes it.
 * 0, or -ENOMEM with nothing held.
 */
int slab_pages_init(struct slab_pages *p, const struct slab_pages_kind *kind,
		    struct host_memory *host, uint64_t node_pages,
		    unsigned nr_nodes, unsigned nr_cpus,
		    const uint8_t *cpu_node, const uint8_t *distance);
/* Is every frame back where it came from? No other call may run. */
bool slab_pages_all_free(const struct slab_pages *p);
void slab_pages_destroy(struct slab_pages *p);

/* All CPUs' counts of a node, and the pages that are taken of it by the frames'
 * own account. No other call may run. */
void slab_pages_sum(const struct slab_pages *p, unsigned node,
		    struct slab_pages_count *sum);
uint64_t slab_pages_taken(const struct slab_pages *p, unsigned node);

static inline void *slab_pages_allocator(const struct slab_pages *p,
					 unsigned node)
{
	return p->allocators + node * p->allocator_bytes;
}

static inline struct slab_pages_count *
slab_pages_count(struct slab_pages *p, unsigned cpu, unsigned node)
{
	return &p->counts[node * p->nr_cpus + cpu];
}

/* 2^order pages of `node` for a CPU of `own`. */
static inline void slab_pages_took(struct slab_pages *p, unsigned cpu,
				   unsigned own, unsigned node, pfn_t pfn,
				   unsigned order)
{
	struct slab_pages_count *by = slab_pages_count(p, cpu, node);

	numa_stat_count(&slab_pages_count(p, cpu, own)->numa, &by->numa,
			node == own, node == own);
	by->pgalloc += 1ull << order;
	for (pfn_t i = 0; p->resident && i < 1ull << order; i++)
		WRITE_ONCE(*(uint64_t *)pfn_to_virt(&p->mem, pfn + i), 0);
}

/* They are about to go back. */
static inline void slab_pages_gives(struct slab_pages *p, unsigned cpu,
				    struct page *page, unsigned order)
{
	slab_pages_count(p, cpu, page_to_nid(page))->pgfree += 1ull << order;
	if (p->resident)
		p->mem.host->release(
			p->mem.host,
			pfn_to_virt(&p->mem, page_to_pfn(&p->mem, page)),
			PAGE_SIZE << order);
}

#endif
