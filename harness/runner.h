/* runner.h - run one job in a fresh process of this binary, and survive it. */
#ifndef KMB_RUNNER_H
#define KMB_RUNNER_H

#include "job.h"

/* What became of a job; the texts are the CSV's. */
enum outcome_status {
	OUTCOME_OK,
	OUTCOME_MISPLACED, /* threads or pages were not where they should */
	OUTCOME_INVALID,   /* the state was broken afterwards */
	OUTCOME_CRASHED,
	OUTCOME_TIMEOUT,
	OUTCOME_OOM,
	OUTCOME_SKIPPED,     /* cannot run on this machine */
	OUTCOME_REPEATED,    /* disturbed, and measured once more */
	OUTCOME_INTERRUPTED, /* by a signal to us; leaves no row */
	NR_OUTCOME_STATUS
};
extern const char *const outcome_status_name[NR_OUTCOME_STATUS];

struct outcome_metric {
	char name[48], unit[16];
	double value;
};

struct outcome {
	enum outcome_status status;
	char reason[256]; /* "" when there is nothing to say */

	unsigned nr_reps;	  /* that came home whole */
	struct bench_span *spans; /* [nr_reps * threads] */
	unsigned nr_metrics;
	struct outcome_metric *metrics;

	char version[32];  /* of the library measured; "" none */
	char pages[8];	   /* that the memory really had; "" unknown */
	char nodes[128];   /* where it was found; "" not known */
	double startup_ns; /* exec to the first batch; NaN unknown */
	double seconds;	   /* all in all */
	double steal_ns;   /* of its CPUs meanwhile; NaN unknown */
	double cpu_mhz;	   /* of the first CPU, right after it; NaN unknown */
};

/*
 * Block SIGINT and SIGTERM but while runner_run() waits. Once, before jobs.
 */
void runner_init(void);

/* The signal that came, or 0. */
int runner_signal(void);

/*
 * Run it, for time_limit_s at most. 0, or -errno when no process could be
 * started, or -ENOSPC when it could not write raw_path. A crash, a hang or a
 * lack of memory is an outcome.
 */
int runner_run(const struct job *job, double time_limit_s,
	       struct outcome *outcome);
void outcome_free(struct outcome *outcome);

#endif
