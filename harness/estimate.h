/*
 * estimate.h - how long a job will take, from the journals of earlier runs.
 *
 * A job is a fixed part (start, setup, the search for the number of
 * iterations) and reps * min_time of measuring. Journals know the sum; what
 * is kept of them is the fixed part, so that a run tells something about one of
 * other repetitions. Most of that part is setting up --memory: a run with less
 * of it, as smoke's is than full's, tells only what the time is at least.
 */
#ifndef KMB_ESTIMATE_H
#define KMB_ESTIMATE_H

#include "plan.h"

/* What was known of a point, best first. */
enum estimate_source {
	ESTIMATE_POINT,	 /* this very point was run before */
	ESTIMATE_CASE,	 /* other points of the same case */
	ESTIMATE_FAMILY, /* other cases of the same family */
	ESTIMATE_NOTHING
};

/* What an estimate rests on. */
struct estimate_basis {
	enum estimate_source source;
	bool less_memory; /* no run of it, or of one summed up, had as much */
};

struct estimate;

/*
 * Read journal.jsonl of the newest few runs of this host in a results
 * directory, for a run with so much memory on each node: of a point those jobs
 * count that had as much, or the next more, or else the most. Never NULL; what
 * cannot be read tells nothing.
 */
struct estimate *estimate_read(const char *results_dir, const char *host,
			       uint64_t memory);
void estimate_free(struct estimate *e);

/* How many runs' journals were read. */
unsigned estimate_runs(const struct estimate *e);

/*
 * Seconds that one process of a point takes with these options; 0 where it
 * cannot run.
 */
double estimate_point(const struct estimate *e, const struct plan_point *point,
		      const struct options *options,
		      struct estimate_basis *basis);

#endif
