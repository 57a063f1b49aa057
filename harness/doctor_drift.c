/* doctor_drift.c - does a CPU keep its pace for a second of the same work? */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#include "../bench/bench.h"
#include "doctor.h"
#include "placement.h"

/*
 * Half a millisecond a sample at 4 GHz: long against an interrupt of a few
 * microseconds, short against a preemption.
 */
#define STEPS (1u << 21)
#define MAX_SAMPLES 4096u

/*
 * Every addition waits for the one before, and takes one cycle on any CPU of
 * the last decades: the rate is the clock's, or less. Of a register, since
 * some CPUs add constants for nothing.
 */
static never_inline uint64_t add_chain(uint64_t x)
{
	for (unsigned i = 0; i < STEPS / 8; i++) {
#define STEP    \
	x += i; \
	OPTIMIZER_HIDE(x);
		STEP STEP STEP STEP STEP STEP STEP STEP
#undef STEP
	}
	return x;
}

static double median_of(const double *v, unsigned nr)
{
	double sorted[MAX_SAMPLES];

	memcpy(sorted, v, nr * sizeof(*v));
	gsl_sort(sorted, 1, nr);
	return gsl_stats_median_from_sorted_data(sorted, 1, nr);
}

static void sum_up(struct doctor_drift *drift, const double *rate)
{
	unsigned quarter = (drift->nr + 3) / 4;

	drift->median = median_of(rate, drift->nr);
	gsl_stats_minmax(&drift->min, &drift->max, rate, 1, drift->nr);
	drift->drift = median_of(rate + drift->nr - quarter, quarter) /
			       median_of(rate, quarter) -
		       1;
	for (unsigned i = 0; i < drift->nr; i++)
		drift->nr_slow += rate[i] < 0.9 * drift->median;
}

/* How often another task took our CPU from us. */
static long preemptions(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

static void time_chain(struct doctor_drift *drift, double seconds)
{
	static double rate[MAX_SAMPLES];
	uint64_t start = bench_now_ns(), now = start;
	uint64_t x = start;

	while (drift->nr < MAX_SAMPLES &&
	       (double)(now - start) < seconds * 1e9) {
		long preempted = preemptions();
		uint64_t before = bench_now_ns();

		x = add_chain(x);
		OPTIMIZER_HIDE(x);
		now = bench_now_ns();
		if (preemptions() == preempted)
			rate[drift->nr++] =
				STEPS * 1e9 / (double)(now - before);
		else
			drift->nr_preempted++;
	}
	if (drift->nr)
		sum_up(drift, rate);
}

void doctor_drift_measure(struct doctor_drift *drift, const struct topology *t,
			  double seconds)
{
	cpu_set_t mask[PLACEMENT_CPU_NUMBERS / CPU_SETSIZE];
	bool saved = !sched_getaffinity(0, sizeof(mask), mask);

	*drift = (struct doctor_drift){ 0 };
	drift->pin_error = placement_pin(t->cpus[0].os);
	time_chain(drift, seconds);
	if (saved)
		sched_setaffinity(0, sizeof(mask), mask);
}

#define MAX_DRIFT 0.02
#define MAX_SLOW 0.05 /* of the samples */

void doctor_check_drift(struct doctor *d, const struct doctor_drift *drift)
{
	static const char why[] =
		"Equal work in equal time is what every comparison rests on; "
		"the pace of a chain of additions is the clock's.";
	double slow = (double)drift->nr_slow / drift->nr;
	bool bad = fabs(drift->drift) > MAX_DRIFT || slow > MAX_SLOW;

	d->group = "cpu";
	if (!drift->nr) {
		doctor_add(d, DOCTOR_NOTE, "frequency drift", why, NULL,
			   "not measurable: others took the CPU in each of %u "
			   "samples",
			   drift->nr_preempted);
		return;
	}
	doctor_add(
		d, bad ? DOCTOR_WARN : DOCTOR_OK, "frequency drift", why, NULL,
		"%+.1f %% from the first to the last quarter%s; %.0f million "
		"dependent additions/s (min %.0f, max %.0f); %u of %u samples "
		"slower by 10 %%, %u preempted and left out",
		100 * drift->drift, drift->pin_error ? " (not pinned)" : "",
		drift->median / 1e6, drift->min / 1e6, drift->max / 1e6,
		drift->nr_slow, drift->nr, drift->nr_preempted);
	doctor_value(d, "drift_ratio", drift->drift);
	doctor_value(d, "min_per_s", drift->min);
	doctor_value(d, "median_per_s", drift->median);
	doctor_value(d, "max_per_s", drift->max);
	doctor_value(d, "slow_ratio", slow);
}
