/*
 * slab_loops_batch.h - template: some objects, all in use at once, then all
 * freed: the last first, in order, or at random. And the same from a cache that
 * has no pages to one that has given them all back.
 */

/* Objects in held[] from there on, `written` to; how many requests failed. */
forceinline uint64_t S(bench_fill)(const struct slab_thread *t,
				   const struct slab_call *call, uint64_t from,
				   bool written)
{
	void **const held = t->held;
	const uint64_t n = t->nr_objects;
	uint64_t failed = 0;

	for (uint64_t i = from; i < n; i++) {
		uint64_t *object = S(bench_get)(call);

		held[i] = object;
		if (unlikely(!object))
			failed++;
		else if (written)
			*object = i;
		OPTIMIZER_CLOBBER();
	}
	return failed;
}

forceinline void S(bench_drain)(const struct slab_thread *t,
				const struct slab_call *call,
				enum slab_order order)
{
	void **const held = t->held;
	const uint32_t *const random = t->random;
	const uint64_t n = t->nr_objects;

	for (uint64_t i = 0; i < n; i++) {
		void *object = held[order == SLAB_FIFO	 ? i
				    : order == SLAB_LIFO ? n - 1 - i
							 : random[i]];

		if (likely(object))
			S(bench_put)(call, object);
		OPTIMIZER_CLOBBER();
	}
}

/* Whole rounds: nr is a multiple of slab_nr_objects(). */
forceinline uint64_t S(bench_batches)(struct bench_thread *self, uint64_t nr,
				      enum slab_order order)
{
	struct slab_thread *t = self->local;
	const struct slab_call call = S(bench_caller)(t);
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i += t->nr_objects) {
		failed += S(bench_fill)(t, &call, 0, false);
		S(bench_drain)(t, &call, order);
	}
	return slab_done(t, nr, failed);
}

static uint64_t S(batch_lifo_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(bench_batches)(self, nr, SLAB_LIFO);
}

static uint64_t S(batch_fifo_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(bench_batches)(self, nr, SLAB_FIFO);
}

static uint64_t S(batch_random_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(bench_batches)(self, nr, SLAB_RANDOM);
}
