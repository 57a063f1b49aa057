/* test_compare.c - what is compared with what, and how it comes out. */
#include "test.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "comparison.h"

#include "../harness/compare_text.h"

/* A run of 200 points, `processes` in each, all with an effect. */
static void simulate_run(const char *name, gsl_rng *rng, unsigned processes,
			 double spread, double effect)
{
	begin_run(name);
	write_manifest(name, manifest_of(name));
	for (unsigned point = 0; point < 200; point++)
		for (unsigned i = 0; i < processes; i++) {
			struct sample s = sample_of("free_area", 0);
			const double level = gsl_ran_gaussian(rng, spread);

			s.size = point;
			s.process = i;
			for (s.rep = 0; s.rep < 2; s.rep++) {
				s.value = 100 * (1 + effect) *
					  exp(level +
					      gsl_ran_gaussian(rng, 0.01));
				samples_add(s);
			}
		}
}

static void test_equal_runs_are_the_same(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct comparison x;

	(void)state;
	gsl_rng_set(rng, test_seed());
	simulate_run("a", rng, 5, 0.1, 0);
	simulate_run("b", rng, 5, 0.1, 0);
	compare_a_b(&x, &plain);
	assert_int_equal(x.c.nr, 200);
	check(x.count[VERDICT_FASTER] + x.count[VERDICT_SLOWER] <= 10,
	      "%u FASTER, %u SLOWER", x.count[VERDICT_FASTER],
	      x.count[VERDICT_SLOWER]);
	end(&x);
	gsl_rng_free(rng);
}

static void test_five_per_cent_are_found(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct comparison x;

	(void)state;
	gsl_rng_set(rng, test_seed());
	simulate_run("a", rng, 10, 0.015, 0);
	simulate_run("b", rng, 10, 0.015, 0.05);
	compare_a_b(&x, &plain);
	check(x.count[VERDICT_SLOWER] >= 190, "found in %u of 200",
	      x.count[VERDICT_SLOWER]);
	assert_int_equal(x.count[VERDICT_FASTER], 0);
	check(fabs(contrasts_mean_ratio(&x.c) - 1.05) < 0.005, "mean %g",
	      contrasts_mean_ratio(&x.c));
	end(&x);
	gsl_rng_free(rng);
}

/* Points are joined by all their columns; a failed process is none. */
static void test_join(void **state)
{
	static const double tens[] = { 10, 10.1, 9.9 };
	static const double twenties[] = { 20, 20.2, 19.8 };
	struct sample thp = sample_of("free_area", 0);
	struct comparison x;

	(void)state;
	thp.pages = "thp";
	begin_run("a");
	write_manifest("a", manifest_of("a"));
	samples_add_processes(sample_of("free_area", 0), 3, tens);
	samples_add_failure(sample_of("free_area", 0), 3, "crashed", "signal");
	samples_add_processes(thp, 3, twenties);
	samples_add_processes(sample_of("gone", 0), 3, tens);
	begin_run("b");
	write_manifest("b", manifest_of("b"));
	samples_add_processes(sample_of("new", 0), 3, tens);
	samples_add_processes(sample_of("new_too", 0), 3, tens);
	samples_add_processes(thp, 3, twenties);
	samples_add_processes(sample_of("free_area", 0), 3, twenties);

	compare_a_b(&x, &plain);
	assert_int_equal(x.c.nr, 2);
	assert_string_equal(x.c.v[0].b->cell[PAGES], "4k");
	assert_int_equal(x.c.v[0].processes_a, 3);
	assert_true(x.c.v[0].median_a == 10 && x.c.v[0].median_b == 20);
	assert_true(x.c.v[0].ratio.value == 2);
	assert_int_equal(x.c.v[0].verdict, VERDICT_SLOWER);
	assert_string_equal(x.c.v[1].b->cell[PAGES], "thp");
	assert_int_equal(x.c.v[1].verdict, VERDICT_SAME);
	assert_int_equal(x.c.nr_only[0], 1);
	assert_string_equal(x.c.only[0][0]->cell[STRATEGY], "gone");
	assert_int_equal(x.c.nr_only[1], 2);
	end(&x);
}

/* Blocks tenfold apart, strategies 10 % apart within each. */
static void add_paired(const char *metric, const char *unit)
{
	static const double level[] = { 10, 100, 40, 20, 80, 15 };
	static const struct {
		const char *strategy;
		double factor;
	} of[] = { { "best", 1 },
		   { "third", 1.2 },
		   { "second", 1.1 },
		   { "null", 0.1 } };

	begin_run("a");
	write_manifest("a", manifest_of("a"));
	for (unsigned i = 0; i < ARRAY_SIZE(of); i++)
		for (unsigned block = 0; block < 6; block++) {
			struct sample s = sample_of(of[i].strategy, 0);

			/* One process of `second` got lost. */
			if (i == 2 && block == 1)
				continue;
			s.metric = metric;
			s.unit = unit;
			s.process = block;
			/* A little noise, or there is no interval to speak of.
			 */
			s.value = level[block] * of[i].factor *
				  (1 + 0.001 * (block ^ i));
			samples_add(s);
		}
}

static void assert_order(const struct comparison *x, const char *const *names)
{
	for (unsigned i = 0; i < x->c.nr; i++)
		assert_string_equal(x->c.v[i].b->cell[STRATEGY], names[i]);
}

