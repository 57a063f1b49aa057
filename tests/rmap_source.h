/* rmap_source.h - a machine for worlds of processes, whose pages are counted,
 * and run out when a test says so. */
#ifndef KMB_RMAP_SOURCE_H
#define KMB_RMAP_SOURCE_H

#include "test.h"
#include "host_plain.h"

#include "../bench/rmap_machine.h"

#define RMAP_TEST_CPUS 4

struct rmap_source {
	struct rmap_machine machine;
	struct page_source pages; /* in front of the machine's */
	struct slab_host slab;
	int64_t nr_pages; /* drawn and not given back */
	/* Allocations until they fail, and how many then do. */
	uint64_t left, fail;
};

static struct rmap_source source;

static struct page *source_alloc(void *self, unsigned cpu, unsigned order)
{
	struct rmap_source *s = self;
	struct page *page;

	/* One thread where any is to fail. */
	if (s->fail && !s->left) {
		s->fail--;
		return NULL;
	}
	if (s->fail)
		s->left--;
	page = rmap_machine_alloc(&s->machine, cpu, order);
	check(page, "too small a memory for this test");
	fetch_add_relaxed(&s->nr_pages, 1l << order);
	return page;
}

static void source_free(void *self, unsigned cpu, struct page *page,
			unsigned order)
{
	struct rmap_source *s = self;

	fetch_add_relaxed(&s->nr_pages, -(1l << order));
	rmap_machine_free(&s->machine, cpu, page, order);
}

static void source_begin(uint64_t nr_frames)
{
	memset(&source, 0, sizeof(source));
	assert_int_equal(
		rmap_machine_create(&source.machine, &host_plain, nr_frames),
		0);
	source.pages = (struct page_source){
		.alloc_pages = source_alloc,
		.free_pages = source_free,
		.self = &source,
		.mem = &source.machine.mem,
	};
	source.slab = (struct slab_host){
		.pages = &source.pages,
		.nr_cpus = RMAP_TEST_CPUS,
		.nr_nodes = 1,
	};
}

/* All pages have come back. */
static void source_end(void)
{
	assert_int_equal(source.nr_pages, 0);
	assert_int_equal(rmap_machine_destroy(&source.machine), 0);
}

#endif
