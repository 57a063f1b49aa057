/*
 * test_frame_loops.c - every timed loop of family frame, run for a short while
 * on a small memory: it ends, counts right, and gives back every frame.
 */
#include "host_plain.h"
#include "loop_run.h"

/* Calls of a loop, and operations in each: more than the ring's entries in all,
 * but few of the largest blocks, since debug builds poison what is freed. */
#define NR_CALLS 6
#define NR_CALLS_ROUND 2 /* a round is many operations */
#define NR_OPS 512
#define NR_OPS_LARGEST 32

/* Setup to teardown at one point; the run, with what each thread did. */
static struct loop_run run_case(const struct bench_case *bench,
				const struct bench_env *env)
{
	struct loop_run run = {
		.bench = bench,
		.env = env,
		.nr_calls = bench->round ? NR_CALLS_ROUND : NR_CALLS,
		.nr = bench->round	     ? bench->round(env)
		      : env->point.size < 10 ? NR_OPS
					     : NR_OPS_LARGEST,
	};

	loop_run_begin(&run);
	assert_true(loop_run_value(&run, "metadata_bytes_per_gib") >= 0);
	assert_true(loop_run_value(&run, "failed_requests") >= 0);
	loop_run_end(&run);
	return run;
}

/* Does its size mean something to the case, and can it have the threads? */
static bool fits(const struct bench_case *bench, const struct bench_point *p)
{
	if (bench->sizes.nr ? p->size < bench->size_min : p->size > 0)
		return false;
	return p->threads >= bench->min_threads &&
	       p->threads <= bench->max_threads &&
	       (!bench->threads_step || p->threads % bench->threads_step == 0);
}

static void run_all(const struct bench_env *env,
		    void (*look)(const struct bench_env *,
				 const struct loop_run *))
{
	unsigned nr, ran = 0;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++) {
		struct loop_run run;

		/* Those that take a file are test_frame_trace's. */
		if (cases[i]->file || !fits(cases[i], &env->point))
			continue;
		run = run_case(cases[i], env);
		look(env, &run);
		ran++;
	}
	assert_true(ran > 0);
}

/* Where frames are plenty nothing fails. */
static void nothing_failed(const struct bench_env *env,
			   const struct loop_run *run)
{
	if (!strncmp(run->bench->workload, "churn_", 6) ||
	    !strcmp(run->bench->workload, "mixed"))
		return; /* fragmentation is their subject */
	for (unsigned t = 0; t < env->point.threads; t++)
		assert_int_equal(run->done[t], run->nr * run->nr_calls);
}

/* One thread races with none: ThreadSanitizer, slow at poisoning, sees little.
 */
#ifdef __SANITIZE_THREAD__
#define ONE_THREAD_SIZES 3
#else
#define ONE_THREAD_SIZES 0, 3, 10
#endif

