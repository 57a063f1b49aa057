/*
 * contrast.h - what is compared with what, and how it comes out.
 *
 * Either the points of two runs, joined by all that makes a point; or inside
 * one run, at every point, strategies (or instruction sets, or the arms of an
 * A/A run) against one of them. The latter ran in the same shuffled blocks and
 * are paired by them.
 */
#ifndef KMB_CONTRAST_H
#define KMB_CONTRAST_H

#include "compare_run.h"
#include "verdict.h"

enum contrast_by { BY_RUN, BY_STRATEGY, BY_ISA, BY_ARM };

struct contrast {
	const struct observation *a, *b; /* each lends its keys */
	double median_a, median_b;
	unsigned processes_a, processes_b; /* pairs: both their number */
	struct ratio ratio;		   /* b over a */
	double threshold;		   /* that its effect had to exceed */
	enum verdict verdict;
	bool is_base;	/* b is a; inside a run the base has a line as well */
	bool reference; /* null or floor inside a run: shown, never judged */
};

struct contrasts {
	enum contrast_by by;
	unsigned nr;
	/*
	 * In the order of points; inside a run those of one point in order of
	 * their ratio, the best first, references last.
	 */
	struct contrast *v;
	/* Points that only the first or the second run has. */
	unsigned nr_only[2];
	const struct observation **only[2];
	unsigned nr_baseless; /* points inside a run without --base's */
};

struct contrast_params {
	enum contrast_by by;
	/* Of these strategies or isas the best, "a,b,c"; NULL: of all. */
	const char *base;
	double min_effect;    /* 0.03: three per cent */
	const json_t *floors; /* noise_floor.h; may be NULL */
};

/* Runs that were read for one metric. 0 or -ENOMEM. */
int contrast_runs(struct contrasts *c, const struct compare_run *a,
		  const struct compare_run *b,
		  const struct contrast_params *params);
int contrast_within(struct contrasts *c, const struct compare_run *run,
		    const struct contrast_params *params);
void contrasts_free(struct contrasts *c);

/* Contrasts that were judged, by verdict; their number. */
unsigned contrasts_count(const struct contrasts *c,
			 unsigned count[NR_VERDICTS]);
/* Of those judged, the geometric mean of the ratios; NaN of none. */
double contrasts_mean_ratio(const struct contrasts *c);

/* Is the contrast one that counts: neither a base nor a reference? */
bool contrast_is_judged(const struct contrast *contrast);
/* Does the next one belong to the same point of the run? */
bool contrast_same_point(const struct contrasts *c, const struct contrast *a,
			 const struct contrast *b);

#endif
