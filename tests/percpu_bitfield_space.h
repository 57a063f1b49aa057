/*
 * percpu_bitfield_space.h - percpu_bitfield over a fresh zone, and its end,
 * where nothing may be missing.
 */
#ifndef KMB_PERCPU_BITFIELD_SPACE_H
#define KMB_PERCPU_BITFIELD_SPACE_H

#include "frame_model.h"

#include "../kernels/frame/percpu_bitfield.h"

#define NR_CPUS 4

static struct percpu_bitfield_allocator under_test;

/* Zone 1: [1024, 4096), six chunks. */
static struct percpu_bitfield_allocator *begin(unsigned nr_cpus)
{
	struct percpu_bitfield_allocator *a = &under_test;

	assert_int_equal(
		frame_mem_init(percpu_bitfield_boot_bytes(3072, nr_cpus)), 0);
	assert_int_equal(
		percpu_bitfield_create(a, &frame_mem, frame_zone(1), nr_cpus),
		0);
	return a;
}

static uint64_t free_pages(struct percpu_bitfield_allocator *a)
{
	struct frame_stats stats;

	percpu_bitfield_stats(a, &stats);
	assert_true(stats.cached_pages <= stats.free_pages);
	assert_int_equal(percpu_bitfield_free_pages_estimate(a),
			 stats.free_pages);
	return stats.free_pages;
}

static void end(struct percpu_bitfield_allocator *a)
{
	assert_true(percpu_bitfield_validate(a));
	assert_int_equal(free_pages(a), a->nr_pages);
	physmem_destroy(&frame_mem);
}

#endif
