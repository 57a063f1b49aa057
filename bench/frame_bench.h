/*
 * frame_bench.h - what the loops of family frame share: the simulated memory,
 * each thread's share of it, the blocks a thread holds, and a ring between two.
 *
 * Nothing here knows a strategy; the timed loops are in frame_loops.h.
 */
#ifndef KMB_FRAME_BENCH_H
#define KMB_FRAME_BENCH_H

#include "bench.h"
#include "frame_replay.h"
#include "frame_request.h"
#include "frame_space.h"

#include "../kernels/base/random.h"
#include "../kernels/frame/frame.h"
#include "../kernels/sync/atomic.h"

/* A block that a thread holds: pfn << 4 | order, or none. */
#define FRAME_NO_BLOCK UINT64_MAX
_Static_assert(MAX_PAGE_ORDER < 16, "an order fits below the pfn");

forceinline uint64_t frame_block(pfn_t pfn, unsigned order)
{
	return pfn == PFN_NONE ? FRAME_NO_BLOCK : pfn << 4 | order;
}

forceinline pfn_t frame_block_pfn(uint64_t block)
{
	return block >> 4;
}

forceinline unsigned frame_block_order(uint64_t block)
{
	return (unsigned)(block & 15);
}

/* A step of churn, slot << FRAME_REQUEST_BITS | request: free held[slot], put a
 * new block there. */
#define FRAME_MAX_SLOTS (1ull << (32 - FRAME_REQUEST_BITS))

/*
 * Frames on their way from the thread that allocates to the one that frees: one
 * producer, one consumer, a cache line of entries at a time.
 */
#define FRAME_RING_ENTRIES 1024
#define FRAME_RING_GROUP (CACHE_LINE_BYTES / sizeof(pfn_t))

struct frame_ring {
	uint64_t head
		cacheline_aligned; /* put so far; written by the producer */
	uint64_t tail cacheline_aligned; /* got so far; by the consumer */
	pfn_t entry[FRAME_RING_ENTRIES] cacheline_aligned;
};

/* One thread's part of a case; in lines of its own. */
struct frame_thread {
	void *allocator; /* the one that this thread uses */
	unsigned order;
	uint64_t share; /* frame_bench_share() */

	uint64_t *held; /* [max_held] blocks this thread has to free */
	uint64_t nr_held, max_held;
	uint64_t nr_failed; /* timed requests that found no block */

	bool phased;	   /* a phase lasts long enough to be timed apart */
	uint64_t at;	   /* the step of churn */
	uint32_t *indices; /* order of draining, or steps of churn */
	uint64_t nr_steps; /* of churn; a power of two but for groups */
	uint64_t group;	   /* blocks that are freed, then replaced, at once */
	struct frame_ring *ring; /* remote_free, and whose frames go through */
	void *ring_allocator;
} cacheline_aligned;

struct frame_bench {
	const struct bench_env *env;
	struct physmem mem;
	struct frame_thread *threads; /* [env->point.threads] */
	struct frame_ring *rings;     /* one for each pair of threads */
	struct frame_replay *replay;  /* of trace:FILE; its own to free */
	char *allocators;	      /* one for each node */
	size_t allocator_bytes;
	uint64_t arrived cacheline_aligned; /* at frame_bench_meet(), so far */

	/* bulk_shuffled: [threads * max_held], what all of them allocated. */
	uint64_t *pool cacheline_aligned;
	struct frame_age *ages; /* [FRAME_AGES] of a workload that ages */

	/* At the end of the measured work, before all is given back. */
	struct frame_space space;
};

/* ZONE_NORMAL of a node: all of it, as no limits are set. */
const struct zone *frame_bench_zone(const struct frame_bench *bench,
				    unsigned node);
/* The allocator of a node. */
void *frame_bench_allocator(const struct frame_bench *bench, unsigned node);

/*
 * The memory of env, with boot_bytes on each node, and room for one allocator
 * of allocator_bytes on each. NULL: out of memory.
 */
struct frame_bench *frame_bench_new(const struct bench_env *env,
				    size_t boot_bytes, size_t allocator_bytes);
void frame_bench_free(struct frame_bench *bench);

/* Frames in one node of env: whole largest blocks. */
uint64_t frame_bench_node_pages(const struct bench_env *env);

/*
 * Frames that are each thread's to use: an equal part of the node that most
 * threads use, in whole largest blocks.
 */
uint64_t frame_bench_share(const struct bench_env *env);
/* bench_case.round of fill_drain: all of a share's blocks, there and back. */
uint64_t frame_bench_round(const struct bench_env *env);
/* The same of bulk: half of a share's blocks. */
uint64_t frame_bench_half_round(const struct bench_env *env);

/* And of small_blocks, whose size is one of bytes. */
uint64_t frame_bench_small_round(const struct bench_env *env);

/* Wait for all threads of the case: each has come here as often as this one. */
void frame_bench_meet(struct frame_bench *bench);
/* The same in thread_setup, where a thread that failed may never come: then the
 * case is lost, and the others go on after a while. */
void frame_bench_meet_in_setup(struct frame_bench *bench);

/* bench_case.metrics, once the strategy's check has filled in the sums. */
void frame_bench_metrics(void *state, bench_metric_fn emit, void *arg);

/*
 * Give a thread its share and room for the blocks that fit into it, at least
 * one. `mixed`: of any order, else all of order size. 0 or -ENOMEM.
 */
int frame_thread_init(struct bench_thread *self, bool mixed);
/* bench_case.thread_setup of small_blocks: room for a round's addresses in
 * held[], its sizes, 1..size bytes, in indices[]. 0 or -ENOMEM. */
int frame_thread_small(struct bench_thread *self);
/* Use half of the share. */
void frame_thread_halve(struct bench_thread *self);
/* Use the first node's allocator, as all do, and a fair share of that. */
void frame_thread_one_zone(struct bench_thread *self);

/* An order of draining for max_held blocks: random. 0 or -ENOMEM. */
int frame_thread_permute(struct bench_thread *self);
/* This thread's part of the pool: blocks of its node, whoever's, at random. */
int frame_thread_shuffle(struct bench_thread *self);
/* Steps of churn over held[0..nr_held-1]. 0 or -ENOMEM. */
int frame_thread_steps(struct bench_thread *self, frame_draw_fn draw);
/*
 * nr_groups groups of different slots each, `group` or all of them, one behind
 * the other in indices[]. 0 or -ENOMEM.
 */
int frame_thread_groups(struct bench_thread *self, uint64_t group,
			uint64_t nr_groups);
/* Meet the partner: threads 0 and 1, 2 and 3, ... */
void frame_thread_join(struct bench_thread *self);
void frame_thread_free(struct bench_thread *self);

/* The seed of one thread's inputs. */
struct random frame_thread_random(const struct bench_thread *self);

/* Wait until *index, which the other side writes, is at least `least`. */
void frame_ring_wait(const uint64_t *index, uint64_t least);

#endif
