/*
 * stats.h - medians, quantiles, spread, and intervals over processes.
 *
 * The unit of repetition is a process: memory is laid out anew in each, which
 * moves a result more than all else. So a point's value is the median of its
 * processes' medians, and its interval comes from drawing processes again.
 */
#ifndef KMB_STATS_H
#define KMB_STATS_H

#include <stddef.h>
#include <stdint.h>

/* Below this, no interval is claimed. */
#define STATS_MIN_PROCESSES 3

/* What one process observed, in any order. */
struct stats_process {
	const double *values;
	unsigned nr;
};

struct stats_interval {
	double lo, hi;
};

void stats_sort(double *values, size_t nr);
/*
 * Quantile q of sorted values, between neighbours in a straight line (R's
 * type 7); NaN of none.
 */
double stats_quantile(const double *sorted, size_t nr, double q);
/* Standard deviation (n - 1) over mean; NaN of fewer than two. */
double stats_cv(const double *values, size_t nr);

/* medians[i] of process i; each has at least one value. 0 or -ENOMEM. */
int stats_process_medians(const struct stats_process *processes, unsigned nr,
			  double *medians);
/* The longer side of an interval over its median; NaN of no interval. */
double stats_half_width(double median, const struct stats_interval *interval);
/*
 * 95 % percentile interval of the median of the processes' medians, by a
 * hierarchical bootstrap: draw processes, then values within each. NaN for
 * fewer than STATS_MIN_PROCESSES. The same data and seed give the same
 * interval. 0 or -ENOMEM.
 */
int stats_bootstrap(const struct stats_process *processes, unsigned nr,
		    uint64_t seed, struct stats_interval *interval);

#endif
