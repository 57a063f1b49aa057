/* side.c - gather the processes of one thing, and hold two against each other.
 */
#include "side.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEED 1 /* of the intervals: the same runs give the same verdicts */

bool side_more_is_better(const struct observation *o)
{
	return !strcmp(o->cell[UNIT], "1/s") || !strcmp(o->cell[UNIT], "B/s");
}

void side_free(struct side *s)
{
	free(s->processes);
	free(s->blocks);
	free(s->values);
}

static void take_value(struct side *s, unsigned at, const struct observation *v)
{
	s->values[at] = csv_number(v->cell[VALUE]);
	s->positive &= s->values[at] > 0;
	if (!s->nr || s->blocks[s->nr - 1] != v->process) {
		s->blocks[s->nr] = v->process;
		s->processes[s->nr++] =
			(struct stats_process){ &s->values[at], 0 };
	}
	s->processes[s->nr - 1].nr++;
}

static int take_median(struct side *s)
{
	double *medians = malloc(s->nr * sizeof(*medians));
	int err = medians ? stats_process_medians(s->processes, s->nr, medians)
			  : -ENOMEM;

	if (!err) {
		stats_sort(medians, s->nr);
		s->median = stats_quantile(medians, s->nr, 0.5);
	}
	free(medians);
	return err;
}

int side_init(struct side *s, const struct observation *v, unsigned nr)
{
	*s = (struct side){
		.first = v,
		.processes = calloc(nr, sizeof(*s->processes)),
		.blocks = calloc(nr, sizeof(*s->blocks)),
		.values = calloc(nr, sizeof(*s->values)),
		.positive = true,
	};
	if (!s->processes || !s->blocks || !s->values)
		return -ENOMEM;
	for (unsigned i = 0; i < nr; i++)
		take_value(s, i, &v[i]);
	return take_median(s);
}

/* Processes of blocks that both have, next to each other. */
static unsigned pair_up(const struct side *a, const struct side *b,
			struct stats_process *pa, struct stats_process *pb)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < a->nr; i++)
		for (unsigned k = 0; k < b->nr; k++)
			if (a->blocks[i] == b->blocks[k]) {
				pa[nr] = a->processes[i];
				pb[nr++] = b->processes[k];
				break;
			}
	return nr;
}

static int ratio_of_pairs(const struct side *a, const struct side *b,
			  struct ratio *ratio, unsigned *nr)
{
	struct stats_process *pairs = calloc(a->nr, 2 * sizeof(*pairs));
	int err = 0;

	if (!pairs)
		return -ENOMEM;
	*nr = pair_up(a, b, pairs, pairs + a->nr);
	if (*nr)
		err = ratio_paired(pairs, pairs + a->nr, *nr, SEED, ratio);
	free(pairs);
	return err;
}

int side_ratio(const struct side *a, const struct side *b, struct ratio *ratio,
	       unsigned *pairs)
{
	*ratio = (struct ratio){ NAN, { NAN, NAN } };
	if (a->positive && b->positive)
		return pairs ? ratio_of_pairs(a, b, ratio, pairs)
			     : ratio_independent(a->processes, a->nr,
						 b->processes, b->nr, SEED,
						 ratio);
	if (a->median == b->median)
		*ratio = (struct ratio){ 1, { 1, 1 } };
	return 0;
}

bool side_better(const struct side *a, const struct side *b)
{
	struct ratio ratio;
	unsigned pairs;

	if (side_ratio(b, a, &ratio, &pairs) || isnan(ratio.value))
		ratio.value = a->median / b->median;
	return side_more_is_better(a->first) ? ratio.value > 1
					     : ratio.value < 1;
}
