/*
 * slab_loops_trace.h - template: the slab objects of a real kernel, replayed as
 * fast as it goes, by one thread or by one for each traced CPU. Objects are
 * written to, as a kernel does.
 */

/* Do a thread's steps [from, to); how many failed. */
forceinline uint64_t S(bench_replay)(const struct slab_thread *t, uint64_t from,
				     uint64_t to, bool shared)
{
	const struct replay_thread *r = t->steps;
	uint64_t failed = 0;

	for (const struct replay_step *s = r->steps + from; s < r->steps + to;
	     s++) {
		const struct slab_call *call = &t->calls[s->class];
		const bool share = shared && s->op & REPLAY_SHARED;
		uint64_t block;
		uint64_t *slot = share ? &r->shared[s->slot] : &r->own[s->slot];

		if (s->op & REPLAY_ALLOC) {
			uint64_t *object;

			if (share)
				replay_claim(slot);
			object = S(bench_get)(call);
			if (likely(object))
				*object = s->class;
			block = object ? (uintptr_t)object : REPLAY_FAILED;
			if (share)
				replay_put(slot, block);
			else
				*slot = block;
		} else {
			block = share ? replay_take(slot) : *slot;
			if (likely(block != REPLAY_FAILED))
				S(bench_put)(call, (void *)(uintptr_t)block);
		}
		failed += block == REPLAY_FAILED;
		OPTIMIZER_CLOBBER();
	}
	return failed;
}

/* Whole rounds: nr is a multiple of slab_replay_round(). */
forceinline uint64_t S(bench_replay_rounds)(struct bench_thread *self,
					    uint64_t nr, bool shared)
{
	struct slab_bench *b = self->state;
	struct slab_thread *t = self->local;
	const struct replay_thread *r = t->steps;
	const uint64_t rounds = replay_rounds(b->replay->replay, nr);
	uint64_t failed = 0;

	for (uint64_t i = 0; i < rounds; i++) {
		failed += S(bench_replay)(t, 0, r->nr_traced, shared);
		bench_phase(self, 0, r->nr_traced);
		failed += S(bench_replay)(t, r->nr_traced, r->nr, shared);
		bench_phase(self, 1, r->nr - r->nr_traced);
	}
	/* Threads do unequal parts of a round; together they do nr each. */
	return slab_done(t, rounds * r->nr, failed);
}

static uint64_t S(trace_loop)(struct bench_thread *self, uint64_t nr)
{
	return self->env->point.threads == 1
		       ? S(bench_replay_rounds)(self, nr, false)
		       : S(bench_replay_rounds)(self, nr, true);
}
