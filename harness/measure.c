/* measure.c - the jobs of a run, one after the other, and their summing up. */
#include "measure.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../kernels/base/random.h"
#include "claim.h"
#include "counters_groups.h"
#include "doctor.h"
#include "fault.h"
#include "hold.h"
#include "extra.h"
#include "noise.h"
#include "plot.h"
#include "record.h"
#include "report.h"
#include "runner.h"
#include "sampling.h"
#include "summary.h"
#include "sums.h"
#include "table.h"

#define DOCTOR_BEFORE "doctor-before.json"
#define DOCTOR_AFTER "doctor-after.json"

/* Try what is to be counted. */
static int choose_counters(struct measure *m)
{
	char error[512];

	if (!counters_choose(&m->counters, m->options->counters,
			     counter_groups_dir(), &counters_linux, error,
			     sizeof(error)))
		return -1;
	return complain(EXIT_USAGE, "--counters: %s", error);
}

/* What came of it, said once a run. */
static void tell_counters(const struct measure *m)
{
	char note[1024];

	counters_note(&m->counters, note, sizeof(note));
	if (m->counters.nr || m->counters.nr_refused)
		fprintf(stderr, "%s\n", note);
}

/* What is only there to test the harness, and takes no option. */
static int check_debugging(const struct measure *m)
{
	char error[512];

	if (hold_check(error, sizeof(error)) ||
	    fault_check(&m->topology, error, sizeof(error)))
		return complain(EXIT_USAGE, "%s", error);
	return -1;
}

/* hwloc shows another machine where its own variables say so. */
static int check_machine(const struct measure *m)
{
	if (!m->topology.simulated)
		return -1;
	return complain(EXIT_USAGE,
			"HWLOC_SYNTHETIC or HWLOC_XMLFILE is set: this "
			"machine cannot be seen; plan and topo take another "
			"one by --topology");
}

int measure_plan(struct measure *m, const struct options *options)
{
	char error[512];
	int code;

	memset(m, 0, sizeof(*m));
	m->options = options;
	if (topology_load(&m->topology, NULL, error, sizeof(error)))
		return complain(EXIT_FAILED, "%s", error);
	code = check_machine(m);
	if (code == -1)
		code = check_debugging(m);
	if (code == -1)
		code = plan_make(&m->plan, options, &m->topology);
	if (code == -1) {
		code = choose_counters(m);
		if (code != -1)
			plan_free(&m->plan);
	}
	if (code != -1)
		topology_free(&m->topology);
	else
		schedule_init(&m->schedule, &m->plan, options->max_noise,
			      options->budget_s);
	return code;
}

void measure_free(struct measure *m)
{
	counters_set_free(&m->counters);
	schedule_free(&m->schedule);
	plan_free(&m->plan);
	topology_free(&m->topology);
}

int measure_open_journal(struct measure *m)
{
	int err = journal_open(&m->journal, m->results.dir);

	if (err == -EBUSY)
		return complain(EXIT_FAILED,
				"%s: another kmembench is writing this run",
				m->results.dir);
	if (err)
		return complain(EXIT_FAILED, "%s/journal.jsonl: %s",
				m->results.dir, strerror(-err));
	return -1;
}

static void make_job(const struct measure *m, unsigned i, struct job *job)
{
	const struct plan_job *planned = &m->plan.jobs[i];
	const struct plan_point *point = &m->plan.points[planned->point];
	struct random seed = { m->options->seed + planned->process };

	job->seq = i;
	job->bench = point->bench;
	job->point = point->point;
	/* Equal inputs for all strategies of a block, new ones in the next. */
	job->point.seed = random_next(&seed) >> 1;
	job->pages = point->pages;
	job->placement = *point->placement;
	job->reps = (unsigned)m->options->reps;
	job->min_time_s = m->options->min_time_s;
	job->latency_every = m->options->latency_every
				     ? m->options->latency_every
				     : point->bench->latency_every;
	counters_encode(&m->counters, job->counters);
	snprintf(job->raw_path, sizeof(job->raw_path), "%.4000s/raw/%06u.json",
		 m->results.dir, planned->point * 1000 + planned->process);
}

/* The outcome of a point that cannot run on this machine. */
static void skip(const struct plan_point *point, struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	outcome->status = OUTCOME_SKIPPED;
	outcome->steal_ns = outcome->cpu_mhz = NAN;
	snprintf(outcome->reason, sizeof(outcome->reason), "%s",
		 point->why_not);
}

