/*
 * slab_loops_larson.h - template: a server, after Larson and Krishnan (1998).
 * A thread has many objects in use and replaces one of them after the other, at
 * random. Now and then another thread takes all of them over, as a request's
 * objects go from thread to thread: so most are freed by who did not allocate
 * them.
 */

/* Replaced before the objects change hands. */
#define SLAB_LARSON_TURN 4096

static uint64_t S(larson_loop)(struct bench_thread *self, uint64_t nr)
{
	struct slab_thread *t = self->local;
	struct slab_bench *b = self->state;
	const struct slab_call call = S(bench_caller)(t);
	const unsigned threads = self->env->point.threads;
	uint64_t failed = 0;

	for (uint64_t stop = t->at + nr; t->at < stop;) {
		uint64_t turn = align_up(t->at + 1, SLAB_LARSON_TURN);
		const uint64_t end = turn < stop ? turn : stop;

		for (; t->at < end; t->at++) {
			void **slot = &t->held[t->random[t->at % t->nr_random]];

			if (likely(*slot))
				S(bench_put)(&call, *slot);
			*slot = S(bench_get)(&call);
			failed += !*slot;
			OPTIMIZER_CLOBBER();
		}
		if (end == turn)
			t->held = xchg_full(
				&b->boxes[end / SLAB_LARSON_TURN % threads],
				t->held);
	}
	return slab_done(t, nr, failed);
}
