/*
 * suite_machine_random.c - loads of random lines whose addresses are known
 * ahead: all at once, or one by one behind a number of prefetches.
 */
#include "thread_sets.h"

#include <errno.h>
#include <stdlib.h>

#include "../kernels/base/bitops.h"
#include "../kernels/machine/scatter.h"

#define MAX_AHEAD 64

struct random_loads {
	const char *set; /* every word of it is zero */
	struct scatter scatter;
	uint64_t next; /* scatter(next) is the next line to load */
};

static void *random_setup(const struct bench_env *env)
{
	return thread_sets_new(env, DRAM_SET_BYTES);
}

static int random_thread_setup(struct bench_thread *self)
{
	struct thread_sets *sets = self->state;
	struct random_loads *r = malloc(sizeof(*r));

	if (!r)
		return -ENOMEM;
	thread_sets_touch(sets, self->cpu);
	r->set = sets->addr[self->cpu];
	r->scatter = scatter_init(fls64(sets->bytes / CACHE_LINE_BYTES));
	r->next = self->env->point.seed;
	self->local = r;
	return 0;
}

static void random_thread_teardown(struct bench_thread *self)
{
	free(self->local);
}

forceinline const char *random_line(const struct random_loads *r, uint64_t i)
{
	return r->set + scatter(r->scatter, i) * CACHE_LINE_BYTES;
}

/* Nothing waits for anything: as many at once as the core can. */
static uint64_t independent_loop(struct bench_thread *self, uint64_t nr)
{
	struct random_loads *keep = self->local, r = *keep;

	for (uint64_t i = 0; i < nr; i++) {
		uint64_t word = *(const uint64_t *)(const void *)random_line(
			&r, r.next + i);

		OPTIMIZER_HIDE(word);
	}
	keep->next += nr;
	return nr;
}

/*
 * Each load waits for the one before (`zero` is what that one read), and so
 * does each prefetch: exactly `ahead` of them are on their way, whatever the
 * core could do out of order.
 */
static uint64_t prefetch_loop(struct bench_thread *self, uint64_t nr)
{
	struct random_loads *keep = self->local, r = *keep;
	const uint64_t ahead = self->env->point.size;
	uint64_t zero = 0;

	for (uint64_t i = r.next; i < r.next + nr; i++) {
		__builtin_prefetch(random_line(&r, i + ahead) + zero);
		zero = *(const uint64_t *)(const void *)(random_line(&r, i) +
							 zero);
		OPTIMIZER_HIDE(zero);
	}
	keep->next += nr;
	return nr;
}

BENCH_CASE(independent_case) = {
	.family = "machine",
	.strategy = "independent",
	.workload = "random",
	.isa = "scalar",
	.models = "loads of random lines that do not wait for each other",
	.batch = 4096,
	.whole_batches = true,
	.pages = BENCH_PAGES_THP,
	.setup = random_setup,
	.thread_setup = random_thread_setup,
	.loop = independent_loop,
	.thread_teardown = random_thread_teardown,
	.teardown = thread_sets_teardown,
};

BENCH_CASE(prefetch_case) = {
	.family = "machine",
	.strategy = "prefetch",
	.workload = "random",
	.isa = "scalar",
	.models = "loads of random lines in turn, each prefetched some ahead",
	.size_unit = "ahead",
	.sizes = BENCH_SIZES(1, 2, 4, 8, 16, 32, 64),
	.quick_sizes = BENCH_SIZES(1, 4, 16, 64),
	.size_min = 1,
	.size_max = MAX_AHEAD,
	.batch = 4096,
	.whole_batches = true,
	.pages = BENCH_PAGES_THP,
	.setup = random_setup,
	.thread_setup = random_thread_setup,
	.loop = prefetch_loop,
	.thread_teardown = random_thread_teardown,
	.teardown = thread_sets_teardown,
};
