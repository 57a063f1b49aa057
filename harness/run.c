/* run.c - the command run: plan, measure job by job, sum up, draw. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../kernels/base/random.h"
#include "manifest.h"
#include "plan.h"
#include "plot.h"
#include "progress.h"
#include "record.h"
#include "results.h"
#include "runner.h"
#include "summary.h"
#include "table.h"

struct run {
	const struct options *options;
	struct topology topology;
	struct plan plan;
	struct results results;
	struct progress progress;
	unsigned count[NR_OUTCOME_STATUS]; /* of processes */
	unsigned measured;		   /* points with a result */
	int code;
};

static void make_job(const struct run *r, unsigned i, struct job *job)
{
	const struct plan_job *planned = &r->plan.jobs[i];
	const struct plan_point *point = &r->plan.points[planned->point];
	struct random seed = { r->options->seed + planned->process };

	job->bench = point->bench;
	job->point = point->point;
	/* Equal inputs for all strategies of a block, new ones in the next. */
	job->point.seed = random_next(&seed) >> 1;
	job->pages = point->pages;
	job->placement = *point->placement;
	job->reps = (unsigned)r->options->reps;
	job->min_time_s = r->options->min_time_s;
	snprintf(job->raw_path, sizeof(job->raw_path), "%.4000s/raw/%06u.json",
		 r->results.dir, i);
}

/* The outcome of a point that cannot run on this machine. */
static void skip(const struct plan_point *point, struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	outcome->status = OUTCOME_SKIPPED;
	snprintf(outcome->reason, sizeof(outcome->reason), "%s",
		 point->why_not);
}

/* Say what went wrong, the first time that a point does. */
static void tell(struct run *r, struct plan_point *point,
		 const struct outcome *outcome)
{
	const struct bench_case *b = point->bench;

	if (outcome->status == OUTCOME_OK || outcome->status == OUTCOME_SKIPPED)
		return;
	progress_say(&r->progress, "%s/%s/%s %s size %llu threads %u: %s: %s",
		     b->family, b->strategy, b->workload, b->isa,
		     (unsigned long long)point->point.size,
		     point->point.threads, outcome_status_name[outcome->status],
		     outcome->reason);
}

/* One job. False: the run is over (a signal, or the disk). */
static bool run_job(struct run *r, unsigned i, struct job *job)
{
	const struct plan_job *planned = &r->plan.jobs[i];
	struct plan_point *point = &r->plan.points[planned->point];
	struct outcome outcome;
	int err = 0;

	if (point->placement) {
		make_job(r, i, job);
		err = runner_run(job, r->options->time_limit_s, &outcome);
	} else {
		skip(point, &outcome);
	}
	if (err) {
		r->code = complain(EXIT_FAILED, "cannot start a process: %s",
				   strerror(-err));
		return false;
	}
	r->count[outcome.status]++;
	if (outcome.status == OUTCOME_INTERRUPTED) {
		outcome_free(&outcome);
		return false;
	}
	r->measured += outcome.nr_reps && point->seconds == 0;
	point->seconds = outcome.seconds;
	tell(r, point, &outcome);
	err = record_outcome(&r->results, point, planned, i, &outcome);
	outcome_free(&outcome);
	if (err) {
		progress_end(&r->progress);
		r->code = complain(EXIT_FAILED, "%s/samples.csv: %s",
				   r->results.dir, strerror(-err));
		return false;
	}
	return true;
}

static void run_jobs(struct run *r)
{
	struct job *job = malloc(sizeof(*job));

	if (!job)
		abort();
	runner_init();
	progress_start(&r->progress, &r->plan);
	for (unsigned i = 0; i < r->plan.nr_jobs; i++) {
		if (runner_signal())
			break;
		progress_job(&r->progress, i);
		if (!run_job(r, i, job))
			break;
	}
	progress_end(&r->progress);
	free(job);
}

static int open_results(struct run *r)
{
	const struct options *o = r->options;
	char error[512], path[PATH_MAX + 32];
	int err = results_create(&r->results, o->results, o->output, error,
				 sizeof(error));

	if (err) {
		bool usage = err == -EEXIST || err == -ENOTEMPTY ||
			     err == -ENOENT || err == -ENOTDIR ||
			     err == -ENAMETOOLONG || err == -EINVAL;

		return complain(usage ? EXIT_USAGE : EXIT_FAILED, "%s", error);
	}
	err = manifest_write(&r->results, o, &r->topology, command_argc,
			     command_argv);
	if (!err) {
		snprintf(path, sizeof(path), "%s/topology.xml", r->results.dir);
		err = topology_save(&r->topology, path);
	}
	if (err)
		return complain(EXIT_FAILED, "%s: %s", r->results.dir,
				strerror(-err));
	return -1;
}

static unsigned terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 60)
		return 100;
	return size.ws_col;
}

static void draw(struct run *r)
{
	char error[512];
	int nr = plot_run(r->results.dir, error, sizeof(error));

	if (nr >= 0)
		printf("%d charts: %s/plots/\n", nr, r->results.dir);
	else
		fprintf(stderr, "kmembench: no charts were drawn: %s\n", error);
}

/* Whatever was measured is summed up, however the run ended. */
static void sum_up(struct run *r)
{
	const struct options *o = r->options;
	char error[512];

	if (summary_write(r->results.dir, o->seed, error, sizeof(error))) {
		r->code = complain(EXIT_FAILED, "%s", error);
		return;
	}
	if (summary_print(r->results.dir, stdout, options_color(o, stdout),
			  terminal_width(), error, sizeof(error)))
		r->code = complain(EXIT_FAILED, "%s", error);
	printf("\nresults: %s/summary.csv\n", r->results.dir);
	fflush(stdout);
	if (!o->no_plots && r->code != EXIT_INTERRUPTED)
		draw(r);
}

/*
 * A broken case must not look like success. What this machine could not do
 * (memory, placement, an ISA) is a normal result, unless nothing else is left.
 */
static int run_code(const struct run *r)
{
	unsigned broken = r->count[OUTCOME_CRASHED] +
			  r->count[OUTCOME_TIMEOUT] + r->count[OUTCOME_INVALID];

	if (runner_signal())
		return EXIT_INTERRUPTED;
	if (r->code != EXIT_OK)
		return r->code;
	return broken || !r->count[OUTCOME_OK] ? EXIT_FAILED : EXIT_OK;
}

static const char *closing_status(const struct run *r)
{
	return r->code == EXIT_OK	     ? "complete"
	       : r->code == EXIT_INTERRUPTED ? "interrupted"
					     : "failed";
}

static int measure(struct run *r)
{
	int code = open_results(r), err;

	if (code != -1)
		return code;
	run_jobs(r);
	r->code = run_code(r);
	if (r->code == EXIT_INTERRUPTED)
		fputs("interrupted: what was measured is kept\n", stderr);
	sum_up(r);
	err = results_close(&r->results, r->options->results, r->measured,
			    closing_status(r));
	if (err && r->code == EXIT_OK)
		r->code = complain(EXIT_FAILED, "%s: %s", r->options->results,
				   strerror(-err));
	return r->code;
}

int command_run(const struct options *options)
{
	static struct run r;
	char error[512];
	int code;

	r.options = options;
	if (topology_load(&r.topology, NULL, error, sizeof(error)))
		return complain(EXIT_FAILED, "%s", error);
	code = plan_make(&r.plan, options, &r.topology);
	if (code == -1) {
		code = measure(&r);
		plan_free(&r.plan);
	}
	topology_free(&r.topology);
	return code;
}
