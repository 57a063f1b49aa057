/* test_verdict.c - ratios, their intervals, and how often they are wrong. */
#include "test.h"

#include <math.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "../harness/verdict.h"

#define REPS 3
#define MAX_PROCESSES 20
#define PAIRS 200
#define MIN_EFFECT 0.03

/* Processes of one value each. */
static void one_each(struct stats_process *processes, const double *values,
		     unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		processes[i] = (struct stats_process){ &values[i], 1 };
}

static void assert_near(double value, double expected)
{
	check(fabs(value - expected) < 1e-12, "%.17g is not %.17g", value,
	      expected);
}

/* Medians 12 and 15; within a process as well the median counts. */
static void test_independent_is_of_medians(void **state)
{
	static const double values[][3] = { { 10, 11, 90 }, { 12, 1, 13 },
					    { 50, 50, 50 }, { 14, 14, 20 },
					    { 15, 15, 15 }, { 99, 99, 99 } };
	struct stats_process p[6];
	struct ratio ratio;

	(void)state;
	for (unsigned i = 0; i < 6; i++)
		p[i] = (struct stats_process){ values[i], 3 };
	assert_int_equal(ratio_independent(p, 3, p + 3, 3, 1, &ratio), 0);
	assert_near(ratio.value, 15.0 / 12);
	assert_true(ratio.interval.lo < 1 && ratio.interval.hi > 1.25);
}

/* Blocks that differ tenfold among themselves, each with a ratio near 1.1. */
static void test_paired_is_of_blocks(void **state)
{
	static const double a[] = { 10, 100, 40, 20, 80 };
	static const double b[] = { 11, 109, 44.4, 22, 87.2 };
	struct stats_process pa[5], pb[5];
	struct ratio paired, independent;

	(void)state;
	one_each(pa, a, 5);
	one_each(pb, b, 5);
	assert_int_equal(ratio_paired(pa, pb, 5, 1, &paired), 0);
	assert_near(paired.value, 1.1);
	assert_true(paired.interval.lo > 1.07 && paired.interval.lo < 1.0901);
	assert_true(paired.interval.hi < 1.13 && paired.interval.hi > 1.1099);
	assert_int_equal(ratio_independent(pa, 5, pb, 5, 1, &independent), 0);
	assert_false(ratio_excludes_one(&independent));
}

static void test_same_seed_same_interval(void **state)
{
	static const double v[] = { 1, 1.2, 1.1, 1.5, 1.05, 1.3, 1.6, 1.25 };
	struct stats_process p[8];
	struct ratio first, again;

	(void)state;
	one_each(p, v, 8);
	ratio_independent(p, 4, p + 4, 4, 7, &first);
	ratio_independent(p, 4, p + 4, 4, 7, &again);
	assert_true(first.interval.lo == again.interval.lo);
	assert_true(first.interval.hi == again.interval.hi);
}

static void test_no_spread(void **state)
{
	static const double v[] = { 4, 4, 4, 5, 5, 5 };
	struct stats_process p[6];
	struct ratio ratio;

	(void)state;
	one_each(p, v, 6);
	ratio_paired(p, p + 3, 3, 1, &ratio);
	assert_near(ratio.interval.lo, 1.25);
	assert_near(ratio.interval.hi, 1.25);
	ratio_independent(p, 3, p + 3, 3, 1, &ratio);
	assert_near(ratio.interval.lo, 1.25);
	assert_near(ratio.interval.hi, 1.25);
	assert_int_equal(verdict_judge(&ratio, 0.03, false), VERDICT_SLOWER);
}

static void test_few_processes_have_no_interval(void **state)
{
	static const double v[] = { 1, 1, 2, 2, 2 };
	struct stats_process p[5];
	struct ratio ratio;

	(void)state;
	one_each(p, v, 5);
	ratio_independent(p, 2, p + 2, 3, 1, &ratio);
	assert_near(ratio.value, 2);
	assert_true(isnan(ratio.interval.lo) && isnan(ratio.interval.hi));
	assert_int_equal(verdict_judge(&ratio, 0, false), VERDICT_AMBIGUOUS);
	ratio_paired(p, p + 2, 2, 1, &ratio);
	assert_near(ratio.value, 2);
	assert_int_equal(verdict_judge(&ratio, 9, false), VERDICT_AMBIGUOUS);
}

