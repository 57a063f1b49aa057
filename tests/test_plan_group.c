/* test_plan_group.c - the group scaling, and runs of several places, planned on
 * synthetic machines. */
#include "plan_fixture.h"

#include "../harness/workload_group.h"

#define GROUP_CASE(number, family_, strategy_, workload_, unit, min, max, ...) \
	BENCH_CASE(case_##number) = {                                          \
		.family = family_,                                             \
		.strategy = strategy_,                                         \
		.workload = workload_,                                         \
		.isa = "scalar",                                               \
		.models = "a test's",                                          \
		.loop = no_loop,                                               \
		.max_threads = 1024,                                           \
		.size_unit = unit,                                             \
		.size_min = min,                                               \
		.size_max = max,                                               \
		.sizes = BENCH_SIZES(__VA_ARGS__),                             \
	}

/* clang-format off */
GROUP_CASE(1, "frame", "free_area", "contend", "order", 0, 10, 0, 3, 9);
GROUP_CASE(2, "frame", "pcp", "contend", "order", 0, 10, 0, 3, 9);
GROUP_CASE(3, "frame", "percpu_bitfield", "contend", "order", 0, 10, 0, 3, 9);
GROUP_CASE(4, "frame", "free_area", "contend_nodes", "order", 0, 10, 0, 3, 9);
GROUP_CASE(5, "slab", "list_lock", "larson@inline", "bytes", 8, 8192, 32, 64);
GROUP_CASE(6, "slab", "magazine", "larson@inline", "bytes", 8, 8192, 32, 64);
GROUP_CASE(7, "slab", "array_cache", "larson@inline", "bytes", 8, 8192, 32, 64);
GROUP_CASE(8, "pgtable", "walk", "random@x86_64", "bytes", 1 << 20, 1ull << 40, 1 << 20);
GROUP_CASE(9, "pgtable", "replicated", "random@x86_64", "bytes", 1 << 20, 1ull << 40, 1 << 20);
/* What the group has no use for. */
GROUP_CASE(10, "frame", "free_area", "pair", "order", 0, 10, 0);
GROUP_CASE(11, "pgtable", "walk", "random@i386", "bytes", 1 << 20, 1 << 30, 1 << 20);
/* clang-format on */

#define NR_CASES 9

static const struct plan_point *find(const struct plan *plan,
				     const char *strategy, const char *place,
				     unsigned threads)
{
	for (unsigned i = 0; i < plan->nr_points; i++) {
		const struct plan_point *p = &plan->points[i];

		if (!strcmp(p->bench->strategy, strategy) &&
		    !strcmp(p->place, place) && p->point.threads == threads)
			return p;
	}
	return NULL;
}

/* Of all points in a place, the thread counts: just these, for each case. */
static void check_threads(const struct plan *plan, const char *place,
			  const unsigned *threads, unsigned nr)
{
	unsigned points = 0;

	for (unsigned i = 0; i < plan->nr_points; i++) {
		unsigned k = 0;

		if (strcmp(plan->points[i].place, place))
			continue;
		while (k < nr && threads[k] != plan->points[i].point.threads)
			k++;
		check(k < nr, "%s: %u threads", place,
		      plan->points[i].point.threads);
		points++;
	}
	assert_int_equal(points, nr * NR_CASES);
}

#define THREADS(...)                 \
	(unsigned[]){ __VA_ARGS__ }, \
		sizeof((unsigned[]){ __VA_ARGS__ }) / sizeof(unsigned)

static unsigned count_bits(uint64_t mask)
{
	return (unsigned)__builtin_popcountll(mask);
}

static void two_nodes_of_64(void **unused)
{
	struct fixture f;
	const struct plan_point *p;

	(void)unused;
	assert_int_equal(make(&f, "synthetic:pack:2 [numa] core:64 pu:1",
			      "scaling", NULL),
			 -1);
	check_threads(&f.plan, "smp", THREADS(1, 2, 4, 8, 16, 32, 64));
	check_threads(&f.plan, "scatter", THREADS(1, 2, 4, 8, 16, 32, 64, 128));
	p = find(&f.plan, "pcp", "smp", 64);
	assert_int_equal(p->placement->nr_nodes, 1);
	assert_int_equal(p->placement->host_nodes[0], 1);
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(p->placement->cpu[i], i);
	/* Neighbours are on different nodes, each with memory there. */
	p = find(&f.plan, "replicated", "scatter", 64);
	assert_int_equal(p->placement->nr_nodes, 2);
	for (unsigned i = 0; i < 64; i++) {
		assert_int_equal(p->placement->cpu[i] / 64, i % 2);
		assert_int_equal(p->placement->node[i], i % 2);
	}
	drop(&f);
}

static void eight_nodes_of_32(void **unused)
{
	struct fixture f;
	uint64_t nodes = 0;
	const struct plan_point *p;

	(void)unused;
	assert_int_equal(make(&f, "synthetic:pack:8 [numa] core:32 pu:1",
			      "scaling", NULL),
			 -1);
	check_threads(&f.plan, "smp", THREADS(1, 2, 4, 8, 16, 32));
	check_threads(&f.plan, "scatter",
		      THREADS(1, 2, 4, 8, 16, 32, 64, 128, 256));
	p = find(&f.plan, "walk", "scatter", 8);
	assert_int_equal(p->placement->nr_nodes, 8);
	for (unsigned i = 0; i < 8; i++)
		nodes |= p->placement->host_nodes[i];
	assert_int_equal(count_bits(nodes), 8);
	drop(&f);
}

