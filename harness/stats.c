/* stats.c - medians, quantiles, spread, and intervals over processes. */
#include "stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

/*
 * Enough that an end of the interval moves by less than a tenth of the
 * interval's width from seed to seed; costs about 0.25 ms for 5 x 3 values.
 */
#define RESAMPLES 1000

void stats_sort(double *values, size_t nr)
{
	gsl_sort(values, 1, nr);
}

double stats_quantile(const double *sorted, size_t nr, double q)
{
	if (!nr)
		return NAN;
	return gsl_stats_quantile_from_sorted_data(sorted, 1, nr, q);
}

double stats_cv(const double *values, size_t nr)
{
	if (nr < 2)
		return NAN;
	return gsl_stats_sd(values, 1, nr) / gsl_stats_mean(values, 1, nr);
}

static unsigned most_values(const struct stats_process *processes, unsigned nr)
{
	unsigned most = 0;

	for (unsigned i = 0; i < nr; i++)
		if (processes[i].nr > most)
			most = processes[i].nr;
	return most;
}

int stats_process_medians(const struct stats_process *processes, unsigned nr,
			  double *medians)
{
	double *copy = malloc((most_values(processes, nr) + 1) * sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	for (unsigned i = 0; i < nr; i++) {
		const struct stats_process *p = &processes[i];

		memcpy(copy, p->values, p->nr * sizeof(*copy));
		medians[i] = gsl_stats_median(copy, 1, p->nr);
	}
	free(copy);
	return 0;
}

/*
 * Uniform in 0..nr-1: the generator gives 32 bits, and gsl_rng_uniform_int's
 * two divisions would be most of the bootstrap's time.
 */
static unsigned draw(gsl_rng *rng, unsigned nr)
{
	return (unsigned)((uint64_t)gsl_rng_get(rng) * nr >> 32);
}

static double draw_process(const struct stats_process *p, gsl_rng *rng,
			   double *room)
{
	if (p->nr == 1)
		return p->values[0];
	for (unsigned i = 0; i < p->nr; i++)
		room[i] = p->values[draw(rng, p->nr)];
	return gsl_stats_median(room, 1, p->nr);
}

int stats_bootstrap(const struct stats_process *processes, unsigned nr,
		    uint64_t seed, struct stats_interval *interval)
{
	const unsigned most = most_values(processes, nr);
	double *medians, *processes_drawn, *values;
	gsl_rng *rng;

	interval->lo = interval->hi = NAN;
	if (nr < STATS_MIN_PROCESSES)
		return 0;
	medians = malloc((RESAMPLES + nr + most) * sizeof(*medians));
	if (!medians)
		return -ENOMEM;
	processes_drawn = medians + RESAMPLES;
	values = processes_drawn + nr;
	rng = gsl_rng_alloc(gsl_rng_taus2);
	gsl_rng_set(rng, seed);

	for (unsigned i = 0; i < RESAMPLES; i++) {
		for (unsigned k = 0; k < nr; k++)
			processes_drawn[k] = draw_process(
				&processes[draw(rng, nr)], rng, values);
		medians[i] = gsl_stats_median(processes_drawn, 1, nr);
	}
	stats_sort(medians, RESAMPLES);
	interval->lo = stats_quantile(medians, RESAMPLES, 0.025);
	interval->hi = stats_quantile(medians, RESAMPLES, 0.975);

	gsl_rng_free(rng);
	free(medians);
	return 0;
}

double stats_half_width(double median, const struct stats_interval *interval)
{
	return fmax(interval->hi - median, median - interval->lo) / median;
}
