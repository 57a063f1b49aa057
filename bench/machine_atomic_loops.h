/*
 * machine_atomic_loops.h - one atomic operation, on an own line and on one line
 * for all threads. Included once per operation, with
 *   STRATEGY                  its name, undefined at the end, as are
 *   ATOMIC_MODELS             what it is in one line
 *   ATOMIC_STEP(word, i)      do it: the i-th of a batch, and say what it added
 *                             to the word; sums show whether any was lost
 */

forceinline uint64_t S(run)(struct bench_thread *self, uint64_t *word,
			    uint64_t nr)
{
	struct atomic_set *own = self->local;
	uint64_t added = 0;

	for (uint64_t i = 0; i < nr; i++)
		added += ATOMIC_STEP(word, i);
	own->added += added;
	return nr;
}

static uint64_t S(private_loop)(struct bench_thread *self, uint64_t nr)
{
	struct atomic_set *own = self->local;

	return S(run)(self, &own->word, nr);
}

static uint64_t S(shared_loop)(struct bench_thread *self, uint64_t nr)
{
	struct thread_sets *sets = self->state;
	struct atomic_set *first = sets->addr[0];

	return S(run)(self, &first->word, nr);
}

BENCH_CASE(S(private_case)) = {
	.family = "machine",
	.strategy = STRATEGY_NAME,
	.workload = "atomic_private",
	.isa = "scalar",
	.models = ATOMIC_MODELS,
	.batch = 4096,
	.max_threads = KMB_MAX_THREADS,
	.setup = atomic_setup,
	.thread_setup = thread_sets_thread_setup,
	.loop = S(private_loop),
	.validate = atomic_validate,
	.teardown = thread_sets_teardown,
};

BENCH_CASE(S(shared_case)) = {
	.family = "machine",
	.strategy = STRATEGY_NAME,
	.workload = "atomic_shared",
	.isa = "scalar",
	.models = ATOMIC_MODELS,
	.batch = 4096,
	.max_threads = KMB_MAX_THREADS,
	.setup = atomic_setup,
	.thread_setup = thread_sets_thread_setup,
	.loop = S(shared_loop),
	.validate = atomic_validate,
	.teardown = thread_sets_teardown,
};

#undef STRATEGY
#undef ATOMIC_MODELS
#undef ATOMIC_STEP
