/* frame_loops_fill.h - template: take the whole share, then give it back. */

enum S(drain_order) { S(FORWARD), S(REVERSE), S(RANDOM) };

static int S(fill_thread)(struct bench_thread *self)
{
	int err = frame_thread_init(self, false);
	struct frame_thread *t = self->local;

	if (err)
		return err;
	t->nr_held = t->max_held;
	for (uint64_t i = 0; i < t->max_held; i++)
		t->held[i] = FRAME_NO_BLOCK;
	return frame_thread_permute(self);
}

static uint64_t S(fill)(struct frame_thread *t, unsigned cpu, uint64_t *held)
{
	struct S(allocator) *a = t->allocator;
	const unsigned order = t->order;
	const uint64_t nr = t->max_held;
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		held[i] = frame_block(S(alloc)(a, cpu, order), order);
		failed += held[i] == FRAME_NO_BLOCK;
		OPTIMIZER_CLOBBER();
	}
	t->nr_failed += failed;
	return nr - failed;
}

forceinline uint64_t S(drain)(struct frame_thread *t, unsigned cpu,
			      enum S(drain_order) direction)
{
	struct S(allocator) *a = t->allocator;
	const unsigned order = t->order;
	const uint64_t nr = t->max_held;
	uint64_t *held = t->held, failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		uint64_t *block = direction == S(FORWARD) ? &held[i]
				  : direction == S(REVERSE)
					  ? &held[nr - 1 - i]
					  : &held[t->indices[i]];

		if (likely(*block != FRAME_NO_BLOCK))
			S(free)(a, cpu, frame_block_pfn(*block), order);
		else
			failed++;
		*block = FRAME_NO_BLOCK;
		OPTIMIZER_CLOBBER();
	}
	return nr - failed;
}

/* Whole rounds: nr is a multiple of frame_bench_round(). */
forceinline uint64_t S(fill_drain)(struct bench_thread *self, uint64_t nr,
				   enum S(drain_order) direction)
{
	struct frame_thread *t = self->local;
	uint64_t done = 0;

	for (uint64_t i = 0; i < nr; i += 2 * t->max_held) {
		done += S(fill)(t, self->cpu, t->held);
		if (t->phased)
			bench_phase(self, 0, t->max_held);
		done += S(drain)(t, self->cpu, direction);
		if (t->phased)
			bench_phase(self, 1, t->max_held);
	}
	return done;
}

static uint64_t S(fill_drain_forward_loop)(struct bench_thread *self,
					   uint64_t nr)
{
	return S(fill_drain)(self, nr, S(FORWARD));
}

static uint64_t S(fill_drain_reverse_loop)(struct bench_thread *self,
					   uint64_t nr)
{
	return S(fill_drain)(self, nr, S(REVERSE));
}

static uint64_t S(fill_drain_random_loop)(struct bench_thread *self,
					  uint64_t nr)
{
	return S(fill_drain)(self, nr, S(RANDOM));
}

BENCH_CASE(S(fill_drain_forward_case)) = {
	FRAME_CASE("fill_drain_forward", 1024),
	.max_threads = S(max_threads),
	.round = frame_bench_round,
	.phases = { "alloc", "free" },
	.thread_setup = S(fill_thread),
	.loop = S(fill_drain_forward_loop),
};

BENCH_CASE(S(fill_drain_reverse_case)) = {
	FRAME_CASE("fill_drain_reverse", 1024),
	.max_threads = S(max_threads),
	.round = frame_bench_round,
	.phases = { "alloc", "free" },
	.thread_setup = S(fill_thread),
	.loop = S(fill_drain_reverse_loop),
};

BENCH_CASE(S(fill_drain_random_case)) = {
	FRAME_CASE("fill_drain_random", 1024),
	.max_threads = S(max_threads),
	.round = frame_bench_round,
	.phases = { "alloc", "free" },
	.thread_setup = S(fill_thread),
	.loop = S(fill_drain_random_loop),
};
