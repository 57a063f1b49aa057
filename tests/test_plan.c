/*
 * test_plan.c - what a run measures and in which order, on this machine and
 * on synthetic ones.
 */
#include "plan_fixture.h"

#include "../harness/journal.h"

#define PLAN_CASE(family_, strategy_, workload_, ...)       \
	BENCH_CASE(family_##_##strategy_##_##workload_) = { \
		.family = #family_,                         \
		.strategy = #strategy_,                     \
		.workload = #workload_,                     \
		.isa = "scalar",                            \
		.models = "a test's",                       \
		.loop = no_loop,                            \
		__VA_ARGS__,                                \
	}

/* clang-format off */
#define ORDERS .size_unit = "order", .size_max = 10, \
	.sizes = BENCH_SIZES(0, 1, 2, 3, 9, 10), .quick_sizes = BENCH_SIZES(0, 9)

PLAN_CASE(alpha, one, pair, ORDERS);
PLAN_CASE(alpha, two, pair, ORDERS, .max_threads = 1024);
PLAN_CASE(alpha, two, remote, ORDERS, .min_threads = 2, .max_threads = 1024,
	  .threads_step = 2);
PLAN_CASE(beta, chase, latency, .size_unit = "bytes", .node_pairs = true,
	  .size_min = 4096, .size_max = 1 << 20, .pages = BENCH_PAGES_4K | BENCH_PAGES_THP,
	  .sizes = BENCH_SIZES(4096, 65536, 1 << 20));
PLAN_CASE(delta, one, help, .min_threads = 2, .max_threads = 1024,
	  .several_nodes = true);
/* clang-format on */

static unsigned count_points(const struct plan *plan, const char *strategy,
			     const char *workload, unsigned threads)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < plan->nr_points; i++)
		nr += !strcmp(plan->points[i].bench->strategy, strategy) &&
		      !strcmp(plan->points[i].bench->workload, workload) &&
		      plan->points[i].point.threads == threads;
	return nr;
}

#define ONE_NODE "synthetic:pack:1 [numa] core:4 pu:1"
#define TWO_BY_EIGHT "synthetic:pack:2 [numa] core:8 pu:1"
#define BIG "synthetic:pack:4 [numa] core:64 pu:1"

static void quick_takes_quick_sizes_and_one_and_all_threads(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(make(&f, ONE_NODE, "alpha", NULL), -1);
	assert_int_equal(count_points(&f.plan, "one", "pair", 1), 2);
	assert_int_equal(count_points(&f.plan, "one", "pair", 4), 0);
	assert_int_equal(count_points(&f.plan, "two", "pair", 1), 2);
	assert_int_equal(count_points(&f.plan, "two", "pair", 4), 2);
	assert_int_equal(count_points(&f.plan, "two", "remote", 2), 2);
	assert_int_equal(count_points(&f.plan, "two", "remote", 4), 2);
	assert_int_equal(f.plan.nr_points, 10);
	assert_int_equal(f.plan.nr_jobs, 10 * 5);
	drop(&f);
}

static void full_takes_all_sizes_and_powers_of_two(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(
		make(&f, BIG, "alpha/two/pair", "--preset", "full", NULL), -1);
	for (unsigned t = 1; t <= 256; t *= 2)
		assert_int_equal(count_points(&f.plan, "two", "pair", t), 6);
	assert_int_equal(f.plan.nr_points, 9 * 6);
	drop(&f);
}

static void size_takes_values_and_ranges(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(
		make(&f, ONE_NODE, "alpha/one", "--size", "1:3,7", NULL), -1);
	/* A range picks among all of the case's own steps, 7 is none of them.
	 */
	for (unsigned i = 0; i < f.plan.nr_points; i++)
		assert_in_set(f.plan.points[i].point.size,
			      ((unsigned long[]){ 1, 2, 3, 7 }), 4);
	assert_int_equal(f.plan.nr_points, 4);
	drop(&f);
}

static void every_block_holds_every_point_once(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(
		make(&f, TWO_BY_EIGHT, "alpha", "--process-reps", "7", NULL),
		-1);
	assert_int_equal(f.plan.nr_jobs, 7 * f.plan.nr_points);
	for (unsigned block = 0; block < 7; block++) {
		unsigned long long seen = 0;

		for (unsigned i = 0; i < f.plan.nr_points; i++) {
			const struct plan_job *job =
				&f.plan.jobs[block * f.plan.nr_points + i];

			assert_int_equal(job->process, block);
			seen |= 1ull << job->point;
		}
		assert_int_equal(seen, (1ull << f.plan.nr_points) - 1);
	}
	drop(&f);
}

