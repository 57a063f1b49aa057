/*
 * rmap_loops_script.h - template: a user's script, from its first line to its
 * last, over and over; in between all processes end. An operation is a line.
 */

/* As it was before the first line. */
static void L(end_all)(struct rmap_bench *bench, unsigned cpu)
{
	struct S(world) *w = bench->world;

	for (unsigned id = 0; id < bench->script->nr_processes; id++)
		if (bench->mm[id])
			S(exit)(w, bench->mm[id], cpu);
	memset(bench->mm, 0, bench->script->nr_processes * sizeof(*bench->mm));
	S(drop_swap_cache)(w, cpu);
	bench->mm[0] = S(mm_create)(w, cpu);
}

static uint64_t L(script_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	const struct rmap_op *first = bench->script->ops;
	const struct rmap_op *end = first + bench->script->nr_ops;
	uint64_t done = 0;

	for (uint64_t left = nr; left; left -= bench->round) {
		uint64_t skipped = 0;
		uint64_t failed =
			L(run)(bench, self->cpu, first, end, &skipped);

		failed += skipped;
		bench_phase(self, 0, bench->round - failed);
		L(end_all)(bench, self->cpu);
		bench_phase(self, 1, bench->round);
		done += bench->round - failed;
	}
	return done;
}

RMAP_ADD(script_case, RMAP_UNMAPS) = {
	.family = "rmap",
	.strategy = STRATEGY_NAME,
	.workload = "script",
	.isa = "scalar",
	.models = S(models),
	.file = "a script of what processes do (docs/RMAPSCRIPT.md)",
	.check_file = rmap_scene_check_file,
	.round = rmap_scene_file_round,
	.batch = 1,
	.arg = &rmap_user_script,
	.phases = { "script", "end" },
	.setup = L(setup),
	.thread_setup = L(round_thread),
	.loop = L(script_loop),
	.validate = L(check),
	.metrics = L(metrics),
	.teardown = L(teardown),
};
