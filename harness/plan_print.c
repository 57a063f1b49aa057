/* plan_print.c - what would run, in which order, how long: for people. */
#include "plan_print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "schedule.h"
#include "workload_group.h"

#define WIDTH 79

/* What a set of points costs, all processes of it. */
struct cost {
	unsigned points, cannot; /* of them cannot run */
	uint64_t processes;
	double seconds;
	unsigned known; /* of those that can, run before */
	/* Of what some set up nothing is known: seconds are the least. */
	bool at_least;
};

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

static void add_cost(struct cost *cost, const struct plan_point *point,
		     const struct options *o, const struct topology *t,
		     const struct estimate *estimate)
{
	enum estimate_source source;
	double seconds = estimate_point(estimate, point, o, &source);

	cost->points++;
	cost->cannot += !point->placement;
	cost->processes += point->placement ? o->process_reps : 0;
	cost->seconds += seconds * (double)o->process_reps;
	cost->known += point->placement && source == ESTIMATE_POINT;
	cost->at_least |= point->placement &&
			  (t->simulated || source == ESTIMATE_NOTHING);
}

static const char *plural(uint64_t nr)
{
	return nr == 1 ? "" : "s";
}

static void print_budget(const struct cost *all, const struct options *o,
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

static void print_total(const struct cost *all, const struct options *o,
			const struct topology *t,
			const struct estimate *estimate, FILE *out)
{
	const unsigned runs = estimate_runs(estimate),
		       can = all->points - all->cannot;
	char time[32];

	plan_format_time(time, sizeof(time), all->seconds);
	fprintf(out, "%u point%s, %llu process%s in %llu block%s, %s %s\n",
		all->points, plural(all->points),
		(unsigned long long)all->processes,
		all->processes == 1 ? "" : "es",
		(unsigned long long)o->process_reps, plural(o->process_reps),
		all->at_least ? "at least" : "about", time);
	fprintf(out,
		"  preset %s: %llu process%s a point, %llu repetition%s of "
		"%g ms, %llu MiB a node, seed %llu\n",
		o->preset->name, (unsigned long long)o->process_reps,
		o->process_reps == 1 ? "" : "es", (unsigned long long)o->reps,
		plural(o->reps), o->min_time_s * 1e3,
		(unsigned long long)o->memory >> 20,
		(unsigned long long)o->seed);
	if (runs)
		fprintf(out,
			"  time from the journal%s of %u earlier run%s: %u of "
			"%u points (%.0f %%) were run before\n",
			plural(runs), runs, plural(runs), all->known, can,
			can ? 100.0 * all->known / can : 0);
	else
		fprintf(out, "  time guessed: no journal of an earlier run on "
			     "this machine\n");
	if (all->at_least)
		fprintf(out,
			"  at least: what processes set up (memory, tables, "
			"threads) is known once they have run%s\n",
			t->simulated ? " there" : "");
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
			t->nr_cpus, plural(t->nr_cpus), t->nr_nodes,
			plural(t->nr_nodes));
}

/* Every reason once, with how many points it stops. */
static void print_cannot(const struct plan *plan, FILE *out)
{
	for (unsigned i = 0; i < plan->nr_points; i++) {
		const struct plan_point *p = &plan->points[i];
		unsigned nr = 0, k = 0;

		if (p->placement)
			continue;
		for (; k < plan->nr_points; k++) {
			const struct plan_point *other = &plan->points[k];

			if (other->placement ||
			    strcmp(other->why_not, p->why_not))
				continue;
			if (k < i)
				break;
			nr++;
		}
		if (k == plan->nr_points)
			fprintf(out, "  %u point%s cannot run: %s\n", nr,
				plural(nr), p->why_not);
	}
}

/* CPUs' host nodes of a placement, as a list. */
static void format_cpu_nodes(const struct placement *p,
			     const struct topology *t, char *buf, size_t size)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < p->nr_threads; i++) {
		int cpu = topology_find_cpu(t, p->cpu[i]);
		unsigned os = t->nodes[t->cpus[cpu].own_node].os;

		if (os < PLACEMENT_MAX_NODES)
			mask |= 1ull << os;
	}
	placement_format_nodes(mask, buf, size);
}

