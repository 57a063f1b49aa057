/*
 * frame_loops_bulk.h - template: take half of the memory, then free it all: in
 * order, or shuffled over all threads of a node, so that most frees are of what
 * another CPU allocated.
 */

static int S(bulk_thread)(struct bench_thread *self)
{
	int err = frame_thread_init(self, false);

	if (!err)
		frame_thread_halve(self);
	return err;
}

static void *S(bulk_shuffled_setup)(const struct bench_env *env)
{
	uint64_t nr = frame_bench_half_round(env) / 2 * env->point.threads;
	struct frame_bench *bench = S(setup)(env);

	if (!bench)
		return NULL;
	bench->pool = malloc(nr * sizeof(*bench->pool));
	if (bench->pool)
		return bench;
	S(teardown)(bench);
	return NULL;
}

static int S(bulk_shuffled_thread)(struct bench_thread *self)
{
	int err = S(bulk_thread)(self);

	return err ? err : frame_thread_shuffle(self);
}

/*
 * The blocks are dealt out between the phases, so that neither of them has the
 * random reads in it, nor the time that a thread waits for the others.
 */
static void S(deal)(struct bench_thread *self)
{
	struct frame_bench *bench = self->state;
	struct frame_thread *t = self->local;

	frame_bench_meet(bench);
	for (uint64_t i = 0; i < t->max_held; i++)
		t->held[i] = bench->pool[t->indices[i]];
	frame_bench_meet(bench);
	self->phase_start_ns = bench_now_ns();
}

/* Whole rounds: nr is a multiple of frame_bench_half_round(). */
static uint64_t S(bulk_shuffled_loop)(struct bench_thread *self, uint64_t nr)
{
	struct frame_bench *bench = self->state;
	struct frame_thread *t = self->local;
	uint64_t *part = bench->pool + self->cpu * t->max_held, done = 0;

	for (uint64_t i = 0; i < nr; i += 2 * t->max_held) {
		done += S(fill)(t, self->cpu, part);
		bench_phase(self, 0, t->max_held);
		S(deal)(self);
		done += S(drain)(t, self->cpu, S(FORWARD));
		bench_phase(self, 1, t->max_held);
		frame_bench_meet(bench);
		self->phase_start_ns = bench_now_ns();
	}
	return done;
}

BENCH_CASE(S(bulk_case)) = {
	FRAME_FEW_CASE("bulk", 1024),	    .setup = S(setup),
	.max_threads = S(max_threads),	    .round = frame_bench_half_round,
	.phases = { "alloc", "free" },	    .thread_setup = S(bulk_thread),
	.loop = S(fill_drain_forward_loop),
};

/* Where a CPU must free its own frames, there is nothing to shuffle. */
BENCH_CASE(S(bulk_shuffled_case)) = {
	FRAME_FEW_CASE("bulk_shuffled", 1024),
	.setup = S(bulk_shuffled_setup),
	.max_threads = S(traits) & FRAME_CPU_LOCAL ? 1 : S(max_threads),
	.round = frame_bench_half_round,
	.phases = { "alloc", "free" },
	.thread_setup = S(bulk_shuffled_thread),
	.loop = S(bulk_shuffled_loop),
};
