/*
 * test_zone_loops.c - every timed loop of family zone, run for a short while on
 * a small machine with kswapd beside it: it ends, counts right, and gives back
 * every page.
 */
#include "test.h"
#include "host_plain.h"

#include <math.h>
#include <pthread.h>

#include "../bench/bench.h"

#define NR_CALLS 4
#define NR_OPS (KMB_DEBUG >= 1 ? 128 : 1024)
#define MAX_THREADS 2

static uint64_t nr_ops = NR_OPS; /* of a call */

struct run {
	const struct bench_case *bench;
	struct bench_thread thread[MAX_THREADS];
	uint64_t done[MAX_THREADS];
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
	for (unsigned i = 0; i < NR_CALLS; i++)
		run->done[cpu] += run->bench->loop(self, i ? nr_ops : 1);
	return NULL;
}

struct shares {
	double sum, failed, fast, scanned, reclaimed;
	unsigned nr;
};

static void add_share(void *arg, const char *metric, double value,
		      const char *unit)
{
	struct shares *s = arg;

	assert_string_equal(unit, "1");
	assert_true(value >= 0);
	s->nr++;
	if (!strcmp(metric, "failed_share"))
		s->failed = value;
	if (!strcmp(metric, "fast_share"))
		s->fast = value;
	if (!strcmp(metric, "scanned_per_request"))
		s->scanned = value;
	if (!strcmp(metric, "reclaimed_per_request"))
		s->reclaimed = value;
	if (strstr(metric, "_share") && strcmp(metric, "fallback_share"))
		s->sum += value;
}

/* Setup to teardown at one point; what it says of its requests. */
static struct shares run_case(const struct bench_case *bench,
			      struct bench_env *env)
{
	struct shares shares = { 0 };
	struct run run = { .bench = bench };
	unsigned threads = env->point.threads;
	pthread_t thread[MAX_THREADS];
	struct arg args[MAX_THREADS];
	uint64_t done = 0;
	void *state, *failed;

	env->bench = bench;
	state = bench->setup(env);
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
		done += run.done[t];
	}
	check(bench->validate(state), "%s %s size %u threads %u",
	      bench->strategy, bench->workload, (unsigned)env->point.size,
	      threads);
	bench->metrics(state, add_share, &shares);
	assert_int_equal(shares.nr, 12);
	assert_true(fabs(shares.sum - 1) < 1e-9);
	assert_true(done <= threads * (1 + (NR_CALLS - 1) * nr_ops));
	for (unsigned t = 0; t < threads; t++)
		bench->thread_teardown(&run.thread[t]);
	bench->teardown(state);
	pthread_barrier_destroy(&run.barrier);
	return shares;
}

static void run_all(struct bench_env *env)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	assert_int_equal(nr, 5 * 9);
	for (unsigned i = 0; i < nr; i++) {
		const struct bench_sizes *sizes = &cases[i]->sizes;
		/* With checks on, the ends will do. */
		unsigned step = KMB_DEBUG >= 1 ? sizes->nr - 1 : 1;

		for (unsigned s = 0; s < sizes->nr; s += step) {
			env->point.size = sizes->v[s];
			run_case(cases[i], env);
		}
	}
}

static void one_thread(void **unused)
{
	const unsigned node = 0;
	struct bench_env env = { .point = { .threads = 1,
					    .memory = 8 << 20,
					    .seed = test_seed() },
				 .host = &host_plain,
				 .nr_nodes = 1,
				 .thread_node = &node };

	(void)unused;
	run_all(&env);
}

static void two_threads_on_two_nodes(void **unused)
{
	const unsigned node[] = { 0, 1 };
	struct bench_env env = { .point = { .threads = 2,
					    .memory = 8 << 20,
					    .seed = test_seed() },
				 .host = &host_plain,
				 .nr_nodes = 2,
				 .thread_node = node };

	(void)unused;
	run_all(&env);
}

static struct shares run_named(const char *strategy, const char *workload,
			       uint64_t size)
{
	const unsigned node = 0;
	struct bench_env env = { .point = { .threads = 1,
					    .size = size,
					    .memory = 16 << 20,
					    .seed = test_seed() },
				 .host = &host_plain,
				 .nr_nodes = 1,
				 .thread_node = &node };
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++)
		if (!strcmp(cases[i]->strategy, strategy) &&
		    !strcmp(cases[i]->workload, workload))
			return run_case(cases[i], &env);
	fail_msg("no %s/%s", strategy, workload);
	return (struct shares){ 0 };
}

/* Shares that do not depend on when kswapd comes to run. */
static void shares_are_those_of_the_pressure(void **unused)
{
	(void)unused;
	/* A cache that fits above low needs no reclaim; one below it does. */
	assert_true(run_named("zone_lock", "steady", 200).fast == 1);
	assert_true(run_named("zone_lock", "steady", 0).fast < 1);
	/* User pages run out, kernel pages are served from lowmem's reserve. */
	assert_true(fabs(run_named("zone_lock", "lowmem", 100).failed - 0.5) <
		    0.01);
	assert_true(run_named("zone_lock", "lowmem", 0).fast == 1);
	/* Who may have others killed is never refused. */
	assert_true(run_named("zone_lock", "storm_nofail", 200).failed == 0);
}

/* What reclaim looks at, it takes, unless that was used meanwhile. */
static void reclaim_scans_more_where_pages_are_touched(void **unused)
{
	struct shares plain, touched;

	(void)unused;
	nr_ops = 8192; /* the cache of 16 MiB some times over */
	plain = run_named("zone_lock", "steady", 0);
	touched = run_named("zone_lock", "steady_touched", 0);
	nr_ops = NR_OPS;
	assert_true(plain.reclaimed > 0 && touched.reclaimed > 0);
	assert_true(plain.scanned == plain.reclaimed);
	assert_true(touched.scanned > touched.reclaimed);
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
	for (unsigned i = 0; i < nr; i++) {
		env.bench = cases[i];
		assert_null(cases[i]->setup(&env));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_thread),
		cmocka_unit_test(two_threads_on_two_nodes),
		cmocka_unit_test(shares_are_those_of_the_pressure),
		cmocka_unit_test(reclaim_scans_more_where_pages_are_touched),
		cmocka_unit_test(no_memory_is_reported),
	};

	return cmocka_run_group_tests_name("zone_loops", tests, NULL, NULL);
}
