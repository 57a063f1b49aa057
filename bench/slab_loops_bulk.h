/*
 * slab_loops_bulk.h - template: objects by the bulk calls of a STRATEGY of
 * kernels/slab, nr_objects of them a call.
 */
static uint64_t S(bulk_loop)(struct bench_thread *self, uint64_t nr)
{
	struct slab_thread *t = self->local;
	struct S(cache) *c = (void *)t->bench->caches;
	const unsigned n = (unsigned)t->nr_objects;
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i += n) {
		unsigned got = S(alloc_bulk)(c, self->cpu, n, t->held);

		OPTIMIZER_CLOBBER();
		S(free_bulk)(c, self->cpu, got, t->held);
		OPTIMIZER_CLOBBER();
		failed += n - got;
	}
	return slab_done(t, nr, failed);
}
