/*
 * pgtable_bench.h - what the loops of family pgtable share: memory for tables,
 * the pages of a span that are mapped, and the addresses that a thread walks.
 *
 * Nothing here knows a strategy or a format; the timed loops are in
 * pgtable_loops*.h.
 */
#ifndef KMB_PGTABLE_BENCH_H
#define KMB_PGTABLE_BENCH_H

#include "bench.h"

#include "../kernels/base/random.h"
#include "../kernels/mm/page_source.h"
#include "../kernels/sync/spinlock.h"

/* Walks in one call of walk_many(), and in a batch. */
#define PGTABLE_BATCH_OPS 4096

/*
 * Which pages of a span are mapped: nr_tables PTE tables, table_step bytes of
 * addresses apart, in each per_table pages, page_step apart. The first and the
 * last two are powers of two.
 *
 * Memory for the tables is limited, so of a large span only every other table
 * is there, or every fourth, ...; and no more than PGTABLE_MAX_PAGES pages are
 * mapped, evenly spread: from a span of 64 GiB on their lines, 64 MiB and more,
 * are beyond most caches.
 */
struct pgtable_span {
	uint64_t nr_tables, table_step;
	uint64_t per_table, page_step;
	uint64_t nr_pages; /* nr_tables * per_table */
};
#define PGTABLE_MAX_PAGES (4ull << 20)

/* Pages for tables on one node: by order, those given back, the last first;
 * else the next that was never given out. */
struct pgtable_pages {
	struct spinlock lock;
	struct physmem *mem;
	pfn_t next, end;
	struct list_head free[NR_PAGE_ORDERS]; /* by page->lru */
	uint64_t nr_taken;		       /* pages */
	struct page_source source;
} cacheline_aligned;

/* In what order a thread walks the pages of the span. */
enum pgtable_order {
	PGTABLE_SEQUENTIAL,
	PGTABLE_UNIFORM, /* each page as likely as any other */
	PGTABLE_ZIPF,	 /* the k-th by 1/k; neighbours are strangers */
};

/* What a workload is: bench_case.arg. */
struct pgtable_workload {
	enum pgtable_order order;
	bool stride; /* one page of each PTE table */
	bool empty;  /* nothing is mapped at first */
	bool mixed;  /* all kinds of pages are: pgtable_mix.h */
	bool forked; /* there will be a second space as large */
};

/* One thread's part of a case; in lines of its own. */
struct pgtable_thread {
	struct pgtable_bench *bench;
	uint64_t *addr; /* [nr_addrs], in a circle */
	uint64_t nr_addrs, at;
	pfn_t *pfn;	       /* [PGTABLE_BATCH_OPS] what walk_many() found */
	uint64_t first, pages; /* populate: address of its part, and size */
} cacheline_aligned;

struct pgtable_bench {
	const struct bench_env *env;
	struct physmem mem;
	struct pgtable_span span;
	/* Frames to map, a power of two of them; nobody looks inside. */
	pfn_t frames;
	uint64_t nr_frames;
	pfn_t zero_pfn;			/* and one for mm->zero_pfn */
	void *space;			/* the strategy's */
	struct pgtable_thread *threads; /* [env->point.threads] */
	struct pgtable_pages *pages;	/* [env->nr_nodes] */
	struct page_source *sources[MAX_NUMNODES];
};

/* The frame that is mapped at an address. */
forceinline pfn_t pgtable_frame(const struct pgtable_bench *bench,
				uint64_t addr)
{
	return bench->frames + (addr >> PAGE_SHIFT & (bench->nr_frames - 1));
}

/* The pages at env's point; the bytes as below. */
struct pgtable_span pgtable_span_of(const struct bench_env *env,
				    uint64_t table_span);
/* The i-th mapped page of the span. */
uint64_t pgtable_span_addr(const struct pgtable_span *span, uint64_t i);

/*
 * Memory, spans and threads for env's point; `table_span` are the bytes of
 * addresses that a PTE table maps. NULL: out of memory.
 */
struct pgtable_bench *pgtable_bench_new(const struct bench_env *env,
					size_t space_bytes,
					uint64_t table_span);
void pgtable_bench_free(struct pgtable_bench *bench);

/* Metrics of several nodes: pages of tables on each. */
void pgtable_node_metrics(const struct pgtable_bench *bench,
			  bench_metric_fn emit, void *arg);

/* bench_case.thread_setup and its like: a list of addresses; 0 or -ENOMEM. */
int pgtable_thread_init(struct bench_thread *self);
/* The same for all pages in order. */
int pgtable_thread_sequence(struct bench_thread *self);
/* The same for a part of an empty span. */
int pgtable_thread_part(struct bench_thread *self);
void pgtable_thread_free(struct bench_thread *self);

/* bench_case.round of populate: all pages of a part, there and back. */
uint64_t pgtable_bench_round(const struct bench_env *env);

/* The next *part <= left addresses of a thread, at most PGTABLE_BATCH_OPS. */
forceinline const uint64_t *pgtable_next(struct pgtable_thread *t,
					 uint64_t left, uint64_t *part)
{
	const uint64_t *addr = t->addr + t->at;
	uint64_t nr = t->nr_addrs - t->at;

	if (nr > left)
		nr = left;
	if (nr > PGTABLE_BATCH_OPS)
		nr = PGTABLE_BATCH_OPS;
	t->at += nr;
	if (t->at == t->nr_addrs)
		t->at = 0;
	*part = nr;
	return addr;
}

/*
 * bench_add_case() for a format whose users have addresses below `top`: with
 * the sizes that fit; set aside unless it is x86_64's.
 */
void pgtable_add_case(struct bench_case *bench, uint64_t top);

#endif
