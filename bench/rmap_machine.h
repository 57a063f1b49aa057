/* rmap_machine.h - a machine of one CPU for a world of processes: memory, and
 * all of it in a buddy that pages come from. */
#ifndef KMB_RMAP_MACHINE_H
#define KMB_RMAP_MACHINE_H

#include "../kernels/frame/free_area.h"
#include "../kernels/slab/slab.h"

struct rmap_machine {
	struct physmem mem;
	struct free_area_allocator frames;
	struct page_source pages;
	struct slab_host slab;
};

static struct page *rmap_machine_alloc(void *self, unsigned cpu, unsigned order)
{
	struct rmap_machine *m = self;
	pfn_t pfn = free_area_alloc(&m->frames, cpu, order);

	return pfn == PFN_NONE ? NULL : pfn_to_page(&m->mem, pfn);
}

static void rmap_machine_free(void *self, unsigned cpu, struct page *page,
			      unsigned order)
{
	struct rmap_machine *m = self;

	/* A frame's owner gives it back, with his reference. */
	set_page_count(page, 1);
	free_area_free(&m->frames, cpu, page_to_pfn(&m->mem, page), order);
}

static inline struct zone *rmap_machine_zone(struct rmap_machine *m)
{
	return &m->mem.node_data[0].zones[ZONE_NORMAL];
}

/* 0 or -errno. nr_frames: a multiple of 1024. */
static inline int rmap_machine_create(struct rmap_machine *m,
				      struct host_memory *memory,
				      uint64_t nr_frames)
{
	const struct physmem_config config = { .nr_nodes = 1,
					       .node_pages = { nr_frames } };
	int err = physmem_init(&m->mem, &config, memory);

	if (err)
		return err;
	m->pages = (struct page_source){ .alloc_pages = rmap_machine_alloc,
					 .free_pages = rmap_machine_free,
					 .self = m,
					 .mem = &m->mem };
	m->slab = (struct slab_host){ .pages = &m->pages,
				      .nr_cpus = 1,
				      .nr_nodes = 1 };
	err = free_area_create(&m->frames, &m->mem, rmap_machine_zone(m), 1);
	if (err)
		physmem_destroy(&m->mem);
	return err;
}

/* How many frames were never given back; UINT64_MAX: the buddy is damaged. */
static inline uint64_t rmap_machine_destroy(struct rmap_machine *m)
{
	uint64_t left = UINT64_MAX;
	struct frame_stats stats;

	if (free_area_validate(&m->frames)) {
		free_area_stats(&m->frames, &stats);
		left = rmap_machine_zone(m)->nr_pages - stats.free_pages;
	}
	physmem_destroy(&m->mem);
	return left;
}

#endif