/* Those that will be compared run right after each other. */
static void a_groups_strategies_are_neighbours(void **unused)
{
	struct fixture f;
	unsigned changes = 0, groups = 0;

	(void)unused;
	assert_int_equal(
		make(&f, ONE_NODE, "alpha", "--process-reps", "1", NULL), -1);
	for (unsigned i = 0; i < f.plan.nr_jobs; i++) {
		unsigned group = f.plan.points[f.plan.jobs[i].point].group;

		if (group + 1 > groups)
			groups = group + 1;
		changes +=
			i &&
			group != f.plan.points[f.plan.jobs[i - 1].point].group;
	}
	assert_int_equal(changes, groups - 1);
	drop(&f);
}

static void the_seed_decides_the_order(void **unused)
{
	struct fixture a, b, c;
	bool same = true, other = true;

	(void)unused;
	make(&a, ONE_NODE, "alpha", "--seed", "5", NULL);
	make(&b, ONE_NODE, "alpha", "--seed", "5", NULL);
	make(&c, ONE_NODE, "alpha", "--seed", "6", NULL);
	for (unsigned i = 0; i < a.plan.nr_jobs; i++) {
		same &= a.plan.jobs[i].point == b.plan.jobs[i].point;
		other &= a.plan.jobs[i].point == c.plan.jobs[i].point;
	}
	assert_true(same);
	assert_false(other);
	drop(&a);
	drop(&b);
	drop(&c);
}

static void node_pairs_where_there_are_nodes(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(make(&f, ONE_NODE, "beta", NULL), -1);
	assert_int_equal(f.plan.nr_points, 3 * 2); /* sizes x host pages */
	drop(&f);
	assert_int_equal(make(&f, TWO_BY_EIGHT, "beta", NULL), -1);
	assert_int_equal(f.plan.nr_points, 3 * 2 * 4);
	for (unsigned i = 0; i < f.plan.nr_points; i++) {
		const struct plan_point *p = &f.plan.points[i];

		assert_int_equal(p->placement->cpu[0] / 8, p->place[5] - '0');
		assert_int_equal(p->placement->host_nodes[0],
				 1u << (p->mem[5] - '0'));
	}
	drop(&f);
	/* An explicit policy is obeyed instead. */
	assert_int_equal(make(&f, TWO_BY_EIGHT, "beta", "--mem", "remote",
			      "--pages", "thp", NULL),
			 -1);
	assert_int_equal(f.plan.nr_points, 3);
	assert_int_equal(f.plan.points[0].placement->host_nodes[0], 2);
	drop(&f);
}

/* Of lists that differ in their last CPU alone, each is whole. */
static void long_places_stay_whole(void **unused)
{
	enum { LISTED = 200 };
	char places[2 * 4 * LISTED] = "", *second, *key;
	struct fixture f;
	size_t used = 0;

	(void)unused;
	for (unsigned list = 0; list < 2; list++)
		for (unsigned i = 0; i < LISTED; i++)
			used += (size_t)sprintf(places + used, "%s%u",
						i      ? ","
						: list ? "/"
						       : "",
						i == LISTED - 1 && list ? LISTED
									: i);
	assert_int_equal(make(&f, BIG, "alpha/two/pair", "--threads", "200",
			      "--size", "0", "--place", places, NULL),
			 -1);
	assert_int_equal(f.plan.nr_points, 2);
	second = strchr(places, '/') + 1;
	assert_string_equal(f.plan.points[1].place, second);
	assert_int_equal(f.plan.points[1].placement->cpu[LISTED - 1], LISTED);
	second[-1] = '\0';
	assert_string_equal(f.plan.points[0].place, places);
	assert_int_equal(f.plan.nr_placements, 4);
	key = journal_point_key(&f.plan.points[1]);
	assert_non_null(strstr(key, second));
	free(key);
	drop(&f);
}

static void memoryless_nodes_are_nobodys_memory(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(make(&f, KMB_TEST_DATA "/memoryless.xml",
			      "alpha/two/pair", NULL),
			 -1);
	for (unsigned i = 0; i < f.plan.nr_points; i++) {
		const struct placement *p = f.plan.points[i].placement;

		for (unsigned n = 0; n < p->nr_nodes; n++)
			for (unsigned k = 0; k < f.topology.nr_nodes; k++)
				assert_false(
					!f.topology.nodes[k].memory_bytes &&
					p->host_nodes[n] >>
							f.topology.nodes[k].os &
						1);
	}
	drop(&f);
}

