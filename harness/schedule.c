/* schedule.c - blocks in the plan's order, less what is tight enough. */
#include "schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "stats.h"

/* What is known of a point so far. */
struct schedule_point {
	struct stats_process *processes; /* values are owned */
	unsigned nr;
	double noise; /* half-width over median; INFINITY: not known */
	bool tight;
};

static void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

void schedule_init(struct schedule *s, struct plan *plan, double max_noise,
		   double budget_s)
{
	*s = (struct schedule){ .plan = plan, .max_noise = max_noise };
	if (budget_s > 0)
		s->stop_ns = bench_now_ns() + (uint64_t)(budget_s * 1e9);
	s->done = must(calloc(plan->nr_jobs + 1, sizeof(*s->done)));
	s->points = must(calloc(plan->nr_points + 1, sizeof(*s->points)));
	for (unsigned i = 0; i < plan->nr_points; i++)
		s->points[i].noise = INFINITY;
}

void schedule_free(struct schedule *s)
{
	for (unsigned i = 0; i < s->plan->nr_points; i++) {
		struct schedule_point *p = &s->points[i];

		for (unsigned k = 0; k < p->nr; k++)
			free((double *)p->processes[k].values);
		free(p->processes);
	}
	free(s->points);
	free(s->done);
}

/* The noisiest point's group first; a group's strategies stay together. */
struct ranked_job {
	struct plan_job job;
	bool done;
	double noise; /* the largest in its group */
	unsigned group, order;
};

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked_job *a = left, *b = right;

	if (a->noise != b->noise)
		return a->noise > b->noise ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

/* Sort the jobs [first, end) of one block by what they would teach. */
static void rank_block(struct schedule *s, unsigned first, unsigned end)
{
	const struct plan *plan = s->plan;
	double *noise = must(calloc(plan->nr_points + 1, sizeof(*noise)));
	struct ranked_job *ranked = must(calloc(end - first, sizeof(*ranked)));

	for (unsigned i = 0; i < plan->nr_points; i++) {
		unsigned group = plan->points[i].group;

		if (s->points[i].noise > noise[group])
			noise[group] = s->points[i].noise;
	}
	for (unsigned i = first; i < end; i++) {
		unsigned group = plan->points[plan->jobs[i].point].group;

		ranked[i - first] =
			(struct ranked_job){ plan->jobs[i], s->done[i],
					     noise[group], group, i };
	}
	qsort(ranked, end - first, sizeof(*ranked), compare_ranked);
	for (unsigned i = first; i < end; i++) {
		plan->jobs[i] = ranked[i - first].job;
		s->done[i] = ranked[i - first].done;
	}
	free(ranked);
	free(noise);
}

/* With a budget, blocks that only sharpen what is known go by noise. */
static void enter_block(struct schedule *s)
{
	const struct plan *plan = s->plan;
	unsigned block = plan->jobs[s->next].process;

	s->block_end = s->next;
	while (s->block_end < plan->nr_jobs &&
	       plan->jobs[s->block_end].process == block)
		s->block_end++;
	if (s->stop_ns && block >= STATS_MIN_PROCESSES)
		rank_block(s, s->next, s->block_end);
}

bool schedule_next(struct schedule *s, unsigned *job)
{
	const struct plan *plan = s->plan;

	for (; s->next < plan->nr_jobs; s->next++) {
		if (s->next == s->block_end)
			enter_block(s);
		if (s->done[s->next] ||
		    s->points[plan->jobs[s->next].point].tight)
			continue;
		if (s->stop_ns && bench_now_ns() >= s->stop_ns)
			return false;
		s->done[s->next] = true;
		*job = s->next++;
		return true;
	}
	return false;
}

/* Is the interval narrow enough by now? */
static void look(const struct schedule *s, struct schedule_point *p)
{
	double *medians = must(calloc(p->nr, sizeof(*medians)));
	struct stats_interval interval;

	if (stats_process_medians(p->processes, p->nr, medians) ||
	    stats_bootstrap(p->processes, p->nr, 1, &interval))
		abort();
	stats_sort(medians, p->nr);
	p->noise = stats_half_width(stats_quantile(medians, p->nr, 0.5),
				    &interval);
	p->tight = p->nr >= SCHEDULE_MIN_PROCESSES && p->noise <= s->max_noise;
	free(medians);
}

void schedule_add(struct schedule *s, unsigned point, const double *values,
		  unsigned nr)
{
	struct schedule_point *p = &s->points[point];
	double *copy;

	if (!nr)
		return;
	copy = must(malloc(nr * sizeof(*copy)));
	memcpy(copy, values, nr * sizeof(*copy));
	p->processes = must(
		realloc(p->processes, (p->nr + 1) * sizeof(*p->processes)));
	p->processes[p->nr++] =
		(struct stats_process){ .values = copy, .nr = nr };
	if (p->nr >= STATS_MIN_PROCESSES)
		look(s, p);
}

bool schedule_skip(struct schedule *s, unsigned point, unsigned process)
{
	const unsigned nr = s->plan->nr_jobs;

	for (unsigned k = 0; k < nr; k++) {
		unsigned i = (s->skipped + k) % nr;

		if (s->plan->jobs[i].point == point &&
		    s->plan->jobs[i].process == process && !s->done[i]) {
			s->skipped = i;
			return s->done[i] = true;
		}
	}
	return false;
}

void schedule_values(const struct plan_point *point,
		     const struct outcome *outcome, double *values)
{
	unsigned threads = point->point.threads;

	for (unsigned i = 0; i < outcome->nr_reps; i++)
		values[i] =
			record_ns_per_op(&outcome->spans[i * threads], threads);
}
