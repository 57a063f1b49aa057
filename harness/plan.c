/* plan.c - the points of a run: the cases chosen, times their axes. */
#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan_axes.h"
#include "plan_order.h"
#include "plan_place.h"

/* One (place, mem, threads) resolved, once for all points that ask for it. */
struct plan_placement {
	char *place, *mem;
	unsigned threads;
	struct placement *placement; /* NULL: not on this machine */
	char why_not[256];
};

struct maker {
	struct plan *plan;
	const struct options *options;
	const struct topology *topology;
	struct plan_axes axes;
	struct plan_places places;
	int code;
};

static void *grow(void *array, unsigned nr, size_t bytes)
{
	/* Doubling at powers of two. */
	if (nr & (nr - 1))
		return array;
	array = realloc(array, (nr ? 2 * (size_t)nr : 1) * bytes);
	if (!array)
		abort();
	return array;
}

static struct plan_placement *placement_new(struct plan *plan,
					    const char *place, const char *mem,
					    unsigned threads)
{
	struct plan_placement *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	*p = (struct plan_placement){
		.place = strdup(place),
		.mem = strdup(mem),
		.threads = threads,
		.placement = calloc(1, sizeof(*p->placement)),
	};
	if (!p->place || !p->mem || !p->placement)
		abort();
	plan->placements = grow(plan->placements, plan->nr_placements,
				sizeof(*plan->placements));
	return plan->placements[plan->nr_placements++] = p;
}

/* The placement for these words; NULL: usage error, already printed. */
static const struct plan_placement *find_placement(struct maker *m,
						   const char *place,
						   const char *mem,
						   unsigned threads)
{
	struct plan_placement *p;
	int err;

	for (unsigned i = 0; i < m->plan->nr_placements; i++) {
		p = m->plan->placements[i];
		if (!strcmp(p->place, place) && !strcmp(p->mem, mem) &&
		    p->threads == threads)
			return p;
	}
	p = placement_new(m->plan, place, mem, threads);
	err = placement_resolve(p->placement, m->topology, place, mem, threads,
				p->why_not, sizeof(p->why_not));
	if (err) {
		free(p->placement);
		p->placement = NULL;
	}
	if (err == -EINVAL) {
		m->code = complain(EXIT_USAGE, "%s", p->why_not);
		return NULL;
	}
	return p;
}

/* Would it be measured on one node, where that has nothing to show? */
static bool lacks_nodes(const struct bench_case *bench,
			const struct plan_placement *p)
{
	return bench->several_nodes && p->placement &&
	       p->placement->nr_nodes < 2;
}

/* Why a case cannot be measured there; NULL: it can. */
static const char *find_obstacle(const struct bench_case *bench,
				 const struct plan_placement *p)
{
	const char *lacks = bench->unsupported ? bench->unsupported() : NULL;

	if (lacks)
		return lacks;
	if (!p->placement)
		return p->why_not;
	if (lacks_nodes(bench, p))
		return "one node where several are to be seen: threads on two "
		       "and --mem local or remote make them";
	return NULL;
}

static void add_point(struct maker *m, const struct bench_case *bench,
		      uint64_t size, unsigned threads, enum host_pages pages,
		      const char *place, const char *mem)
{
	const struct plan_placement *p = find_placement(m, place, mem, threads);
	struct plan *plan = m->plan;
	struct plan_point *point;
	const char *obstacle;

	if (!p)
		return;
	obstacle = find_obstacle(bench, p);
	plan->points =
		grow(plan->points, plan->nr_points, sizeof(*plan->points));
	point = &plan->points[plan->nr_points++];
	*point = (struct plan_point){
		.bench = bench,
		.point = { .size = size,
			   .threads = threads,
			   .memory = m->options->memory },
		.pages = pages,
		.place = p->place,
		.mem = p->mem,
		.placement = obstacle ? NULL : p->placement,
		.why_not = obstacle,
	};
}

/* An A/A run: every point once more, told apart by nothing but its arm. */
static void add_arms(struct plan *plan)
{
	unsigned nr = plan->nr_points;

	for (unsigned i = 0; i < nr; i++) {
		plan->points = grow(plan->points, plan->nr_points,
				    sizeof(*plan->points));
		plan->points[i].arm = "a";
		plan->points[plan->nr_points] = plan->points[i];
		plan->points[plan->nr_points++].arm = "b";
	}
}

/* Every (CPU's node, memory's node) pair of a machine that has several. */
static void add_node_pairs(struct maker *m, const struct bench_case *bench,
			   uint64_t size, unsigned threads,
			   enum host_pages pages)
{
	const struct topology *t = m->topology;

	for (unsigned c = 0; c < t->nr_nodes; c++)
		for (unsigned n = 0; n < t->nr_nodes; n++) {
			char place[64], mem[64];

			if (!t->nodes[c].nr_cpus || !t->nodes[n].memory_bytes)
				continue;
			snprintf(place, sizeof(place), "node:%u",
				 t->nodes[c].os);
			snprintf(mem, sizeof(mem), "bind:%u", t->nodes[n].os);
			add_point(m, bench, size, threads, pages, place, mem);
		}
}

