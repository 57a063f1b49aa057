/* test_stats.c - quantiles by hand, and intervals that hold what they say. */
#include "test.h"

#include <math.h>

#include <gsl/gsl_randist.h>

#include "../harness/stats.h"
#include "../kernels/base/compiler.h"

#define assert_close(a, b) assert_float_equal(a, b, 1e-6)

static void quantiles_by_hand(void **unused)
{
	static const double four[] = { 1, 2, 3, 4 };
	static const double five[] = { 10, 20, 30, 40, 100 };
	static const double one[] = { 7 };

	(void)unused;
	assert_true(stats_quantile(four, 4, 0) == 1);
	assert_true(stats_quantile(four, 4, 0.25) == 1.75);
	assert_true(stats_quantile(four, 4, 0.5) == 2.5);
	assert_true(stats_quantile(four, 4, 0.75) == 3.25);
	assert_true(stats_quantile(four, 4, 1) == 4);
	assert_true(stats_quantile(five, 5, 0.25) == 20);
	assert_true(stats_quantile(five, 5, 0.5) == 30);
	assert_close(stats_quantile(five, 5, 0.9), 76);
	assert_true(stats_quantile(one, 1, 0.25) == 7);
	assert_true(isnan(stats_quantile(one, 0, 0.5)));
}

static void spread_by_hand(void **unused)
{
	/* Mean 5, squared deviations 32: sd = sqrt(32 / 7). */
	static const double values[] = { 2, 4, 4, 4, 5, 5, 7, 9 };

	(void)unused;
	assert_close(stats_cv(values, 8), sqrt(32.0 / 7) / 5);
	assert_true(stats_cv(values + 1, 3) == 0);
	assert_true(isnan(stats_cv(values, 1)));
}

static void medians_of_processes(void **unused)
{
	static const double odd[] = { 9, 1, 5 };
	static const double even[] = { 4, 1, 3, 2 };
	static const double one[] = { 8 };
	const struct stats_process processes[] = { { odd, 3 },
						   { even, 4 },
						   { one, 1 } };
	double medians[3];

	(void)unused;
	assert_int_equal(stats_process_medians(processes, 3, medians), 0);
	assert_true(medians[0] == 5);
	assert_true(medians[1] == 2.5);
	assert_true(medians[2] == 8);
	assert_true(odd[0] == 9);
}

/* Processes of one value each. */
static struct stats_interval bootstrap(const double *values, unsigned nr,
				       uint64_t seed)
{
	struct stats_process processes[16];
	struct stats_interval interval;

	for (unsigned i = 0; i < nr; i++)
		processes[i] = (struct stats_process){ &values[i], 1 };
	assert_int_equal(stats_bootstrap(processes, nr, seed, &interval), 0);
	return interval;
}

static void intervals_by_hand(void **unused)
{
	static const double values[] = { 3, 1, 5, 2, 4 };
	static const double equal[] = { 6, 6, 6, 6 };
	struct stats_interval interval;

	(void)unused;
	interval = bootstrap(values, 2, 1);
	assert_true(isnan(interval.lo) && isnan(interval.hi));
	/*
	 * The least of 5 values is the median of 5 draws in 5.8 % of all
	 * draws, so the 2.5 % quantile is that value.
	 */
	interval = bootstrap(values, 5, 1);
	assert_true(interval.lo == 1 && interval.hi == 5);
	interval = bootstrap(equal, 4, 1);
	assert_true(interval.lo == 6 && interval.hi == 6);
}

static void the_same_seed_gives_the_same_interval(void **unused)
{
	static const double values[] = { 3.1, 1.2, 5.3, 2.4, 4.5,
					 7.6, 6.7, 9.8, 8.9 };
	struct stats_interval a = bootstrap(values, 9, 42);
	struct stats_interval b = bootstrap(values, 9, 42);

	(void)unused;
	assert_memory_equal(&a, &b, sizeof(a));
}

/* Repetitions count: one process's own spread widens the interval. */
static void repetitions_are_drawn_too(void **unused)
{
	static const double tight[] = { 10, 10, 10 };
	static const double wide[] = { 4, 10, 16 };
	struct stats_process processes[5];
	struct stats_interval interval;

	(void)unused;
	for (unsigned i = 0; i < 5; i++)
		processes[i] = (struct stats_process){ tight, 3 };
	stats_bootstrap(processes, 5, 1, &interval);
	assert_true(interval.lo == 10 && interval.hi == 10);
	for (unsigned i = 0; i < 5; i++)
		processes[i].values = wide;
	stats_bootstrap(processes, 5, 1, &interval);
	assert_true(interval.lo == 4 && interval.hi == 16);
}

/*
 * Machines whose true median is 100, processes that differ by 3 %, repetitions
 * by 0.5 %: how many of 500 intervals hold 100?
 */
static double coverage(unsigned nr_processes, gsl_rng *rng)
{
	enum { MACHINES = 500, REPS = 3 };
	struct stats_process processes[16];
	double values[16][REPS];
	unsigned held = 0;

	for (unsigned m = 0; m < MACHINES; m++) {
		struct stats_interval interval;

		for (unsigned i = 0; i < nr_processes; i++) {
			const double own = 100 + gsl_ran_gaussian(rng, 3);

			for (unsigned k = 0; k < REPS; k++)
				values[i][k] = own + gsl_ran_gaussian(rng, 0.5);
			processes[i] =
				(struct stats_process){ values[i], REPS };
		}
		stats_bootstrap(processes, nr_processes, m, &interval);
		held += interval.lo <= 100 && 100 <= interval.hi;
	}
	return (double)held / MACHINES;
}

static void intervals_hold_the_truth(void **unused)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	(void)unused;
	gsl_rng_set(rng, test_seed());
	for (unsigned nr = 5; nr <= 15; nr += 5) {
		const double held = coverage(nr, rng);

		print_message("%u processes: %.1f %% of the intervals\n", nr,
			      held * 100);
		check(held >= 0.90 && held <= 0.99, "%u processes: %g", nr,
		      held);
	}
	gsl_rng_free(rng);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_by_hand),
		cmocka_unit_test(spread_by_hand),
		cmocka_unit_test(medians_of_processes),
		cmocka_unit_test(intervals_by_hand),
		cmocka_unit_test(the_same_seed_gives_the_same_interval),
		cmocka_unit_test(repetitions_are_drawn_too),
		cmocka_unit_test(intervals_hold_the_truth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