/* The point of a place with the least threads above `threads`, or NULL. */
static const struct plan_point *
next_threads(const struct plan *plan, const char *place, unsigned threads)
{
	const struct plan_point *next = NULL;

	for (unsigned i = 0; i < plan->nr_points; i++) {
		const struct plan_point *p = &plan->points[i];

		if (p->placement && !strcmp(p->place, place) &&
		    p->point.threads > threads &&
		    (!next || p->point.threads < next->point.threads))
			next = p;
	}
	return next;
}

/* "  smp: 1 2 4 threads; with 4: CPUs of node 0, memory on node 0" */
static void print_place(const struct plan *plan, const char *place,
			const struct topology *t, FILE *out)
{
	const struct plan_point *p, *last = NULL;
	char cpus[128], memory[128];

	fprintf(out, "  %s:", place);
	for (unsigned n = 0; (p = next_threads(plan, place, n));
	     n = p->point.threads, last = p)
		fprintf(out, " %u", p->point.threads);
	if (!last) {
		fprintf(out, " cannot be had\n");
		return;
	}
	format_cpu_nodes(last->placement, t, cpus, sizeof(cpus));
	placement_format_host_nodes(last->placement, memory, sizeof(memory));
	fprintf(out,
		" thread%s; with %u: CPUs of node%s %s, memory on node%s %s\n",
		plural(last->point.threads), last->point.threads,
		strpbrk(cpus, ",-") ? "s" : "", cpus,
		strpbrk(memory, ",-") ? "s" : "", memory);
}

/* Each place, where there are several. */
static void print_places(const struct plan *plan, const struct topology *t,
			 FILE *out)
{
	bool several = false;

	for (unsigned i = 1; i < plan->nr_points; i++)
		several |= strcmp(plan->points[i].place,
				  plan->points[0].place) != 0;
	for (unsigned i = 0; several && i < plan->nr_points; i++) {
		const char *place = plan->points[i].place;
		unsigned k = 0;

		while (strcmp(plan->points[k].place, place))
			k++;
		if (k == i)
			print_place(plan, place, t, out);
	}
}

static bool same_workload(const struct plan_point *a,
			  const struct plan_point *b)
{
	return !strcmp(a->bench->family, b->bench->family) &&
	       !strcmp(a->bench->workload, b->bench->workload);
}

static bool same_strategy(const struct plan_point *a,
			  const struct plan_point *b)
{
	return same_workload(a, b) &&
	       !strcmp(a->bench->strategy, b->bench->strategy);
}

/* Words in lines up to WIDTH, the second and later ones indented. */
static void put_word(FILE *out, const char *word, unsigned indent,
		     unsigned *column)
{
	unsigned length = (unsigned)strlen(word);

	if (*column + 1 + length > WIDTH) {
		fprintf(out, "\n%*s", (int)indent, "");
		*column = indent;
	}
	fprintf(out, " %s", word);
	*column += 1 + length;
}

/* "      free_area 8  null 4": the points of each strategy. */
static void print_strategies(const struct plan *plan,
			     const struct plan_point *first, FILE *out)
{
	const struct plan_point *end = plan->points + plan->nr_points;
	unsigned column = 5, listed = 0;

	fprintf(out, "%*s", 5, "");
	for (const struct plan_point *p = first; p < end; p++) {
		const struct plan_point *q = plan->points;
		unsigned nr = 0;
		char word[128];

		/* A case's points are neighbours. */
		if (!same_workload(first, p) ||
		    (p > plan->points && same_strategy(p - 1, p)))
			continue;
		while (!same_strategy(p, q))
			q++;
		if (q < p)
			continue;
		for (; q < end; q++)
			nr += same_strategy(p, q);
		snprintf(word, sizeof(word), "%s%s %u", listed++ ? " " : "",
			 p->bench->strategy, nr);
		put_word(out, word, 5, &column);
	}
	fputc('\n', out);
}

