/* pgtable_bench.c - memory, spans and addresses for the loops of pgtable. */
#include "pgtable_bench.h"

#include <errno.h>
#include <stdlib.h>

#include "node_metrics.h"

#include "../kernels/base/bitops.h"

/* Frames to map: so many that two threads rarely hold the same. */
#define MAPPED_FRAMES 4096
/* Addresses in a thread's list, at least: longer than what is remembered of it
 * by a predictor of branches. */
#define MIN_ADDRESSES (64ull << 10)

static struct page *pages_alloc(void *self, unsigned cpu, unsigned order)
{
	struct pgtable_pages *p = self;
	struct page *page = NULL;

	(void)cpu;
	spin_lock(&p->lock);
	if (!list_empty(&p->free[order])) {
		page = list_entry(list_pop(&p->free[order]), struct page, lru);
	} else {
		pfn_t pfn = align_up(p->next, 1ull << order);

		if (pfn + (1ull << order) <= p->end) {
			page = pfn_to_page(p->mem, pfn);
			p->next = pfn + (1ull << order);
		}
	}
	if (page)
		p->nr_taken += 1ull << order;
	spin_unlock(&p->lock);
	return page;
}

static void pages_free(void *self, unsigned cpu, struct page *page,
		       unsigned order)
{
	struct pgtable_pages *p = self;

	(void)cpu;
	spin_lock(&p->lock);
	list_add(&page->lru, &p->free[order]);
	p->nr_taken -= 1ull << order;
	spin_unlock(&p->lock);
}

static void pages_init(struct pgtable_pages *p, struct physmem *mem, pfn_t next,
		       pfn_t end)
{
	*p = (struct pgtable_pages){ .mem = mem, .next = next, .end = end };
	spin_lock_init(&p->lock);
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		list_init(&p->free[o]);
	p->source = (struct page_source){ .alloc_pages = pages_alloc,
					  .free_pages = pages_free,
					  .self = p,
					  .mem = mem };
}

static uint64_t at_most(uint64_t x, uint64_t limit)
{
	return x < limit ? x : limit;
}

static uint64_t node_pages_of(const struct bench_env *env)
{
	return align_down(env->point.memory >> PAGE_SHIFT,
			  1ull << MAX_PAGE_ORDER);
}

/*
 * A quarter of a node's memory is for PTE tables, those of a child included:
 * hash tables need up to 11.4 KiB for what one of 4 KiB maps.
 */
struct pgtable_span pgtable_span_of(const struct bench_env *env,
				    uint64_t table_span)
{
	const struct pgtable_workload *workload = env->bench->arg;
	uint64_t bytes = env->point.size;
	uint64_t pages = at_most(bytes, table_span) >> PAGE_SHIFT;
	uint64_t tables = bytes > table_span ? bytes / table_span : 1;
	uint64_t room = node_pages_of(env) / 4 >> workload->forked;
	struct pgtable_span span;

	span.nr_tables = 1ull << fls64(at_most(tables, room) | 1);
	span.table_step = table_span * (tables / span.nr_tables);
	span.per_table = at_most(
		1ull << fls64(pages),
		PGTABLE_MAX_PAGES / at_most(span.nr_tables, PGTABLE_MAX_PAGES));
	if (workload->stride)
		span.per_table = 1;
	span.page_step = (pages / span.per_table) << PAGE_SHIFT;
	span.nr_pages = span.nr_tables * span.per_table;
	return span;
}

uint64_t pgtable_span_addr(const struct pgtable_span *span, uint64_t i)
{
	return (i >> ffs64(span->per_table)) * span->table_step +
	       (i & (span->per_table - 1)) * span->page_step;
}

/* A power of two; among mixed pages, so many that a huge one has its own. */
static uint64_t frames_to_map(const struct bench_env *env, uint64_t table_span)
{
	const struct pgtable_workload *workload = env->bench->arg;
	uint64_t nr = at_most(MAPPED_FRAMES, node_pages_of(env) / 16);
	uint64_t huge = workload->mixed ? table_span >> PAGE_SHIFT : 1;

	return 1ull << fls64(nr > huge ? nr : huge);
}

/*
 * The first frames of the first node are mapped, the next one is all zeros, the
 * others become tables.
 */
static int memory_init(struct pgtable_bench *bench, const struct bench_env *env,
		       uint64_t table_span)
{
	uint64_t node_pages = node_pages_of(env);
	struct physmem_config config = { .nr_nodes = env->nr_nodes };

	bench->nr_frames = frames_to_map(env, table_span);
	if (bench->nr_frames >= node_pages)
		return -ENOMEM;
	for (unsigned n = 0; n < env->nr_nodes; n++)
		config.node_pages[n] = node_pages;
	if (physmem_init(&bench->mem, &config, env->host))
		return -ENOMEM;
	bench->zero_pfn = bench->nr_frames;
	for (pfn_t pfn = 0; pfn <= bench->zero_pfn; pfn++) {
		struct page *page = pfn_to_page(&bench->mem, pfn);

		set_page_count(page, 1);
		page->mapping = bench; /* so it may be mlocked */
	}
	for (unsigned n = 0; n < env->nr_nodes; n++) {
		struct pgtable_pages *p = &bench->pages[n];

		pages_init(p, &bench->mem,
			   n ? n * node_pages : bench->zero_pfn + 1,
			   (n + 1) * node_pages);
		bench->sources[n] = &p->source;
	}
	return 0;
}

