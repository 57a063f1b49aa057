/* latency.c - sampled operations, into a histogram of each thread. */
#include "latency.h"

#include <errno.h>
#include <stdlib.h>

#include "../kernels/base/random.h"
#include "histogram.h"
#include "tsc.h"

#define CALIBRATION_NS 10000000

struct latency {
	uint64_t every, seed;
	double ns_per_tick;
	struct tsc_reading reading;
	unsigned nr_threads;
	struct histogram *thread[]; /* each made and written by its own */
};

struct latency *latency_new(unsigned threads, uint64_t every, uint64_t seed)
{
	struct latency *l =
		calloc(1, sizeof(*l) + threads * sizeof(l->thread[0]));

	if (!l)
		return NULL;
	l->every = every;
	l->seed = seed;
	l->nr_threads = threads;
	l->ns_per_tick = tsc_calibrate(CALIBRATION_NS);
	tsc_measure(&l->reading);
	return l;
}

void latency_free(struct latency *l)
{
	for (unsigned i = 0; i < l->nr_threads; i++)
		free(l->thread[i]);
	free(l);
}

int latency_thread_begin(struct latency *l, unsigned cpu)
{
	l->thread[cpu] = histogram_new();
	return l->thread[cpu] ? 0 : -ENOMEM;
}

void latency_sample(struct latency *l, struct bench_thread *self,
		    uint64_t (*loop)(struct bench_thread *self, uint64_t nr),
		    uint64_t nr)
{
	struct random random = { l->seed ^ self->cpu };
	struct histogram *h = l->thread[self->cpu];
	const uint64_t gaps =
		2 * l->every - 1; /* 1..gaps, `every` on average */

	for (;;) {
		uint64_t gap = 1 + random_below(&random, gaps);
		uint64_t start;

		if (gap > nr)
			break;
		if (gap > 1)
			loop(self, gap - 1);
		start = tsc_now();
		loop(self, 1);
		histogram_record(h, tsc_now() - start);
		nr -= gap;
	}
}

static const struct percentile {
	const char *metric;
	double q;
	uint64_t least; /* samples, so that one lies above it */
} percentiles[] = {
	{ "latency_p50_ns", 0.5, 2 },
	{ "latency_p90_ns", 0.9, 10 },
	{ "latency_p99_ns", 0.99, 100 },
	{ "latency_p99_9_ns", 0.999, 1000 },
};

static void report_spread(const struct latency *l, const struct histogram *all,
			  bench_metric_fn metric, void *arg)
{
	for (unsigned i = 0; i < ARRAY_SIZE(percentiles); i++) {
		const struct percentile *p = &percentiles[i];
		uint64_t ticks = histogram_quantile(all, p->q);

		if (all->count >= p->least)
			metric(arg, p->metric, (double)ticks * l->ns_per_tick,
			       "ns");
	}
	if (all->count)
		metric(arg, "latency_max_ns", (double)all->max * l->ns_per_tick,
		       "ns");
}

void latency_report(struct latency *l, bench_metric_fn metric, void *arg)
{
	struct histogram *all = l->thread[0];

	for (unsigned i = 1; i < l->nr_threads; i++)
		histogram_merge(all, l->thread[i]);
	report_spread(l, all, metric, arg);
	metric(arg, "latency_samples", (double)all->count, "1");
	metric(arg, "latency_timer_ns", l->reading.median * l->ns_per_tick,
	       "ns");
	metric(arg, "latency_step_ns", (double)l->reading.step * l->ns_per_tick,
	       "ns");
}
