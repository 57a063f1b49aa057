/*
 * job.h - one case at one point in one fresh process: what the parent asks
 * (JSON on the child's stdin) and what comes home (JSON lines on REPORT_FD).
 */
#ifndef KMB_JOB_H
#define KMB_JOB_H

#include <jansson.h>

#include "../bench/bench.h"
#include "counters.h"
#include "host_numa.h"
#include "placement.h"

/* argv[1] of a case's process; not a command for users. */
#define JOB_ARGUMENT "--case-process"
#define JOB_REPORT_FD 3

struct job {
	unsigned seq; /* as in samples.csv */
	const struct bench_case *bench;
	struct bench_point point;
	enum host_pages pages;
	struct placement placement;
	unsigned reps;
	double min_time_s;
	uint64_t latency_every;		   /* as bench_options has it */
	char counters[COUNTERS_TEXT_SIZE]; /* counters_encode()'s */
	char raw_path[4096];		   /* "": none */
};

/* A new JSON object, or NULL when out of memory. */
json_t *job_encode(const struct job *job);
/*
 * 0, or -EINVAL: not a job of this binary. A case that takes a file is made
 * anew and stays until the process ends.
 */
int job_decode(struct job *job, const json_t *json);

/*
 * The child's main: read the job, run it, report. The lines:
 *   {"first_batch_ns": CLOCK_MONOTONIC_RAW}
 *   {"rep": N, "threads": [{"times": [ops, done, start, stop, cpu],
 *           "phase_ns": [], "phase_ops": [], "extra": []}, ...]}
 *   {"metric": NAME, "value": X, "unit": U}
 *   {"where": {pages, nodes, checked, misplaced, verified, reason}}
 *   {"result": enum bench_result}
 * A crash is a missing last line. Returns the exit code.
 */
int case_process_main(void);

#endif
