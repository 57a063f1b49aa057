/* frame_loops_churn.h - template: free a random held block, alloc another. */

static uint64_t S(churn_loop)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->allocator;
	const unsigned cpu = self->cpu;
	const uint64_t mask = t->nr_steps - 1, stop = t->at + nr;
	const uint32_t *steps = t->indices;
	uint64_t *held = t->held, failed = 0;

	for (uint64_t i = t->at; i < stop; i++) {
		uint32_t step = steps[i & mask];
		uint64_t *block = &held[step >> 4];
		unsigned order = frame_block_order(step);

		if (likely(*block != FRAME_NO_BLOCK))
			S(free_block)(a, cpu, *block);
		OPTIMIZER_CLOBBER();
		*block = frame_block(S(alloc)(a, cpu, order), order);
		failed += *block == FRAME_NO_BLOCK;
		OPTIMIZER_CLOBBER();
	}
	t->at = stop;
	return nr - failed;
}

/* To the steady state: every block has been replaced about twice. */
static int S(churn_thread)(struct bench_thread *self, unsigned percent)
{
	int err = frame_thread_init(self, true);
	struct frame_thread *t = self->local;

	if (err)
		return err;
	S(age)(self, true, percent);
	err = frame_thread_steps(self);
	if (!err)
		S(churn_loop)(self, 2 * t->nr_held);
	return err;
}

static int S(churn_50_thread)(struct bench_thread *self)
{
	return S(churn_thread)(self, 50);
}

static int S(churn_90_thread)(struct bench_thread *self)
{
	return S(churn_thread)(self, 90);
}

BENCH_CASE(S(churn_50_case)) = {
	FRAME_CASE("churn_50", 256),
	.max_threads = S(max_threads),
	.thread_setup = S(churn_50_thread),
	.loop = S(churn_loop),
};

BENCH_CASE(S(churn_90_case)) = {
	FRAME_CASE("churn_90", 256),
	.max_threads = S(max_threads),
	.thread_setup = S(churn_90_thread),
	.loop = S(churn_loop),
};
