/*
 * frame_loops_small.h - template: requests of less than a page, one behind the
 * other as they are made at boot, for strategies that allocate by the byte.
 *
 * A round allocates a number of blocks of random sizes, then frees each. The
 * frees give nothing back, as no block covers a page: what a round leaves
 * behind goes in whole pages, apart from the phases.
 */

/* SMP_CACHE_BYTES: what alloc_bootmem() aligns to. */
#define SMALL_ALIGN 64

static uint64_t S(small_fill)(struct frame_thread *t)
{
	struct S(allocator) *a = t->allocator;
	uint64_t failed = 0;

	for (uint64_t i = 0; i < t->max_held; i++) {
		t->held[i] = S(alloc_bytes)(a, t->indices[i], SMALL_ALIGN, 0);
		failed += t->held[i] == FRAME_NO_BLOCK;
		OPTIMIZER_CLOBBER();
	}
	t->nr_failed += failed;
	return failed;
}

static void S(small_free)(struct frame_thread *t)
{
	for (uint64_t i = 0; i < t->max_held; i++) {
		if (likely(t->held[i] != FRAME_NO_BLOCK))
			S(free_bytes)(t->allocator, t->held[i], t->indices[i]);
		OPTIMIZER_CLOBBER();
	}
}

/* All pages that the blocks touch: those of neighbours by one call. */
static void S(small_release)(struct frame_thread *t)
{
	pfn_t start = 0, end = 0;

	for (uint64_t i = 0; i < t->max_held; i++) {
		pfn_t first = t->held[i] >> PAGE_SHIFT;
		pfn_t last = (t->held[i] + t->indices[i] - 1) >> PAGE_SHIFT;

		if (t->held[i] == FRAME_NO_BLOCK)
			continue;
		if (first < start || first > end) {
			S(free_bytes)
			(t->allocator, start << PAGE_SHIFT,
			 (end - start) << PAGE_SHIFT);
			start = first;
		}
		end = last + 1;
	}
	S(free_bytes)
	(t->allocator, start << PAGE_SHIFT, (end - start) << PAGE_SHIFT);
}

/* Whole rounds: nr is a multiple of frame_bench_small_round(). */
static uint64_t S(small_loop)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i += 2 * t->max_held) {
		failed += S(small_fill)(t);
		bench_phase(self, 0, t->max_held);
		S(small_free)(t);
		bench_phase(self, 1, t->max_held);
		S(small_release)(t);
		self->phase_start_ns = bench_now_ns();
	}
	return nr - 2 * failed;
}

static uint64_t S(small_pages_free)(struct frame_thread *t)
{
	struct frame_stats stats;

	S(stats)(t->allocator, &stats);
	return stats.free_pages;
}

/* Of a round more: how full its pages are, and what its frees leave behind. */
static void S(small_metrics)(void *state, bench_metric_fn emit, void *arg)
{
	struct frame_bench *bench = state;
	struct frame_thread *t = &bench->threads[0];
	uint64_t all = S(small_pages_free)(t), taken, leaked, bytes = 0;

	frame_bench_metrics(state, emit, arg);
	S(small_fill)(t);
	taken = all - S(small_pages_free)(t);
	S(small_free)(t);
	leaked = all - S(small_pages_free)(t);
	for (uint64_t i = 0; i < t->max_held; i++)
		if (t->held[i] != FRAME_NO_BLOCK)
			bytes += t->indices[i];
	S(small_release)(t);
	if (taken)
		emit(arg, "bytes_per_page", (double)bytes / (double)taken, "B");
	emit(arg, "leaked_pages", (double)leaked, "1");
}

BENCH_CASE(S(small_blocks_case)) = {
	.family = "frame",
	.strategy = STRATEGY_NAME,
	.workload = "small_blocks",
	.isa = "scalar",
	.models = S(models),
	.size_unit = "bytes",
	.sizes = BENCH_SIZES(64, 256, 1024),
	.quick_sizes = BENCH_SIZES(256),
	.size_min = 1,
	.size_max = PAGE_SIZE - 1,
	.round = frame_bench_small_round,
	.phases = { "alloc", "free" },
	.setup = S(setup),
	.thread_setup = frame_thread_small,
	.loop = S(small_loop),
	.validate = S(check),
	.metrics = S(small_metrics),
	.thread_teardown = frame_thread_free,
	.teardown = S(teardown),
};

#undef SMALL_ALIGN
