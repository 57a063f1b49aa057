/*
 * slab_bench.h - what the loops of family slab share: who is measured, how an
 * object is had of it, the objects that a thread holds, and a ring between two.
 *
 * The loops themselves are templates, slab_loops*.h. For each strategy of
 * kernels/slab they are compiled with its code inlined (WORKLOAD@inline), and
 * once more with a call through a pointer in its place (WORKLOAD@indirect):
 * libraries can be called in no other way, and are compared with nothing else.
 */
#ifndef KMB_SLAB_BENCH_H
#define KMB_SLAB_BENCH_H

#include "bench.h"
#include "slab_pages.h"

#include "../kernels/base/random.h"
#include "../kernels/slab/slab.h"

/*
 * One call that allocates, one that frees, and their arguments: of a strategy
 * the cache and the CPU, of a library what its functions take. All are words,
 * so that a library's malloc(size) is called as it is: a callee looks at no
 * more arguments than it has.
 */
typedef void *(*slab_alloc_fn)(uintptr_t a, uintptr_t b);
typedef void (*slab_free_fn)(void *object, uintptr_t a, uintptr_t b);

struct slab_call {
	slab_alloc_fn alloc;
	slab_free_fn free;
	uintptr_t alloc_arg[2], free_arg[2];
};

/* Who is measured: a strategy of kernels/slab, or a library. */
struct slab_subject {
	const char *name, *models;
	unsigned max_threads;
	unsigned traits; /* of enum slab_trait */
	uint64_t max_size;
	bool any_cpu; /* STRATEGY_ANY_CPU */
	/* A library: it maps its own memory and knows no constructors. */
	bool library;
	const char *(*unsupported)(void);
	const char *(*version)(void);

	size_t cache_bytes; /* of the state of a cache, for create() */
	int (*create)(void *cache, const struct slab_params *params,
		      const struct slab_host *host);
	/*
	 * How a CPU calls it for objects of a size, which of a strategy is the
	 * cache's: asked by the thread that will call, before it does.
	 */
	void (*call)(void *cache, unsigned cpu, uint64_t size,
		     struct slab_call *call);
	uint64_t (*shrink)(void *cache, unsigned cpu);
	void (*stats)(void *cache, struct slab_stats *stats);
	bool (*validate)(void *cache);
	uint64_t (*destroy)(void *cache);
	/* What a library held so far is not the objects'. NULL: nothing. */
	void (*begin)(void *cache);
};

/* In what order a batch is freed. */
enum slab_order { SLAB_LIFO, SLAB_FIFO, SLAB_RANDOM };

enum slab_loop {
	SLAB_PAIR,
	SLAB_BATCH_LIFO,
	SLAB_BATCH_FIFO,
	SLAB_BATCH_RANDOM,
	SLAB_BULK,
	SLAB_CTOR_REUSE,
	SLAB_CTOR_EACH, /* ctor_reuse of who has no constructors */
	SLAB_LARSON,
	SLAB_PRODUCER_CONSUMER,
	SLAB_TWO_WAY,
	SLAB_SHRED,
	SLAB_REFILL,
	SLAB_NODES,
	SLAB_TRACE,
	SLAB_NR_LOOPS
};
typedef uint64_t (*slab_loop_fn)(struct bench_thread *self, uint64_t nr);

struct slab_bench;

/* One line of the table in slab_workloads.c. */
struct slab_workload {
	const char *name;
	enum slab_loop loop;
	uint64_t nr_objects;   /* in use at once by a thread, at most */
	uint64_t object_bytes; /* or as many as are this large together */
	unsigned batch;
	bool rounds; /* of nr_objects operations, which are not cut */
	bool remote; /* another CPU frees, where there is one */
	bool pairs;  /* of threads, no less than two */
	bool single; /* one thread */
	bool ctor;
	bool sources;		  /* for each source of pages */
	bool trace;		  /* a file is replayed */
	bool nodes;		  /* pages and counters of each node */
	bool aside, aside_inline; /* both variants, or the one */
	struct bench_sizes sizes, quick_sizes;
	int (*thread_setup)(struct bench_thread *self);
	void (*thread_reset)(struct bench_thread *self);
	void (*measure)(struct slab_bench *bench); /* memory held */
	const char *phases[BENCH_MAX_PHASES];
};

/* A line of that table for a subject: bench_case.arg. */
struct slab_case {
	struct bench_case bench;
	const struct slab_subject *subject;
	const struct slab_workload *workload;
	const struct slab_pages_kind *pages;
	char name[48]; /* WORKLOAD@VARIANT */
};

/*
 * bench_add_case() for each workload that a subject can run; loops[] by enum
 * slab_loop, NULL where there is none. variant: "inline" or "indirect".
 */
void slab_add_cases(const struct slab_subject *subject,
		    const slab_loop_fn loops[SLAB_NR_LOOPS],
		    const char *variant);

/* All but SLAB_BULK and SLAB_CTOR_EACH, of a STRATEGY's template. */
#define SLAB_COMMON_LOOPS                                                   \
	[SLAB_PAIR] = S(pair_loop), [SLAB_BATCH_LIFO] = S(batch_lifo_loop), \
	[SLAB_BATCH_FIFO] = S(batch_fifo_loop),                             \
	[SLAB_BATCH_RANDOM] = S(batch_random_loop),                         \
	[SLAB_CTOR_REUSE] = S(ctor_reuse_loop),                             \
	[SLAB_LARSON] = S(larson_loop),                                     \
	[SLAB_PRODUCER_CONSUMER] = S(producer_consumer_loop),               \
	[SLAB_TWO_WAY] = S(two_way_loop), [SLAB_SHRED] = S(shred_loop),     \
	[SLAB_REFILL] = S(refill_loop), [SLAB_NODES] = S(nodes_loop),       \
	[SLAB_TRACE] = S(trace_loop)

