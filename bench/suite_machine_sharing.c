/*
 * suite_machine_sharing.c - false sharing: a counter for each thread, side by
 * side in an array or on a line of its own.
 */
#include "thread_sets.h"

#include "../kernels/base/strategy.h"
#include "../kernels/mm/mm_types.h"
#include "../kernels/sync/atomic.h"

/*
 * A thread's set begins with a page for its count of operations; behind the
 * first thread's lie the counters of all.
 */
static void *sharing_setup(const struct bench_env *env)
{
	return thread_sets_new(env, PAGE_SIZE + env->point.threads *
							CACHE_LINE_BYTES);
}

static uint64_t *counter_of(const struct thread_sets *sets, unsigned cpu,
			    size_t stride)
{
	return (uint64_t *)(void *)((char *)sets->addr[0] + PAGE_SIZE +
				    cpu * stride);
}

static bool counters_valid(const struct thread_sets *sets, size_t stride)
{
	for (unsigned i = 0; i < sets->nr; i++) {
		const uint64_t *nr_ops = sets->addr[i];

		if (*counter_of(sets, i, stride) != *nr_ops)
			return false;
	}
	return true;
}

forceinline uint64_t count_plain(struct bench_thread *self, uint64_t nr,
				 size_t stride)
{
	uint64_t *counter = counter_of(self->state, self->cpu, stride);
	uint64_t *nr_ops = self->local;

	for (uint64_t i = 0; i < nr; i++)
		WRITE_ONCE(*counter, READ_ONCE(*counter) + 1);
	*nr_ops += nr;
	return nr;
}

forceinline uint64_t count_locked(struct bench_thread *self, uint64_t nr,
				  size_t stride)
{
	uint64_t *counter = counter_of(self->state, self->cpu, stride);
	uint64_t *nr_ops = self->local;

	for (uint64_t i = 0; i < nr; i++)
		fetch_add_full(counter, 1);
	*nr_ops += nr;
	return nr;
}

#define SHARING_CASE(name, write, stride, what)                          \
	static uint64_t name##_##write##_loop(struct bench_thread *self, \
					      uint64_t nr)               \
	{                                                                \
		return count_##write(self, nr, stride);                  \
	}                                                                \
                                                                         \
	BENCH_CASE(name##_##write##_case) = {                            \
		.family = "machine",                                     \
		.strategy = #name,                                       \
		.workload = "counter_" #write,                           \
		.isa = "scalar",                                         \
		.models = what,                                          \
		.batch = 4096,                                           \
		.max_threads = KMB_MAX_THREADS,                          \
		.setup = sharing_setup,                                  \
		.thread_setup = thread_sets_thread_setup,                \
		.loop = name##_##write##_loop,                           \
		.validate = name##_validate,                             \
		.teardown = thread_sets_teardown,                        \
	}

#define PACKED_STRIDE sizeof(uint64_t)
#define PACKED_MODELS "per-thread counters side by side, eight a line"
#define PADDED_STRIDE CACHE_LINE_BYTES
#define PADDED_MODELS "per-thread counters on a line each"

static bool packed_validate(void *state)
{
	return counters_valid(state, PACKED_STRIDE);
}

static bool padded_validate(void *state)
{
	return counters_valid(state, PADDED_STRIDE);
}

SHARING_CASE(packed, plain, PACKED_STRIDE, PACKED_MODELS);
SHARING_CASE(packed, locked, PACKED_STRIDE, PACKED_MODELS);
SHARING_CASE(padded, plain, PADDED_STRIDE, PADDED_MODELS);
SHARING_CASE(padded, locked, PADDED_STRIDE, PADDED_MODELS);
