/* slab_loops_pair.h - template: an alloc and the free of what it gave. */

/* How an object is used between the two, if at all. */
enum S(bench_use) {
	S(NOT_USED),
	S(USED),	/* its first word is, and is put back */
	S(CONSTRUCTED), /* the same, where nobody else constructs it */
};

forceinline void S(bench_use)(void *object, enum S(bench_use) use)
{
	uint64_t *word = object, before;

	if (use == S(NOT_USED))
		return;
	if (use == S(CONSTRUCTED))
		slab_construct(object);
	before = *word;
	*word = before + 1;
	OPTIMIZER_CLOBBER();
	*word = before;
}

forceinline uint64_t S(bench_pairs)(struct bench_thread *self, uint64_t nr,
				    enum S(bench_use) use)
{
	struct slab_thread *t = self->local;
	const struct slab_call call = S(bench_caller)(t);
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		void *object = S(bench_get)(&call);

		OPTIMIZER_HIDE(object);
		OPTIMIZER_CLOBBER();
		if (likely(object)) {
			S(bench_use)(object, use);
			S(bench_put)(&call, object);
		} else {
			failed++;
		}
		OPTIMIZER_CLOBBER();
	}
	return slab_done(t, nr, failed);
}

static uint64_t S(pair_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(bench_pairs)(self, nr, S(NOT_USED));
}

static uint64_t S(ctor_reuse_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(bench_pairs)(self, nr, S(USED));
}