static void test_judge(void **state)
{
	static const struct {
		struct ratio ratio;
		double threshold;
		enum verdict time, rate;
	} cases[] = {
		{ { 1.05, { 1.01, 1.09 } },
		  0.03,
		  VERDICT_SLOWER,
		  VERDICT_FASTER },
		{ { 0.95, { 0.91, 0.99 } },
		  0.03,
		  VERDICT_FASTER,
		  VERDICT_SLOWER },
		/* Below the threshold, whatever the interval. */
		{ { 1.05, { 1.04, 1.06 } }, 0.05, VERDICT_SAME, VERDICT_SAME },
		{ { 1.02, { 0.5, 2 } }, 0.03, VERDICT_SAME, VERDICT_SAME },
		{ { 1, { 1, 1 } }, 0, VERDICT_SAME, VERDICT_SAME },
		/* Above it, and 1 is inside or at an end. */
		{ { 1.05, { 0.99, 1.2 } },
		  0.03,
		  VERDICT_AMBIGUOUS,
		  VERDICT_AMBIGUOUS },
		{ { 0.5, { 0.4, 1 } },
		  0.03,
		  VERDICT_AMBIGUOUS,
		  VERDICT_AMBIGUOUS },
		{ { NAN, { NAN, NAN } },
		  0.03,
		  VERDICT_AMBIGUOUS,
		  VERDICT_AMBIGUOUS },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct ratio *r = &cases[i].ratio;

		check(verdict_judge(r, cases[i].threshold, false) ==
			      cases[i].time,
		      "case %u, as a time", i);
		check(verdict_judge(r, cases[i].threshold, true) ==
			      cases[i].rate,
		      "case %u, as a rate", i);
	}
}

/* A machine: how the level of a process is drawn, and how many there are. */
struct machine {
	const char *name;
	unsigned processes;
	double spread;	/* of the logarithms */
	double bimodal; /* share of the processes in the slow mode; 0: normal */
	bool paired;
};

static double draw_level(const struct machine *m, gsl_rng *rng)
{
	if (m->bimodal == 0)
		return gsl_ran_gaussian(rng, m->spread);
	return (gsl_rng_uniform(rng) < m->bimodal ? 2 * m->spread : 0) +
	       gsl_ran_gaussian(rng, 0.01);
}

static void simulate(const struct machine *m, gsl_rng *rng, double level,
		     double values[][REPS], struct stats_process *processes)
{
	for (unsigned i = 0; i < m->processes; i++) {
		const double process = level + draw_level(m, rng);

		for (unsigned k = 0; k < REPS; k++)
			values[i][k] =
				exp(process + gsl_ran_gaussian(rng, 0.01));
		processes[i] = (struct stats_process){ values[i], REPS };
	}
}

/* Verdicts over PAIRS pairs of runs; in the second all takes `effect` more. */
static void count_verdicts(const struct machine *m, double effect,
			   unsigned count[NR_VERDICTS])
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double values[2][MAX_PROCESSES][REPS];
	struct stats_process p[2][MAX_PROCESSES];
	struct ratio ratio;

	gsl_rng_set(rng, test_seed());
	memset(count, 0, NR_VERDICTS * sizeof(*count));
	for (unsigned i = 0; i < PAIRS; i++) {
		simulate(m, rng, 0, values[0], p[0]);
		simulate(m, rng, log1p(effect), values[1], p[1]);
		if (m->paired)
			ratio_paired(p[0], p[1], m->processes, i, &ratio);
		else
			ratio_independent(p[0], m->processes, p[1],
					  m->processes, i, &ratio);
		count[verdict_judge(&ratio, log1p(MIN_EFFECT), false)]++;
	}
	gsl_rng_free(rng);
	printf("# %s, %u processes, spread %g%s: %u SAME %u FASTER %u SLOWER "
	       "%u AMBIGUOUS\n",
	       m->name, m->processes, m->spread, m->paired ? ", paired" : "",
	       count[VERDICT_SAME], count[VERDICT_FASTER],
	       count[VERDICT_SLOWER], count[VERDICT_AMBIGUOUS]);
}

static void test_equal_machines(void **state)
{
	static const struct machine machines[] = {
		{ "lognormal", 5, 0.1, 0, false },
		{ "lognormal", 10, 0.3, 0, false },
		{ "bimodal", 5, 0.3, 0.5, false },
		{ "bimodal", 10, 0.1, 0.2, false },
		{ "lognormal", 5, 0.1, 0, true },
		{ "lognormal", 10, 0.3, 0, true },
		{ "bimodal", 5, 0.3, 0.2, true },
		{ "bimodal", 10, 0.1, 0.5, true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(machines); i++) {
		unsigned count[NR_VERDICTS], wrong;

		count_verdicts(&machines[i], 0, count);
		wrong = count[VERDICT_FASTER] + count[VERDICT_SLOWER];
		check(wrong * 20 <= PAIRS, "%u of %u verdicts are false", wrong,
		      PAIRS);
	}
}

static void test_planted_effect_is_found(void **state)
{
	static const struct machine machines[] = {
		{ "lognormal", 10, 0.015, 0, false },
		{ "lognormal", 10, 0.015, 0, true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(machines); i++) {
		unsigned count[NR_VERDICTS];

		count_verdicts(&machines[i], 0.05, count);
		check(count[VERDICT_SLOWER] * 100 >= PAIRS * 95,
		      "found in %u of %u", count[VERDICT_SLOWER], PAIRS);
		assert_int_equal(count[VERDICT_FASTER], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_independent_is_of_medians),
		cmocka_unit_test(test_paired_is_of_blocks),
		cmocka_unit_test(test_same_seed_same_interval),
		cmocka_unit_test(test_no_spread),
		cmocka_unit_test(test_few_processes_have_no_interval),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_equal_machines),
		cmocka_unit_test(test_planted_effect_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
