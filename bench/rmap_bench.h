/*
 * rmap_bench.h - what the loops of family rmap share: memory for a world, its
 * processes, and the pages that are asked for.
 *
 * Nothing here knows a strategy; the timed loops are in rmap_loops*.h.
 */
#ifndef KMB_RMAP_BENCH_H
#define KMB_RMAP_BENCH_H

#include <stdio.h>

#include "bench.h"
#include "rmap_script.h"

#include "../kernels/rmap/rmap.h"

/* What the world of a workload is made of, at most at once. */
struct rmap_needs {
	uint64_t tables; /* of page tables, all processes' together */
	uint64_t pages;	 /* of processes' own */
	uint64_t file_pages;
	uint64_t swap_slots;
	uint64_t object_bytes; /* areas and what schemes keep */
};

struct rmap_workload;
/* Write the script of a workload at a point (rmap_scenes.h). */
typedef void rmap_scene_fn(FILE *out, const struct rmap_workload *workload,
			   const struct bench_point *point);

/* What a workload is: bench_case.arg. */
struct rmap_workload {
	rmap_scene_fn *write;
	void (*needs)(const struct bench_env *env, struct rmap_needs *needs);
	/* The pages that its rounds ask for stay what they are: they are looked
	 * up before the clock, and locked; unless it takes them away. */
	bool aims, takes;
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

/* What a script does between two `phase` lines. */
struct rmap_stretch {
	const struct rmap_op *first, *end;
	uint64_t ops;	 /* that it counts as */
	uint64_t target; /* the first one that it asks for, if it aims */
	bool unmaps;	 /* takes pages away */
	bool looks;	 /* asks for targets, and does nothing else */
};

/* Which of the rounds comes next. */
struct rmap_turn {
	uint64_t next;
} cacheline_aligned;

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
	struct rmap_script *script;
	const struct rmap_op *built;  /* the world is, before this one */
	struct rmap_stretch *stretch; /* [script's rounds][its phases] */
	struct rmap_turn *turn;	      /* [threads] */
	uint64_t round;		      /* operations in one */
	bool dumps;		      /* a round's peak is at its `dump` */
	bool peaking;		      /* a round is run to see it */
	void *world;		      /* the strategy's */
	struct mm_struct **mm;	      /* [script's processes]; NULL: none */
	struct page **target;	      /* that are asked for, as they come */
	uint64_t nr_targets;
	x86_64_pte_t *entries; /* [point.size] that map nothing: add */
	struct rmap_peak peak;
	struct rmap_stats before; /* when all was set up */
};

/* The script and memory for env's point, and no world yet. NULL: out of
 * memory. */
struct rmap_bench *rmap_bench_new(const struct bench_env *env,
				  size_t world_bytes);
void rmap_bench_free(struct rmap_bench *bench);

/* The next page to be asked for, with a reference; it stays locked. */
void rmap_bench_target(struct rmap_bench *bench, struct page *page);
/* They are locked by those who ask for them. */
void rmap_bench_unlock(struct rmap_bench *bench);
/* No page is a target any more. */
void rmap_bench_forget(struct rmap_bench *bench);

/* The stretches of the round that is next for a thread. */
const struct rmap_stretch *rmap_bench_turn(struct rmap_bench *bench,
					   unsigned cpu);

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
