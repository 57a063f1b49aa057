/*
 * bench.h - what a timed case is, and the list of all of them.
 *
 * A case is one strategy of one family under one workload in one ISA; a point
 * chooses its axes. The harness runs each (case, point) in a fresh process,
 * one repetition after the other, by gbench_run(); the timed loop is called
 * once per batch, never per operation.
 *
 * Order of calls in a case's process:
 *   setup                 main thread, pinned to the first CPU
 *   thread_setup          each thread, pinned, once: faults its memory in
 *   thread_reset          each thread, before each measured stretch; untimed
 *   loop, loop, ...       each thread, timed
 *   validate, metrics     main thread, after the last repetition
 *   thread_teardown       main thread, for each thread
 *   teardown              main thread
 */
#ifndef KMB_BENCH_H
#define KMB_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../kernels/base/compiler.h"
#include "../kernels/mm/host_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_MAX_PHASES 4
#define BENCH_MAX_EXTRA 64

/* One choice of the axes that a case sees; the rest is the harness's. */
struct bench_point {
	uint64_t size; /* the family's main axis, in bench_case.size_unit */
	unsigned threads;
	uint64_t memory; /* bytes of simulated memory on each node */
	uint64_t seed;	 /* of every random input */
};

/* What a case is given; lives as long as its process. */
struct bench_env {
	struct bench_point point;
	struct host_memory *host;
	unsigned nr_nodes;	     /* simulated nodes with memory */
	const unsigned *thread_node; /* [threads]: simulated node of each */
	const unsigned *thread_cpu;  /* [threads]: the host's; may be NULL */
	/* [from * nr_nodes + to] as in ACPI's SLIT; NULL: all equally far. */
	const uint8_t *distance;
	const struct bench_case *bench; /* which case; gbench_run() says */
};

/* One thread's stretch of work between the barriers. */
struct bench_span {
	uint64_t ops;		    /* operations asked for */
	uint64_t done;		    /* operations that succeeded */
	uint64_t start_ns, stop_ns; /* CLOCK_MONOTONIC_RAW */
	uint64_t cpu_ns;	    /* this thread's CPU time */
	uint64_t phase_ns[BENCH_MAX_PHASES];
	uint64_t phase_ops[BENCH_MAX_PHASES];
	uint64_t extra[BENCH_MAX_EXTRA]; /* bench_options.span_end's own */
};

/* One thread of a case, as its loop sees it. */
struct bench_thread {
	void *state; /* setup's result */
	void *local; /* whatever thread_setup keeps here */
	const struct bench_env *env;
	unsigned cpu;  /* "this CPU": 0..threads-1, not the host's number */
	unsigned node; /* simulated node of that CPU */
	uint64_t phase_start_ns;
	struct bench_span span;
};

typedef void (*bench_metric_fn)(void *arg, const char *metric, double value,
				const char *unit);

/* Values of an axis in ascending order. */
struct bench_sizes {
	unsigned nr;
	const uint64_t *v;
};
#define BENCH_SIZES(...)                                                \
	{                                                               \
		sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t), \
			(const uint64_t[])                              \
		{                                                       \
			__VA_ARGS__                                     \
		}                                                       \
	}

/* Bits of bench_case.pages: which host pages a case is to be seen with. */
enum bench_pages {
	BENCH_PAGES_4K = 1 << 0,
	BENCH_PAGES_THP = 1 << 1,
};

struct bench_case {
	/*
	 * A workload that comes in several forms is NAME@VARIANT, as in
	 * "random@i386": only rows of one variant are held against each other.
	 */
	const char *family, *strategy, *workload;
	const char *isa;       /* "scalar", "avx2", ... */
	const char *models;    /* the strategy, in one line, for `list` */
	const char *size_unit; /* "bytes", "order", ... */

	struct bench_sizes sizes;	/* in full and publish runs */
	struct bench_sizes quick_sizes; /* in smoke and quick; none: sizes */
	uint64_t size_min, size_max;	/* what --size may ask for */

	/* Operations a call of loop: batch, or as many as batch_bytes hold. */
	unsigned batch;
	uint64_t batch_bytes;
	/*
	 * Operations in a whole round of the workload, where a part of one
	 * would mislead (a fill without its drain): a batch is then a multiple
	 * of it. May be NULL.
	 */
	uint64_t (*round)(const struct bench_env *env);
	/*
	 * An operation by itself says nothing: it overlaps with others on
	 * purpose, or waits for a partner who is asked for as many.
	 */
	bool whole_batches;
	/*
	 * Its subject is what a batch leaves behind: every stretch is just one,
	 * and thread_reset has undone the one before.
	 */
	bool one_batch;

	/*
	 * Its subject is how single operations are spread: without --latency,
	 * too, time one of so many. 0: only if asked.
	 */
	unsigned latency_every;

	unsigned min_threads, max_threads; /* 0: 1 */
	unsigned threads_step;		   /* 2: works in pairs. 0: 1 */

	unsigned pages;	 /* enum bench_pages; 0: as the run says */
	bool node_pairs; /* on several nodes: a point per (CPU, memory) pair */
	bool several_nodes; /* one simulated node has nothing to show */
	/* In smoke and quick runs only where its workload@VARIANT is named. */
	bool aside;
	bool reference; /* null and floor: drawn as lines, never ranked */

	/*
	 * The workload takes a file, and this is what that is, in a few words.
	 * A selector names it, WORKLOAD:PATH; setup and round find it as
	 * env->bench->path. check_file is asked before anything is measured: 0,
	 * or -errno with one line in error, which names the path.
	 */
	const char *file, *path;
	int (*check_file)(const char *path, char *error, size_t error_size);

