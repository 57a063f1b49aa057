/* plan.c - the points of a run and the order of its jobs. */
#include "plan.h"

#include <errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "plan_place.h"
#include "workload_group.h"

/* One (place, mem, threads) resolved, once for all points that ask for it. */
struct plan_placement {
	char place[64], mem[64];
	unsigned threads;
	struct placement *placement; /* NULL: not on this machine */
	char why_not[256];
};

struct values {
	unsigned nr;
	uint64_t *v;
};

struct maker {
	struct plan *plan;
	const struct options *options;
	const struct topology *topology;
	struct parse_range *sizes, *threads;
	unsigned nr_sizes, nr_threads;
	struct plan_places places;
	unsigned node_cpus;  /* of the node that has the most */
	uint64_t *size_used; /* how many points each item of --size made */
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

static void values_add(struct values *values, uint64_t value)
{
	for (unsigned i = 0; i < values->nr; i++)
		if (values->v[i] == value)
			return;
	values->v = grow(values->v, values->nr, sizeof(*values->v));
	values->v[values->nr++] = value;
}

/* The placement for these words; NULL: usage error, already printed. */
static const struct plan_placement *find_placement(struct maker *m,
						   const char *place,
						   const char *mem,
						   unsigned threads)
{
	struct plan *plan = m->plan;
	struct plan_placement *p;
	int err;

	for (unsigned i = 0; i < plan->nr_placements; i++) {
		p = plan->placements[i];
		if (!strcmp(p->place, place) && !strcmp(p->mem, mem) &&
		    p->threads == threads)
			return p;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		abort();
	plan->placements = grow(plan->placements, plan->nr_placements,
				sizeof(*plan->placements));
	plan->placements[plan->nr_placements++] = p;
	snprintf(p->place, sizeof(p->place), "%s", place);
	snprintf(p->mem, sizeof(p->mem), "%s", mem);
	p->threads = threads;
	p->placement = calloc(1, sizeof(*p->placement));
	if (!p->placement)
		abort();
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

static void add_point(struct maker *m, const struct bench_case *bench,
		      uint64_t size, unsigned threads, enum host_pages pages,
		      const char *place, const char *mem)
{
	const struct plan_placement *p = find_placement(m, place, mem, threads);
	const char *lacks = bench->unsupported ? bench->unsupported() : NULL;
	struct plan *plan = m->plan;
	struct plan_point *point;

	if (!p)
		return;
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
		.placement = lacks ? NULL : p->placement,
		.why_not = lacks ? lacks : p->why_not,
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

/* The case's own steps in the range, or the value itself. */
static void choose_sizes(struct maker *m, const struct bench_case *bench,
			 struct values *out)
{
	const struct bench_sizes *own = &bench->sizes;

	if (!m->sizes && m->options->preset->quick && bench->quick_sizes.nr)
		own = &bench->quick_sizes;
	if (!bench->sizes.nr)
		values_add(out, 0);
	else if (!m->sizes && m->options->group)
		values_add(out, group_size(m->options->group, bench));
	else if (!m->sizes)
		for (unsigned i = 0; i < own->nr; i++)
			values_add(out, own->v[i]);
	for (unsigned r = 0; r < m->nr_sizes; r++) {
		const struct parse_range *range = &m->sizes[r];
		unsigned before = out->nr;

		if (!range->range && range->low >= bench->size_min &&
		    range->low <= bench->size_max)
			values_add(out, range->low);
		for (unsigned i = 0; range->range && i < own->nr; i++)
			if (own->v[i] >= range->low && own->v[i] <= range->high)
				values_add(out, own->v[i]);
		m->size_used[r] += out->nr - before;
	}
}

static bool threads_fit(const struct bench_case *bench, uint64_t threads)
{
	unsigned min = bench->min_threads ? bench->min_threads : 1;
	unsigned max = bench->max_threads ? bench->max_threads : 1;
	unsigned step = bench->threads_step ? bench->threads_step : 1;

	return threads >= min && threads <= max && threads % step == 0;
}

/*
 * 1, the least that the case can, powers of two in full runs, and all CPUs of
 * the place. A group has those powers always, and as many as a whole node has.
 */
static void default_threads(struct maker *m, const struct bench_case *bench,
			    const struct plan_place *place, struct values *out)
{
	unsigned min = bench->min_threads ? bench->min_threads : 1;
	unsigned step = bench->threads_step ? bench->threads_step : 1;
	unsigned all = place->max_threads - place->max_threads % step;
	unsigned node = m->node_cpus - m->node_cpus % step;

	/* An unlocked strategy under a workload of two threads: never. */
	if (!threads_fit(bench, min))
		return;
	/* Even if there are too few CPUs: the row then says so. */
	values_add(out, min);
	if (m->options->group || !m->options->preset->quick)
		for (unsigned t = 2; t < all; t *= 2)
			if (threads_fit(bench, t))
				values_add(out, t);
	if (m->options->group && node < all && threads_fit(bench, node))
		values_add(out, node);
	if (threads_fit(bench, all))
		values_add(out, all);
}

/* What a smaller place has no room for is another's alone. */
/* Of a place without CPUs it is placement_resolve() that says why. */
static bool has_room(const struct plan_place *place, uint64_t threads)
{
	return !place->max_threads || threads <= place->max_threads;
}

static void choose_threads(struct maker *m, const struct bench_case *bench,
			   const struct plan_place *place, struct values *out)
{
	if (!m->threads)
		default_threads(m, bench, place, out);
	for (unsigned r = 0; r < m->nr_threads; r++) {
		const struct parse_range *range = &m->threads[r];

		for (uint64_t t = range->low;
		     t <= range->high && has_room(place, t); t *= 2)
			if (threads_fit(bench, t))
				values_add(out, t);
		if (has_room(place, range->high) &&
		    threads_fit(bench, range->high))
			values_add(out, range->high);
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

static void add_case_at(struct maker *m, const struct bench_case *bench,
			const struct values *sizes,
			const struct plan_place *place)
{
	struct values threads = { 0 };

	choose_threads(m, bench, place, &threads);
	for (unsigned s = 0; s < sizes->nr; s++)
		for (unsigned t = 0; t < threads.nr && m->code == -1; t++)
			add_pages(m, bench, sizes->v[s], place->name,
				  (unsigned)threads.v[t]);
	free(threads.v);
}

static void add_case(struct maker *m, const struct bench_case *bench)
{
	struct values sizes = { 0 };

	choose_sizes(m, bench, &sizes);
	for (unsigned i = 0; i < m->places.nr; i++)
		add_case_at(m, bench, &sizes, &m->places.v[i]);
	free(sizes.v);
}

/* --threads beyond what the placement has is a mistake worth a line. */
static int check_threads(const struct maker *m)
{
	for (unsigned r = 0; r < m->nr_threads; r++) {
		if (m->threads[r].low == 0)
			return complain(EXIT_USAGE,
					"--threads: '0' is not a number of "
					"threads from 1 to %u",
					m->places.max_threads);
		if (m->places.max_threads &&
		    m->threads[r].high > m->places.max_threads)
			return complain(EXIT_USAGE,
					"--threads: %llu is more than the %u "
					"CPUs of --place %s",
					(unsigned long long)m->threads[r].high,
					m->places.max_threads,
					m->options->place);
	}
	return -1;
}

/* What the chosen families would take, for the line about a bad --size. */
static void describe_sizes(const struct selection *selection, char *buf,
			   size_t bytes)
{
	unsigned nr;
	const struct bench_case *const *cases = selection_cases(selection, &nr);
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < nr; i++) {
		const struct bench_case *c = cases[i];
		char text[128];

		if (!c->sizes.nr)
			continue;
		snprintf(text, sizeof(text), "%s %s %llu to %llu", c->family,
			 c->size_unit, (unsigned long long)c->size_min,
			 (unsigned long long)c->size_max);
		if (strstr(buf, text) || used + strlen(text) + 3 > bytes)
			continue;
		used += (size_t)sprintf(buf + used, "%s%s", used ? ", " : "",
					text);
	}
}

static int check_sizes(const struct maker *m, const struct selection *selection)
{
	for (unsigned r = 0; r < m->nr_sizes; r++) {
		char range[64], right[512];

		if (m->size_used[r])
			continue;
		snprintf(range, sizeof(range),
			 m->sizes[r].range ? "%llu:%llu" : "%llu",
			 (unsigned long long)m->sizes[r].low,
			 (unsigned long long)m->sizes[r].high);
		describe_sizes(selection, right, sizeof(right));
		return complain(
			EXIT_USAGE,
			"--size: %s is out of range; right would be: %s", range,
			right);
	}
	return -1;
}

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

static void order_jobs(struct plan *plan, unsigned blocks, uint64_t seed)
{
	unsigned nr_groups = number_groups(plan), nr = plan->nr_points;
	unsigned *rank = malloc((nr_groups + 1) * sizeof(*rank));
	struct draw *draws = malloc((nr + 1) * sizeof(*draws));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	plan->jobs = malloc(((size_t)nr * blocks + 1) * sizeof(*plan->jobs));
	if (!rank || !draws || !rng || !plan->jobs)
		abort();
	gsl_rng_set(rng, seed);
	for (unsigned g = 0; g < nr_groups; g++)
		rank[g] = g;
	for (unsigned block = 0; block < blocks; block++) {
		unsigned runnable = 0;

		gsl_ran_shuffle(rng, rank, nr_groups, sizeof(*rank));
		for (unsigned i = 0; i < nr; i++) {
			/* What cannot run is said once, in the first block. */
			if (!plan->points[i].placement && block)
				continue;
			draws[runnable++] =
				(struct draw){ { i, block },
					       rank[plan->points[i].group] };
		}
		if (!runnable)
			break;
		gsl_ran_shuffle(rng, draws, runnable, sizeof(*draws));
		qsort(draws, runnable, sizeof(*draws), compare_draws);
		for (unsigned i = 0; i < runnable; i++)
			plan->jobs[plan->nr_jobs++] = draws[i].job;
	}
	gsl_rng_free(rng);
	free(rank);
	free(draws);
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
		m->code = check_sizes(m, selection);
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
	const char *bad;

	memset(plan, 0, sizeof(*plan));
	plan->selection = selection_new(options, false, &m.code);
	if (!plan->selection)
		return m.code;
	if (options->size)
		m.sizes = parse_list(options->size, &m.nr_sizes, &bad);
	if (options->threads)
		m.threads = parse_list(options->threads, &m.nr_threads, &bad);
	m.size_used = calloc(m.nr_sizes + 1, sizeof(*m.size_used));
	if (!m.size_used)
		abort();
	m.node_cpus = placement_max_threads(topology, "smp");
	m.code = plan_places_init(&m.places, options->place, topology);
	/* A malformed place or mem is said before what depends on it. */
	for (unsigned i = 0; i < m.places.nr && m.code == -1; i++)
		find_placement(&m, m.places.v[i].name, options->mem, 1);
	if (m.code == -1)
		m.code = check_threads(&m);
	if (m.code == -1)
		m.code = add_cases(&m, plan->selection);
	if (m.code == -1 && options->arms)
		add_arms(plan);
	if (m.code == -1)
		order_jobs(plan, (unsigned)options->process_reps,
			   options->seed);
	free(m.sizes);
	free(m.threads);
	free(m.size_used);
	plan_places_free(&m.places);
	if (m.code != -1)
		plan_free(plan);
	return m.code;
}

void plan_free(struct plan *plan)
{
	for (unsigned i = 0; i < plan->nr_placements; i++) {
		free(plan->placements[i]->placement);
		free(plan->placements[i]);
	}
	selection_free(plan->selection);
	free(plan->placements);
	free(plan->points);
	free(plan->jobs);
	memset(plan, 0, sizeof(*plan));
}
