/* counters_derive.c - from counted words to metrics per operation. */
#include "counters.h"

#include <math.h>
#include <stdio.h>

/* What all threads counted, scaled up to the whole time. */
struct total {
	double value;		 /* NaN: some thread did not count */
	double enabled, running; /* ns */
};

static struct total add_threads(const struct bench_span *spans, unsigned nr,
				unsigned counter)
{
	struct total t = { 0 };

	for (unsigned i = 0; i < nr; i++) {
		const uint64_t *word =
			&spans[i].extra[EXTRA_COUNTERS +
					counter * EXTRA_COUNTER_WORDS];

		if (word[1] == EXTRA_NA) {
			t.value = NAN;
			continue;
		}
		t.enabled += (double)word[1];
		t.running += (double)word[2];
		if (word[0] == EXTRA_NA || !word[2])
			t.value = NAN;
		else
			t.value += (double)word[0] * (double)word[1] /
				   (double)word[2];
	}
	return t;
}

static double coverage_of(const struct total *t)
{
	return t->enabled > 0 ? t->running / t->enabled : NAN;
}

static struct counter_metric make_metric(const struct counter *c,
					 const struct total *t, double ops)
{
	struct counter_metric m = { .unit = counter_is_time(&c->code) ? "ns"
								      : "1",
				    .value = t->value / ops,
				    .coverage = coverage_of(t) };

	snprintf(m.name, sizeof(m.name), "%s_per_op", c->metric);
	snprintf(m.source, sizeof(m.source), "perf:%s", c->event);
	return m;
}

static struct counter_metric make_ratio(const struct counters_set *set,
					const struct counter_ratio *r,
					const struct total *total)
{
	const struct total *above = &total[r->above], *below = &total[r->below];
	struct counter_metric m = {
		.unit = "1",
		.value = below->value > 0 ? above->value / below->value : NAN,
		.coverage = fmin(coverage_of(above), coverage_of(below)),
	};

	snprintf(m.name, sizeof(m.name), "%s", r->name);
	snprintf(m.source, sizeof(m.source), "perf:%s/%s",
		 set->v[r->above].event, set->v[r->below].event);
	return m;
}

unsigned counters_metrics(const struct counters_set *set,
			  const struct bench_span *spans, unsigned nr_threads,
			  struct counter_metric out[COUNTERS_MAX_METRICS])
{
	struct total total[COUNTERS_MAX];
	unsigned nr = 0;
	double ops = 0;

	for (unsigned i = 0; i < nr_threads; i++)
		ops += (double)spans[i].ops;
	for (unsigned i = 0; i < set->nr; i++) {
		total[i] = add_threads(spans, nr_threads, i);
		out[nr++] = make_metric(&set->v[i], &total[i], ops);
	}
	for (unsigned i = 0; i < set->nr_ratios; i++)
		out[nr++] = make_ratio(set, &set->ratio[i], total);
	return nr;
}
