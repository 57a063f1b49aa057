/* plan_print.c - what would run, in which order, how long: for people. */
#include "plan_print.h"

#include <stdlib.h>
#include <string.h>

#include "plan_cost.h"
#include "workload_group.h"

#define WIDTH 79

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
				plan_plural(nr), p->why_not);
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
		plan_plural(last->point.threads), last->point.threads,
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
	struct plan_cost cost = { 0 };
	char time[32], name[128];

	for (unsigned i = 0; i < plan->nr_points; i++)
		if (same_workload(first, &plan->points[i]))
			plan_cost_add(&cost, &plan->points[i], o, t, estimate);
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
	struct plan_cost all = { 0 };

	for (unsigned i = 0; i < plan->nr_points; i++)
		plan_cost_add(&all, &plan->points[i], o, t, estimate);
	plan_cost_print(&all, o, t, estimate, out);
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
			plan_plural(p->point.threads),
			host_pages_name[p->pages]);
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
