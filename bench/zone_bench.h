/*
 * zone_bench.h - what the loops of family zone share: a machine of zones, a
 * thread for each node's kswapd, and what each task holds.
 *
 * Nothing here knows a strategy; the timed loops are in zone_loops.h.
 */
#ifndef KMB_ZONE_BENCH_H
#define KMB_ZONE_BENCH_H

#include <pthread.h>

#include "bench.h"

#include "../kernels/base/random.h"
#include "../kernels/zone/zone.h"

struct zone_bench;

/* What a workload's machine and requests are: bench_case.arg. */
struct zone_workload {
	/* i386 with 4 GiB, to scale: DMA 1/256, NORMAL 7/32, then HIGHMEM. If
	 * not, DMA of at most 16 MiB, and NORMAL. */
	bool highmem;
	gfp_t gfp;
};

/* Pages of one zone that a task links up before they go to the LRU at once. */
struct zone_pile {
	struct list_head list; /* by page->lru */
	uint64_t nr;
};

/* One thread's task; in lines of its own. */
struct zone_thread {
	struct zone_task task;
	void *zones; /* the strategy's */
	struct zone_bench *bench;
	const struct zone_workload *workload;
	uint64_t at;	/* the loop's place */
	uint64_t burst; /* of a storm, in requests */

	pfn_t *slots; /* [nr_slots] of pages that reclaim may take */
	uint64_t nr_slots;
	uint64_t *held; /* [nr_held] blocks, pfn << 4 | order */
	uint64_t nr_held;
	uint64_t *pinned; /* [nr_pinned] the same; not for the killer */
	uint64_t nr_pinned;
	struct zone_pile *piles; /* [nr_piles], by zone_id() */
	unsigned nr_piles;
} cacheline_aligned;

struct zone_kswapd {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool woken, stop, started; /* under mutex */
	struct zone_task task;
	struct zone_bench *bench;
} cacheline_aligned;

struct zone_bench {
	const struct bench_env *env;
	struct physmem mem;
	struct zones_config config;
	struct zone_hooks hooks;
	void *zones;		     /* the strategy's struct S_zones */
	struct zone_thread *threads; /* [env->point.threads] */
	struct zone_kswapd *kswapds; /* [env->nr_nodes] */
	uint64_t nr_reclaims;	     /* of all: ends a congestion_wait() */

	/* spill: threads of other nodes that were through, in all stretches;
	 * and pages held at the end, if they were counted. */
	uint64_t nr_done;
	uint64_t node_pages[MAX_NUMNODES];
	bool counted;

	/* The strategy's, for those off the fast path. */
	void (*kswapd)(void *zones, struct zone_task *task);
	void (*free_pages)(void *zones, const struct zone_task *task, pfn_t pfn,
			   unsigned order);
};

#define ZONE_NO_BLOCK UINT64_MAX

/* Pages that come to and leave the page cache at once: a pagevec. */
#define ZONE_PAGEVEC 16

forceinline uint64_t zone_block(pfn_t pfn, unsigned order)
{
	return pfn == PFN_NONE ? ZONE_NO_BLOCK : pfn << 4 | order;
}

/*
 * The memory of env laid out for its workload, with boot_bytes on each node and
 * room for zones_bytes. NULL: out of memory.
 */
struct zone_bench *zone_bench_new(const struct bench_env *env,
				  size_t boot_bytes, size_t zones_bytes);
void zone_bench_free(struct zone_bench *bench);

/* CPUs that the zones are to know: the threads', and one for each kswapd. */
unsigned zone_bench_cpus(const struct bench_env *env);
uint64_t zone_bench_node_pages(const struct bench_env *env);

/* When the zones are made: 0, or -errno. */
int zone_bench_start_kswapds(struct zone_bench *bench);
/* They end; their memory stays. */
void zone_bench_stop_kswapds(struct zone_bench *bench);

/* A thread's task, with room for so much; all slots and held blocks are empty.
 * 0 or -ENOMEM. */
int zone_thread_init(struct bench_thread *self, uint64_t nr_slots,
		     uint64_t nr_held);
void zone_thread_free(struct bench_thread *self);
/* Count from here on. */
void zone_thread_start(struct zone_thread *t);

/*
 * A thread's equal part of the pages that GFP_KERNEL may take in all: those
 * above `percent` of min, and above the reserve.
 */
uint64_t zone_thread_share(const struct zone_thread *t, unsigned percent);

/* An order-0 page into its zone's pile. The slot knows it; or NULL, it is never
 * used again. */
void zone_thread_pile(struct zone_thread *t, pfn_t pfn, pfn_t *slot);
/* All piles become reclaimable. */
void zone_thread_give(struct zone_thread *t);
/* Give back held blocks and piles; how many there were. */
uint64_t zone_thread_drop(struct zone_thread *t);

/* Shares of requests by path, and per request what reclaim did. */
void zone_bench_metrics(void *state, bench_metric_fn emit, void *arg);

#endif
