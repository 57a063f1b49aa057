/* contrast.c - join points, pair processes, judge. */
#include "contrast.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "noise_floor.h"
#include "side.h"

/* How many leading keys the rows of one comparison inside a run share. */
static const int group_keys[] = {
	[BY_STRATEGY] = STRATEGY,
	[BY_ISA] = ISA,
	[BY_ARM] = ARM,
};

static bool is_reference(const struct observation *o)
{
	return !strcmp(o->cell[STRATEGY], "null") ||
	       !strcmp(o->cell[STRATEGY], "floor");
}

/* The larger of --min-effect and of what A/A runs of either build showed. */
static double threshold(const struct contrast_params *params,
			const struct compare_run *const runs[2],
			const struct observation *o)
{
	double effect = log1p(params->min_effect);
	struct noise_floor floor;

	for (unsigned i = 0; i < 2; i++)
		if (noise_floor_find(params->floors, runs[i], o->cell[FAMILY],
				     o->cell[METRIC], &floor))
			effect = fmax(effect, floor.max);
	return effect;
}

static struct contrast *new_contrast(struct contrasts *c, const struct side *a,
				     const struct side *b)
{
	/* Room at powers of two is used up. */
	if (!(c->nr & (c->nr - 1))) {
		struct contrast *v = realloc(
			c->v, (c->nr ? 2 * (size_t)c->nr : 1) * sizeof(*v));

		if (!v)
			return NULL;
		c->v = v;
	}
	c->v[c->nr] = (struct contrast){
		.a = a->first,
		.b = b->first,
		.median_a = a->median,
		.median_b = b->median,
		.processes_a = a->nr,
		.processes_b = b->nr,
	};
	return &c->v[c->nr++];
}

static int add_contrast(struct contrasts *c, const struct side *a,
			const struct side *b,
			const struct contrast_params *params,
			const struct compare_run *const runs[2])
{
	struct contrast *new = new_contrast(c, a, b);
	unsigned pairs = 0;
	int err;

	if (!new)
		return -ENOMEM;
	new->is_base = a == b;
	new->reference =
		is_reference(b->first) && c->by != BY_RUN && c->by != BY_ARM;
	err = side_ratio(a, b, &new->ratio, c->by == BY_RUN ? NULL : &pairs);
	if (pairs)
		new->processes_a = new->processes_b = pairs;
	new->threshold = threshold(params, runs, b->first);
	new->verdict = verdict_judge(&new->ratio, new->threshold,
				     side_more_is_better(b->first));
	return err;
}

static int add_only(struct contrasts *c, unsigned which,
		    const struct observation *point)
{
	const unsigned nr = c->nr_only[which];
	const struct observation **only = c->only[which];

	if (!(nr & (nr - 1))) {
		only = realloc(only, (nr ? 2 * (size_t)nr : 1) * sizeof(*only));
		if (!only)
			return -ENOMEM;
		c->only[which] = only;
	}
	only[c->nr_only[which]++] = point;
	return 0;
}

static int add_joined(struct contrasts *c, const struct observation *v,
		      unsigned nr_v, const struct observation *w, unsigned nr_w,
		      const struct contrast_params *params,
		      const struct compare_run *const runs[2])
{
	struct side a = { 0 }, b = { 0 };
	int err = side_init(&a, v, nr_v);

	if (!err)
		err = side_init(&b, w, nr_w);
	if (!err)
		err = add_contrast(c, &a, &b, params, runs);
	side_free(&a);
	side_free(&b);
	return err;
}

int contrast_runs(struct contrasts *c, const struct compare_run *a,
		  const struct compare_run *b,
		  const struct contrast_params *params)
{
	const struct compare_run *const runs[2] = { a, b };
	const struct observation *v = a->o.v, *const end_v = v + a->o.nr;
	const struct observation *w = b->o.v, *const end_w = w + b->o.nr;
	int err = 0;

	*c = (struct contrasts){ .by = BY_RUN };
	while (!err && (v < end_v || w < end_w)) {
		const int order = v == end_v ? 1
				  : w == end_w
					  ? -1
					  : observation_compare(v, w, NR_KEYS);
		const unsigned nr_v =
			order > 0 ? 0
				  : observation_run(v, (unsigned)(end_v - v),
						    NR_KEYS);
		const unsigned nr_w =
			order < 0 ? 0
				  : observation_run(w, (unsigned)(end_w - w),
						    NR_KEYS);

		if (order)
			err = add_only(c, order > 0, order > 0 ? w : v);
		else
			err = add_joined(c, v, nr_v, w, nr_w, params, runs);
		v += nr_v;
		w += nr_w;
	}
	return err;
}

/* Is the word one of the list's? */
static bool is_listed(const char *list, const char *word)
{
	const size_t length = strlen(word);

	for (;; list++) {
		const size_t item = strcspn(list, ",");

		if (item == length && !strncmp(list, word, length))
			return true;
		list += item;
		if (!*list)
			return false;
	}
}

