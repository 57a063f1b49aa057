/*
 * slab_source.h - what caches of tests live on: a source of pages that counts,
 * fills with junk and fails, and the faults that were reported.
 */
#ifndef KMB_SLAB_SOURCE_H
#define KMB_SLAB_SOURCE_H

#include "test.h"
#include "host_plain.h"

#include <pthread.h>
#include <unistd.h>

#include "../kernels/slab/slab.h"

#define SLAB_SOURCE_CPUS 4
#define SLAB_SOURCE_NODES 2
#define SLAB_SOURCE_NODE_PAGES 8192
#define SLAB_SOURCE_JUNK 0xa5

/* One byte for every word of memory; a block is given back without marks. */
enum slab_mark {
	SLAB_MARK_IN_USE = 1 << 0,
	SLAB_MARK_FILLED = 1 << 1, /* the model knows what is in it */
};
#define SLAB_MARKS (SLAB_SOURCE_NODES * SLAB_SOURCE_NODE_PAGES * PAGE_SIZE / 8)

struct slab_source_node {
	struct list_head free[NR_PAGE_ORDERS]; /* the last freed first */
	pfn_t next, end;		       /* never handed out yet */
};

struct slab_source {
	struct physmem mem;
	struct page_source pages;
	struct slab_host host;
	uint8_t cpu_node[KMB_MAX_THREADS];
	uint8_t *marks; /* [SLAB_MARKS] */

	pthread_mutex_t lock; /* of what follows */
	struct slab_source_node node[SLAB_SOURCE_NODES];
	uint64_t nr_pages; /* handed out */
	uint64_t nr_calls, nr_failed;
	uint64_t fail_every; /* each call that it divides fails; 0: none */
	uint64_t nr_faults;
	struct slab_fault fault; /* the last */
};

static uint8_t *slab_source_marks(struct slab_source *s, const void *addr)
{
	return s->marks + ((const char *)addr - s->mem.base) / 8;
}

static struct page *slab_source_take(struct slab_source *s, unsigned n,
				     unsigned order)
{
	struct slab_source_node *node = &s->node[n];
	struct page *page;

	if (!list_empty(&node->free[order])) {
		page = list_first_entry(&node->free[order], struct page, lru);
		list_del(&page->lru);
		return page;
	}
	if (align_up(node->next, 1ull << order) + (1ull << order) > node->end)
		return NULL;
	node->next = align_up(node->next, 1ull << order);
	page = pfn_to_page(&s->mem, node->next);
	node->next += 1ull << order;
	return page;
}

/* On this CPU's node, else on another. */
static struct page *slab_source_alloc(void *self, unsigned cpu, unsigned order)
{
	struct slab_source *s = self;
	const unsigned own = s->cpu_node[cpu];
	struct page *page = NULL;

	pthread_mutex_lock(&s->lock);
	if (!s->fail_every || ++s->nr_calls % s->fail_every)
		for (unsigned i = 0; !page && i < SLAB_SOURCE_NODES; i++)
			page = slab_source_take(s, own ^ i, order);
	if (page)
		s->nr_pages += 1ull << order;
	else
		s->nr_failed++;
	pthread_mutex_unlock(&s->lock);
	if (page)
		memset(pfn_to_virt(&s->mem, page_to_pfn(&s->mem, page)),
		       SLAB_SOURCE_JUNK, PAGE_SIZE << order);
	return page;
}

/* What is freed is no slab any more, and nobody's object lies in it. */
static void slab_source_free(void *self, unsigned cpu, struct page *page,
			     unsigned order)
{
	struct slab_source *s = self;
	pfn_t pfn = page_to_pfn(&s->mem, page);
	uint8_t *marks = slab_source_marks(s, pfn_to_virt(&s->mem, pfn));

	(void)cpu;
	assert_int_equal(pfn % (1ull << order), 0);
	for (struct page *p = page; p < page + (1ull << order); p++) {
		assert_false(page_test(p, PG_slab));
		assert_int_equal(p->_mapcount, -1);
		assert_int_equal(p->_refcount, 0);
		assert_null(p->mapping);
	}
	for (uint64_t i = 0; i < PAGE_SIZE << order >> 3; i++) {
		assert_false(marks[i] & SLAB_MARK_IN_USE);
		marks[i] = 0;
	}
	pthread_mutex_lock(&s->lock);
	s->nr_pages -= 1ull << order;
	list_add(&page->lru, &s->node[page_to_nid(page)].free[order]);
	pthread_mutex_unlock(&s->lock);
}

static void slab_source_fault(void *arg, const struct slab_fault *fault)
{
	struct slab_source *s = arg;

	pthread_mutex_lock(&s->lock);
	s->fault = *fault;
	s->nr_faults++;
	pthread_mutex_unlock(&s->lock);
}

/* As many CPUs as any thread can run on, and as those that tests name. */
static unsigned slab_source_cpus(void)
{
	long nr = sysconf(_SC_NPROCESSORS_CONF);

	if (nr <= SLAB_SOURCE_CPUS)
		return SLAB_SOURCE_CPUS;
	return nr < KMB_MAX_THREADS ? (unsigned)nr : KMB_MAX_THREADS;
}

/* On one node all CPUs are node 0's, whose pages go first; else they are each
 * node's in turn. */
static void slab_source_begin(struct slab_source *s, unsigned nr_nodes)
{
	struct physmem_config config = { .nr_nodes = SLAB_SOURCE_NODES };

	memset(s, 0, sizeof(*s));
	for (unsigned n = 0; n < SLAB_SOURCE_NODES; n++) {
		struct slab_source_node *node = &s->node[n];

		config.node_pages[n] = SLAB_SOURCE_NODE_PAGES;
		node->next = n * SLAB_SOURCE_NODE_PAGES;
		node->end = node->next + SLAB_SOURCE_NODE_PAGES;
		for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
			list_init(&node->free[o]);
	}
	for (unsigned cpu = 0; cpu < KMB_MAX_THREADS; cpu++)
		s->cpu_node[cpu] = (uint8_t)(cpu % nr_nodes);
	assert_int_equal(physmem_init(&s->mem, &config, &host_plain), 0);
	s->marks = calloc(SLAB_MARKS, 1);
	assert_non_null(s->marks);
	pthread_mutex_init(&s->lock, NULL);
	s->pages = (struct page_source){
		.alloc_pages = slab_source_alloc,
		.free_pages = slab_source_free,
		.self = s,
		.mem = &s->mem,
	};
	s->host = (struct slab_host){
		.pages = &s->pages,
		.nr_cpus = slab_source_cpus(),
		.nr_nodes = nr_nodes,
		.cpu_node = nr_nodes > 1 ? s->cpu_node : NULL,
		.fault = slab_source_fault,
		.fault_arg = s,
	};
}

/* Whether pages came back is the caller's to check: nr_pages. */
static void slab_source_end(struct slab_source *s)
{
	pthread_mutex_destroy(&s->lock);
	free(s->marks);
	physmem_destroy(&s->mem);
}

#endif