struct pgtable_bench *pgtable_bench_new(const struct bench_env *env,
					size_t space_bytes, uint64_t table_span)
{
	struct pgtable_bench *bench = calloc(1, sizeof(*bench));
	unsigned threads = env->point.threads;

	if (!bench)
		return NULL;
	bench->env = env;
	bench->space = aligned_alloc(CACHE_LINE_BYTES,
				     align_up(space_bytes, CACHE_LINE_BYTES));
	bench->threads = aligned_alloc(CACHE_LINE_BYTES,
				       threads * sizeof(*bench->threads));
	bench->pages = aligned_alloc(CACHE_LINE_BYTES,
				     env->nr_nodes * sizeof(*bench->pages));
	if (!bench->space || !bench->threads || !bench->pages ||
	    memory_init(bench, env, table_span)) {
		free(bench->space);
		free(bench->threads);
		free(bench->pages);
		free(bench);
		return NULL;
	}
	for (unsigned t = 0; t < threads; t++)
		bench->threads[t] = (struct pgtable_thread){ .bench = bench };
	bench->span = pgtable_span_of(env, table_span);
	return bench;
}

void pgtable_node_metrics(const struct pgtable_bench *bench,
			  bench_metric_fn emit, void *arg)
{
	for (unsigned n = 0; n < bench->env->nr_nodes; n++)
		node_metric(n, "pages", bench->pages[n].nr_taken, emit, arg);
}

/* Most threads have freed theirs in thread_teardown. */
static void free_thread(struct pgtable_thread *t)
{
	free(t->addr);
	free(t->pfn);
	t->addr = NULL;
	t->pfn = NULL;
}

void pgtable_bench_free(struct pgtable_bench *bench)
{
	for (unsigned t = 0; t < bench->env->point.threads; t++)
		free_thread(&bench->threads[t]);
	physmem_destroy(&bench->mem);
	free(bench->space);
	free(bench->threads);
	free(bench->pages);
	free(bench);
}

/*
 * The k-th most wanted of n by about 1/k: any power of two up to n is as likely
 * as any other, and so are the pages between two of them. An odd factor
 * scatters them.
 */
static uint64_t draw_zipf(uint64_t n, struct random *r)
{
	uint64_t power = 1ull << random_below(r, fls64(n) + 1u);
	uint64_t rank = power - 1 + random_below(r, power);

	return (rank & (n - 1)) * 0x9e3779b97f4a7c15ull & (n - 1);
}

static uint64_t draw_page(const struct pgtable_bench *bench,
			  enum pgtable_order order, struct random *r,
			  uint64_t next)
{
	uint64_t nr = bench->span.nr_pages;

	switch (order) {
	case PGTABLE_UNIFORM:
		return random_below(r, nr);
	case PGTABLE_ZIPF:
		return draw_zipf(nr, r);
	default:
		return next % nr;
	}
}

static int list_init_of(struct bench_thread *self, enum pgtable_order order,
			uint64_t nr, uint64_t first)
{
	struct pgtable_bench *bench = self->state;
	struct pgtable_thread *t = &bench->threads[self->cpu];
	struct random seed = { self->env->point.seed };
	struct random r = { random_next(&seed) ^ self->cpu };

	self->local = t;
	t->nr_addrs = nr;
	t->addr = malloc(nr * sizeof(*t->addr));
	t->pfn = malloc(PGTABLE_BATCH_OPS * sizeof(*t->pfn));
	if (!t->addr || !t->pfn)
		return -ENOMEM;
	for (uint64_t i = 0; i < nr; i++)
		t->addr[i] = pgtable_span_addr(
			&bench->span, draw_page(bench, order, &r, first + i));
	return 0;
}

int pgtable_thread_init(struct bench_thread *self)
{
	const struct pgtable_bench *bench = self->state;
	const struct pgtable_workload *workload = self->env->bench->arg;
	uint64_t nr = bench->span.nr_pages, threads = self->env->point.threads;
	uint64_t own = align_up(nr / threads, PGTABLE_BATCH_OPS);

	return list_init_of(self, workload->order,
			    own > MIN_ADDRESSES ? own : MIN_ADDRESSES,
			    nr / threads * self->cpu);
}

int pgtable_thread_sequence(struct bench_thread *self)
{
	const struct pgtable_bench *bench = self->state;

	return list_init_of(self, PGTABLE_SEQUENTIAL, bench->span.nr_pages, 0);
}

/* Pages of a thread's part: whole PTE tables, where there are as many. */
static uint64_t part_pages(const struct bench_env *env)
{
	uint64_t pages = env->point.size / env->point.threads >> PAGE_SHIFT;

	if (pages > 1024)
		pages = align_down(pages, 1024);
	return pages ? pages : 1;
}

int pgtable_thread_part(struct bench_thread *self)
{
	struct pgtable_bench *bench = self->state;
	struct pgtable_thread *t = &bench->threads[self->cpu];

	self->local = t;
	t->pages = part_pages(self->env);
	t->first = (self->cpu * t->pages) << PAGE_SHIFT;
	return 0;
}

uint64_t pgtable_bench_round(const struct bench_env *env)
{
	return 2 * part_pages(env);
}

void pgtable_thread_free(struct bench_thread *self)
{
	struct pgtable_bench *bench = self->state;

	free_thread(&bench->threads[self->cpu]);
}

/* The sizes are in ascending order. */
static void limit_sizes(struct bench_sizes *sizes, uint64_t max)
{
	while (sizes->nr && sizes->v[sizes->nr - 1] > max)
		sizes->nr--;
}

void pgtable_add_case(struct bench_case *bench, uint64_t top)
{
	uint64_t span = 1ull << fls64(top);

	if (bench->size_max > span)
		bench->size_max = span;
	limit_sizes(&bench->sizes, bench->size_max);
	limit_sizes(&bench->quick_sizes, bench->size_max);
	bench->aside |= strcmp(bench_variant(bench->workload), "x86_64") != 0;
	bench_add_case(bench);
}