static void test_strategies_are_paired_by_block(void **state)
{
	static const char *const names[] = { "best", "second", "third",
					     "null" };
	const struct contrast_params params = { .by = BY_STRATEGY,
						.min_effect = 0.03 };
	struct comparison x;

	(void)state;
	add_paired("ns_per_op", "ns");
	compare_within(&x, "ns_per_op", &params);
	assert_int_equal(x.c.nr, 4);
	assert_order(&x, names);
	assert_true(x.c.v[0].is_base && x.c.v[3].reference);
	assert_int_equal(x.c.v[1].processes_a, 5);
	check(fabs(x.c.v[1].ratio.value - 1.1) < 0.01, "%g",
	      x.c.v[1].ratio.value);
	assert_int_equal(x.c.v[1].verdict, VERDICT_SLOWER);
	assert_int_equal(x.count[VERDICT_SLOWER], 2);
	assert_int_equal(x.count[VERDICT_FASTER], 0);
	end(&x);
}

static void test_more_of_a_rate_is_better(void **state)
{
	static const char *const names[] = { "third", "second", "best",
					     "null" };
	const struct contrast_params params = { .by = BY_STRATEGY,
						.min_effect = 0.03 };
	struct comparison x;

	(void)state;
	add_paired("ops_per_s", "1/s");
	compare_within(&x, "ops_per_s", &params);
	assert_order(&x, names);
	assert_true(x.c.v[0].is_base);
	check(fabs(x.c.v[2].ratio.value - 1 / 1.2) < 0.01, "%g",
	      x.c.v[2].ratio.value);
	assert_int_equal(x.count[VERDICT_SLOWER], 2);
	end(&x);
}

static void test_base_by_name(void **state)
{
	const struct contrast_params params = { .by = BY_STRATEGY,
						.base = "second",
						.min_effect = 0.03 };
	const struct contrast_params none = { .by = BY_STRATEGY,
					      .base = "nosuch",
					      .min_effect = 0.03 };
	struct comparison x;

	(void)state;
	add_paired("ns_per_op", "ns");
	compare_within(&x, "ns_per_op", &params);
	assert_int_equal(x.count[VERDICT_FASTER], 1);
	assert_int_equal(x.count[VERDICT_SLOWER], 1);
	assert_true(x.c.v[1].is_base);
	end(&x);
	compare_within(&x, "ns_per_op", &none);
	assert_int_equal(x.c.nr, 0);
	assert_int_equal(x.c.nr_baseless, 1);
	end(&x);
}

/* By strategy an isa is one more; by isa each strategy stands alone. */
static void test_by_isa(void **state)
{
	static const double tens[] = { 10, 10.1, 9.9 };
	static const double fives[] = { 5, 5.1, 4.9 };
	const struct contrast_params by_isa = { .by = BY_ISA,
						.min_effect = 0.03 };
	const struct contrast_params by_strategy = { .by = BY_STRATEGY,
						     .min_effect = 0.03 };
	struct sample wide = sample_of("vector", 0);
	struct comparison x;
	char name[64];

	(void)state;
	begin_run("a");
	write_manifest("a", manifest_of("a"));
	samples_add_processes(sample_of("word", 0), 3, tens);
	samples_add_processes(sample_of("vector", 0), 3, tens);
	wide.isa = "avx2";
	samples_add_processes(wide, 3, fives);
	compare_within(&x, "ns_per_op", &by_isa);
	assert_int_equal(x.c.nr, 2);
	assert_string_equal(x.c.v[0].b->cell[ISA], "avx2");
	assert_int_equal(x.c.v[1].verdict, VERDICT_SLOWER);
	end(&x);
	compare_within(&x, "ns_per_op", &by_strategy);
	assert_int_equal(x.c.nr, 3);
	compare_name_thing(&x.c, x.c.v[0].b, name, sizeof(name));
	assert_string_equal(name, "vector avx2");
	end(&x);
}

/* What did not fail cannot be compared by a ratio. */
static void test_zeros(void **state)
{
	static const double zeros[] = { 0, 0, 0 }, some[] = { 0, 1, 1 };
	struct sample same = sample_of("same", 0),
		      other = sample_of("other", 0);
	struct comparison x;

	(void)state;
	begin_run("a");
	write_manifest("a", manifest_of("a"));
	samples_add_processes(same, 3, zeros);
	samples_add_processes(other, 3, zeros);
	begin_run("b");
	write_manifest("b", manifest_of("b"));
	samples_add_processes(same, 3, zeros);
	samples_add_processes(other, 3, some);
	compare_a_b(&x, &plain);
	assert_int_equal(x.c.v[0].verdict, VERDICT_AMBIGUOUS);
	assert_true(isnan(x.c.v[0].ratio.value));
	assert_int_equal(x.c.v[1].verdict, VERDICT_SAME);
	end(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		samples_test(test_equal_runs_are_the_same),
		samples_test(test_five_per_cent_are_found),
		samples_test(test_join),
		samples_test(test_strategies_are_paired_by_block),
		samples_test(test_more_of_a_rate_is_better),
		samples_test(test_base_by_name),
		samples_test(test_by_isa),
		samples_test(test_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