/* The one that the others are held against; NULL: there is none. */
static const struct side *choose_base(const struct side *sides, unsigned nr,
				      const struct contrast_params *params)
{
	const enum column column = params->by == BY_STRATEGY ? STRATEGY : ISA;
	const struct side *base = NULL;

	if (params->by == BY_ARM) /* a */
		return sides;
	for (unsigned i = 0; i < nr; i++) {
		const struct observation *o = sides[i].first;

		if (params->base ? !is_listed(params->base, o->cell[column])
				 : is_reference(o))
			continue;
		if (!base || side_better(&sides[i], base))
			base = &sides[i];
	}
	return base;
}

/* The best first, references last. */
static int compare_contrasts(const void *left, const void *right)
{
	const struct contrast *a = left, *b = right;
	const double x = a->ratio.value, y = b->ratio.value;

	if (a->reference != b->reference)
		return a->reference ? 1 : -1;
	if (isnan(x) || isnan(y))
		return isnan(x) - isnan(y);
	return side_more_is_better(a->b) ? (x < y) - (x > y)
					 : (x > y) - (x < y);
}

static bool worth_a_comparison(const struct side *sides, unsigned nr,
			       const struct side *base)
{
	for (unsigned i = 0; i < nr; i++)
		if (&sides[i] != base && (!is_reference(sides[i].first) ||
					  is_reference(base->first)))
			return true;
	return false;
}

static int judge_group(struct contrasts *c, const struct side *sides,
		       unsigned nr, const struct compare_run *run,
		       const struct contrast_params *params)
{
	const struct compare_run *const runs[2] = { run, run };
	const struct side *base = choose_base(sides, nr, params);
	const unsigned first = c->nr;
	int err = 0;

	if (!base || !worth_a_comparison(sides, nr, base)) {
		c->nr_baseless += !base && params->base;
		return 0;
	}
	for (unsigned i = 0; i < nr && !err; i++)
		if (c->by != BY_ARM || &sides[i] != base)
			err = add_contrast(c, base, &sides[i], params, runs);
	qsort(c->v + first, c->nr - first, sizeof(*c->v), compare_contrasts);
	return err;
}

/* The rows of one point, in runs of what is compared there. */
static int add_group(struct contrasts *c, const struct observation *v,
		     unsigned nr, const struct compare_run *run,
		     const struct contrast_params *params)
{
	struct side *sides = calloc(nr, sizeof(*sides));
	unsigned nr_sides = 0;
	int err = sides ? 0 : -ENOMEM;

	for (unsigned i = 0, rows; i < nr && !err; i += rows) {
		rows = observation_run(v + i, nr - i, NODES_ACTUAL);
		err = side_init(&sides[nr_sides++], v + i, rows);
	}
	if (!err)
		err = judge_group(c, sides, nr_sides, run, params);
	for (unsigned i = 0; i < nr_sides; i++)
		side_free(&sides[i]);
	free(sides);
	return err;
}

int contrast_within(struct contrasts *c, const struct compare_run *run,
		    const struct contrast_params *params)
{
	const struct observations *o = &run->o;
	int err = 0;

	*c = (struct contrasts){ .by = params->by };
	for (unsigned i = 0, rows; i < o->nr && !err; i += rows) {
		rows = observation_run(o->v + i, o->nr - i,
				       group_keys[params->by]);
		err = add_group(c, o->v + i, rows, run, params);
	}
	return err;
}

void contrasts_free(struct contrasts *c)
{
	free(c->v);
	free(c->only[0]);
	free(c->only[1]);
}

bool contrast_is_judged(const struct contrast *contrast)
{
	return !contrast->is_base && !contrast->reference;
}

bool contrast_same_point(const struct contrasts *c, const struct contrast *a,
			 const struct contrast *b)
{
	return c->by != BY_RUN &&
	       !observation_compare(a->b, b->b, group_keys[c->by]);
}

unsigned contrasts_count(const struct contrasts *c, unsigned count[NR_VERDICTS])
{
	unsigned nr = 0;

	memset(count, 0, NR_VERDICTS * sizeof(*count));
	for (unsigned i = 0; i < c->nr; i++)
		if (contrast_is_judged(&c->v[i])) {
			count[c->v[i].verdict]++;
			nr++;
		}
	return nr;
}

double contrasts_mean_ratio(const struct contrasts *c)
{
	double sum = 0;
	unsigned nr = 0;

	for (unsigned i = 0; i < c->nr; i++)
		if (contrast_is_judged(&c->v[i]) &&
		    !isnan(c->v[i].ratio.value)) {
			sum += log(c->v[i].ratio.value);
			nr++;
		}
	return nr ? exp(sum / nr) : NAN;
}
