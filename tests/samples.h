/*
 * samples.h - for tests: a run in a scratch directory, and rows for it that
 * differ from one common point only in what a test is about.
 */
#ifndef KMB_SAMPLES_H
#define KMB_SAMPLES_H

#include <math.h>

#include "scratch.h"

#include "../harness/results.h"
#include "../harness/summary.h"

static char samples_error[PATH_MAX + 256];

/* Intervals of 2 % of the median are tight. */
static maybe_unused const struct summary_params samples_params = { 1, 0.02 };

/* Its run_id is r and its host h: what it writes is known in advance. */
static struct results samples_run;

static int samples_begin(void **state)
{
	if (scratch_make(state) ||
	    results_create(&samples_run, scratch_dir, scratch_path("run"),
			   samples_error, sizeof(samples_error)))
		return -1;
	strcpy(samples_run.run_id, "r");
	strcpy(samples_run.host, "h");
	return 0;
}

static int samples_end(void **state)
{
	results_close(&samples_run, scratch_dir, 0, "complete");
	return scratch_remove(state);
}

/* One point, ns_per_op; each test changes what it is about. */
static maybe_unused struct sample sample_of(const char *strategy, double value)
{
	return (struct sample){
		.family = "frame",
		.strategy = strategy,
		.workload = "pair",
		.isa = "scalar",
		.threads = 1,
		.size = 0,
		.size_unit = "order",
		.pages = "4k",
		.place = "compact",
		.cpus = "0",
		.mem_policy = "local",
		.nodes_requested = "0",
		.nodes_actual = "0",
		.metric = "ns_per_op",
		.value = value,
		.unit = "ns",
		.source = "wall",
		.coverage = NAN,
		.status = "ok",
	};
}

static void samples_add(struct sample sample)
{
	assert_int_equal(results_add(&samples_run, &sample), 0);
}

/* One repetition in each of nr processes. */
static maybe_unused void
samples_add_processes(struct sample sample, unsigned nr, const double *values)
{
	for (unsigned i = 0; i < nr; i++) {
		sample.process = i;
		sample.value = values[i];
		samples_add(sample);
	}
}

static maybe_unused void samples_add_failure(struct sample sample,
					     unsigned process,
					     const char *status,
					     const char *reason)
{
	sample.process = process;
	sample.value = NAN;
	sample.nodes_actual = NULL;
	sample.status = status;
	sample.reason = reason;
	samples_add(sample);
}

#define samples_test(name) \
	cmocka_unit_test_setup_teardown(name, samples_begin, samples_end)

#endif
