/*
 * measure.h - a run from its first job to its summary, whether it is new or
 * goes on after an interruption.
 */
#ifndef KMB_MEASURE_H
#define KMB_MEASURE_H

#include "counters.h"
#include "journal.h"
#include "options.h"
#include "plan.h"
#include "progress.h"
#include "results.h"
#include "schedule.h"

struct measure {
	const struct options *options;
	struct topology topology;
	struct plan plan;
	struct counters_set counters;
	struct results results; /* open */
	struct journal journal; /* open */
	struct schedule schedule;
	struct progress progress;
	unsigned count[NR_OUTCOME_STATUS]; /* of processes */
	unsigned measured;		   /* points with a result */
	int code;
};

/*
 * Load this machine's topology and make the plan. -1: go on, and free it in the
 * end; else the code to exit with, the line having been printed.
 */
int measure_plan(struct measure *m, const struct options *options);
void measure_free(struct measure *m);

/* results is there: open and lock the journal. -1, or the code to exit with. */
int measure_open_journal(struct measure *m);

/*
 * Run what the schedule says, write the summary, print the table, draw the
 * charts, close the results. The exit code.
 */
int measure_run(struct measure *m);

#endif
