/* clear_loops.h - the workloads of the family clear, once for each strategy. */

static uint64_t S(page_loop)(struct bench_thread *self, uint64_t nr)
{
	uint64_t *page = self->local;

	for (uint64_t i = 0; i < nr; i++) {
		S(clear)(page);
		OPTIMIZER_CLOBBER();
	}
	return nr;
}

BENCH_CASE(S(page_case)) = {
	.family = "clear",
	.strategy = STRATEGY_NAME,
	.workload = "page",
	.isa = "scalar",
	.models = S(models),
	.batch = 256,
	.max_threads = KMB_MAX_THREADS,
	.reference = S(reference),
	.setup = clear_setup,
	.thread_setup = clear_thread_setup,
	.loop = S(page_loop),
	.op_bytes = clear_op_bytes,
	.teardown = clear_teardown,
};
