/* frame_loops_pair.h - template: an alloc and the free of what it gave. */

static uint64_t S(pair_loop)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->allocator;
	const unsigned cpu = self->cpu, order = t->order;
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		pfn_t pfn = S(alloc)(a, cpu, order);

		OPTIMIZER_HIDE(pfn);
		OPTIMIZER_CLOBBER();
		if (likely(pfn != PFN_NONE))
			S(free)(a, cpu, pfn, order);
		else
			failed++;
		OPTIMIZER_CLOBBER();
	}
	t->nr_failed += failed;
	return nr - failed;
}

BENCH_CASE(S(pair_case)) = {
	FRAME_CASE("pair", 4096),
	.max_threads = S(max_threads),
	.thread_setup = S(half_thread),
	.loop = S(pair_loop),
};

BENCH_CASE(S(pair_fresh_case)) = {
	FRAME_CASE("pair_fresh", 4096),
	.max_threads = S(max_threads),
	.thread_setup = S(fresh_thread),
	.loop = S(pair_loop),
};
