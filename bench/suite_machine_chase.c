/*
 * suite_machine_chase.c - load latency: one chain of dependent loads against
 * the size of its set, and many chains side by side in a set no cache holds.
 */
#include "thread_sets.h"

#include <errno.h>
#include <stdlib.h>

#include "../kernels/machine/chase.h"

#define CHASE_MODELS "dependent loads in random order, one pointer a line"
#define CHASE_MAX_CHAINS 64

static void *latency_setup(const struct bench_env *env)
{
	return thread_sets_new(env, env->point.size);
}

/* local: the next line to load. */
static int latency_thread_setup(struct bench_thread *self)
{
	struct thread_sets *sets = self->state;
	struct random random = { .state = self->env->point.seed };
	uint64_t nr = sets->bytes / sizeof(struct chase_line);

	self->local = sets->addr[self->cpu];
	thread_sets_touch(sets, self->cpu);
	chase_build(self->local, nr, &random);
	if (sets->bytes < DRAM_SET_BYTES)
		chase_warm(self->local, nr);
	return 0;
}

static uint64_t latency_loop(struct bench_thread *self, uint64_t nr)
{
	self->local = chase(self->local, nr);
	return nr;
}

BENCH_CASE(latency_case) = {
	.family = "machine",
	.strategy = "chase",
	.workload = "latency",
	.isa = "scalar",
	.models = CHASE_MODELS,
	.size_unit = "bytes",
	.sizes = BENCH_SIZES(KIB(4), KIB(6), KIB(8), KIB(12), KIB(16), KIB(24),
			     KIB(32), KIB(48), KIB(64), KIB(96), KIB(128),
			     KIB(192), KIB(256), KIB(384), KIB(512), KIB(768),
			     MIB(1), KIB(1536), MIB(2), MIB(3), MIB(4), MIB(6),
			     MIB(8), MIB(12), MIB(16), MIB(24), MIB(32),
			     MIB(48), MIB(64), MIB(96), MIB(128), MIB(192),
			     MIB(256), MIB(512), GIB(1), GIB(2), GIB(4)),
	.quick_sizes = BENCH_SIZES(KIB(4), KIB(16), KIB(32), KIB(64), KIB(256),
				   KIB(512), MIB(1), MIB(2), MIB(4), MIB(8),
				   MIB(16), MIB(32), MIB(64), MIB(256)),
	.size_min = KIB(4),
	.size_max = GIB(1024),
	.batch = 4096,
	.pages = BENCH_PAGES_4K | BENCH_PAGES_THP,
	.node_pairs = true,
	.setup = latency_setup,
	.thread_setup = latency_thread_setup,
	.loop = latency_loop,
	.teardown = thread_sets_teardown,
};

static void *parallel_setup(const struct bench_env *env)
{
	return thread_sets_new(env, DRAM_SET_BYTES);
}

/*
 * local: the next line of each chain. A chain has its own cycle through its own
 * share of the set, so that none follows in the warm tracks of another.
 */
static int parallel_thread_setup(struct bench_thread *self)
{
	struct thread_sets *sets = self->state;
	struct chase_line *lines = sets->addr[self->cpu];
	struct random random = { .state = self->env->point.seed };
	uint64_t nr_chains = self->env->point.size;
	uint64_t share = sets->bytes / sizeof(*lines) / nr_chains;
	struct chase_line **at = calloc(nr_chains, sizeof(*at));

	if (!at)
		return -ENOMEM;
	thread_sets_touch(sets, self->cpu);
	for (uint64_t c = 0; c < nr_chains; c++) {
		at[c] = lines + c * share;
		chase_build(at[c], share, &random);
	}
	self->local = at;
	return 0;
}

static uint64_t parallel_loop(struct bench_thread *self, uint64_t nr)
{
	chase_chains(self->local, (unsigned)self->env->point.size, nr);
	return nr;
}

static void parallel_thread_teardown(struct bench_thread *self)
{
	free(self->local);
}

BENCH_CASE(parallel_case) = {
	.family = "machine",
	.strategy = "chase",
	.workload = "parallel",
	.isa = "scalar",
	.models = CHASE_MODELS,
	.size_unit = "chains",
	.sizes = BENCH_SIZES(1, 2, 4, 8, 16, 32, 64),
	.quick_sizes = BENCH_SIZES(1, 4, 16, 64),
	.size_min = 1,
	.size_max = CHASE_MAX_CHAINS,
	.batch = 4096,
	.whole_batches = true,
	.pages = BENCH_PAGES_THP,
	.setup = parallel_setup,
	.thread_setup = parallel_thread_setup,
	.loop = parallel_loop,
	.thread_teardown = parallel_thread_teardown,
	.teardown = thread_sets_teardown,
};
