/* frame_loops_churn.h - template: free a random held block, alloc another. */

forceinline uint64_t S(churn_steps)(struct bench_thread *self, uint64_t nr,
				    bool typed)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->allocator;
	const unsigned cpu = self->cpu;
	const uint64_t mask = t->nr_steps - 1, stop = t->at + nr;
	const uint32_t *steps = t->indices;
	uint64_t *held = t->held, failed = 0;

	for (uint64_t i = t->at; i < stop; i++) {
		uint32_t step = steps[i & mask];
		uint64_t *block = &held[step >> FRAME_REQUEST_BITS];
		unsigned order = frame_request_order(step);
		enum migratetype type = frame_request_type(step);

		if (likely(*block != FRAME_NO_BLOCK))
			S(free_block)(a, cpu, *block);
		OPTIMIZER_CLOBBER();
		*block = frame_block(typed ? S(alloc_typed)(a, cpu, order, type)
					   : S(alloc)(a, cpu, order),
				     order);
		failed += *block == FRAME_NO_BLOCK;
		OPTIMIZER_CLOBBER();
	}
	t->at = stop;
	t->nr_failed += failed;
	return nr - failed;
}

static uint64_t S(churn_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(churn_steps)(self, nr, false);
}

static uint64_t S(mixed_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(churn_steps)(self, nr, true);
}

/* To the steady state: every block has been replaced about twice. */
static int S(churn_thread)(struct bench_thread *self, bool mixed,
			   frame_draw_fn draw, unsigned percent)
{
	int err = frame_thread_init(self, mixed);
	struct frame_thread *t = self->local;

	if (err)
		return err;
	S(age)(self, draw, percent);
	err = frame_thread_steps(self, draw);
	if (!err)
		S(churn_steps)(self, 2 * t->nr_held, true);
	t->nr_failed = 0;
	return err;
}

static int S(churn1_thread)(struct bench_thread *self)
{
	return S(churn_thread)(self, false, frame_draw_same, 50);
}

static int S(churn_50_thread)(struct bench_thread *self)
{
	return S(churn_thread)(self, true, frame_draw_uniform, 50);
}

static int S(churn_90_thread)(struct bench_thread *self)
{
	return S(churn_thread)(self, true, frame_draw_uniform, 90);
}

static int S(mixed_thread)(struct bench_thread *self)
{
	return S(churn_thread)(self, true, frame_draw_real, 50);
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

BENCH_CASE(S(churn1_case)) = {
	FRAME_FEW_CASE("churn1", 256), .setup = S(setup),
	.max_threads = S(max_threads), .thread_setup = S(churn1_thread),
	.loop = S(churn_loop),
};

BENCH_CASE(S(mixed_case)) = {
	FRAME_BARE_CASE("mixed", 256),
	.setup = S(setup),
	.validate = S(check),
	.max_threads = S(max_threads),
	.thread_setup = S(mixed_thread),
	.loop = S(mixed_loop),
};