static void print_workload(const struct plan *plan,
			   const struct plan_point *first,
			   const struct options *o, const struct topology *t,
			   const struct estimate *estimate, FILE *out)
{
	struct cost cost = { 0 };
	char time[32], name[128];

	for (unsigned i = 0; i < plan->nr_points; i++)
		if (same_workload(first, &plan->points[i]))
			add_cost(&cost, &plan->points[i], o, t, estimate);
	snprintf(name, sizeof(name), "%s/*/%s", first->bench->family,
		 first->bench->workload);
	plan_format_time(time, sizeof(time), cost.seconds);
	fprintf(out, "%-34s %8u %10llu %*s%s\n", name, cost.points,
		(unsigned long long)cost.processes, 13 - (int)strlen(time),
		cost.at_least ? "> " : "", time);
	print_strategies(plan, first, out);
}

/* Does the plan have a point of it? A group_has_fn. */
static bool has_case(const void *plan, const struct group_case *c)
{
	const struct plan *p = plan;

	for (unsigned i = 0; i < p->nr_points; i++) {
		const struct bench_case *bench = p->points[i].bench;

		if (!strcmp(bench->family, c->family) &&
		    !strcmp(bench->strategy, c->strategy) &&
		    !strcmp(bench->workload, c->workload))
			return true;
	}
	return false;
}

void plan_print(const struct plan *plan, const struct options *o,
		const struct topology *t, const struct estimate *estimate,
		FILE *out)
{
	struct cost all = { 0 };

	for (unsigned i = 0; i < plan->nr_points; i++)
		add_cost(&all, &plan->points[i], o, t, estimate);
	print_total(&all, o, t, estimate, out);
	print_cannot(plan, out);
	print_places(plan, t, out);
	if (o->group) {
		fprintf(out, "\ngroup:\n");
		group_print(o->group, has_case, plan, out);
	}
	fprintf(out, "\n%-34s %8s %10s %13s\n", "family/*/workload", "points",
		"processes", "time");
	for (unsigned i = 0; i < plan->nr_points; i++) {
		const struct plan_point *p = &plan->points[i];
		unsigned k = 0;

		if (i && same_workload(p - 1, p))
			continue;
		while (!same_workload(&plan->points[k], p))
			k++;
		if (k == i)
			print_workload(plan, p, o, t, estimate, out);
	}
}

/* "frame/pair order 9, 2 threads, thp:" */
static unsigned print_group(const struct plan_point *p, unsigned nr, FILE *out)
{
	int used = fprintf(out, "%5u  %s/%s", nr, p->bench->family,
			   p->bench->workload);

	if (p->bench->sizes.nr)
		used += fprintf(out, " %s %llu", p->bench->size_unit,
				(unsigned long long)p->point.size);
	used += fprintf(out, ", %u thread%s, %s", p->point.threads,
			plural(p->point.threads), host_pages_name[p->pages]);
	if (strcmp(p->place, "compact") || strcmp(p->mem, "local"))
		used += fprintf(out, ", %s, %s", p->place, p->mem);
	fputc(':', out);
	return (unsigned)used + 1;
}

static void print_job(const struct plan_point *p, unsigned *column, FILE *out)
{
	const bool scalar = !strcmp(p->bench->isa, "scalar");
	char word[160];

	snprintf(word, sizeof(word), "%s%s%s%s%s%s", p->bench->strategy,
		 scalar ? "" : "/", scalar ? "" : p->bench->isa,
		 p->arm ? "/" : "", p->arm ? p->arm : "",
		 p->placement ? "" : " (cannot run)");
	put_word(out, word, 10, column);
}

void plan_print_order(const struct plan *plan, bool all_blocks, FILE *out)
{
	const struct plan_job *last = NULL;
	unsigned column = 0;

	for (unsigned i = 0; i < plan->nr_jobs; i++) {
		const struct plan_job *job = &plan->jobs[i];
		const struct plan_point *p = &plan->points[job->point];

		if (!last || last->process != job->process) {
			if (last && !all_blocks)
				break;
			fprintf(out,
				"%s\nblock %u; what is compared runs side by "
				"side:",
				last ? "\n" : "", job->process + 1);
			last = NULL;
		}
		if (!last || plan->points[last->point].group != p->group) {
			fputc('\n', out);
			column = print_group(p, i + 1, out);
		}
		print_job(p, &column, out);
		last = job;
	}
	fputc('\n', out);
}
