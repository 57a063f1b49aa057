/* thread_sets.h - a working set for each thread, on the thread's own node. */
#ifndef KMB_THREAD_SETS_H
#define KMB_THREAD_SETS_H

#include "bench.h"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

/*
 * A set that no cache holds. Caches are not asked: a virtual machine may show
 * the host's, of which it has a slice.
 */
#define DRAM_SET_BYTES MIB(256)

struct thread_sets {
	struct host_memory *host;
	size_t bytes; /* of each */
	unsigned nr;
	void *addr[]; /* by thread; page-aligned, zeroed, not yet touched */
};

/* Sets of `bytes` for all threads; call it in setup. NULL: no memory. */
struct thread_sets *thread_sets_new(const struct bench_env *env,
				    uint64_t bytes);
void thread_sets_free(struct thread_sets *sets);

/* Fault a thread's set in, from that thread; its words stay as they are. */
void thread_sets_touch(const struct thread_sets *sets, unsigned cpu);

/* bench_case.teardown for a state that is a struct thread_sets. */
void thread_sets_teardown(void *state);
/* bench_case.thread_setup for one; local becomes the thread's set. */
int thread_sets_thread_setup(struct bench_thread *self);

#endif