/* Say what went wrong, the first time that a point does. */
static void tell(struct measure *m, const struct plan_point *point,
		 const struct outcome *outcome)
{
	const struct bench_case *b = point->bench;

	if (outcome->status == OUTCOME_OK || outcome->status == OUTCOME_SKIPPED)
		return;
	progress_say(&m->progress, "%s/%s/%s %s size %llu threads %u: %s: %s",
		     b->family, b->strategy, b->workload, b->isa,
		     (unsigned long long)point->point.size,
		     point->point.threads, outcome_status_name[outcome->status],
		     outcome->reason);
}

/* Was this process disturbed so much that it is worth another? */
static bool is_disturbed(const struct job *job, const struct outcome *o,
			 char *reason, size_t size)
{
	struct noise noise = { .steal_ns = o->steal_ns,
			       .seconds = o->seconds,
			       .nr_threads = job->point.threads };
	unsigned nr = o->nr_reps * job->point.threads;

	for (unsigned i = 0; i < nr; i++)
		if (o->spans[i].extra[EXTRA_MIGRATIONS] != EXTRA_NA)
			noise.migrations += o->spans[i].extra[EXTRA_MIGRATIONS];
	return o->status == OUTCOME_OK && noise_is_high(&noise, reason, size);
}

static int record(struct measure *m, unsigned i, const struct outcome *outcome)
{
	const struct plan_job *planned = &m->plan.jobs[i];

	return record_outcome(&m->results, &m->plan.points[planned->point],
			      planned, i, &m->counters, outcome);
}

/* Run a job; if it was disturbed keep that aside and run it once more. */
static int run_and_record(struct measure *m, unsigned i, struct job *job,
			  struct outcome *outcome)
{
	const struct plan_point *point = &m->plan.points[m->plan.jobs[i].point];
	char reason[128];
	int err;

	if (!point->placement) {
		skip(point, outcome);
		return record(m, i, outcome);
	}
	make_job(m, i, job);
	err = runner_run(job, m->options->time_limit_s, outcome);
	if (!err && is_disturbed(job, outcome, reason, sizeof(reason))) {
		outcome->status = OUTCOME_REPEATED;
		snprintf(outcome->reason, sizeof(outcome->reason), "%s",
			 reason);
		err = record(m, i, outcome);
		outcome_free(outcome);
		if (!err)
			err = runner_run(job, m->options->time_limit_s,
					 outcome);
		if (!err && is_disturbed(job, outcome, reason, sizeof(reason)))
			snprintf(outcome->reason, sizeof(outcome->reason),
				 "disturbed twice: %s", reason);
	}
	if (err || outcome->status == OUTCOME_INTERRUPTED)
		return err;
	return record(m, i, outcome);
}

/* The outcome is in the rows: count it, and write it down as done. */
static int finish_job(struct measure *m, unsigned i,
		      const struct outcome *outcome)
{
	unsigned index = m->plan.jobs[i].point;
	struct plan_point *point = &m->plan.points[index];
	double *values = calloc(outcome->nr_reps + 1, sizeof(*values));
	unsigned nr = outcome->status == OUTCOME_OK ? outcome->nr_reps : 0;
	int err;

	if (!values)
		return -ENOMEM;
	m->count[outcome->status]++;
	m->measured += outcome->nr_reps && point->seconds == 0;
	point->seconds = outcome->seconds;
	tell(m, point, outcome);
	schedule_values(point, outcome, values);
	schedule_add(&m->schedule, index, values, nr);
	err = journal_add(&m->journal, &m->plan, i, outcome, values, nr,
			  m->results.samples_fd);
	free(values);
	return err;
}

/* One job. False: the run is over (a signal, or the disk). */
static bool run_job(struct measure *m, unsigned i, struct job *job)
{
	struct outcome outcome = { 0 };
	bool go_on = false;
	int err = run_and_record(m, i, job, &outcome);

	if (!err && outcome.status != OUTCOME_INTERRUPTED) {
		err = finish_job(m, i, &outcome);
		go_on = !err;
	}
	if (err) {
		progress_end(&m->progress);
		m->code = complain(EXIT_FAILED, "%s: %s", m->results.dir,
				   strerror(-err));
	}
	outcome_free(&outcome);
	return go_on;
}

/* The machine's state beside the numbers; what is wrong is said once. */
static void doctor_store(struct measure *m, const char *name)
{
	json_t *report = doctor_collect(&m->topology, true);
	char *text = report ? json_dumps(report, JSON_INDENT(1)) : NULL;

	if (text &&
	    results_write_file(m->results.dir, name, text, strlen(text)))
		fprintf(stderr, "kmembench: %s/%s was not written\n",
			m->results.dir, name);
	if (report && !strcmp(name, DOCTOR_BEFORE))
		doctor_warn(report, stderr);
	free(text);
	json_decref(report);
}

