/*
 * machine_lock_loops.h - take a lock, touch what it guards, release it.
 *
 * Included once per lock with the parameters of lock_strategies.h, which it
 * undefines.
 */

/* Each thread has one; the lock and its counter are the first thread's. */
struct S(set) {
	LOCK_TYPE lock cacheline_aligned;
	uint64_t counter cacheline_aligned; /* guarded by the lock */
	struct spin_mcs_node node cacheline_aligned;
	uint64_t nr_ops cacheline_aligned; /* written by its thread */
};

static void *S(setup)(const struct bench_env *env)
{
	struct thread_sets *sets = thread_sets_new(env, sizeof(struct S(set)));

	if (sets) {
		struct S(set) *first = sets->addr[0];

		LOCK_INIT(&first->lock);
	}
	return sets;
}

static uint64_t S(loop)(struct bench_thread *self, uint64_t nr)
{
	struct thread_sets *sets = self->state;
	struct S(set) *first = sets->addr[0], *own = self->local;

	for (uint64_t i = 0; i < nr; i++) {
		LOCK(&first->lock, &own->node);
		first->counter++;
		UNLOCK(&first->lock, &own->node);
	}
	own->nr_ops += nr;
	return nr;
}

/* No increment was lost. */
static bool S(validate)(void *state)
{
	const struct thread_sets *sets = state;
	const struct S(set) *first = sets->addr[0];
	uint64_t nr_ops = 0;

	for (unsigned i = 0; i < sets->nr; i++) {
		const struct S(set) *set = sets->addr[i];

		nr_ops += set->nr_ops;
	}
	return first->counter == nr_ops;
}

static void S(teardown)(void *state)
{
	struct thread_sets *sets = state;
	struct S(set) *first = sets->addr[0];

	LOCK_DESTROY(&first->lock);
	thread_sets_free(sets);
}

BENCH_CASE(S(case)) = {
	.family = "machine",
	.strategy = STRATEGY_NAME,
	.workload = "lock",
	.isa = "scalar",
	.models = LOCK_MODELS,
	.batch = 4096,
	.max_threads = KMB_MAX_THREADS,
	.setup = S(setup),
	.thread_setup = thread_sets_thread_setup,
	.loop = S(loop),
	.validate = S(validate),
	.teardown = S(teardown),
};

#undef STRATEGY
#undef LOCK_MODELS
#undef LOCK_TYPE
#undef LOCK_INIT
#undef LOCK
#undef TRYLOCK
#undef UNLOCK
#undef LOCK_DESTROY
