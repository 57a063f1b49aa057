/*
 * frame_loops_aging.h - template: what becomes of the huge frames when small
 * ones come and go at random for long.
 *
 * Fill 90 % of the memory, free a random half of that, then in each round free
 * a random tenth of what is held and allocate as many. The first 100 rounds are
 * part of the setup, made by one thread that stands in for the CPUs in turn, so
 * that a seed gives the same memory in every run; what comes behind them is
 * timed, a round as a batch, by all threads.
 */

#define AGING_FILL 90
#define AGING_ROUNDS ((FRAME_AGES - 1) * FRAME_ROUNDS_PER_AGE)

static uint64_t S(aging_round)(const struct bench_env *env)
{
	uint64_t blocks = frame_bench_round(env) / 2 * AGING_FILL / 100;

	return blocks < 20 ? 1 : blocks / 2 / 10;
}

/* The CPUs' blocks lie between each other's. */
static void S(aging_fill)(struct bench_thread *cpus, unsigned nr_cpus)
{
	struct frame_thread *t = cpus[0].local;
	uint64_t blocks = t->max_held * AGING_FILL / 100;

	for (uint64_t i = 0; i < (blocks ? blocks : 1); i++)
		for (unsigned c = 0; c < nr_cpus; c++) {
			t = cpus[c].local;
			t->held[t->nr_held++] = frame_block(
				S(alloc)(t->allocator, c, t->order), t->order);
		}
}

static void S(aging_free_half)(struct bench_thread *self)
{
	struct frame_thread *t = self->local;
	struct random r = frame_thread_random(self);

	trace_shuffle(t->held, t->nr_held, &r);
	for (uint64_t left = (t->nr_held + 1) / 2; t->nr_held > left;) {
		uint64_t block = t->held[--t->nr_held];

		if (block != FRAME_NO_BLOCK)
			S(free_block)(t->allocator, self->cpu, block);
	}
}

/* One round of every CPU, one after the other; timed into an age. */
static void S(aging_step)(struct bench_thread *cpus, unsigned nr_cpus,
			  struct frame_age *age)
{
	for (unsigned c = 0; c < nr_cpus; c++) {
		struct frame_thread *t = cpus[c].local;
		uint64_t start = bench_now_ns();

		S(group_loop)(&cpus[c], t->group);
		age->ns += bench_now_ns() - start;
		age->ops += t->group;
	}
}

/* 0 or -ENOMEM. */
static int S(aging_make_old)(struct frame_bench *bench,
			     struct bench_thread *cpus, unsigned nr_cpus)
{
	S(aging_fill)(cpus, nr_cpus);
	for (unsigned c = 0; c < nr_cpus; c++) {
		S(aging_free_half)(&cpus[c]);
		if (frame_thread_groups(&cpus[c], S(aging_round)(bench->env),
					AGING_ROUNDS))
			return -ENOMEM;
	}
	S(look)(bench, &bench->ages[0].space);
	for (unsigned i = 1; i < FRAME_AGES; i++) {
		for (unsigned r = 0; r < FRAME_ROUNDS_PER_AGE; r++)
			S(aging_step)(cpus, nr_cpus, &bench->ages[i]);
		S(look)(bench, &bench->ages[i].space);
	}
	for (unsigned c = 0; c < nr_cpus; c++)
		bench->threads[c].nr_failed = 0;
	return 0;
}

static void *S(aging_setup)(const struct bench_env *env)
{
	unsigned nr_cpus = env->point.threads;
	struct frame_bench *bench = S(setup)(env);
	struct bench_thread *cpus = calloc(nr_cpus, sizeof(*cpus));
	int err = !bench || !cpus ? -ENOMEM : 0;

	if (!err) {
		bench->ages = calloc(FRAME_AGES, sizeof(*bench->ages));
		err = bench->ages ? 0 : -ENOMEM;
	}
	for (unsigned c = 0; c < nr_cpus && !err; c++) {
		cpus[c] = (struct bench_thread){ .state = bench,
						 .env = env,
						 .cpu = c,
						 .node = env->thread_node[c] };
		err = frame_thread_init(&cpus[c], false);
	}
	if (!err)
		err = S(aging_make_old)(bench, cpus, nr_cpus);
	free(cpus);
	if (!err)
		return bench;
	if (bench)
		S(teardown)(bench);
	return NULL;
}

static int S(aging_thread)(struct bench_thread *self)
{
	struct frame_bench *bench = self->state;

	self->local = &bench->threads[self->cpu];
	return 0;
}

BENCH_CASE(S(aging_case)) = {
	FRAME_FEW_CASE("aging", 256),	 .setup = S(aging_setup),
	.max_threads = S(max_threads),	 .round = S(aging_round),
	.thread_setup = S(aging_thread), .loop = S(group_loop),
};

#undef AGING_FILL
#undef AGING_ROUNDS
