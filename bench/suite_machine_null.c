/* suite_machine_null.c - the family, and the timed loop with nothing in it. */
#include "bench.h"

#include "../kernels/base/strategy.h"

BENCH_FAMILY(machine) = {
	.name = "machine",
	.what = "what the hardware itself can do: latency, bandwidth, atomics, "
		"locks",
};

static uint64_t null_loop(struct bench_thread *self, uint64_t nr)
{
	(void)self;
	for (uint64_t i = 0; i < nr; i++)
		OPTIMIZER_HIDE(i);
	return nr;
}

BENCH_CASE(null_case) = {
	.family = "machine",
	.strategy = "null",
	.workload = "loop",
	.isa = "scalar",
	.models = "the timed loop with nothing in it",
	.batch = 4096,
	.max_threads = KMB_MAX_THREADS,
	.reference = true,
	.loop = null_loop,
};
