/* plan_cost.c - what a plan's points cost: the sums, and the lines of them. */
#include "plan_cost.h"

#include <math.h>

#include "schedule.h"

void plan_format_time(char *text, size_t size, double seconds)
{
	uint64_t s = (uint64_t)llround(seconds);

	if (seconds < 10)
		snprintf(text, size, "%.1f s", seconds);
	else if (s < 60)
		snprintf(text, size, "%u s", (unsigned)s);
	else if (s < 3600)
		snprintf(text, size, "%u min %u s", (unsigned)(s / 60),
			 (unsigned)(s % 60));
	else
		snprintf(text, size, "%llu h %u min",
			 (unsigned long long)s / 3600,
			 (unsigned)(s % 3600 / 60));
}

void plan_cost_add(struct plan_cost *cost, const struct plan_point *point,
		   const struct options *o, const struct topology *t,
		   const struct estimate *estimate)
{
	struct estimate_basis basis;
	double seconds = estimate_point(estimate, point, o, &basis);

	cost->points++;
	cost->cannot += !point->placement;
	cost->processes += point->placement ? o->process_reps : 0;
	cost->seconds += seconds * (double)o->process_reps;
	cost->known += point->placement && basis.source == ESTIMATE_POINT;
	cost->at_least |=
		point->placement && (t->simulated || basis.less_memory ||
				     basis.source == ESTIMATE_NOTHING);
}

const char *plan_plural(uint64_t nr)
{
	return nr == 1 ? "" : "s";
}

static void print_budget(const struct plan_cost *all, const struct options *o,
			 FILE *out)
{
	double block_s = all->seconds / (double)o->process_reps;
	double fit = block_s > 0 ? floor(o->budget_s / block_s) : 0;
	char budget[32], block[32];

	if (o->budget_s <= 0)
		return;
	plan_format_time(budget, sizeof(budget), o->budget_s);
	plan_format_time(block, sizeof(block), block_s);
	fprintf(out, "  budget %s: a block of all points takes %s %s; ", budget,
		all->at_least ? "at least" : "about", block);
	if (fit < 1)
		fprintf(out, "not one fits\n");
	else if (fit < (double)o->process_reps)
		fprintf(out, "%s%.0f of %llu fit\n",
			all->at_least ? "at most " : "", fit,
			(unsigned long long)o->process_reps);
	else
		fprintf(out, "all %s\n", all->at_least ? "may fit" : "fit");
}

static void print_time_source(const struct plan_cost *all,
			      const struct topology *t,
			      const struct estimate *estimate, FILE *out)
{
	const unsigned runs = estimate_runs(estimate),
		       can = all->points - all->cannot;

	if (runs)
		fprintf(out,
			"  time from the journal%s of %u earlier run%s: %u of "
			"%u points (%.0f %%) were run before\n",
			plan_plural(runs), runs, plan_plural(runs), all->known,
			can, can ? 100.0 * all->known / can : 0);
	else
		fprintf(out, "  time guessed: no journal of an earlier run on "
			     "this machine\n");
	if (all->at_least)
		fprintf(out,
			"  at least: what processes set up (memory, tables, "
			"threads) is known once they have run%s with as "
			"much memory\n",
			t->simulated ? " there" : "");
}

void plan_cost_print(const struct plan_cost *all, const struct options *o,
		     const struct topology *t, const struct estimate *estimate,
		     FILE *out)
{
	char time[32];

	plan_format_time(time, sizeof(time), all->seconds);
	fprintf(out, "%u point%s, %llu process%s in %llu block%s, %s %s\n",
		all->points, plan_plural(all->points),
		(unsigned long long)all->processes,
		all->processes == 1 ? "" : "es",
		(unsigned long long)o->process_reps,
		plan_plural(o->process_reps),
		all->at_least ? "at least" : "about", time);
	fprintf(out,
		"  preset %s: %llu process%s a point, %llu repetition%s of "
		"%g ms, %llu MiB a node, seed %llu\n",
		o->preset->name, (unsigned long long)o->process_reps,
		o->process_reps == 1 ? "" : "es", (unsigned long long)o->reps,
		plan_plural(o->reps), o->min_time_s * 1e3,
		(unsigned long long)o->memory >> 20,
		(unsigned long long)o->seed);
	print_time_source(all, t, estimate, out);
	if (o->process_reps > SCHEDULE_MIN_PROCESSES)
		fprintf(out,
			"  a point whose interval is within %g %% after %d "
			"processes takes no more\n",
			o->max_noise * 100, SCHEDULE_MIN_PROCESSES);
	print_budget(all, o, out);
	if (t->simulated)
		fprintf(out,
			"  simulated machine: %u CPU%s, %u node%s; nothing can "
			"be bound or run there, times and instruction sets "
			"are this machine's\n",
			t->nr_cpus, plan_plural(t->nr_cpus), t->nr_nodes,
			plan_plural(t->nr_nodes));
}
