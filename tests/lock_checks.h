/*
 * lock_checks.h - what every lock must do. Included once per lock, with the
 * parameters of lock_strategies.h, which it undefines.
 */

struct S(shared) {
	LOCK_TYPE lock;
	uint64_t counter, copy; /* guarded by lock; always equal outside it */
};

static void *S(increment)(void *arg)
{
	struct S(shared) *shared = arg;
	struct spin_mcs_node node;

	for (unsigned i = 0; i < INCREMENTS; i++) {
		/* Every fourth by trylock, which may fail but may not lie. */
		if (i % 4 || !TRYLOCK(&shared->lock, &node))
			LOCK(&shared->lock, &node);
		shared->counter++;
		shared->copy = shared->counter;
		UNLOCK(&shared->lock, &node);
		/* Stay away at times: the lock is also found free. */
		for (unsigned away = i % 64; away; away--)
			OPTIMIZER_HIDE(away);
	}
	return NULL;
}

/* Plain increments by several threads, none of them lost. */
static void S(excludes)(void **state)
{
	struct S(shared) shared = { .counter = 0 };
	pthread_t threads[THREADS];

	(void)state;
	LOCK_INIT(&shared.lock);
	for (unsigned t = 0; t < THREADS; t++)
		assert_int_equal(pthread_create(&threads[t], NULL, S(increment),
						&shared),
				 0);
	for (unsigned t = 0; t < THREADS; t++)
		pthread_join(threads[t], NULL);
	assert_int_equal(shared.counter, (uint64_t)THREADS * INCREMENTS);
	assert_int_equal(shared.copy, shared.counter);
	LOCK_DESTROY(&shared.lock);
}

static void *S(try)(void *arg)
{
	struct S(shared) *shared = arg;
	struct spin_mcs_node node;
	bool taken = TRYLOCK(&shared->lock, &node);

	if (taken)
		UNLOCK(&shared->lock, &node);
	return taken ? shared : NULL;
}

static bool S(try_elsewhere)(struct S(shared) * shared)
{
	pthread_t thread;
	void *taken = NULL;

	assert_int_equal(pthread_create(&thread, NULL, S(try), shared), 0);
	pthread_join(thread, &taken);
	return taken != NULL;
}

/* trylock takes a free lock, and leaves a held one as it is. */
static void S(tries)(void **state)
{
	struct S(shared) shared = { .counter = 0 };
	struct spin_mcs_node node;

	(void)state;
	LOCK_INIT(&shared.lock);
	for (unsigned round = 0; round < 3; round++) {
		assert_true(S(try_elsewhere)(&shared));
		LOCK(&shared.lock, &node);
		assert_false(S(try_elsewhere)(&shared));
		UNLOCK(&shared.lock, &node);
		assert_true(TRYLOCK(&shared.lock, &node));
		assert_false(S(try_elsewhere)(&shared));
		UNLOCK(&shared.lock, &node);
	}
	LOCK_DESTROY(&shared.lock);
}

static const struct CMUnitTest S(tests)[] = {
	{ STRATEGY_NAME " excludes", S(excludes), NULL, NULL, NULL },
	{ STRATEGY_NAME " tries", S(tries), NULL, NULL, NULL },
};

#undef STRATEGY
#undef LOCK_MODELS
#undef LOCK_TYPE
#undef LOCK_INIT
#undef LOCK
#undef TRYLOCK
#undef UNLOCK
#undef LOCK_DESTROY