static void what_cannot_run_is_skipped_once(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(
		make(&f, ONE_NODE, "alpha/one", "--mem", "remote", NULL), -1);
	assert_null(f.plan.points[0].placement);
	assert_true(strlen(f.plan.points[0].why_not) > 0);
	assert_int_equal(f.plan.nr_jobs, f.plan.nr_points);
	drop(&f);
	/* Why there is no CPU matters more than that one is too many. */
	assert_int_equal(make(&f, KMB_TEST_DATA "/cpuless.xml", "alpha/one",
			      "--place", "node:1", "--threads", "1", NULL),
			 -1);
	assert_non_null(
		strstr(f.plan.points[0].why_not, "node 1 has no usable CPUs"));
	drop(&f);
}

/* On one simulated node there is nothing to see, wherever that is. */
static void what_needs_nodes_says_so(void **unused)
{
	static const struct {
		const char *machine, *place, *mem;
		bool runs;
	} t[] = {
		{ ONE_NODE, "compact", "local", false },
		{ TWO_BY_EIGHT, "smp", "local", false },
		{ TWO_BY_EIGHT, "scatter", "local", true },
		{ TWO_BY_EIGHT, "scatter", "remote", true },
		{ TWO_BY_EIGHT, "scatter", "bind:1", false },
		{ TWO_BY_EIGHT, "scatter", "interleave", false },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		const struct plan_point *p;
		struct fixture f;

		assert_int_equal(make(&f, t[i].machine, "delta", "--threads",
				      "2", "--place", t[i].place, "--mem",
				      t[i].mem, NULL),
				 -1);
		p = f.plan.points;
		assert_int_equal(p->placement != NULL, t[i].runs);
		if (!t[i].runs)
			assert_non_null(strstr(p->why_not, "one node"));
		drop(&f);
	}
}

/* By default only thread counts that are on several nodes; if any are. */
static void one_node_is_said_once(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(make(&f, BIG, "delta", "--preset", "full", NULL), -1);
	assert_int_equal(f.plan.nr_points, 2);
	assert_int_equal(count_points(&f.plan, "one", "help", 128), 1);
	assert_int_equal(count_points(&f.plan, "one", "help", 256), 1);
	drop(&f);
	assert_int_equal(make(&f, BIG, "delta", "--preset", "full", "--place",
			      "smp/scatter", NULL),
			 -1);
	assert_int_equal(f.plan.nr_points, 1 + 8);
	assert_int_equal(count_points(&f.plan, "one", "help", 2), 2);
	drop(&f);
	assert_int_equal(make(&f, ONE_NODE, "delta", "--preset", "full", NULL),
			 -1);
	assert_int_equal(f.plan.nr_points, 1);
	assert_int_equal(f.plan.points->point.threads, 2);
	assert_non_null(strstr(f.plan.points->why_not, "one node"));
	drop(&f);
	assert_int_equal(make(&f, BIG, "delta", "--threads", "2,128", NULL),
			 -1);
	assert_int_equal(f.plan.nr_points, 2);
	drop(&f);
}

static void mistakes_have_their_codes(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(make(&f, ONE_NODE, "gamma", NULL), EXIT_USAGE);
	drop(&f);
	assert_int_equal(make(&f, ONE_NODE, "alpha/three", NULL), EXIT_USAGE);
	drop(&f);
	assert_int_equal(make(&f, ONE_NODE, "alpha", "--size", "11", NULL),
			 EXIT_USAGE);
	drop(&f);
	assert_int_equal(make(&f, ONE_NODE, "--threads", "5", NULL),
			 EXIT_USAGE);
	drop(&f);
	assert_int_equal(make(&f, ONE_NODE, "--place", "node:3", NULL),
			 EXIT_USAGE);
	drop(&f);
	assert_int_equal(make(&f, ONE_NODE, "--filter", "(", NULL), EXIT_USAGE);
	drop(&f);
	assert_int_equal(make(&f, ONE_NODE, "--filter", "nosuch", NULL),
			 EXIT_NO_MATCH);
	drop(&f);
	assert_int_equal(
		make(&f, ONE_NODE, "alpha/one", "--threads", "2", NULL),
		EXIT_NO_MATCH);
	drop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			quick_takes_quick_sizes_and_one_and_all_threads),
		cmocka_unit_test(full_takes_all_sizes_and_powers_of_two),
		cmocka_unit_test(size_takes_values_and_ranges),
		cmocka_unit_test(every_block_holds_every_point_once),
		cmocka_unit_test(a_groups_strategies_are_neighbours),
		cmocka_unit_test(the_seed_decides_the_order),
		cmocka_unit_test(node_pairs_where_there_are_nodes),
		cmocka_unit_test(long_places_stay_whole),
		cmocka_unit_test(memoryless_nodes_are_nobodys_memory),
		cmocka_unit_test(what_cannot_run_is_skipped_once),
		cmocka_unit_test(what_needs_nodes_says_so),
		cmocka_unit_test(one_node_is_said_once),
		cmocka_unit_test(mistakes_have_their_codes),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
