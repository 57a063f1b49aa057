/* plan_print.h - what would run, in which order, how long: for people. */
#ifndef KMB_PLAN_PRINT_H
#define KMB_PLAN_PRINT_H

#include <stdio.h>

#include "estimate.h"
#include "plan.h"

/* The totals, and the points of each workload. */
void plan_print(const struct plan *plan, const struct options *options,
		const struct topology *topology,
		const struct estimate *estimate, FILE *out);

/*
 * The jobs in their order, those that are compared in one line; of the first
 * block only, or of all.
 */
void plan_print_order(const struct plan *plan, bool all_blocks, FILE *out);

#endif
