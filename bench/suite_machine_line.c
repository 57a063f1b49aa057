/* suite_machine_line.c - how long a written line takes to another CPU. */
#include "thread_sets.h"

#include "../kernels/sync/atomic.h"

static void *line_setup(const struct bench_env *env)
{
	return thread_sets_new(env, CACHE_LINE_BYTES);
}

/* local: the first thread's line. Its word counts the transfers. */
static int line_thread_setup(struct bench_thread *self)
{
	struct thread_sets *sets = self->state;

	if (self->cpu == 0)
		thread_sets_touch(sets, self->cpu);
	self->local = sets->addr[0];
	return 0;
}

/*
 * An even count is the first thread's turn, an odd one the second's. Both are
 * asked for the same even number of operations, so that each stretch ends with
 * the count even, as it began. An operation is one transfer: of any two, one
 * is ours and one the other's, and each thread sees them all go by.
 *
 * No pause in the spin: it lasts as long as the transfer that is measured.
 */
static uint64_t ping_pong_loop(struct bench_thread *self, uint64_t nr)
{
	uint64_t *count = self->local;
	const uint64_t turn = self->cpu;

	for (uint64_t i = 0; i < nr; i += 2) {
		uint64_t seen;

		/* pairs with the other thread's release */
		while ((seen = smp_load_acquire(count)) % 2 != turn)
			;
		smp_store_release(count, seen + 1);
	}
	return nr;
}

static bool ping_pong_validate(void *state)
{
	const struct thread_sets *sets = state;
	const uint64_t *count = sets->addr[0];

	return *count && *count % 2 == 0;
}

BENCH_CASE(ping_pong_case) = {
	.family = "machine",
	.strategy = "line",
	.workload = "ping_pong",
	.isa = "scalar",
	.models = "one word written by two CPUs in turn; one way",
	.batch = 4096,
	.whole_batches = true,
	.min_threads = 2,
	.max_threads = 2,
	.setup = line_setup,
	.thread_setup = line_thread_setup,
	.loop = ping_pong_loop,
	.validate = ping_pong_validate,
	.teardown = thread_sets_teardown,
};
