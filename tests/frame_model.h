/*
 * frame_model.h - the naive model of a zone: one byte a frame, 1 is busy.
 *
 * It is told what an allocator handed out and takes back, and fails the test
 * when that breaks the contract of kernels/frame/frame.h.
 */
#ifndef KMB_FRAME_MODEL_H
#define KMB_FRAME_MODEL_H

#include "dies.h"
#include "test.h"
#include "host_plain.h"

#include "../kernels/base/random.h"
#include "../kernels/frame/frame.h"

/*
 * 16 + 8 MiB: DMA [0, 1024) and NORMAL [1024, 4096) on node 0, NORMAL
 * [4096, 6144) on node 1. Two zones of three do not start at 0.
 */
static struct physmem frame_mem;
#define FRAME_NR_ZONES 3

static maybe_unused const struct zone *frame_zone(unsigned i)
{
	return i == 2 ? &frame_mem.node_data[1].zones[ZONE_NORMAL]
		      : &frame_mem.node_data[0]
				 .zones[i ? ZONE_NORMAL : ZONE_DMA];
}

static maybe_unused int frame_mem_init(size_t boot_bytes)
{
	struct physmem_config config = { .nr_nodes = 2,
					 .node_pages = { 4096, 2048 },
					 .dma_end = 1024,
					 .boot_bytes = boot_bytes };

	return physmem_init(&frame_mem, &config, &host_plain);
}

/* Operations by one thread, of which ThreadSanitizer, slow at poisoning, sees
 * little. */
#ifdef __SANITIZE_THREAD__
#define FRAME_TRACE_OPS 30000
#else
#define FRAME_TRACE_OPS 300000
#endif

struct frame_model {
	const struct zone *zone;
	uint64_t nr_busy;
	uint8_t busy[4096]; /* by frame relative to the zone */
};

static maybe_unused void model_init(struct frame_model *m,
				    const struct zone *zone)
{
	memset(m, 0, sizeof(*m));
	m->zone = zone;
	assert_true(zone->nr_pages <= sizeof(m->busy));
}

/* Handed out: aligned, inside, and nobody else's. */
static maybe_unused void model_alloc(struct frame_model *m, pfn_t pfn,
				     unsigned order)
{
	uint64_t i = pfn - m->zone->start_pfn, nr = 1ull << order;

	check(pfn % nr == 0, "pfn %llu is not aligned to order %u",
	      (unsigned long long)pfn, order);
	check(pfn >= m->zone->start_pfn && i + nr <= m->zone->nr_pages,
	      "pfn %llu order %u is not in the zone", (unsigned long long)pfn,
	      order);
	check(!memchr(m->busy + i, 1, nr), "pfn %llu order %u overlaps",
	      (unsigned long long)pfn, order);
	memset(m->busy + i, 1, nr);
	m->nr_busy += nr;
}

static maybe_unused void model_free(struct frame_model *m, pfn_t pfn,
				    unsigned order)
{
	memset(m->busy + (pfn - m->zone->start_pfn), 0, 1ull << order);
	m->nr_busy -= 1ull << order;
}

/* The lowest aligned free block, or PFN_NONE. */
static maybe_unused pfn_t model_lowest(const struct frame_model *m,
				       unsigned order)
{
	uint64_t nr = 1ull << order;

	for (uint64_t i = 0; i < m->zone->nr_pages; i += nr)
		if (!memchr(m->busy + i, 1, nr))
			return m->zone->start_pfn + i;
	return PFN_NONE;
}

/* Small orders often, the largest now and then: mean 2 frames. */
static maybe_unused unsigned random_order(struct random *r)
{
	unsigned order = (unsigned)__builtin_ctzll(random_next(r) | 1ull << 63);

	order = (order + (unsigned)random_below(r, 2)) / 2;
	if (random_below(r, 256) == 0)
		order = (unsigned)random_below(r, NR_PAGE_ORDERS);
	return order < NR_PAGE_ORDERS ? order : MAX_PAGE_ORDER;
}

#endif
