/*
 * rmap_bench.h - what the loops of family rmap share: memory for a world, its
 * processes, and the pages that are asked for.
 *
 * Nothing here knows a strategy; the timed loops are in rmap_loops*.h.
 */
#ifndef KMB_RMAP_BENCH_H
#define KMB_RMAP_BENCH_H

#include "bench.h"

#include "../kernels/base/random.h"
#include "../kernels/rmap/rmap.h"

/* Where processes have their own pages, and files'. */
#define RMAP_ANON_BASE (1ull << 32)
#define RMAP_FILE_BASE (1ull << 33)

/* What the world of a workload is made of, at most at once. */
struct rmap_needs {
	uint64_t mms;
	uint64_t tables; /* of page tables, all processes' together */
	uint64_t pages;	 /* of processes' own */
	uint64_t file_pages;
	uint64_t swap_slots;
	uint64_t object_bytes; /* areas and what schemes keep */
	uint64_t targets;
};

/* What a workload is: bench_case.arg. */
struct rmap_workload {
	void (*needs)(const struct bench_env *env, struct rmap_needs *needs);
	unsigned copied; /* eighths of its pages that a child writes */
	bool orphan;	 /* a process ends as soon as it has a child */
};

/*
 * Pages of all orders: those that a CPU gave back, the last first; else the
 * next that was never given out.
 */
struct rmap_pages {
	struct physmem *mem;
	struct spinlock lock;
	pfn_t next, end;
	struct rmap_free {
		struct list_head free[NR_PAGE_ORDERS]; /* by page->lru */
	} cacheline_aligned *cpu;		       /* [nr_cpus] */
	struct page_source source;
};

/* A page that is asked for, and how many entries map it. */
struct rmap_target {
	struct page *page;
	uint64_t nr;
};

/* Where a workload has the most processes and mappings. */
struct rmap_peak {
	uint64_t bytes, mappings, processes, areas;
	uint64_t links, anon_vmas;
};

struct rmap_bench {
	const struct bench_env *env;
	struct physmem mem;
	/* Nobody looks inside data; what tables and objects are in becomes
	 * real memory at the first touch, and stays theirs. */
	struct rmap_pages tables, data;
	struct slab_host slab;
	struct rmap_needs needs;
	void *world;	       /* the strategy's */
	struct mm_struct **mm; /* [needs.mms]; NULL: none */
	uint64_t nr_mms;       /* of these that are there, in standing worlds */
	uint64_t next_mm;      /* in a ring */
	struct rmap_target *target; /* [needs.targets] */
	uint64_t nr_targets, next_target;
	uint64_t nr_found;     /* sum of target[].nr */
	x86_64_pte_t *entries; /* [point.size] that map nothing: add */
	bool peaking;	       /* a round is run to see its peak */
	struct rmap_peak peak;
	struct rmap_stats before; /* when all was set up */
	struct random random;
};

/* Memory for env's point, and no world yet. NULL: out of memory. */
struct rmap_bench *rmap_bench_new(const struct bench_env *env,
				  size_t world_bytes);
void rmap_bench_free(struct rmap_bench *bench);

/* One more page to be asked for, with a reference; it stays locked. */
void rmap_bench_target(struct rmap_bench *bench, struct page *page,
		       uint64_t nr);
/* In a random order. */
void rmap_bench_shuffle(struct rmap_bench *bench);
/* No page is a target any more. */
void rmap_bench_forget(struct rmap_bench *bench);

/* Entries of all processes, once each. */
uint64_t rmap_bench_mappings(const struct list_head *mmlist);
/* How many processes there are. */
uint64_t rmap_bench_processes(const struct list_head *mmlist);

/* Say what was at the peak, and found since the start. */
void rmap_bench_metrics(const struct rmap_bench *bench,
			const struct rmap_stats *stats, bench_metric_fn emit,
			void *arg);

/* bench_add_case(), with no more processes than a scheme that looks at all
 * their entries for each page can do in the time there is. */
void rmap_add_case(struct bench_case *bench, unsigned traits);

#endif
