/*
 * replay.h - the pages or the slab objects of a trace, as the threads of a
 * replay see them.
 *
 * Thread i of n does what the traced CPUs i, i + n, i + 2n, ... did, in their
 * order. What the trace allocates is freed once in each round: where the trace
 * frees it (TRACE_IMPLIED or not), or behind the trace, by the thread that
 * allocated it. So a round begins and ends with nothing allocated, and rounds
 * follow each other without a pause.
 *
 * A block, or an object, is handed from its allocation to its free through a
 * slot. Where one thread does both the slot is its own, and is used again and
 * again. A block that another thread frees has a slot of its own for the round,
 * which is empty until the allocation (of this round) fills it and full until
 * the free empties it: the one waits for the other.
 *
 * No deadlock: let all steps of all rounds be in the order of the trace, round
 * by round. A thread does its steps in that order, and a step waits only for
 * steps before it: a free for its allocation, an allocation for the free of its
 * slot a round earlier. So of the steps that are not yet done the first one
 * waits for nothing.
 */
#ifndef KMB_REPLAY_H
#define KMB_REPLAY_H

#include "bench.h"

#include "../kernels/mm/mm_types.h"
#include "../kernels/sync/atomic.h"

enum replay_what { REPLAY_PAGES, REPLAY_SLAB };

/* In a slot: a pfn or an address; or the allocation failed, or nothing yet. */
#define REPLAY_FAILED UINT64_MAX
#define REPLAY_EMPTY (UINT64_MAX - 1)
_Static_assert(PFN_NONE == REPLAY_FAILED, "a failed allocation of pages");

enum replay_op {
	REPLAY_ALLOC = 1 << 0,	/* else a free */
	REPLAY_SHARED = 1 << 1, /* the slot is one of replay.shared */
};

struct replay_step {
	uint32_t slot;
	uint8_t op;   /* of enum replay_op */
	uint8_t node; /* whose allocator */
	union {
		struct {
			uint8_t order, type;
		};
		uint16_t class; /* of replay.classes */
	};
};
_Static_assert(sizeof(struct replay_step) == 8, "eight in a cache line");

/* What one thread does in a round. */
struct replay_thread {
	struct replay_step *steps;
	uint64_t nr, nr_traced; /* behind those: what the trace leaves over */
	uint64_t at;		/* the next step of the untimed round */
	uint64_t *own;		/* [nr_own] slots */
	uint64_t *shared;	/* replay's */
	uint32_t nr_own;
} cacheline_aligned;

/* What is asked for alike: of kmalloc(), or of a cache of objects this large.
 */
struct replay_class {
	uint32_t bytes;
	bool kmalloc;
};

/* 1024 multiples of 8, and powers of two, of either kind. */
#define REPLAY_MAX_CLASSES (2 * (1024 + 32))

struct replay {
	enum replay_what what;
	unsigned nr_threads;
	struct replay_thread *threads;
	uint16_t *turn;		/* [nr] which thread's step it is */
	uint64_t nr, nr_traced; /* steps of a round; the trace's own */
	uint64_t *shared;
	uint32_t nr_shared;
	struct replay_class *classes; /* of slab objects */
	uint32_t nr_classes;

	/* Of the file. */
	uint64_t unknown_frees, implied_frees;
};

/*
 * Is this a whole trace, and is there something of it to replay? 0, or -EINVAL
 * with one line in error.
 */
int replay_check(const char *path, enum replay_what what, char *error,
		 size_t error_size);

/*
 * bench_case.round: each thread's equal share of a round, or of as many rounds
 * as can be shared without a rest.
 */
uint64_t replay_round(const struct bench_env *env, enum replay_what what);

/* The trace of env's case. NULL: out of memory, or it can no longer be read. */
struct replay *replay_new(const struct bench_env *env, enum replay_what what);
void replay_free(struct replay *r);

/* Bring a thread's steps and slots to where it runs. 0 or -ENOMEM. */
int replay_settle(struct replay_thread *t);

/* How many rounds nr operations of each thread are. */
static inline uint64_t replay_rounds(const struct replay *r, uint64_t nr)
{
	return nr * r->nr_threads / r->nr;
}

/* Until the slot holds something, or (empty) until it does not. */
void replay_wait(const uint64_t *slot, bool empty);

/* By the thread that allocates. */
forceinline void replay_put(uint64_t *slot, uint64_t block)
{
	/* pairs with the acquire in replay_take() */
	smp_store_release(slot, block);
}

/* By the thread that frees. */
forceinline uint64_t replay_take(uint64_t *slot)
{
	uint64_t block = smp_load_acquire(slot);

	if (unlikely(block == REPLAY_EMPTY)) {
		replay_wait(slot, false);
		block = READ_ONCE(*slot);
	}
	/* pairs with the acquire in replay_claim() */
	smp_store_release(slot, REPLAY_EMPTY);
	return block;
}

/* By the thread that allocates, before it does: last round's block is gone. */
forceinline void replay_claim(const uint64_t *slot)
{
	if (unlikely(smp_load_acquire(slot) != REPLAY_EMPTY))
		replay_wait(slot, true);
}

#endif
