/* record.h - from what a job reported to rows of samples.csv. */
#ifndef KMB_RECORD_H
#define KMB_RECORD_H

#include "counters.h"
#include "plan.h"
#include "results.h"
#include "runner.h"

/*
 * Append the rows of one outcome: per repetition ns_per_op, cpu_ns_per_op,
 * ops_per_s, bytes_per_s, PHASE_ns_per_op and failed_ratio; per process
 * startup_ns and what the case emitted. An outcome without repetitions leaves
 * one row with an NA. 0 or -errno.
 */
int record_outcome(struct results *results, const struct plan_point *point,
		   const struct plan_job *job, unsigned seq,
		   const struct counters_set *counters,
		   const struct outcome *outcome);

/* The main metric of one repetition: the mean over its threads. */
double record_ns_per_op(const struct bench_span *spans, unsigned nr_threads);

#endif
