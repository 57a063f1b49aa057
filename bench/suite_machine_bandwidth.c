/*
 * suite_machine_bandwidth.c - how fast a set is read, by its size and the width
 * of the loads. Each thread has a set of its own, of that size.
 */
#include "thread_sets.h"

#include "../kernels/base/strategy.h"
#include "../kernels/machine/load.h"

static uint64_t set_words(const struct bench_point *point)
{
	return point->size / sizeof(uint64_t);
}

static uint64_t set_bytes(const struct bench_point *point)
{
	return set_words(point) * sizeof(uint64_t);
}

static void *bandwidth_setup(const struct bench_env *env)
{
	return thread_sets_new(env, env->point.size);
}

/*
 * An operation is one pass over the thread's set. Huge pages, unless the run
 * says otherwise: it is caches and memory that are asked for, not the TLB.
 */
#define BANDWIDTH_CASE(name, unsupported_fn)                                 \
	static uint64_t name##_loop(struct bench_thread *self, uint64_t nr)  \
	{                                                                    \
		uint64_t words = set_words(&self->env->point);               \
                                                                             \
		for (uint64_t i = 0; i < nr; i++) {                          \
			uint64_t sum = load_sum_##name(self->local, words);  \
                                                                             \
			OPTIMIZER_HIDE(sum);                                 \
		}                                                            \
		return nr;                                                   \
	}                                                                    \
                                                                             \
	BENCH_CASE(name##_case) = {                                          \
		.family = "machine",                                         \
		.strategy = "load",                                          \
		.workload = "bandwidth",                                     \
		.isa = #name,                                                \
		.models = "reading every word of a set, in order",           \
		.size_unit = "bytes",                                        \
		.sizes = BENCH_SIZES(KIB(4), KIB(8), KIB(16), KIB(24),       \
				     KIB(32), KIB(48), KIB(64), KIB(128),    \
				     KIB(256), KIB(512), MIB(1), MIB(2),     \
				     MIB(4), MIB(8), MIB(16), MIB(32),       \
				     MIB(64), MIB(128), MIB(256), MIB(512)), \
		.quick_sizes = BENCH_SIZES(KIB(16), KIB(256), MIB(4),        \
					   DRAM_SET_BYTES),                  \
		.size_min = KIB(1),                                          \
		.size_max = GIB(1024),                                       \
		.batch_bytes = MIB(16),                                      \
		.max_threads = KMB_MAX_THREADS,                              \
		.pages = BENCH_PAGES_THP,                                    \
		.node_pairs = true,                                          \
		.unsupported = unsupported_fn,                               \
		.setup = bandwidth_setup,                                    \
		.thread_setup = thread_sets_thread_setup,                    \
		.loop = name##_loop,                                         \
		.op_bytes = set_bytes,                                       \
		.teardown = thread_sets_teardown,                            \
	}

BANDWIDTH_CASE(scalar, NULL);
#ifdef __x86_64__
BANDWIDTH_CASE(avx2, load_avx2_unsupported);
BANDWIDTH_CASE(avx512, load_avx512_unsupported);
#endif
#ifdef __aarch64__
BANDWIDTH_CASE(neon, NULL);
#endif
