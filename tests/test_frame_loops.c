/*
 * test_frame_loops.c - every timed loop of family frame, run for a short while
 * on a small memory: it ends, counts right, and gives back every frame.
 */
#include "test.h"
#include "host_plain.h"

#include <pthread.h>

#include "../bench/bench.h"

/* Calls of a loop, and operations in each: more than the ring's entries in all,
 * but few of the largest blocks, since debug builds poison what is freed. */
#define NR_CALLS 6
#define NR_OPS 512
#define NR_OPS_LARGEST 32
#define MAX_THREADS 4

struct run {
	const struct bench_case *bench;
	struct bench_thread thread[MAX_THREADS];
	uint64_t nr, done[MAX_THREADS];
	pthread_barrier_t barrier;
};

struct arg {
	struct run *run;
	unsigned cpu;
};

static void *run_thread(void *p)
{
	struct run *run = ((struct arg *)p)->run;
	unsigned cpu = ((struct arg *)p)->cpu;
	struct bench_thread *self = &run->thread[cpu];
	int err = run->bench->thread_setup(self);

	pthread_barrier_wait(&run->barrier);
	if (err)
		return (void *)1;
	self->phase_start_ns = bench_now_ns();
	for (unsigned i = 0; i < NR_CALLS; i++)
		run->done[cpu] += run->bench->loop(self, run->nr);
	return NULL;
}

static void count_metric(void *arg, const char *metric, double value,
			 const char *unit)
{
	assert_string_equal(metric, "metadata_bytes_per_gib");
	assert_string_equal(unit, "B");
	assert_true(value >= 0);
	++*(unsigned *)arg;
}

/* Setup to teardown at one point; the run, with what each thread did. */
static struct run run_case(const struct bench_case *bench,
			   const struct bench_env *env)
{
	struct run run = { .bench = bench,
			   .nr = bench->round		? bench->round(env)
				 : env->point.size < 10 ? NR_OPS
							: NR_OPS_LARGEST };
	unsigned threads = env->point.threads, nr_metrics = 0;
	void *state = bench->setup(env), *failed;
	pthread_t thread[MAX_THREADS];
	struct arg args[MAX_THREADS];

	assert_non_null(state);
	pthread_barrier_init(&run.barrier, NULL, threads);
	for (unsigned t = 0; t < threads; t++) {
		run.thread[t] = (struct bench_thread){
			.state = state,
			.env = env,
			.cpu = t,
			.node = env->thread_node[t],
		};
		args[t] = (struct arg){ &run, t };
		assert_int_equal(
			pthread_create(&thread[t], NULL, run_thread, &args[t]),
			0);
	}
	for (unsigned t = 0; t < threads; t++) {
		assert_int_equal(pthread_join(thread[t], &failed), 0);
		assert_null(failed);
	}
	check(bench->validate(state), "%s %s size %u threads %u",
	      bench->strategy, bench->workload, (unsigned)env->point.size,
	      threads);
	bench->metrics(state, count_metric, &nr_metrics);
	assert_int_equal(nr_metrics, 1);
	for (unsigned t = 0; t < threads; t++)
		bench->thread_teardown(&run.thread[t]);
	bench->teardown(state);
	pthread_barrier_destroy(&run.barrier);
	return run;
}

static void run_all(const struct bench_env *env,
		    void (*look)(const struct bench_env *, const struct run *))
{
	unsigned nr, threads = env->point.threads, ran = 0;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++) {
		struct run run;

		/* Those that take a file are test_frame_trace's. */
		if (cases[i]->file || threads < cases[i]->min_threads ||
		    threads > cases[i]->max_threads ||
		    (cases[i]->threads_step &&
		     threads % cases[i]->threads_step))
			continue;
		run = run_case(cases[i], env);
		look(env, &run);
		ran++;
	}
	assert_true(ran > 0);
}

/* Where frames are plenty nothing fails. */
static void nothing_failed(const struct bench_env *env, const struct run *run)
{
	if (!strncmp(run->bench->workload, "churn", 5))
		return; /* fragmentation is its subject */
	for (unsigned t = 0; t < env->point.threads; t++)
		assert_int_equal(run->done[t], run->nr * NR_CALLS);
}

static void one_thread(void **unused)
{
	const uint64_t sizes[] = { 0, 3, 10 };
	const unsigned node = 0;
	struct bench_env env = { .point = { .threads = 1,
					    .memory = 16 << 20,
					    .seed = test_seed() },
				 .host = &host_plain,
				 .nr_nodes = 1,
				 .thread_node = &node };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		env.point.size = sizes[i];
		run_all(&env, nothing_failed);
	}
}

static void four_threads_on_two_nodes(void **unused)
{
	/* The last pair frees what was allocated on the other node. */
	const unsigned node[] = { 0, 0, 1, 0 };
	struct bench_env env = { .point = { .threads = 4,
					    .size = 1,
					    .memory = 16 << 20,
					    .seed = test_seed() },
				 .host = &host_plain,
				 .nr_nodes = 2,
				 .thread_node = node };

	(void)unused;
	run_all(&env, nothing_failed);
}

/* Threads 0 and 1 see the same failures: each went through the ring. */
static void both_sides_agree(const struct bench_env *env, const struct run *run)
{
	(void)env;
	if (!strcmp(run->bench->workload, "remote_free"))
		assert_int_equal(run->done[0], run->done[1]);
	assert_true(run->done[0] <= run->nr * NR_CALLS);
}

/* One block of 4 MiB for two threads: mostly there is none, and no one hangs.
 */
static void a_dry_allocator_is_counted(void **unused)
{
	const unsigned node[] = { 0, 0 };
	struct bench_env env = { .point = { .threads = 2,
					    .size = 6,
					    .memory = 4 << 20,
					    .seed = test_seed() },
				 .host = &host_plain,
				 .nr_nodes = 1,
				 .thread_node = node };

	(void)unused;
	run_all(&env, both_sides_agree);
}

static void no_memory_is_reported(void **unused)
{
	const unsigned node = 0;
	struct bench_env env = { .point = { .threads = 1, .memory = 1 << 20 },
				 .host = &host_plain,
				 .nr_nodes = 1,
				 .thread_node = &node };
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	for (unsigned i = 0; i < nr; i++)
		if (!cases[i]->file)
			assert_null(cases[i]->setup(&env));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_thread),
		cmocka_unit_test(four_threads_on_two_nodes),
		cmocka_unit_test(a_dry_allocator_is_counted),
		cmocka_unit_test(no_memory_is_reported),
	};

	return cmocka_run_group_tests_name("frame_loops", tests, NULL, NULL);
}