static void one_thread(void **unused)
{
	const uint64_t sizes[] = { ONE_THREAD_SIZES };
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
static void both_sides_agree(const struct bench_env *env,
			     const struct loop_run *run)
{
	(void)env;
	if (!strcmp(run->bench->workload, "remote_free"))
		assert_int_equal(run->done[0], run->done[1]);
	assert_true(run->done[0] <= run->nr * run->nr_calls);
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

static struct loop_run run_named(const char *strategy, const char *workload,
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

static void expect_metric(const struct loop_run *run, const char *name,
			  double expected)
{
	double value = loop_run_value(run, name);

	check(value == expected, "%s of %s %s is %g, not %g", name,
	      run->bench->strategy, run->bench->workload, value, expected);
}

/* 4096 frames, all free at the end: 8 huge ones. */
static void a_fresh_zone_has_all_huge_frames(void **unused)
{
	struct loop_run run = run_named("free_area", "pair_fresh", 0);

	(void)unused;
	expect_metric(&run, "huge_frames_free", 8);
	expect_metric(&run, "huge_free_share", 1);
	expect_metric(&run, "stranded_frames", 0);
	expect_metric(&run, "failed_requests", 0);
}

/*
 * The first refill takes two frames (the batch of so small a zone is 1, and two
 * blocks are the least): they stay with the CPU, and break one huge frame.
 */
static void what_a_cpu_keeps_is_stranded(void **unused)
{
	static const char *const strategies[] = { "pcp", "pcp_nolock" };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(strategies); i++) {
		struct loop_run run = run_named(strategies[i], "pair_fresh", 0);

		expect_metric(&run, "stranded_frames", 2);
		expect_metric(&run, "huge_frames_free", 7);
		expect_metric(&run, "huge_free_share", 7 / 8.0);
	}
}

/* null has no memory that could lie well or badly. */
static void no_allocator_has_no_huge_frames(void **unused)
{
	struct loop_run run = run_named("null", "pair", 0);

	(void)unused;
	expect_metric(&run, "huge_free_share", -1);
	expect_metric(&run, "stranded_frames", -1);
	expect_metric(&run, "metadata_bytes_per_gib", 0);
}

static void each_failure_of_churn_is_a_failed_request(void **unused)
{
	struct loop_run run = run_named("free_area", "churn_90", 10);

	(void)unused;
	assert_true(run.done[0] < run.nr * run.nr_calls);
	expect_metric(&run, "failed_requests",
		      (double)(run.nr * run.nr_calls - run.done[0]));
}

/*
 * 3686 of 4096 frames are taken, of which half, 1843, stay: 2253 are free, as
 * much as 4 huge frames.
 */
static void aging_tells_how_the_free_memory_lies(void **unused)
{
	static const unsigned rounds[] = { 0, 50, 100 };
	struct loop_run run = run_named("free_area", "aging", 0);

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(rounds); i++) {
		double blocks, pages = 0, usable = 0;
		char name[48];

		for (unsigned o = 0; o <= 10; o++) {
			snprintf(name, sizeof(name),
				 "free_blocks_order_%02u_round_%03u", o,
				 rounds[i]);
			blocks = loop_run_value(&run, name);
			assert_true(blocks >= 0);
			pages += blocks * (double)(1 << o);
			usable += o < 9 ? 0 : blocks * (double)(1 << o);
		}
		assert_true(pages == 2253);
		snprintf(name, sizeof(name), "unusable_free_index_round_%03u",
			 rounds[i]);
		expect_metric(&run, name, (2253 - usable) / 2253);
		snprintf(name, sizeof(name), "huge_free_share_round_%03u",
			 rounds[i]);
		expect_metric(&run, name, usable / 512 / 4);
	}
	assert_true(loop_run_value(&run, "huge_free_share_round_010") >= 0);
	assert_true(loop_run_value(&run, "huge_free_share_round_005") < 0);
	assert_true(loop_run_value(&run, "ns_per_op_round_000") < 0);
	assert_true(loop_run_value(&run, "ns_per_op_round_010") > 0);
	assert_true(run.nr == 184); /* a tenth of what is held */
}

/* The same seed, the same memory: nothing depends on the time. */
static void aging_repeats_itself(void **unused)
{
	struct loop_run a = run_named("pcp", "aging", 0);
	struct loop_run b = run_named("pcp", "aging", 0);

	(void)unused;
	assert_int_equal(a.nr_metrics, b.nr_metrics);
	for (unsigned i = 0; i < a.nr_metrics; i++)
		if (strncmp(a.metrics[i].name, "ns_", 3))
			expect_metric(&b, a.metrics[i].name,
				      a.metrics[i].value);
}

/* Blocks of one byte, 64 apart: 64 in each of 64 pages, which stay busy. */
static void small_blocks_fill_pages_and_leak_them(void **unused)
{
	static const char *const strategies[] = { "first_fit",
						  "first_fit_2_6_11",
						  "next_fit" };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(strategies); i++) {
		struct loop_run run =
			run_named(strategies[i], "small_blocks", 1);

		expect_metric(&run, "bytes_per_page", 64);
		expect_metric(&run, "leaked_pages", 64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_thread),
		cmocka_unit_test(four_threads_on_two_nodes),
		cmocka_unit_test(a_dry_allocator_is_counted),
		cmocka_unit_test(no_memory_is_reported),
		cmocka_unit_test(a_fresh_zone_has_all_huge_frames),
		cmocka_unit_test(what_a_cpu_keeps_is_stranded),
		cmocka_unit_test(no_allocator_has_no_huge_frames),
		cmocka_unit_test(each_failure_of_churn_is_a_failed_request),
		cmocka_unit_test(aging_tells_how_the_free_memory_lies),
		cmocka_unit_test(aging_repeats_itself),
		cmocka_unit_test(small_blocks_fill_pages_and_leak_them),
	};

	return cmocka_run_group_tests_name("frame_loops", tests, NULL, NULL);
}
