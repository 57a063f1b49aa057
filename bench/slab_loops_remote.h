/*
 * slab_loops_remote.h - template: pairs of threads. One allocates and writes,
 * the other reads and frees (of null it is one object, which both have at
 * once); or both allocate for each other.
 */

/* Even threads. What could not be had goes through the ring like any other. */
static uint64_t S(bench_produce)(struct slab_thread *t, uint64_t nr)
{
	const struct slab_call call = S(bench_caller)(t);
	struct slab_ring *ring = t->out;
	uint64_t head = ring->head, failed = 0;

	for (uint64_t stop = head + nr; head < stop;) {
		void **entry = &ring->entry[head % SLAB_RING_ENTRIES];

		if (head + SLAB_RING_GROUP > SLAB_RING_ENTRIES)
			slab_wait(&ring->tail,
				  head + SLAB_RING_GROUP - SLAB_RING_ENTRIES);
		for (unsigned i = 0; i < SLAB_RING_GROUP; i++) {
			uint64_t *object = S(bench_get)(&call);

			if (likely(object))
				WRITE_ONCE(*object, head);
			else
				failed++;
			entry[i] = object;
		}
		head += SLAB_RING_GROUP;
		/* pairs with the acquire in the consumer's wait */
		smp_store_release(&ring->head, head);
	}
	return failed;
}

/* Odd threads. */
static uint64_t S(bench_consume)(struct slab_thread *t, uint64_t nr)
{
	const struct slab_call call = S(bench_caller)(t);
	struct slab_ring *ring = t->in;
	uint64_t tail = ring->tail, failed = 0, sum = 0;

	for (uint64_t stop = tail + nr; tail < stop;) {
		void **entry = &ring->entry[tail % SLAB_RING_ENTRIES];

		slab_wait(&ring->head, tail + SLAB_RING_GROUP);
		for (unsigned i = 0; i < SLAB_RING_GROUP; i++) {
			uint64_t *object = entry[i];

			if (likely(object)) {
				sum += READ_ONCE(*object);
				S(bench_put)(&call, object);
			} else {
				failed++;
			}
		}
		tail += SLAB_RING_GROUP;
		/* pairs with the acquire in the producer's wait */
		smp_store_release(&ring->tail, tail);
	}
	OPTIMIZER_HIDE(sum);
	return failed;
}

/* Who allocates counts an object, in metrics of an operation. */
static uint64_t S(producer_consumer_loop)(struct bench_thread *self,
					  uint64_t nr)
{
	struct slab_thread *t = self->local;

	if (self->cpu % 2)
		return nr - S(bench_consume)(t, nr);
	return slab_done(t, nr, S(bench_produce)(t, nr));
}

/* Objects that are on their way, so that nobody waits for the newest. */
#define SLAB_TWO_WAY_LAG (SLAB_RING_ENTRIES / 2)

/* A group for the partner. */
forceinline uint64_t S(bench_send)(struct slab_ring *ring,
				   const struct slab_call *call)
{
	const uint64_t head = ring->head;
	void **entry = &ring->entry[head % SLAB_RING_ENTRIES];
	uint64_t failed = 0;

	if (head + SLAB_RING_GROUP > SLAB_RING_ENTRIES)
		slab_wait(&ring->tail,
			  head + SLAB_RING_GROUP - SLAB_RING_ENTRIES);
	for (unsigned i = 0; i < SLAB_RING_GROUP; i++) {
		entry[i] = S(bench_get)(call);
		failed += !entry[i];
	}
	/* pairs with the acquire in the partner's wait */
	smp_store_release(&ring->head, head + SLAB_RING_GROUP);
	return failed;
}

/* A group of the partner's: each takes a place at random, whose object goes. */
forceinline void S(bench_receive)(struct slab_thread *t,
				  const struct slab_call *call)
{
	struct slab_ring *ring = t->in;
	const uint64_t tail = ring->tail;
	void **entry = &ring->entry[tail % SLAB_RING_ENTRIES];

	slab_wait(&ring->head, tail + SLAB_RING_GROUP);
	for (unsigned i = 0; i < SLAB_RING_GROUP; i++) {
		void **slot = &t->held[t->random[t->at++ % t->nr_random]];
		void *old = *slot;

		*slot = entry[i];
		if (likely(old))
			S(bench_put)(call, old);
	}
	/* pairs with the acquire in the partner's wait */
	smp_store_release(&ring->tail, tail + SLAB_RING_GROUP);
}

static uint64_t S(two_way_loop)(struct bench_thread *self, uint64_t nr)
{
	struct slab_thread *t = self->local;
	const struct slab_call call = S(bench_caller)(t);
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i += SLAB_RING_GROUP) {
		failed += S(bench_send)(t->out, &call);
		if (t->out->head - t->in->tail > SLAB_TWO_WAY_LAG)
			S(bench_receive)(t, &call);
	}
	return slab_done(t, nr, failed);
}