static bool wants_node_pairs(const struct maker *m,
			     const struct bench_case *bench)
{
	unsigned with_memory = 0;

	for (unsigned n = 0; n < m->topology->nr_nodes; n++)
		with_memory += m->topology->nodes[n].memory_bytes > 0;
	return bench->node_pairs && with_memory > 1 &&
	       !strcmp(m->options->place, "compact") &&
	       !strcmp(m->options->mem, "local");
}

static void add_pages(struct maker *m, const struct bench_case *bench,
		      uint64_t size, const char *place, unsigned threads)
{
	const struct options *o = m->options;
	unsigned pages = o->pages ? 0 : bench->pages;

	for (int kind = 0; kind < NR_HOST_PAGES; kind++) {
		if (pages ? !(pages >> kind & 1)
			  : kind != (o->pages ? host_pages_parse(o->pages)
					      : HOST_PAGES_4K))
			continue;
		if (wants_node_pairs(m, bench))
			add_node_pairs(m, bench, size, threads,
				       (enum host_pages)kind);
		else
			add_point(m, bench, size, threads,
				  (enum host_pages)kind, place, o->mem);
	}
}

/*
 * Without those that would all be on one node, where that has nothing to show.
 * If nothing is left it is the first that says why.
 */
static void drop_one_node(struct maker *m, const struct bench_case *bench,
			  const char *place, struct plan_values *threads)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < threads->nr; i++) {
		const struct plan_placement *p = find_placement(
			m, place, m->options->mem, (unsigned)threads->v[i]);

		if (!p)
			return;
		if (!lacks_nodes(bench, p))
			threads->v[nr++] = threads->v[i];
	}
	if (threads->nr)
		threads->nr = nr ? nr : 1;
}

static void add_case_at(struct maker *m, const struct bench_case *bench,
			const struct plan_values *sizes,
			const struct plan_place *place)
{
	struct plan_values threads = { 0 };

	plan_add_threads(&m->axes, bench, place, &threads);
	if (!m->options->threads && bench->several_nodes)
		drop_one_node(m, bench, place->name, &threads);
	for (unsigned s = 0; s < sizes->nr; s++)
		for (unsigned t = 0; t < threads.nr && m->code == -1; t++)
			add_pages(m, bench, sizes->v[s], place->name,
				  (unsigned)threads.v[t]);
	free(threads.v);
}

static void add_case(struct maker *m, const struct bench_case *bench)
{
	struct plan_values sizes = { 0 };

	plan_add_sizes(&m->axes, bench, &sizes);
	for (unsigned i = 0; i < m->places.nr; i++)
		add_case_at(m, bench, &sizes, &m->places.v[i]);
	free(sizes.v);
}

/* Name what was asked for: each alone may match, all together do not. */
static int nothing_matches(const struct options *o)
{
	char asked[512] = "";
	const char *const values[][2] = { { "--filter", o->filter },
					  { "--threads", o->threads },
					  { "--size", o->size } };
	size_t used = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(values); i++)
		if (values[i][1] && used < sizeof(asked) - 1)
			used += (size_t)snprintf(
				asked + used, sizeof(asked) - used, " %s '%s'",
				values[i][0], values[i][1]);
	return complain(EXIT_NO_MATCH,
			"no case matches%s; kmembench list shows them", asked);
}

static int add_cases(struct maker *m, const struct selection *selection)
{
	unsigned nr;
	const struct bench_case *const *cases = selection_cases(selection, &nr);

	for (unsigned i = 0; i < nr && m->code == -1; i++)
		add_case(m, cases[i]);
	if (m->code == -1)
		m->code = plan_check_sizes(&m->axes, selection);
	if (m->code == -1 && !m->plan->nr_points)
		m->code = nothing_matches(m->options);
	return m->code;
}

int plan_make(struct plan *plan, const struct options *options,
	      const struct topology *topology)
{
	struct maker m = { .plan = plan,
			   .options = options,
			   .topology = topology,
			   .code = -1 };

	memset(plan, 0, sizeof(*plan));
	plan->selection = selection_new(options, false, &m.code);
	if (!plan->selection)
		return m.code;
	plan_axes_init(&m.axes, options, topology);
	m.code = plan_places_init(&m.places, options->place, topology);
	/* A malformed place or mem is said before what depends on it. */
	for (unsigned i = 0; i < m.places.nr && m.code == -1; i++)
		find_placement(&m, m.places.v[i].name, options->mem, 1);
	if (m.code == -1)
		m.code = plan_check_threads(&m.axes, &m.places, topology);
	if (m.code == -1)
		m.code = add_cases(&m, plan->selection);
	if (m.code == -1 && options->arms)
		add_arms(plan);
	if (m.code == -1)
		plan_order(plan, (unsigned)options->process_reps,
			   options->seed);
	plan_axes_free(&m.axes);
	plan_places_free(&m.places);
	if (m.code != -1)
		plan_free(plan);
	return m.code;
}

void plan_free(struct plan *plan)
{
	for (unsigned i = 0; i < plan->nr_placements; i++) {
		free(plan->placements[i]->place);
		free(plan->placements[i]->mem);
		free(plan->placements[i]->placement);
		free(plan->placements[i]);
	}
	selection_free(plan->selection);
	free(plan->placements);
	free(plan->points);
	free(plan->jobs);
	memset(plan, 0, sizeof(*plan));
}
