/*
 * zone_loops_spill.h - template: a page that is taken, kept and used for the
 * first time, where one node has too few for its threads. At the end of a
 * stretch the host has a page where each task has one, and nowhere else: what
 * the nodes counted can be held against /proc/PID/numa_maps.
 */

/* Phases: the requests of the first node's threads, those of all others, and
 * the first use of every page. */
static uint64_t S(spill_loop)(struct bench_thread *self, uint64_t nr)
{
	struct zone_thread *t = self->local;
	struct S(zones) *s = t->zones;
	const bool first = !self->node;
	uint64_t failed = 0;

	if (first) {
		zone_spill_wait(t);
		self->phase_start_ns = bench_now_ns();
	}
	for (uint64_t i = 0; i < nr; i++) {
		pfn_t pfn = S(alloc_pages)(s, &t->task,
					   GFP_KERNEL | GFP_NORETRY, 0);

		OPTIMIZER_HIDE(pfn);
		t->held[i] = zone_block(pfn, 0);
		failed += pfn == PFN_NONE;
		OPTIMIZER_CLOBBER();
	}
	bench_phase(self, first ? 0 : 1, nr);
	if (!first)
		zone_spill_done(t);
	for (uint64_t i = 0; i < nr; i++)
		if (likely(t->held[i] != ZONE_NO_BLOCK))
			zone_spill_touch(t->bench, t->held[i] >> 4);
	bench_phase(self, 2, nr);
	return nr - failed;
}

static int S(spill_thread)(struct bench_thread *self)
{
	struct zone_bench *bench = self->state;
	int err = zone_thread_init(self, 0, zone_spill_round(self->env));

	if (!err && zone_spill_is_first(self->env, self->cpu))
		S(fill)
	(self, GFP_KERNEL, zone_spill_in_use(bench, self->node), 0);
	return err;
}

/* Counted while all is held. */
static bool S(spill_check)(void *state)
{
	bool equal = S(traits) & FRAME_NULL || zone_spill_count(state);

	return S(check)(state) && equal;
}

BENCH_CASE(S(spill_case)) = {
	.family = "zone",
	.strategy = STRATEGY_NAME,
	.workload = "spill",
	.isa = "scalar",
	.models = S(models),
	.size_unit = "percent",
	.arg = &zone_kernel,
	.min_threads = 2,
	.max_threads = S(max_threads),
	.several_nodes = true,
	.reference = S(traits) & FRAME_REFERENCE,
	.setup = S(setup),
	.validate = S(spill_check),
	.metrics = zone_spill_metrics,
	.thread_teardown = zone_thread_free,
	.teardown = S(teardown),
	.sizes = BENCH_SIZES(0, 25, 50, 75, 100),
	.quick_sizes = BENCH_SIZES(25),
	.size_max = 100,
	.round = zone_spill_round,
	.one_batch = true,
	.phases = { "first_node", "other_nodes", "touch" },
	.thread_setup = S(spill_thread),
	.thread_reset = zone_spill_reset,
	.loop = S(spill_loop),
};
