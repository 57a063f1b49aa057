/* frame_loops_burst.h - template: sixteen blocks, taken and given back. */

#define BURST 16

/* One operation: an alloc or a free; sixteen of the one, then of the other. */
static uint64_t S(burst_loop)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->allocator;
	const unsigned cpu = self->cpu, order = t->order;
	uint64_t failed = 0;
	pfn_t pfn[BURST];

	for (uint64_t left = nr; left; left -= 2 * BURST) {
		for (unsigned i = 0; i < BURST; i++) {
			pfn[i] = S(alloc)(a, cpu, order);
			OPTIMIZER_CLOBBER();
		}
		for (unsigned i = 0; i < BURST; i++) {
			if (likely(pfn[i] != PFN_NONE))
				S(free)(a, cpu, pfn[i], order);
			else
				failed += 2;
			OPTIMIZER_CLOBBER();
		}
	}
	return nr - failed;
}

BENCH_CASE(S(burst_case)) = {
	FRAME_CASE("burst", 128 * BURST),
	.max_threads = S(max_threads),
	.thread_setup = S(half_thread),
	.loop = S(burst_loop),
};

#undef BURST
