/*
 * schedule.h - which job is next: a plan's order, less what is tight enough,
 * until the budget is spent.
 */
#ifndef KMB_SCHEDULE_H
#define KMB_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"
#include "runner.h"

/* Fewer processes give an interval that is no more than their range. */
#define SCHEDULE_MIN_PROCESSES 5

struct schedule {
	struct plan *plan;
	double max_noise;
	uint64_t stop_ns; /* bench_now_ns() at which the budget ends; 0: none */
	unsigned next;	  /* index into plan->jobs */
	unsigned block_end; /* jobs up to here are in their final order */
	/* The last job that schedule_skip() found: it is asked in their order.
	 */
	unsigned skipped;
	bool *done; /* [nr_jobs] */
	struct schedule_point *points;
};

/* budget_s 0: none. Aborts when out of memory. */
void schedule_init(struct schedule *s, struct plan *plan, double max_noise,
		   double budget_s);
void schedule_free(struct schedule *s);

/* The next job, as an index into plan->jobs; false: there is none. */
bool schedule_next(struct schedule *s, unsigned *job);

/* A process of a point gave these repetitions of ns_per_op (none: it failed).
 */
void schedule_add(struct schedule *s, unsigned point, const double *values,
		  unsigned nr);
/* The job of a point's process is done already (resume); false: no such job. */
bool schedule_skip(struct schedule *s, unsigned point, unsigned process);

/* ns_per_op of each repetition: what schedule_add() takes. */
void schedule_values(const struct plan_point *point,
		     const struct outcome *outcome, double *values);

#endif
