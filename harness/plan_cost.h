/* plan_cost.h - what a plan's points cost: the sums, and the lines of them. */
#ifndef KMB_PLAN_COST_H
#define KMB_PLAN_COST_H

#include <stdbool.h>
#include <stdio.h>

#include "estimate.h"
#include "plan.h"

/* What a set of points costs, all processes of it. */
struct plan_cost {
	unsigned points, cannot; /* of them cannot run */
	uint64_t processes;
	double seconds;
	unsigned known; /* of those that can, run before */
	/* Of some too little is known of what they set up: this is the least.
	 */
	bool at_least;
};

void plan_cost_add(struct plan_cost *cost, const struct plan_point *point,
		   const struct options *options,
		   const struct topology *topology,
		   const struct estimate *estimate);

/* All points' sum: the lines at the top of a plan. */
void plan_cost_print(const struct plan_cost *all, const struct options *options,
		     const struct topology *topology,
		     const struct estimate *estimate, FILE *out);

/* "0.3 s", "41 s", "12 min 5 s", "3 h 20 min". */
void plan_format_time(char *text, size_t size, double seconds);

/* "s", unless nr is 1. */
const char *plan_plural(uint64_t nr);

#endif