/* The loops that call through pointers. */
extern const slab_loop_fn slab_indirect_loops[SLAB_NR_LOOPS];

/*
 * Objects on their way to another thread: one producer, one consumer, a cache
 * line of entries at a time.
 */
#define SLAB_RING_ENTRIES 1024
#define SLAB_RING_GROUP (CACHE_LINE_BYTES / sizeof(void *))

struct slab_ring {
	uint64_t head
		cacheline_aligned; /* put so far; written by the producer */
	uint64_t tail cacheline_aligned; /* got so far; by the consumer */
	void *entry[SLAB_RING_ENTRIES] cacheline_aligned;
};

/* One thread's part of a case; in lines of its own. */
struct slab_thread {
	struct slab_call call;
	void **held;	  /* [nr_objects], of which nr_held hold one or NULL */
	uint32_t *random; /* [nr_random] a permutation, or slots */
	uint64_t nr_objects, nr_held, nr_random;
	uint64_t at;	    /* in random[], or of a round */
	uint64_t nr_failed; /* requests that found no memory */
	uint64_t nr_ops;    /* of all stretches, untimed ones as well */
	uint64_t nr_stretches, nr_remote; /* nodes: see slab_nodes.h */
	struct slab_ring *out, *in;
	struct slab_call *calls;     /* trace: [nr_classes] */
	struct replay_thread *steps; /* trace: what it does */
	struct slab_bench *bench;
} cacheline_aligned;

struct slab_bench {
	const struct bench_env *env;
	const struct slab_case *what;
	const struct slab_subject *subject;
	struct slab_pages pages; /* not a library's */
	struct slab_params params;
	struct slab_host host;
	uint8_t *thread_node; /* [env->point.threads] */
	uint8_t *cpu_node;    /* [host.nr_cpus] */
	char *caches; /* [nr_caches], cache_bytes apart; a library's: one */
	unsigned nr_caches;
	size_t cache_bytes;
	struct slab_replay *replay;  /* of trace:FILE; its own to free */
	struct slab_thread *threads; /* [env->point.threads] */
	struct slab_ring *rings;     /* [env->point.threads] */
	void ***boxes; /* larson: [env->point.threads] objects to take over */
	unsigned nr_created; /* of the caches */

	/* nodes: threads that have all their objects, in all stretches; and
	 * each node's pages, by the check. */
	uint64_t nr_ready;
	struct slab_pages_count node_count[MAX_NUMNODES];

	/* By the check, where there is one thread; 0: not measured. */
	uint64_t live_bytes, peak_bytes;
	uint64_t shred_live_bytes, shred_bytes, shrunk_bytes;
	struct slab_stats stats;
};

/* A cache of nr_caches; a library has one for all of them. */
static inline void *slab_cache(const struct slab_bench *b, unsigned i)
{
	return b->caches + (b->subject->library ? 0 : i) * b->cache_bytes;
}

/* What all of them are and hold. */
void slab_sum_stats(struct slab_bench *b, struct slab_stats *stats);
uint64_t slab_held_bytes(struct slab_bench *b);
/* Make all pages of an object be in use; its bytes, 0 of NULL. */
uint64_t slab_touch(void *object, uint64_t size);

/* bench_case.setup and its like. */
void *slab_setup(const struct bench_env *env);
void slab_thread_reset(struct bench_thread *self);
bool slab_check(void *state);
void slab_metrics(void *state, bench_metric_fn emit, void *arg);
void slab_thread_teardown(struct bench_thread *self);
void slab_teardown(void *state);
/* Objects that a thread has at once: bench_case.round of those with rounds. */
uint64_t slab_nr_objects(const struct bench_env *env);

/* Part of thread_setup: all is ready for the first object. */
void slab_begin(const struct bench_thread *self);

/* slab_workload.thread_setup. 0 or -ENOMEM. */
int slab_thread_init(struct bench_thread *self);
/* The same, and a permutation of the objects. */
int slab_thread_permute(struct bench_thread *self);
/* The same, objects in all of held[], and a list of random ones of them. */
int slab_thread_slots(struct bench_thread *self);
/* The same, and the objects of a box. */
int slab_thread_boxes(struct bench_thread *self);
/* The same, and a round was done: its memory was touched. */
int slab_thread_warm(struct bench_thread *self);
/* Objects in all of held[]. */
int slab_thread_fill(struct bench_thread *self);

/* Bytes of which shred leaves one object: those of a usual slab. */
uint64_t slab_shred_bytes(uint64_t size);
/* Is it the one, the one across the middle? */
forceinline bool slab_is_left(const void *object, uint64_t slab, uint64_t size)
{
	return slab / 2 - ((uintptr_t)object & (slab - 1)) < size;
}

forceinline uint64_t slab_done(struct slab_thread *t, uint64_t nr,
			       uint64_t failed)
{
	t->nr_ops += nr;
	t->nr_failed += failed;
	return nr - failed;
}

/* slab_workload.measure */
void slab_measure_peak(struct slab_bench *bench);
void slab_measure_shred(struct slab_bench *bench);

/* What ctor_reuse constructs: zeroes all of it. */
void slab_construct(void *object);

/* Wait until *index, which another thread writes, is at least `least`. */
void slab_wait(const uint64_t *index, uint64_t least);

#endif
