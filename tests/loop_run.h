/*
 * loop_run.h - one case's timed loop, run for a short while from setup to
 * teardown as the harness would: a few calls of it in each thread.
 *
 *	struct loop_run run = { .bench = bench, .env = env, .nr = 512,
 *				.nr_calls = 3 };
 *
 *	loop_run_begin(&run);
 *	(look at run.done[], run.thread[].local, loop_run_metric())
 *	loop_run_end(&run);
 *
 * What can be told of every case is asserted: its setup succeeds, its state is
 * valid, and nothing that it measures is negative.
 */
#ifndef KMB_LOOP_RUN_H
#define KMB_LOOP_RUN_H

#include "test.h"

#include <pthread.h>

#include "../bench/bench.h"

#define LOOP_RUN_MAX_THREADS 4
#define LOOP_RUN_MAX_METRICS 64

struct loop_metric {
	char name[48];
	const char *unit;
	double value;
};

struct loop_run {
	/* The caller's. */
	const struct bench_case *bench;
	const struct bench_env *env;
	uint64_t nr, first; /* operations of a call; of the first, if not nr */
	unsigned nr_calls;

	/* What came of it; sums over the calls of each thread. */
	uint64_t done[LOOP_RUN_MAX_THREADS];
	struct bench_thread thread[LOOP_RUN_MAX_THREADS];
	void *state;
	struct loop_metric metrics[LOOP_RUN_MAX_METRICS];
	unsigned nr_metrics;

	pthread_barrier_t barrier;
};

struct loop_run_arg {
	struct loop_run *run;
	unsigned cpu;
};

/* Not NULL: thread_setup failed. */
static void *loop_run_thread(void *p)
{
	const struct loop_run_arg *arg = p;
	struct loop_run *run = arg->run;
	struct bench_thread *self = &run->thread[arg->cpu];
	int err = run->bench->thread_setup ? run->bench->thread_setup(self) : 0;

	if (!err && run->bench->thread_reset)
		run->bench->thread_reset(self);
	pthread_barrier_wait(&run->barrier);
	if (err)
		return self;
	self->phase_start_ns = bench_now_ns();
	for (unsigned i = 0; i < run->nr_calls; i++)
		run->done[arg->cpu] += run->bench->loop(
			self, i || !run->first ? run->nr : run->first);
	return NULL;
}

/* The first thread is this one, as in a case's process. */
static void loop_run_threads(struct loop_run *run)
{
	const unsigned threads = run->env->point.threads;
	struct loop_run_arg args[LOOP_RUN_MAX_THREADS];
	pthread_t thread[LOOP_RUN_MAX_THREADS];
	void *failed;

	assert_true(threads <= LOOP_RUN_MAX_THREADS);
	pthread_barrier_init(&run->barrier, NULL, threads);
	for (unsigned t = 0; t < threads; t++) {
		run->thread[t] = (struct bench_thread){
			.state = run->state,
			.env = run->env,
			.cpu = t,
			.node = run->env->thread_node[t],
		};
		args[t] = (struct loop_run_arg){ run, t };
	}
	for (unsigned t = 1; t < threads; t++)
		assert_int_equal(pthread_create(&thread[t], NULL,
						loop_run_thread, &args[t]),
				 0);
	assert_null(loop_run_thread(&args[0]));
	for (unsigned t = 1; t < threads; t++) {
		assert_int_equal(pthread_join(thread[t], &failed), 0);
		assert_null(failed);
	}
	pthread_barrier_destroy(&run->barrier);
}

static void loop_run_keep_metric(void *arg, const char *metric, double value,
				 const char *unit)
{
	struct loop_run *run = arg;
	struct loop_metric *m = &run->metrics[run->nr_metrics++];

	assert_true(run->nr_metrics <= LOOP_RUN_MAX_METRICS);
	assert_non_null(unit);
	check(value >= 0, "%s of %s %s: %g", metric, run->bench->strategy,
	      run->bench->workload, value);
	snprintf(m->name, sizeof(m->name), "%s", metric);
	m->unit = unit;
	m->value = value;
}

/* Setup, the loop in every thread, validation, metrics. */
static void loop_run_begin(struct loop_run *run)
{
	const struct bench_case *bench = run->bench;

	run->state = bench->setup(run->env);
	check(run->state, "no setup of %s %s", bench->strategy,
	      bench->workload);
	loop_run_threads(run);
	check(!bench->validate || bench->validate(run->state),
	      "%s %s size %llu threads %u", bench->strategy, bench->workload,
	      (unsigned long long)run->env->point.size,
	      run->env->point.threads);
	if (bench->metrics)
		bench->metrics(run->state, loop_run_keep_metric, run);
}

static void loop_run_end(struct loop_run *run)
{
	const struct bench_case *bench = run->bench;

	for (unsigned t = 0; t < run->env->point.threads; t++)
		if (bench->thread_teardown)
			bench->thread_teardown(&run->thread[t]);
	bench->teardown(run->state);
}

/* NULL: there is none of that name. */
static const struct loop_metric *loop_run_metric(const struct loop_run *run,
						 const char *name)
{
	for (unsigned i = 0; i < run->nr_metrics; i++)
		if (!strcmp(run->metrics[i].name, name))
			return &run->metrics[i];
	return NULL;
}

/* A metric's value; -1: there is none of that name. */
static inline double loop_run_value(const struct loop_run *run,
				    const char *name)
{
	const struct loop_metric *m = loop_run_metric(run, name);

	return m ? m->value : -1;
}

static inline const struct bench_case *loop_case(const char *strategy,
						 const char *workload)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++)
		if (!strcmp(cases[i]->strategy, strategy) &&
		    !strcmp(cases[i]->workload, workload))
			return cases[i];
	fail_msg("no %s/%s", strategy, workload);
	return NULL;
}

#endif