/* A whole node is hit where it is no power of two, by both places. */
static void nodes_of_24(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(make(&f, "synthetic:pack:2 [numa] core:24 pu:1",
			      "scaling", "--preset", "smoke", NULL),
			 -1);
	check_threads(&f.plan, "smp", THREADS(1, 2, 4, 8, 16, 24));
	check_threads(&f.plan, "scatter", THREADS(1, 2, 4, 8, 16, 24, 32, 48));
	drop(&f);
}

static void one_node_is_measured_once(void **unused)
{
	static const char *const machines[] = {
		"synthetic:pack:1 [numa] core:4 pu:1",
		"synthetic:pack:1 [numa] core:2 pu:2",
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(machines); i++) {
		struct fixture f;

		assert_int_equal(make(&f, machines[i], "scaling", NULL), -1);
		check_threads(&f.plan, "smp", THREADS(1, 2, 4));
		assert_int_equal(f.plan.nr_points, 3 * NR_CASES);
		drop(&f);
	}
}

/* The group's sizes, and none of the cases' own. */
static void sizes_are_the_groups(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(make(&f, "synthetic:pack:2 [numa] core:2 pu:1",
			      "scaling", "--preset", "full", NULL),
			 -1);
	for (unsigned i = 0; i < f.plan.nr_points; i++) {
		const struct plan_point *p = &f.plan.points[i];
		uint64_t size = !strcmp(p->bench->family, "frame") ? 0
				: !strcmp(p->bench->family, "slab")
					? 64
					: 64ull << 30;

		assert_int_equal(p->point.size, size);
		assert_string_equal(p->mem, "local");
	}
	drop(&f);
}

static void what_is_given_overrides(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(make(&f, "synthetic:pack:2 [numa] core:4 pu:1",
			      "scaling", "--place", "compact", "--threads",
			      "3,5", "--mem", "interleave", "--size", "32",
			      NULL),
			 -1);
	/* Only slabs have that size. */
	assert_int_equal(f.plan.nr_points, 3 * 2);
	for (unsigned i = 0; i < f.plan.nr_points; i++) {
		const struct plan_point *p = &f.plan.points[i];

		assert_string_equal(p->bench->family, "slab");
		assert_string_equal(p->place, "compact");
		assert_int_equal(p->point.size, 32);
		assert_int_equal(p->placement->host_nodes[0], 3);
	}
	drop(&f);
}

/* Several places are not the group's alone. */
static void places_of_any_run(void **unused)
{
	struct fixture f;

	(void)unused;
	assert_int_equal(make(&f, "synthetic:pack:2 [numa] core:4 pu:1",
			      "frame/free_area/pair", "--place",
			      "node:1/smp/0,4-6/compact", NULL),
			 -1);
	assert_int_equal(f.plan.nr_points, 4 * 2);
	assert_non_null(find(&f.plan, "free_area", "node:1", 4));
	assert_non_null(find(&f.plan, "free_area", "smp", 4));
	assert_non_null(find(&f.plan, "free_area", "compact", 8));
	assert_int_equal(
		find(&f.plan, "free_area", "0,4-6", 4)->placement->cpu[1], 4);
	drop(&f);
	/* What only the larger one has room for is measured there. */
	assert_int_equal(make(&f, "synthetic:pack:2 [numa] core:4 pu:1",
			      "frame/free_area/pair", "--place", "smp/scatter",
			      "--threads", "4,6", NULL),
			 -1);
	assert_int_equal(f.plan.nr_points, 3);
	assert_null(find(&f.plan, "free_area", "smp", 6));
	assert_non_null(find(&f.plan, "free_area", "scatter", 6));
	drop(&f);
}

static void mistakes_are_refused(void **unused)
{
	static const char *const words[][4] = {
		{ "scaling", "frame" },
		{ "frame", "scaling" },
		{ "scaling/free_area" },
		{ "scaling", "--place", "smp/nosuch" },
		{ "scaling", "--place", "smp/" },
		{ "scaling", "--place", "smp/node:7" },
		{ "scaling", "--threads", "9" },
		{ "scaling", "--place", "0/1/2/3/4/5/6/7/0,1" },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		struct fixture f;

		assert_int_equal(make(&f, "synthetic:pack:2 [numa] core:4 pu:1",
				      words[i][0], words[i][1], words[i][2],
				      NULL),
				 EXIT_USAGE);
		drop(&f);
	}
}

/* No word is both. */
static void a_group_is_no_family(void **unused)
{
	(void)unused;
	assert_non_null(group_find("scaling"));
	assert_null(group_find("frame"));
	assert_null(bench_find_family("scaling"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_nodes_of_64),
		cmocka_unit_test(eight_nodes_of_32),
		cmocka_unit_test(nodes_of_24),
		cmocka_unit_test(one_node_is_measured_once),
		cmocka_unit_test(sizes_are_the_groups),
		cmocka_unit_test(what_is_given_overrides),
		cmocka_unit_test(places_of_any_run),
		cmocka_unit_test(mistakes_are_refused),
		cmocka_unit_test(a_group_is_no_family),
	};

	return cmocka_run_group_tests_name("plan of a group", tests, NULL,
					   NULL);
}
