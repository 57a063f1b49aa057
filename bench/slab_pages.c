/* slab_pages.c - memory on each node, and a frame allocator over it. */
#include "slab_pages.h"

#include <stdlib.h>
#include <string.h>

#include "../kernels/frame/free_area.h"
#define STRATEGY free_area
#include "slab_pages_template.h"
#undef STRATEGY

#include "../kernels/frame/pcp.h"
#define STRATEGY pcp
#include "slab_pages_template.h"
#undef STRATEGY

#include "../kernels/frame/percpu_bitfield.h"
#define STRATEGY percpu_bitfield
#include "slab_pages_template.h"
#undef STRATEGY

const struct slab_pages_kind *const slab_pages_kinds[] = {
	&percpu_bitfield_pages_kind,
	&pcp_pages_kind,
	&free_area_pages_kind,
	NULL,
};

__thread unsigned slab_pages_cpu;

/* The only zone of a node: no limits are set. */
static const struct zone *zone_of(const struct slab_pages *p, unsigned node)
{
	return &p->mem.node_data[node].zones[ZONE_NORMAL];
}

static void destroy_nodes(struct slab_pages *p, unsigned nr)
{
	while (nr--)
		p->kind->destroy(slab_pages_allocator(p, nr));
	free(p->allocators);
	free(p->counts);
	physmem_destroy(&p->mem);
}

static struct slab_pages_count *alloc_counts(size_t nr)
{
	struct slab_pages_count *counts =
		aligned_alloc(CACHE_LINE_BYTES, nr * sizeof(*counts));

	if (counts)
		memset(counts, 0, nr * sizeof(*counts));
	return counts;
}

int slab_pages_init(struct slab_pages *p, const struct slab_pages_kind *kind,
		    struct host_memory *host, uint64_t node_pages,
		    unsigned nr_nodes, unsigned nr_cpus,
		    const uint8_t *cpu_node, const uint8_t *distance)
{
	struct physmem_config config = {
		.nr_nodes = nr_nodes,
		.boot_bytes = kind->boot_bytes(node_pages, nr_cpus),
	};

	*p = (struct slab_pages){ .kind = kind,
				  .cpu_node = cpu_node,
				  .nr_cpus = nr_cpus };
	p->source = (struct page_source){ .alloc_pages = kind->alloc_pages,
					  .free_pages = kind->free_pages,
					  .self = p,
					  .mem = &p->mem };
	for (unsigned n = 0; n < nr_nodes; n++) {
		config.node_pages[n] = node_pages;
		node_order(p->order[n], nr_nodes, distance, n);
	}
	if (physmem_init(&p->mem, &config, host))
		return -ENOMEM;
	p->allocator_bytes = align_up(kind->allocator_bytes, CACHE_LINE_BYTES);
	p->allocators =
		aligned_alloc(CACHE_LINE_BYTES, nr_nodes * p->allocator_bytes);
	p->counts = alloc_counts((size_t)nr_nodes * nr_cpus);
	for (unsigned n = 0; n < nr_nodes; n++)
		if (!p->allocators || !p->counts ||
		    kind->create(slab_pages_allocator(p, n), &p->mem,
				 zone_of(p, n), nr_cpus)) {
			destroy_nodes(p, n);
			return -ENOMEM;
		}
	return 0;
}

bool slab_pages_all_free(const struct slab_pages *p)
{
	for (unsigned n = 0; n < p->mem.nr_nodes; n++) {
		void *allocator = slab_pages_allocator(p, n);
		struct frame_stats stats;

		p->kind->stats(allocator, &stats);
		if (!p->kind->validate(allocator) ||
		    stats.free_pages != zone_of(p, n)->nr_pages)
			return false;
	}
	return true;
}

void slab_pages_destroy(struct slab_pages *p)
{
	destroy_nodes(p, p->mem.nr_nodes);
}

void slab_pages_sum(const struct slab_pages *p, unsigned node,
		    struct slab_pages_count *sum)
{
	const struct slab_pages_count *of = &p->counts[node * p->nr_cpus];

	*sum = (struct slab_pages_count){ .pgalloc = 0 };
	for (unsigned cpu = 0; cpu < p->nr_cpus; cpu++) {
		numa_stat_add(&sum->numa, &of[cpu].numa);
		sum->pgalloc += of[cpu].pgalloc;
		sum->pgfree += of[cpu].pgfree;
	}
}

uint64_t slab_pages_taken(const struct slab_pages *p, unsigned node)
{
	struct frame_stats stats;

	p->kind->stats(slab_pages_allocator(p, node), &stats);
	return zone_of(p, node)->nr_pages - stats.free_pages;
}
