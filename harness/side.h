/* side.h - one side of a comparison: all processes of one point in one run. */
#ifndef KMB_SIDE_H
#define KMB_SIDE_H

#include "observation.h"
#include "verdict.h"

struct side {
	const struct observation *first;
	struct stats_process *processes;
	unsigned long *blocks; /* of each process */
	double *values;
	unsigned nr;
	double median;
	bool positive; /* all its values are: there is a ratio */
};

/*
 * Rows of one thing, each process's together; nr > 0. They must stay. 0 or
 * -ENOMEM; side_free in either case.
 */
int side_init(struct side *s, const struct observation *v, unsigned nr);
void side_free(struct side *s);

/*
 * b over a: as independent processes (pairs NULL), or of the blocks that both
 * have, whose number goes into *pairs. A ratio needs values above zero; where
 * some are not (failures that did not happen), equal medians make 1, and all
 * else NaN. 0 or -ENOMEM.
 */
int side_ratio(const struct side *a, const struct side *b, struct ratio *ratio,
	       unsigned *pairs);

/* A rate, not a time? */
bool side_more_is_better(const struct observation *o);
/* In the blocks that both ran in: one may have missed the slow ones. */
bool side_better(const struct side *a, const struct side *b);

#endif