static void claim_cpus(const struct plan *plan)
{
	char taken[256] = "";
	size_t used = 0;
	bool seen[PLACEMENT_CPU_NUMBERS] = { false };

	for (unsigned i = 0; i < plan->nr_points; i++) {
		const struct placement *p = plan->points[i].placement;

		for (unsigned t = 0; p && t < p->nr_threads; t++) {
			unsigned cpu = p->cpu[t];

			if (cpu >= PLACEMENT_CPU_NUMBERS || seen[cpu])
				continue;
			seen[cpu] = true;
			if (!claim_cpu(cpu) && used < sizeof(taken) - 8)
				used += (size_t)sprintf(taken + used, " %u",
							cpu);
		}
	}
	if (used)
		fprintf(stderr,
			"kmembench: another run is measuring on CPU%s: both "
			"will be disturbed\n",
			taken);
}

static void run_jobs(struct measure *m)
{
	struct job *job = malloc(sizeof(*job));
	unsigned i;

	if (!job)
		abort();
	runner_init();
	claim_cpus(&m->plan);
	doctor_store(m, DOCTOR_BEFORE);
	if (m->options->latency_every)
		sampling_announce(stderr, &m->plan);
	progress_start(&m->progress, &m->plan);
	while (!runner_signal() && schedule_next(&m->schedule, &i)) {
		progress_job(&m->progress, i);
		if (!run_job(m, i, job))
			break;
	}
	progress_end(&m->progress);
	free(job);
}

static unsigned terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 60)
		return 100;
	return size.ws_col;
}

static void draw(struct measure *m)
{
	char error[512];
	int nr = plot_run(m->results.dir, error, sizeof(error));

	if (nr >= 0)
		printf("%d charts: %s/plots/\n", nr, m->results.dir);
	else
		fprintf(stderr, "kmembench: no charts were drawn: %s\n", error);
}

/* The page and the sums come last; neither is worth the run's failure. */
static void close_files(const char *dir)
{
	char error[512];

	if (report_write(dir, error, sizeof(error)))
		fprintf(stderr, "kmembench: no report: %s\n", error);
	if (sums_write(dir, error, sizeof(error)))
		fprintf(stderr, "kmembench: no SHA256SUMS: %s\n", error);
}

/* Whatever was measured is summed up, however the run ended. */
static void sum_up(struct measure *m)
{
	const struct options *o = m->options;
	const struct summary_params params = { o->seed, o->max_noise };
	const char *dir = m->results.dir;
	char error[512];
	int err = summary_write(dir, &params, error, sizeof(error));

	/* What an A/A run shows is told by aa, not as if it were a result. */
	if (!err && !o->arms)
		err = summary_print(dir, stdout, options_color(o, stdout),
				    terminal_width(), error, sizeof(error));
	if (err) {
		m->code = complain(EXIT_FAILED, "%s", error);
		return;
	}
	printf("\nresults: %s/summary.csv\n", dir);
	fflush(stdout);
	if (!o->no_plots && !o->arms && m->code != EXIT_INTERRUPTED)
		draw(m);
	doctor_store(m, DOCTOR_AFTER);
	if (m->code != EXIT_INTERRUPTED)
		close_files(dir);
}

/*
 * A broken case must not look like success. What this machine could not do
 * (memory, placement, an ISA) is a normal result, unless nothing else is left.
 */
static int run_code(const struct measure *m)
{
	unsigned broken = m->count[OUTCOME_CRASHED] +
			  m->count[OUTCOME_TIMEOUT] + m->count[OUTCOME_INVALID];

	if (runner_signal())
		return EXIT_INTERRUPTED;
	if (m->code != EXIT_OK)
		return m->code;
	return broken || !m->count[OUTCOME_OK] ? EXIT_FAILED : EXIT_OK;
}

static const char *closing_status(const struct measure *m)
{
	return m->code == EXIT_OK	     ? "complete"
	       : m->code == EXIT_INTERRUPTED ? "interrupted"
					     : "failed";
}

int measure_run(struct measure *m)
{
	int err;

	tell_counters(m);
	run_jobs(m);
	m->code = run_code(m);
	if (m->code == EXIT_INTERRUPTED)
		fprintf(stderr,
			"interrupted: what was measured is kept; go on with: "
			"resume %s\n",
			m->results.dir);
	sum_up(m);
	journal_close(&m->journal);
	err = results_close(&m->results, m->options->results, m->measured,
			    closing_status(m));
	if (err && m->code == EXIT_OK)
		m->code = complain(EXIT_FAILED, "%s: %s", m->options->results,
				   strerror(-err));
	return m->code;
}
