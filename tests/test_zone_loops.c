/*
 * test_zone_loops.c - every timed loop of family zone, run for a short while on
 * a small machine with kswapd beside it: it ends, counts right, and gives back
 * every page.
 */
#include "host_plain.h"
#include "loop_run.h"

#include <math.h>

#define NR_CALLS 4
#define NR_OPS (KMB_DEBUG >= 1 ? 128 : 1024)

static uint64_t nr_ops = NR_OPS; /* of a call */

struct shares {
	double failed, fast, scanned, reclaimed;
};

/* Who was served how adds up to every request. */
static struct shares shares_of(const struct loop_run *run)
{
	double sum = 0;

	for (unsigned i = 0; i < run->nr_metrics; i++) {
		const struct loop_metric *m = &run->metrics[i];

		assert_string_equal(m->unit, "1");
		if (strstr(m->name, "_share") &&
		    strcmp(m->name, "fallback_share") &&
		    strcmp(m->name, "numa_miss_share") &&
		    strcmp(m->name, "other_node_share"))
			sum += m->value;
	}
	assert_true(fabs(sum - 1) < 1e-9);
	return (struct shares){
		.failed = loop_run_value(run, "failed_share"),
		.fast = loop_run_value(run, "fast_share"),
		.scanned = loop_run_value(run, "scanned_per_request"),
		.reclaimed = loop_run_value(run, "reclaimed_per_request"),
	};
}

/* Setup to teardown at one point; what it says of its requests. */
static struct shares run_case(const struct bench_case *bench,
			      struct bench_env *env)
{
	struct loop_run run = { .bench = bench,
				.env = env,
				.nr = nr_ops,
				.first = 1,
				.nr_calls = NR_CALLS };
	struct shares shares;

	env->bench = bench;
	if (bench->one_batch) {
		run.nr = run.first = bench_batch(bench, env);
		run.nr_calls = 1;
	}
	loop_run_begin(&run);
	for (unsigned t = 0; t < env->point.threads; t++)
		assert_true(run.done[t] <=
			    run.first + (run.nr_calls - 1) * run.nr);
	shares = shares_of(&run);
	loop_run_end(&run);
	return shares;
}

static void run_all(struct bench_env *env)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	assert_int_equal(nr, 5 * 10);
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

	return run_case(loop_case(strategy, workload), &env);
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

static uint64_t node_value(const struct loop_run *run, unsigned node,
			   const char *what)
{
	char name[48];

	snprintf(name, sizeof(name), "node_%02u_%s", node, what);
	return (uint64_t)loop_run_value(run, name);
}

/* Four nodes with a thread each; node 0 has neighbours 3, 2, 1, in this order,
 * a third of its demand to spare on each. Those who are near to it are not. */
static void spill_goes_to_the_nearest(const char *strategy, uint64_t percent,
				      unsigned nr_neighbours)
{
	static const uint8_t distance[] = { 10, 28, 22, 16, 17, 10, 18, 23,
					    24, 16, 10, 30, 32, 22, 28, 10 };
	const unsigned node[] = { 0, 1, 2, 3 };
	struct bench_env env = {
		.point = { .threads = 4, .size = percent, .memory = 16 << 20 },
		.host = &host_plain,
		.nr_nodes = 4,
		.thread_node = node,
		.distance = distance,
		.bench = loop_case(strategy, "spill")
	};
	struct loop_run run = { .bench = env.bench,
				.env = &env,
				.nr = 1024, /* a quarter of 4096 pages */
				.nr_calls = 1 };
	uint64_t spilled = 0;

	loop_run_begin(&run);
	for (unsigned n = 0; n < 4; n++) {
		uint64_t miss = node_value(&run, n, "numa_miss");

		spilled += miss;
		assert_int_equal(run.done[n], 1024);
		assert_int_equal(miss > 0, n && 4 - n <= nr_neighbours);
		assert_int_equal(node_value(&run, n, "other_node"), miss);
		assert_int_equal(node_value(&run, n, "local_node"),
				 node_value(&run, n, "numa_hit"));
		assert_int_equal(node_value(&run, n, "pages"),
				 node_value(&run, n, "numa_hit") + miss);
	}
	assert_int_equal(node_value(&run, 0, "numa_foreign"), spilled);
	/* What CPUs' own lists keep may be missing. */
	check(spilled >= 1024 * percent / 100 &&
		      spilled <= 1024 * percent / 100 + 64,
	      "%s: %llu spilled of %llu %%", strategy,
	      (unsigned long long)spilled, (unsigned long long)percent);
	loop_run_end(&run);
}

static void spill_fills_one_node_after_the_other(void **unused)
{
	static const char *const strategies[] = { "zone_lock", "zone_pcp",
						  "zone_frame" };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(strategies); i++) {
		spill_goes_to_the_nearest(strategies[i], 25, 1);
		spill_goes_to_the_nearest(strategies[i], 50, 2);
		spill_goes_to_the_nearest(strategies[i], 75, 3);
	}
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
		cmocka_unit_test(spill_fills_one_node_after_the_other),
		cmocka_unit_test(no_memory_is_reported),
	};

	return cmocka_run_group_tests_name("zone_loops", tests, NULL, NULL);
}
