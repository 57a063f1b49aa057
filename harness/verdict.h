/*
 * verdict.h - are two sets of processes the same, and if not, by how much?
 *
 * All is done on logarithms of ratios: half is as far from 1 as twice. The
 * ratio is that of medians; its 95 % interval has to satisfy two views at
 * once, see verdict.c. Values must be above zero.
 */
#ifndef KMB_VERDICT_H
#define KMB_VERDICT_H

#include <stdbool.h>

#include "stats.h"

/* In the order of printing. */
enum verdict {
	VERDICT_SAME,
	VERDICT_FASTER,
	VERDICT_SLOWER,
	VERDICT_AMBIGUOUS,
	NR_VERDICTS
};
extern const char *const verdict_name[NR_VERDICTS];

/* b over a. */
struct ratio {
	double value;
	struct stats_interval interval; /* NaN: too few to claim one */
};

/*
 * Two sets of processes that ran independently: median of b's processes'
 * medians over a's. The interval draws processes again, then values within
 * each. The same data and seed give the same interval. 0 or -ENOMEM.
 */
int ratio_independent(const struct stats_process *a, unsigned nr_a,
		      const struct stats_process *b, unsigned nr_b,
		      uint64_t seed, struct ratio *ratio);
/*
 * Processes that ran next to each other, a[i] and b[i] in block i: the median
 * of the blocks' ratios of medians. The interval draws blocks again.
 */
int ratio_paired(const struct stats_process *a, const struct stats_process *b,
		 unsigned nr, uint64_t seed, struct ratio *ratio);

/* How far from 1, in either direction: |ln ratio|. */
double ratio_effect(const struct ratio *ratio);
/* The interval lies wholly on one side of 1. */
bool ratio_excludes_one(const struct ratio *ratio);

/*
 * FASTER and SLOWER (b than a) need an effect above `threshold` (of
 * ratio_effect) and an interval that excludes 1. AMBIGUOUS: the effect alone,
 * or no interval. All else is SAME. more_is_better: of a rate.
 */
enum verdict verdict_judge(const struct ratio *ratio, double threshold,
			   bool more_is_better);

#endif
