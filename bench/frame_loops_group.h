/*
 * frame_loops_group.h - template: free a group of random held blocks, then
 * allocate as many: what a CPU's list cannot hold goes to the zone and back.
 */

#define CHURN_GROUP 512

/* Free a group's blocks, then fill their slots; the number that found none. */
forceinline uint64_t S(replace)(struct frame_thread *t, unsigned cpu,
				const uint32_t *slots, uint64_t nr)
{
	struct S(allocator) *a = t->allocator;
	const unsigned order = t->order;
	uint64_t *held = t->held, failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		uint64_t block = held[slots[i]];

		if (likely(block != FRAME_NO_BLOCK))
			S(free)(a, cpu, frame_block_pfn(block), order);
		OPTIMIZER_CLOBBER();
	}
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t block = frame_block(S(alloc)(a, cpu, order), order);

		held[slots[i]] = block;
		failed += block == FRAME_NO_BLOCK;
		OPTIMIZER_CLOBBER();
	}
	return failed;
}

/* The last group is smaller where nr is no multiple of it. */
static uint64_t S(group_loop)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	uint64_t failed = 0, nr_now;

	for (uint64_t left = nr; left; left -= nr_now) {
		nr_now = left < t->group ? left : t->group;
		failed += S(replace)(t, self->cpu, &t->indices[t->at], nr_now);
		t->at = (t->at + t->group) % t->nr_steps;
	}
	t->nr_failed += failed;
	return nr - failed;
}

/* To the steady state: every block has been replaced about twice. */
static int S(churn512_thread)(struct bench_thread *self)
{
	int err = S(half_thread)(self);
	struct frame_thread *t = self->local;

	if (err)
		return err;
	err = frame_thread_groups(self, CHURN_GROUP,
				  2 + 2 * t->nr_held / CHURN_GROUP);
	if (!err)
		S(group_loop)(self, 2 * t->nr_held);
	t->nr_failed = 0;
	return err;
}

BENCH_CASE(S(churn512_case)) = {
	FRAME_FEW_CASE("churn512", CHURN_GROUP),
	.setup = S(setup),
	.whole_batches = true,
	.max_threads = S(max_threads),
	.thread_setup = S(churn512_thread),
	.loop = S(group_loop),
};

#undef CHURN_GROUP