	const void *arg; /* the case's own: env->bench->arg */

	/* Of a library that it measures: asked when it was measured. May be
	 * NULL. */
	const char *(*version)(void);

	/* NULL, or why this CPU cannot run it ("no avx512vbmi"). */
	const char *(*unsupported)(void);

	/* A new state; NULL: out of memory. */
	void *(*setup)(const struct bench_env *env);
	/* 0, or -errno. May be NULL, as all below but loop. */
	int (*thread_setup)(struct bench_thread *self);
	void (*thread_reset)(struct bench_thread *self);

	/*
	 * Do nr operations, a batch or (if bench_has_single_ops()) as few as
	 * one; the number that succeeded. Nothing but the work:
	 * inputs were made in thread_setup.
	 */
	uint64_t (*loop)(struct bench_thread *self, uint64_t nr);

	/* Names of what bench_phase() splits the time into: "alloc", "free". */
	const char *phases[BENCH_MAX_PHASES];
	/* Bytes that one operation reads or writes, for bytes_per_s. */
	uint64_t (*op_bytes)(const struct bench_point *point);

	/* False: the state is broken and the row is worth nothing. */
	bool (*validate)(void *state);
	/* Emit what else there is to say, in base units. */
	void (*metrics)(void *state, bench_metric_fn emit, void *arg);
	void (*thread_teardown)(struct bench_thread *self);
	void (*teardown)(void *state);

	struct bench_case *next; /* bench_add_case() */
};

/* What a family is and what its main axis means, for `list` and the charts. */
struct bench_family {
	const char *name, *what;
	struct bench_family *next;
};

/* What is behind the '@' of a workload; NULL: it has no variants. */
static inline const char *bench_variant(const char *workload)
{
	const char *at = strchr(workload, '@');

	return at ? at + 1 : NULL;
}

/* Called by constructors, before main; any order, any number of objects. */
void bench_add_case(struct bench_case *bench);
void bench_add_family(struct bench_family *family);

/*
 * A case that takes a file, as the case of one: its workload is WORKLOAD:NAME.
 * Not in the list; the caller's, to free(). Aborts when out of memory.
 */
struct bench_case *bench_case_of_file(const struct bench_case *bench,
				      const char *name, const char *path);

/* All cases by family, strategy, workload, isa; the array is bench's own. */
const struct bench_case *const *bench_cases(unsigned *nr);
const struct bench_family *bench_find_family(const char *name);

#define BENCH_REGISTER(type, name, add)                                      \
	static struct type name;                                             \
	static __attribute__((constructor)) void KMB_PASTE(name, _add)(void) \
	{                                                                    \
		add(&name);                                                  \
	}                                                                    \
	static struct type name

#define BENCH_CASE(name) BENCH_REGISTER(bench_case, name, bench_add_case)
#define BENCH_FAMILY(name) BENCH_REGISTER(bench_family, name, bench_add_family)

/* Now, as every row's times are taken: CLOCK_MONOTONIC_RAW in ns. */
uint64_t bench_now_ns(void);
/* CPU time of the calling thread in ns. */
uint64_t bench_cpu_ns(void);

/*
 * In a loop whose stretches take microseconds or more: all time since the last
 * call (or the loop's start) was spent on `ops` operations of phases[phase].
 * Costs one clock, about 20 ns.
 */
void bench_phase(struct bench_thread *self, unsigned phase, uint64_t ops);

/* How a case is to be repeated inside its process, and who is told. */
struct bench_options {
	unsigned reps;
	double min_time_s;
	const char *raw_path; /* Google Benchmark's own JSON; NULL: none */

	/* Pin the calling thread as `thread`; 0 or -errno. May be NULL. */
	int (*thread_begin)(void *arg, unsigned thread);
	/* Still where it was pinned? 0 or -errno. May be NULL. */
	int (*thread_end)(void *arg, unsigned thread);
	/* The first batch is about to be timed (once). May be NULL. */
	void (*first_batch)(void *arg);
	/*
	 * Right before and after a thread's clocks, behind the barrier: for
	 * counters, which go into span->extra. Either may be NULL.
	 */
	void (*span_begin)(void *arg, unsigned thread, struct bench_span *span);
	void (*span_end)(void *arg, unsigned thread, struct bench_span *span);
	/* One repetition: spans[threads], valid during the call. */
	void (*rep)(void *arg, unsigned rep, const struct bench_span *spans);
	bench_metric_fn metric;
	/*
	 * Time one operation of so many, on average, in a stretch of its own
	 * behind the repetitions, and emit the metrics latency_*. 0: don't.
	 */
	uint64_t latency_every;
	/* All is measured and still in place; teardown comes. May be NULL. */
	void (*measured)(void *arg);
	void *arg;
};

enum bench_result {
	BENCH_OK = 0,
	BENCH_NO_MEMORY,   /* setup found none */
	BENCH_MISPLACED,   /* a thread was not where it should have been */
	BENCH_INVALID,	   /* validate said no */
	BENCH_BROKEN_SHIM, /* Google Benchmark did not do what we rely on */
	BENCH_NO_RAW,	   /* raw_path could not be written */
};

/* Run one case at one point in this process, from setup to teardown. */
enum bench_result gbench_run(const struct bench_case *bench,
			     const struct bench_env *env,
			     const struct bench_options *options);

/* Version of the Google Benchmark library linked in, "1.7.1" or "unknown". */
const char *gbench_version(void);

/* Can its operations be timed one by one? */
bool bench_has_single_ops(const struct bench_case *bench);

/* Operations in one call of loop here. */
uint64_t bench_batch(const struct bench_case *bench,
		     const struct bench_env *env);

#ifdef __cplusplus
}
#endif

#endif
