/*
 * slab_pages.h - pages for slabs out of any page-frame allocator of
 * kernels/frame: one allocator for each node, as a page_source.
 */
#ifndef KMB_SLAB_PAGES_H
#define KMB_SLAB_PAGES_H

#include <stdbool.h>

#include "../kernels/frame/frame.h"
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
	/* A caller's `cpu` may be another's as well: see slab_pages_cpu. */
	bool any_cpu;
};

/* Which CPU of nr_cpus the calling thread stands for, where any_cpu is set. */
extern __thread unsigned slab_pages_cpu;

/*
 * node_pages frames on each node, all free. 0, or -ENOMEM with nothing held.
 */
int slab_pages_init(struct slab_pages *p, const struct slab_pages_kind *kind,
		    struct host_memory *host, uint64_t node_pages,
		    unsigned nr_nodes, unsigned nr_cpus,
		    const uint8_t *cpu_node);
/* Is every frame back where it came from? No other call may run. */
bool slab_pages_all_free(const struct slab_pages *p);
void slab_pages_destroy(struct slab_pages *p);

static inline void *slab_pages_allocator(const struct slab_pages *p,
					 unsigned node)
{
	return p->allocators + node * p->allocator_bytes;
}

#endif
