/* plan_print.h - what would run, in which order, how long: for people. */
#ifndef KMB_PLAN_PRINT_H
#define KMB_PLAN_PRINT_H

#include <stdio.h>

#include "estimate.h"
#include "plan.h"

/* "0.3 s", "41 s", "12 min 5 s", "3 h 20 min". */
void plan_format_time(char *text, size_t size, double seconds);

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
