/* plan_order.c - in which order a run's jobs go. */
#include "plan_order.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>
#include <string.h>

static int compare_uint(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Points that differ in no more than strategy and isa are compared. */
static int compare_groups(const void *left, const void *right)
{
	const struct plan_point *a = *(struct plan_point *const *)left;
	const struct plan_point *b = *(struct plan_point *const *)right;
	int order = strcmp(a->bench->family, b->bench->family);

	if (!order)
		order = strcmp(a->bench->workload, b->bench->workload);
	if (!order)
		order = compare_uint(a->point.size, b->point.size);
	if (!order)
		order = compare_uint(a->point.threads, b->point.threads);
	if (!order)
		order = compare_uint(a->pages, b->pages);
	if (!order)
		order = strcmp(a->place, b->place);
	if (!order)
		order = strcmp(a->mem, b->mem);
	return order;
}

static unsigned number_groups(struct plan *plan)
{
	struct plan_point **sorted =
		malloc((plan->nr_points + 1) * sizeof(*sorted));
	unsigned nr_groups = 0;

	if (!sorted)
		abort();
	for (unsigned i = 0; i < plan->nr_points; i++)
		sorted[i] = &plan->points[i];
	qsort(sorted, plan->nr_points, sizeof(*sorted), compare_groups);
	for (unsigned i = 0; i < plan->nr_points; i++) {
		nr_groups += !i || compare_groups(&sorted[i - 1], &sorted[i]);
		sorted[i]->group = nr_groups - 1;
	}
	free(sorted);
	return nr_groups;
}

/* Jobs by block, then by the block's shuffled groups, shuffled inside. */
struct draw {
	struct plan_job job;
	unsigned rank; /* of the group in this block */
};

static int compare_draws(const void *left, const void *right)
{
	const struct draw *a = left, *b = right;

	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* The jobs of a block: groups by rank, shuffled inside. Their number. */
static unsigned draw_block(const struct plan *plan, unsigned block,
			   const unsigned *rank, gsl_rng *rng,
			   struct draw *draws)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < plan->nr_points; i++) {
		/* What cannot run is said once, in the first block. */
		if (!plan->points[i].placement && block)
			continue;
		draws[nr++] = (struct draw){ { i, block },
					     rank[plan->points[i].group] };
	}
	if (!nr)
		return 0;
	gsl_ran_shuffle(rng, draws, nr, sizeof(*draws));
	qsort(draws, nr, sizeof(*draws), compare_draws);
	return nr;
}

void plan_order(struct plan *plan, unsigned blocks, uint64_t seed)
{
	unsigned nr_groups = number_groups(plan), drawn = 1;
	unsigned *rank = malloc((nr_groups + 1) * sizeof(*rank));
	struct draw *draws = malloc((plan->nr_points + 1) * sizeof(*draws));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	plan->jobs = malloc(((size_t)plan->nr_points * blocks + 1) *
			    sizeof(*plan->jobs));
	if (!rank || !draws || !rng || !plan->jobs)
		abort();
	gsl_rng_set(rng, seed);
	for (unsigned g = 0; g < nr_groups; g++)
		rank[g] = g;
	for (unsigned block = 0; block < blocks && drawn; block++) {
		gsl_ran_shuffle(rng, rank, nr_groups, sizeof(*rank));
		drawn = draw_block(plan, block, rank, rng, draws);
		for (unsigned i = 0; i < drawn; i++)
			plan->jobs[plan->nr_jobs++] = draws[i].job;
	}
	gsl_rng_free(rng);
	free(rank);
	free(draws);
}
