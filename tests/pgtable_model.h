/*
 * pgtable_model.h - the flat model of an address space: what maps each page of
 * a few spans of it; and a source of pages that counts, poisons and fails.
 */
#ifndef KMB_PGTABLE_MODEL_H
#define KMB_PGTABLE_MODEL_H

#include "test.h"
#include "host_plain.h"

#include <errno.h>
#include <pthread.h>

#include "../kernels/base/random.h"
#include "../kernels/pgtable/pgtable.h"

#if KMB_DEBUG || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PGTABLE_DEBUG_SCALE 10 /* so many times fewer operations */
#else
#define PGTABLE_DEBUG_SCALE 1
#endif

/* Frames of tables are drawn from [0, PGTABLE_TABLE_FRAMES). */
#define PGTABLE_TABLE_FRAMES 16384
#define PGTABLE_POISON 0xa5

/* Pages by order, each order's free ones on a list, the last freed first. */
struct counting_source {
	struct physmem mem;
	struct page_source source;
	struct page_source *sources[1];
	pthread_mutex_t lock;
	struct list_head free[NR_PAGE_ORDERS];
	pfn_t next; /* never handed out from here on */
	uint64_t nr_pages;
	uint64_t left; /* allocations until one fails */
};

static struct counting_source counting;

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
	memset(pfn_to_virt(&c->mem, pfn), PGTABLE_POISON, PAGE_SIZE << order);
	pthread_mutex_lock(&c->lock);
	assert_int_equal(READ_ONCE(page->_refcount), 0);
	c->nr_pages -= 1ull << order;
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
	counting.sources[0] = &counting.source;
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

/* level 0: not mapped. */
struct model_page {
	uint64_t pfn, flags;
	unsigned level;
};

struct model_span {
	uint64_t start, nr_pages;
	struct model_page *pages;
};

struct pgtable_model {
	struct model_span spans[8];
	unsigned nr_spans;
	uint64_t leaf_size[LEVEL_PGD + 1]; /* 0: no such pages */
};

static void model_add_span(struct pgtable_model *m, uint64_t start,
			   uint64_t end)
{
	uint64_t nr_pages = (end - start) >> PAGE_SHIFT;

	assert_true(m->nr_spans < ARRAY_SIZE(m->spans));
	m->spans[m->nr_spans++] = (struct model_span){
		.start = start,
		.nr_pages = nr_pages,
		.pages = calloc(nr_pages, sizeof(struct model_page)),
	};
}

static void model_free(struct pgtable_model *m)
{
	while (m->nr_spans)
		free(m->spans[--m->nr_spans].pages);
}

static uint64_t model_addr(const struct model_span *s, uint64_t i)
{
	return s->start + (i << PAGE_SHIFT);
}

/* Of pages [i, end), those that are mapped. */
static uint64_t model_mapped(const struct model_span *s, uint64_t i,
			     uint64_t end)
{
	uint64_t nr = 0;

	for (; i < end; i++)
		nr += s->pages[i].level != 0;
	return nr;
}

static void model_map(struct pgtable_model *m, struct model_span *s, uint64_t i,
		      pfn_t pfn, unsigned level, uint64_t flags)
{
	for (uint64_t n = m->leaf_size[level] >> PAGE_SHIFT; n--;)
		s->pages[i + n] = (struct model_page){ pfn + n, flags, level };
}

/* Huge pages that lie across the start of page i become smaller ones. */
static void model_split(struct pgtable_model *m, struct model_span *s,
			uint64_t i)
{
	while (i < s->nr_pages && s->pages[i].level > LEVEL_PTE) {
		unsigned level = s->pages[i].level;
		uint64_t nr = m->leaf_size[level] >> PAGE_SHIFT;
		uint64_t first = i - (model_addr(s, i) >> PAGE_SHIFT) % nr;

		if (first == i)
			break;
		for (uint64_t n = 0; n < nr; n++)
			s->pages[first + n].level = level - 1;
	}
}

static void model_split_ends(struct pgtable_model *m, struct model_span *s,
			     uint64_t i, uint64_t end)
{
	model_split(m, s, i);
	model_split(m, s, end);
}

static uint64_t model_unmap(struct pgtable_model *m, struct model_span *s,
			    uint64_t i, uint64_t end)
{
	uint64_t nr = model_mapped(s, i, end);

	model_split_ends(m, s, i, end);
	memset(s->pages + i, 0, (end - i) * sizeof(*s->pages));
	return nr;
}

static void model_protect(struct pgtable_model *m, struct model_span *s,
			  uint64_t i, uint64_t end, uint64_t set,
			  uint64_t clear)
{
	model_split_ends(m, s, i, end);
	for (; i < end; i++)
		if (s->pages[i].level)
			s->pages[i].flags = (s->pages[i].flags & ~clear) | set;
}

/* One call of a strategy, by pages of a span. */
struct pgtable_call {
	enum { CALL_MAP, CALL_PROTECT, CALL_UNMAP } kind;
	uint64_t page, end;
	unsigned level; /* of what is mapped */
};

static void model_call(struct pgtable_model *m, struct model_span *span,
		       const struct pgtable_call *c)
{
	if (c->kind == CALL_MAP)
		model_map(m, span, c->page, 1024, c->level, PAGE_PRESENT);
	else if (c->kind == CALL_PROTECT)
		model_protect(m, span, c->page, c->end, PAGE_RW, 0);
	else
		model_unmap(m, span, c->page, c->end);
}

#endif
