/*
 * frame_loops_contend.h - template: all threads at the first node's allocator,
 * wherever they run (contend), or at that of their own (contend_nodes), each
 * taking sixteen blocks and giving them back.
 *
 * Their shares are of one zone, a random half in use, filled by all at once, so
 * that a block's neighbours are other threads'. A batch is no more than a CPU's
 * lists hold: strategies that have such lists need not contend, all others do.
 * On one node the two are the same.
 */

#define CONTEND_BATCH 16

static int S(contend_init)(struct bench_thread *self, bool one_zone)
{
	int err = frame_thread_init(self, false);
	struct frame_thread *t = self->local;

	if (err)
		return err;
	if (one_zone)
		frame_thread_one_zone(self);
	S(age)(self, frame_draw_same, 50);
	/* Not more than are free, where blocks are few. */
	t->group = t->share >> t->order >> 1;
	if (t->group > CONTEND_BATCH)
		t->group = CONTEND_BATCH;
	if (!t->group)
		t->group = 1;
	return 0;
}

static int S(contend_thread)(struct bench_thread *self)
{
	return S(contend_init)(self, true);
}

static int S(contend_nodes_thread)(struct bench_thread *self)
{
	return S(contend_init)(self, false);
}

/* nr is even. */
static uint64_t S(contend_loop)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->allocator;
	const unsigned cpu = self->cpu, order = t->order;
	uint64_t failed = 0, nr_now;
	pfn_t pfn[CONTEND_BATCH];

	for (uint64_t left = nr / 2; left; left -= nr_now) {
		nr_now = left < t->group ? left : t->group;
		for (uint64_t i = 0; i < nr_now; i++) {
			pfn[i] = S(alloc)(a, cpu, order);
			failed += pfn[i] == PFN_NONE;
			OPTIMIZER_CLOBBER();
		}
		for (uint64_t i = 0; i < nr_now; i++) {
			if (likely(pfn[i] != PFN_NONE))
				S(free)(a, cpu, pfn[i], order);
			OPTIMIZER_CLOBBER();
		}
	}
	t->nr_failed += failed;
	return nr - 2 * failed;
}

BENCH_CASE(S(contend_case)) = {
	FRAME_FEW_CASE("contend", 128 * CONTEND_BATCH),
	.setup = S(setup),
	.whole_batches = true,
	.max_threads = S(max_threads),
	.thread_setup = S(contend_thread),
	.loop = S(contend_loop),
};

BENCH_CASE(S(contend_nodes_case)) = {
	FRAME_FEW_CASE("contend_nodes", 128 * CONTEND_BATCH),
	.setup = S(setup),
	.whole_batches = true,
	.aside = true,
	.max_threads = S(max_threads),
	.thread_setup = S(contend_nodes_thread),
	.loop = S(contend_loop),
};

#undef CONTEND_BATCH
