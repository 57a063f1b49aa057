/* pgtable_source.h - a source of pages that counts, poisons and fails. */
#ifndef KMB_PGTABLE_SOURCE_H
#define KMB_PGTABLE_SOURCE_H

#include "test.h"
#include "host_plain.h"

#include <errno.h>
#include <pthread.h>

#include "../kernels/base/random.h"
#include "../kernels/pgtable/pgtable.h"

#if KMB_DEBUG
#define PGTABLE_DEBUG_SCALE 20 /* so many times fewer operations */
#else
#define PGTABLE_DEBUG_SCALE 1
#endif

/*
 * Frames of tables are drawn from [0, PGTABLE_TABLE_FRAMES). Those behind are a
 * test's own, to be mapped: page->private says whether one is in use.
 */
#define PGTABLE_TABLE_FRAMES 16384
#define PGTABLE_POISON 0xa5
enum { FRAME_FREE, FRAME_IN_USE };

/* Pages by order, each order's free ones on a list, the last freed first. */
struct counting_source {
	struct physmem mem;
	struct page_source source;
	struct page_source *sources[2]; /* of two nodes: both this one */
	pthread_mutex_t lock;
	struct list_head free[NR_PAGE_ORDERS];
	pfn_t next; /* never handed out from here on */
	uint64_t nr_pages;
	uint64_t left;	   /* allocations until one fails */
	uint64_t nr_freed; /* tables that were freed */
};

static struct counting_source counting;

/* Tests have two nodes, and CPUs on them in turn. */
#define COUNTING_NODES 2
static const uint8_t counting_cpu_node[KMB_MAX_THREADS] = { 0, 1, 0, 1, 0, 1 };

static struct page *counting_alloc(void *self, unsigned cpu, unsigned order)
{
	struct counting_source *c = self;
	struct page *page = NULL;

	(void)cpu;
	pthread_mutex_lock(&c->lock);
	if (c->left && !list_empty(&c->free[order])) {
		page = list_first_entry(&c->free[order], struct page, lru);
		list_del(&page->lru);
	} else if (c->left) {
		c->next = align_up(c->next, 1ull << order);
		check(c->next + (1ull << order) <= PGTABLE_TABLE_FRAMES,
		      "too small a memory for this test's tables");
		page = pfn_to_page(&c->mem, c->next);
		c->next += 1ull << order;
	}
	if (page) {
		assert_int_equal(READ_ONCE(page->_refcount), 0);
		c->nr_pages += 1ull << order;
		c->left--;
	}
	pthread_mutex_unlock(&c->lock);
	return page;
}

/* What is freed is no table any more, nor anything like one. */
static void counting_free(void *self, unsigned cpu, struct page *page,
			  unsigned order)
{
	struct counting_source *c = self;
	pfn_t pfn = page_to_pfn(&c->mem, page);

	(void)cpu;
	if (pfn >= PGTABLE_TABLE_FRAMES) {
		smp_store_release(&page->private, FRAME_FREE);
		return;
	}
	memset(pfn_to_virt(&c->mem, pfn), PGTABLE_POISON, PAGE_SIZE << order);
	pthread_mutex_lock(&c->lock);
	assert_int_equal(READ_ONCE(page->_refcount), 0);
	c->nr_pages -= 1ull << order;
	c->nr_freed++;
	list_add(&page->lru, &c->free[order]);
	pthread_mutex_unlock(&c->lock);
}

/* Frames of tables, and `frames` more that may be mapped and referred to. */
static struct page_source *const *counting_begin(uint64_t frames)
{
	struct physmem_config config = {
		.nr_nodes = 1,
		.node_pages = { PGTABLE_TABLE_FRAMES + frames },
	};

	memset(&counting, 0, sizeof(counting));
	assert_int_equal(physmem_init(&counting.mem, &config, &host_plain), 0);
	counting.source = (struct page_source){
		.alloc_pages = counting_alloc,
		.free_pages = counting_free,
		.self = &counting,
		.mem = &counting.mem,
	};
	counting.sources[0] = counting.sources[1] = &counting.source;
	counting.left = UINT64_MAX;
	pthread_mutex_init(&counting.lock, NULL);
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		list_init(&counting.free[o]);
	return counting.sources;
}

/* All pages have come back. */
static void counting_end(void)
{
	assert_int_equal(counting.nr_pages, 0);
	pthread_mutex_destroy(&counting.lock);
	physmem_destroy(&counting.mem);
}

#endif
