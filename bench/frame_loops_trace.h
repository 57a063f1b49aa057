/*
 * frame_loops_trace.h - template: a real kernel's page trace, replayed as fast
 * as it goes, by one thread or by one for each traced CPU.
 */

/* Do a thread's steps [from, to); how many failed. */
forceinline uint64_t S(replay)(const struct frame_bench *bench,
			       const struct replay_thread *t, unsigned cpu,
			       uint64_t from, uint64_t to, bool shared)
{
	struct S(allocator) *a =
		frame_bench_allocator(bench, bench->env->thread_node[cpu]);
	uint64_t failed = 0;

	for (const struct replay_step *s = t->steps + from; s < t->steps + to;
	     s++) {
		const bool share = shared && s->op & REPLAY_SHARED;
		pfn_t pfn,
			*slot = share ? &t->shared[s->slot] : &t->own[s->slot];

		if (s->op & REPLAY_ALLOC) {
			if (share)
				replay_claim(slot);
			pfn = S(alloc_typed)(a, cpu, s->order,
					     (enum migratetype)s->type);
			if (share)
				replay_put(slot, pfn);
			else
				*slot = pfn;
		} else {
			pfn = share ? replay_take(slot) : *slot;
			if (likely(pfn != PFN_NONE))
				S(free)
			(share ? frame_bench_allocator(bench, s->node) : a, cpu,
			 pfn, s->order);
		}
		failed += pfn == PFN_NONE;
		OPTIMIZER_CLOBBER();
	}
	return failed;
}

/* Whole rounds: nr is a multiple of frame_replay_round(). */
forceinline uint64_t S(replay_rounds)(struct bench_thread *self, uint64_t nr,
				      bool shared)
{
	const struct frame_bench *bench = self->state;
	const struct replay_thread *t = self->local;
	uint64_t rounds = replay_rounds(bench->replay->replay, nr);
	uint64_t failed = 0;

	for (uint64_t i = 0; i < rounds; i++) {
		failed +=
			S(replay)(bench, t, self->cpu, 0, t->nr_traced, shared);
		bench_phase(self, 0, t->nr_traced);
		failed += S(replay)(bench, t, self->cpu, t->nr_traced, t->nr,
				    shared);
		bench_phase(self, 1, t->nr - t->nr_traced);
	}
	/* Threads do unequal parts of a round; together they do nr each. */
	return rounds * t->nr - failed;
}

static uint64_t S(trace_loop)(struct bench_thread *self, uint64_t nr)
{
	return self->env->point.threads == 1 ? S(replay_rounds)(self, nr, false)
					     : S(replay_rounds)(self, nr, true);
}

/*
 * One round before all others, by this thread in every thread's name and in the
 * order of the trace: the same whenever it is done, and so are the samples.
 */
static void S(trace_survey)(struct frame_bench *bench)
{
	struct frame_replay *at = bench->replay;
	const struct replay *r = at->replay;
	unsigned sample = 0;

	for (uint64_t i = 0; i <= r->nr; i++) {
		while (sample < REPLAY_SAMPLES &&
		       i >= r->nr_traced * sample / (REPLAY_SAMPLES - 1))
			S(look)(bench, &at->samples[sample++]);
		if (i < r->nr) {
			unsigned cpu = r->turn[i];
			struct replay_thread *t = &r->threads[cpu];
			uint64_t step = t->at++;

			if (!S(replay)(bench, t, cpu, step, step + 1, true))
				frame_replay_count(at, &t->steps[step]);
		}
	}
}

static void S(trace_teardown)(void *state)
{
	struct frame_bench *bench = state;

	frame_replay_free(bench->replay);
	S(teardown)(state);
}

static void *S(trace_setup)(const struct bench_env *env)
{
	struct frame_bench *bench = S(setup)(env);

	if (!bench)
		return NULL;
	bench->replay = frame_replay_new(env);
	if (bench->replay) {
		S(trace_survey)(bench);
		return bench;
	}
	S(teardown)(bench);
	return NULL;
}

static int S(trace_thread)(struct bench_thread *self)
{
	struct frame_bench *bench = self->state;

	self->local = &bench->replay->replay->threads[self->cpu];
	return replay_settle(self->local);
}

static void S(trace_metrics)(void *state, bench_metric_fn emit, void *arg)
{
	struct frame_bench *bench = state;

	frame_bench_metrics(state, emit, arg);
	frame_replay_metrics(bench->replay, emit, arg);
}

/* Where a CPU must free its own frames, one thread at most. */
BENCH_CASE(S(trace_case)) = {
	.family = "frame",
	.strategy = STRATEGY_NAME,
	.workload = "trace",
	.isa = "scalar",
	.models = S(models),
	.file = "a trace of page events, made by kmembench trace import",
	.check_file = frame_replay_check,
	.round = frame_replay_round,
	.max_threads = S(traits) & FRAME_CPU_LOCAL ? 1 : S(max_threads),
	.reference = S(traits) & FRAME_REFERENCE,
	.phases = { "trace", "rest" },
	.setup = S(trace_setup),
	.thread_setup = S(trace_thread),
	.loop = S(trace_loop),
	.validate = S(check),
	.metrics = S(trace_metrics),
	.teardown = S(trace_teardown),
};
