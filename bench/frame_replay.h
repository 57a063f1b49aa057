/*
 * frame_replay.h - a page trace as the threads of a replay see it.
 *
 * Thread i of n does what the traced CPUs i, i + n, i + 2n, ... did, in their
 * order. What the trace allocates is freed once in each round: where the trace
 * frees it (TRACE_IMPLIED or not), or behind the trace, by the thread that
 * allocated it. So a round begins and ends with nothing allocated, and rounds
 * follow each other without a pause.
 *
 * A block is handed from its allocation to its free through a slot. Where one
 * thread does both the slot is its own, and is used again and again. A block
 * that another thread frees has a slot of its own for the round, which is empty
 * until the allocation (of this round) fills it and full until the free empties
 * it: the one waits for the other.
 *
 * No deadlock: let all steps of all rounds be in the order of the trace, round
 * by round. A thread does its steps in that order, and a step waits only for
 * steps before it: a free for its allocation, an allocation for the free of its
 * slot a round earlier. So of the steps that are not yet done the first one
 * waits for nothing.
 */
#ifndef KMB_FRAME_REPLAY_H
#define KMB_FRAME_REPLAY_H

#include "bench.h"
#include "frame_space.h"

#include "../kernels/mm/mm_types.h"
#include "../kernels/sync/atomic.h"

/* In a slot: a pfn, PFN_NONE (the allocation failed), or nothing yet. */
#define REPLAY_EMPTY (PFN_NONE - 1)

enum replay_op {
	REPLAY_ALLOC = 1 << 0,	/* else a free */
	REPLAY_SHARED = 1 << 1, /* the slot is one of frame_replay.shared */
};

struct replay_step {
	uint32_t slot;
	uint8_t op; /* of enum replay_op */
	uint8_t order, type;
	uint8_t node; /* whose allocator */
};
_Static_assert(sizeof(struct replay_step) == 8, "eight in a cache line");

/* What one thread does in a round. */
struct replay_thread {
	struct replay_step *steps;
	uint64_t nr, nr_traced; /* behind those: what the trace leaves over */
	uint64_t at;		/* the next step of the untimed round */
	pfn_t *own;		/* [nr_own] slots */
	pfn_t *shared;		/* frame_replay's */
	uint32_t nr_own;
} cacheline_aligned;

#define REPLAY_SAMPLES 11 /* at 0, 10, ..., 100 % of the trace */

struct frame_replay {
	unsigned nr_threads;
	struct replay_thread *threads;
	uint16_t *turn;		/* [nr] which thread's step it is */
	uint64_t nr, nr_traced; /* steps of a round; the trace's own */
	pfn_t *shared;
	uint32_t nr_shared;

	/* Of the file. */
	uint64_t unknown_frees, implied_frees;
	/* Of a round in the order of the trace, by one thread; untimed. */
	uint64_t live_pages, peak_pages;
	struct frame_space samples[REPLAY_SAMPLES];
};

/* bench_case.check_file: is this a whole trace, and are there pages in it? */
int frame_replay_check(const char *path, char *error, size_t error_size);

/*
 * bench_case.round: each thread's equal share of a round, or of as many rounds
 * as can be shared without a rest.
 */
uint64_t frame_replay_round(const struct bench_env *env);

/* The trace of env's case. NULL: out of memory, or it can no longer be read. */
struct frame_replay *frame_replay_new(const struct bench_env *env);
void frame_replay_free(struct frame_replay *r);

/* Bring a thread's steps and slots to where it runs. 0 or -ENOMEM. */
int frame_replay_settle(struct replay_thread *t);

/* Of the untimed round: the step was done, and did not fail. */
void frame_replay_count(struct frame_replay *r, const struct replay_step *step);

void frame_replay_metrics(const struct frame_replay *r, bench_metric_fn emit,
			  void *arg);

/* Until the slot holds something, or (empty) until it does not. */
void frame_replay_wait(const pfn_t *slot, bool empty);

/* By the thread that allocates. */
forceinline void frame_replay_put(pfn_t *slot, pfn_t pfn)
{
	/* pairs with the acquire in frame_replay_take() */
	smp_store_release(slot, pfn);
}

/* By the thread that frees. */
forceinline pfn_t frame_replay_take(pfn_t *slot)
{
	pfn_t pfn = smp_load_acquire(slot);

	if (unlikely(pfn == REPLAY_EMPTY)) {
		frame_replay_wait(slot, false);
		pfn = READ_ONCE(*slot);
	}
	/* pairs with the acquire in frame_replay_claim() */
	smp_store_release(slot, REPLAY_EMPTY);
	return pfn;
}

/* By the thread that allocates, before it does: last round's block is gone. */
forceinline void frame_replay_claim(const pfn_t *slot)
{
	if (unlikely(smp_load_acquire(slot) != REPLAY_EMPTY))
		frame_replay_wait(slot, true);
}

#endif
