/* record.c - from what a job reported to rows of samples.csv. */
#include "record.h"

#include <math.h>
#include <string.h>

#include "extra.h"

struct recorder {
	struct results *results;
	const struct plan_point *point;
	const struct outcome *outcome;
	const struct counters_set *counters;
	struct sample sample; /* the columns that all rows of the job share */
	int err;
};

static void add(struct recorder *r, const char *metric, double value,
		const char *unit, const char *source)
{
	r->sample.metric = metric;
	r->sample.value = value;
	r->sample.unit = unit;
	r->sample.source = source;
	if (!r->err)
		r->err = results_add(r->results, &r->sample);
}

/* What one repetition's threads did, put together. */
struct total {
	double ns_per_op, cpu_ns_per_op; /* means over the threads */
	double ops, done;
	uint64_t first_ns, last_ns;
	double phase_ns[BENCH_MAX_PHASES], phase_ops[BENCH_MAX_PHASES];
};

static struct total sum_threads(const struct bench_span *spans, unsigned nr)
{
	struct total t = { .first_ns = UINT64_MAX };

	for (unsigned i = 0; i < nr; i++) {
		const struct bench_span *s = &spans[i];
		double ops = (double)s->ops;

		t.ns_per_op += (double)(s->stop_ns - s->start_ns) / ops / nr;
		t.cpu_ns_per_op += (double)s->cpu_ns / ops / nr;
		t.ops += ops;
		t.done += (double)s->done;
		if (s->start_ns < t.first_ns)
			t.first_ns = s->start_ns;
		if (s->stop_ns > t.last_ns)
			t.last_ns = s->stop_ns;
		for (unsigned p = 0; p < BENCH_MAX_PHASES; p++) {
			t.phase_ns[p] += (double)s->phase_ns[p];
			t.phase_ops[p] += (double)s->phase_ops[p];
		}
	}
	return t;
}

double record_ns_per_op(const struct bench_span *spans, unsigned nr_threads)
{
	return sum_threads(spans, nr_threads).ns_per_op;
}

/* A word over all threads; NaN when one of them does not know it. */
static double sum_extra(const struct bench_span *spans, unsigned nr,
			enum extra_word word)
{
	double sum = 0;

	for (unsigned i = 0; i < nr; i++) {
		if (spans[i].extra[word] == EXTRA_NA)
			return NAN;
		sum += (double)spans[i].extra[word];
	}
	return sum;
}

static void set_noise(struct recorder *r, const struct bench_span *spans,
		      unsigned nr)
{
	r->sample.nivcsw = sum_extra(spans, nr, EXTRA_NIVCSW);
	r->sample.faults = sum_extra(spans, nr, EXTRA_FAULTS);
	r->sample.migrations = sum_extra(spans, nr, EXTRA_MIGRATIONS);
}

static void add_counters(struct recorder *r, const struct bench_span *spans,
			 unsigned nr_threads)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];
	unsigned nr = counters_metrics(r->counters, spans, nr_threads, m);

	for (unsigned i = 0; i < nr; i++) {
		r->sample.coverage = m[i].coverage;
		add(r, m[i].name, m[i].value, m[i].unit, m[i].source);
	}
	r->sample.coverage = NAN;
}

static void add_rep(struct recorder *r, unsigned rep)
{
	const struct bench_case *bench = r->point->bench;
	unsigned nr = r->point->point.threads;
	struct total t = sum_threads(&r->outcome->spans[rep * nr], nr);
	double ops_per_s = t.done / ((double)(t.last_ns - t.first_ns) / 1e9);

	r->sample.rep = rep;
	set_noise(r, &r->outcome->spans[rep * nr], nr);
	add(r, "ns_per_op", t.ns_per_op, "ns", "wall");
	add(r, "cpu_ns_per_op", t.cpu_ns_per_op, "ns", "cpu");
	add(r, "ops_per_s", ops_per_s, "1/s", "wall");
	if (bench->op_bytes)
		add(r, "bytes_per_s",
		    ops_per_s * (double)bench->op_bytes(&r->point->point),
		    "B/s", "wall");
	for (unsigned p = 0; p < BENCH_MAX_PHASES; p++) {
		char metric[64];

		if (!bench->phases[p] || t.phase_ops[p] == 0)
			continue;
		snprintf(metric, sizeof(metric), "%s_ns_per_op",
			 bench->phases[p]);
		add(r, metric, t.phase_ns[p] / t.phase_ops[p], "ns", "wall");
	}
	if (t.done < t.ops)
		add(r, "failed_ratio", 1 - t.done / t.ops, "1", "count");
	add_counters(r, &r->outcome->spans[rep * nr], nr);
}

static void add_process(struct recorder *r)
{
	const struct outcome *o = r->outcome;

	r->sample.rep = 0;
	r->sample.nivcsw = r->sample.faults = r->sample.migrations = NAN;
	add(r, "startup_ns", o->startup_ns, "ns", "wall");
	for (unsigned i = 0; i < o->nr_metrics; i++)
		add(r, o->metrics[i].name, o->metrics[i].value,
		    o->metrics[i].unit, "case");
}

int record_outcome(struct results *results, const struct plan_point *point,
		   const struct plan_job *job, unsigned seq,
		   const struct counters_set *counters,
		   const struct outcome *outcome)
{
	const struct bench_case *bench = point->bench;
	char cpus[PLACEMENT_CPUS_BYTES] = "", nodes[256] = "";
	struct recorder r = { .results = results,
			      .point = point,
			      .outcome = outcome,
			      .counters = counters };

	if (point->placement) {
		placement_format_cpus(point->placement, cpus, sizeof(cpus));
		placement_format_host_nodes(point->placement, nodes,
					    sizeof(nodes));
	}
	r.sample = (struct sample){
		.seq = seq,
		.block = job->process,
		.process = job->process,
		.family = bench->family,
		.strategy = bench->strategy,
		.workload = bench->workload,
		.isa = bench->isa,
		.threads = point->point.threads,
		.size = point->point.size,
		.size_unit = bench->size_unit,
		.pages = outcome->pages[0] ? outcome->pages
					   : host_pages_name[point->pages],
		.place = point->place,
		.cpus = cpus[0] ? cpus : NULL,
		.mem_policy = point->mem,
		.nodes_requested = nodes[0] ? nodes : NULL,
		.nodes_actual = outcome->nodes[0] ? outcome->nodes : NULL,
		.coverage = NAN,
		.status = outcome_status_name[outcome->status],
		.reason = outcome->reason[0] ? outcome->reason : NULL,
		.arm = point->arm,
		.steal_ns = outcome->steal_ns,
		.nivcsw = NAN,
		.faults = NAN,
		.migrations = NAN,
		.cpu_mhz = outcome->cpu_mhz,
		.version = outcome->version[0] ? outcome->version : NULL,
	};
	for (unsigned i = 0; i < outcome->nr_reps; i++)
		add_rep(&r, i);
	if (!outcome->nr_reps)
		add(&r, "ns_per_op", NAN, "ns", "wall");
	else
		add_process(&r);
	return r.err;
}
