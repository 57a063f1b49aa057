/* frame_loops_remote.h - template: one thread allocates, another one frees. */

static int S(remote_thread)(struct bench_thread *self)
{
	int err = S(half_thread)(self);

	if (!err)
		frame_thread_join(self);
	return err;
}

/* Even threads. A failed alloc goes through the ring like any other. */
static uint64_t S(remote_alloc)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->ring_allocator;
	struct frame_ring *ring = t->ring;
	uint64_t head = ring->head, failed = 0;

	for (uint64_t stop = head + nr; head < stop;) {
		pfn_t *entry = &ring->entry[head % FRAME_RING_ENTRIES];

		if (head + FRAME_RING_GROUP > FRAME_RING_ENTRIES)
			frame_ring_wait(&ring->tail,
					head + FRAME_RING_GROUP -
						FRAME_RING_ENTRIES);
		for (unsigned i = 0; i < FRAME_RING_GROUP; i++) {
			entry[i] = S(alloc)(a, self->cpu, t->order);
			failed += entry[i] == PFN_NONE;
		}
		head += FRAME_RING_GROUP;
		/* pairs with the acquire in the consumer's wait */
		smp_store_release(&ring->head, head);
	}
	t->nr_failed += failed;
	return nr - failed;
}

/* Odd threads. */
static uint64_t S(remote_drain)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->ring_allocator;
	struct frame_ring *ring = t->ring;
	uint64_t tail = ring->tail, failed = 0;

	for (uint64_t stop = tail + nr; tail < stop;) {
		pfn_t *entry = &ring->entry[tail % FRAME_RING_ENTRIES];

		frame_ring_wait(&ring->head, tail + FRAME_RING_GROUP);
		for (unsigned i = 0; i < FRAME_RING_GROUP; i++) {
			if (likely(entry[i] != PFN_NONE))
				S(free)(a, self->cpu, entry[i], t->order);
			else
				failed++;
		}
		tail += FRAME_RING_GROUP;
		/* pairs with the acquire in the producer's wait */
		smp_store_release(&ring->tail, tail);
	}
	return nr - failed;
}

static uint64_t S(remote_free_loop)(struct bench_thread *self, uint64_t nr)
{
	return self->cpu % 2 ? S(remote_drain)(self, nr)
			     : S(remote_alloc)(self, nr);
}

/* Where a CPU must free its own frames, one thread at most: no pair to run. */
BENCH_CASE(S(remote_free_case)) = {
	FRAME_CASE("remote_free", 4096),
	.whole_batches = true,
	.min_threads = 2,
	.max_threads = S(traits) & FRAME_CPU_LOCAL ? 1 : S(max_threads),
	.threads_step = 2,
	.thread_setup = S(remote_thread),
	.loop = S(remote_free_loop),
};
