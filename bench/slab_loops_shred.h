/*
 * slab_loops_shred.h - template: memory that has to be given back. shred frees
 * all objects but one of each slab, has the cache shrink, and fills it again;
 * refill takes and frees them all over an empty cache. Objects are written to,
 * as any user's are: or who gave pages back would not have to have them again.
 */

/* Whole rounds: nr is a multiple of slab_nr_objects(). */
static uint64_t S(shred_loop)(struct bench_thread *self, uint64_t nr)
{
	struct slab_thread *t = self->local;
	struct slab_bench *b = self->state;
	const struct slab_call call = S(bench_caller)(t);
	const uint64_t size = b->params.size, slab = slab_shred_bytes(size);
	const uint64_t n = t->nr_objects;
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i += n) {
		uint64_t left = 0;

		for (uint64_t k = 0; k < n; k++) {
			void *object = t->held[k];

			if (slab_is_left(object, slab, size))
				t->held[left++] = object;
			else if (likely(object))
				S(bench_put)(&call, object);
			OPTIMIZER_CLOBBER();
		}
		bench_phase(self, 0, n - left);
		b->subject->shrink(b->caches, self->cpu);
		bench_phase(self, 1, n - left);
		failed += S(bench_fill)(t, &call, left, true);
		bench_phase(self, 2, n - left);
	}
	return slab_done(t, nr, failed);
}

static uint64_t S(refill_loop)(struct bench_thread *self, uint64_t nr)
{
	struct slab_thread *t = self->local;
	struct slab_bench *b = self->state;
	const struct slab_call call = S(bench_caller)(t);
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i += t->nr_objects) {
		failed += S(bench_fill)(t, &call, 0, true);
		bench_phase(self, 0, t->nr_objects);
		S(bench_drain)(t, &call, SLAB_FIFO);
		bench_phase(self, 1, t->nr_objects);
		b->subject->shrink(b->caches, self->cpu);
		bench_phase(self, 2, t->nr_objects);
	}
	return slab_done(t, nr, failed);
}
