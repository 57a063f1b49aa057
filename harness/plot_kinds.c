/* plot_kinds.c - choose points for each kind of chart, and write the charts. */
#include "plot_kinds.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/bench.h"
#include "../kernels/base/compiler.h"
#include "plot_group.h"
#include "plot_numa.h"
#include "plot_share.h"
#include "plot_slice.h"

/* With all objects in use; with few that are left, and the cache shrunk. */
#define PLOT_HELD "held_per_live_byte"
#define PLOT_HELD_SHRUNK PLOT_HELD "_shrunk"
/* What a structure costs, or makes others do: drawn against size. */
static const struct {
	const char *metric, *kind, *what;
} structures[] = {
	{ "table_bytes_per_page", "tables", "bytes of tables per mapped page" },
	{ "bytes_per_mapping", "memory", "bytes of what is kept per mapping" },
	{ "visited_per_mapping", "visited", "looked at per mapping found" },
	{ "links_per_process", "links", "links per process" },
};

static void add_panel(struct plot_chart *c, const struct plot_slice *s,
		      const struct plot_pick *pick, const char *title)
{
	plot_chart_panel(c, title);
	for (const struct plot_point *p = s->first; p < s->end; p++)
		if (plot_picked_series(pick, p))
			plot_chart_add(c, p->series,
				       pick->threads ? (double)p->size
						     : (double)p->threads,
				       p);
	plot_share_beside(c, s, pick);
}

/* One point each, if there are two strategies to compare. */
static void add_latency_at(struct plot_chart *c, const struct plot_slice *s,
			   const struct plot_point *at)
{
	struct plot_pick pick = { "ns_per_op", at->threads, false, at->size };
	const struct plot_point *p;
	char title[80];
	bool two = false;

	for_each_ranked (p, s, &pick)
		two |= strcmp(p->strategy, at->strategy) != 0;
	if (!two)
		return;
	plot_panel_title(s, &pick, title, sizeof(title));
	add_panel(c, s, &pick, title);
}

/*
 * What a distribution consists of, and what x stands for it: the share of the
 * samples that are not above it, and 0 for the timer alone.
 */
static const struct {
	const char *metric;
	double x;
} spread[] = {
	{ "latency_timer_ns", 0 },    { "latency_p50_ns", 50 },
	{ "latency_p90_ns", 90 },     { "latency_p99_ns", 99 },
	{ "latency_p99_9_ns", 99.9 }, { "latency_max_ns", 100 },
};

/* The rows of a series side by side: its line goes from one to the next. */
static void add_spread(struct plot_chart *c, const struct plot_slice *s,
		       struct plot_pick pick, const struct plot_series *series)
{
	for (unsigned i = 0; i < ARRAY_SIZE(spread); i++) {
		pick.metric = spread[i].metric;
		for (const struct plot_point *p = s->first; p < s->end; p++)
			if (p->series == series && plot_picked(&pick, p))
				plot_chart_add(c, series, spread[i].x, p);
	}
}

static void add_distribution_at(struct plot_chart *c,
				const struct plot_slice *s,
				const struct plot_point *at)
{
	struct plot_pick pick = { at->metric, at->threads, false, at->size };
	char title[80];

	plot_panel_title(s, &pick, title, sizeof(title));
	plot_chart_panel(c, title);
	for (const struct plot_point *p = s->first; p < s->end; p++)
		if (plot_picked_series(&pick, p))
			add_spread(c, s, pick, p->series);
}

/*
 * With the fewest threads that a strategy was measured with and, if there is
 * room, with the most; at the smallest size each.
 */
static void add_smallest(struct plot_chart *c, const struct plot_slice *s,
			 bool room, const char *metric,
			 void (*add)(struct plot_chart *c,
				     const struct plot_slice *s,
				     const struct plot_point *at))
{
	struct plot_pick pick = { metric, 0, true, 0 };
	const struct plot_point *p, *fewest = NULL, *most = NULL;

	for_each_ranked (p, s, &pick) {
		if (!fewest || p->threads < fewest->threads ||
		    (p->threads == fewest->threads && p->size < fewest->size))
			fewest = p;
		if (!most || p->threads > most->threads ||
		    (p->threads == most->threads && p->size < most->size))
			most = p;
	}
	if (!fewest)
		return;
	add(c, s, fewest);
	if (room && most->threads > fewest->threads)
		add(c, s, most);
}

/* Does a series have this many points? The points of one lie together. */
static bool has_points(const struct plot_slice *s, const struct plot_pick *pick,
		       unsigned nr)
{
	const struct plot_point *p, *last = NULL;
	unsigned run = 0;

	for_each_ranked (p, s, pick) {
		run = last && last->series == p->series ? run + 1 : 1;
		if (run >= nr)
			return true;
		last = p;
	}
	return false;
}

static void add_sizes(struct plot_chart *c, const struct plot_slice *s,
		      bool alone)
{
	struct plot_pick pick = { c->metric, 0, true, 0 };
	unsigned fewest = 0, most = 0;
	const struct plot_point *p;
	char title[80];

	for_each_ranked (p, s, &pick) {
		if (!fewest || p->threads < fewest)
			fewest = p->threads;
		if (p->threads > most)
			most = p->threads;
	}
	pick.threads = fewest;
	if (!fewest || !has_points(s, &pick, 3))
		return;
	plot_panel_title(s, &pick, title, sizeof(title));
	add_panel(c, s, &pick, title);
	/* A workload by itself has room for a panel with all threads. */
	pick.threads = most;
	if (!alone || most == fewest || !has_points(s, &pick, 3))
		return;
	plot_panel_title(s, &pick, title, sizeof(title));
	add_panel(c, s, &pick, title);
}

/*
 * At the smallest size, where the algorithm is all there is; if the size is
 * one of memory at the largest, where the threads share what lies beyond the
 * caches.
 */
static void add_scaling(struct plot_chart *c, const struct plot_slice *s)
{
	struct plot_pick pick = { c->metric, 0, true, 0 };
	bool bytes = !strcmp(s->first->size_unit, "bytes");
	const struct plot_point *p, *best = NULL;
	char title[80];

	for_each_ranked (p, s, &pick)
		if (!best ||
		    (bytes ? p->size > best->size : p->size < best->size))
			best = p;
	if (!best)
		return;
	pick.any_size = false;
	pick.size = best->size;
	if (!has_points(s, &pick, 2))
		return;
	plot_panel_title(s, &pick, title, sizeof(title));
	add_panel(c, s, &pick, title);
}

struct writer {
	const struct plot_context *context;
	struct plot_names *names;
	char *error;
	size_t error_size;
};

static bool name_taken(const struct plot_names *names, const char *name)
{
	for (unsigned i = 0; i < names->nr; i++)
		if (!strcmp(names->names[i], name))
			return true;
	return false;
}

static int add_name(struct plot_names *names, const char *name)
{
	void *grown =
		realloc(names->names, (names->nr + 1) * sizeof(*names->names));

	if (!grown)
		return -ENOMEM;
	names->names = grown;
	strcpy(names->names[names->nr++], name);
	return 0;
}

/* FAMILY-WORKLOADS-KIND, of letters that every file system takes. */
static void make_name(struct plot_chart *c, const struct plot_point *first,
		      const char *workloads, const char *unit)
{
	snprintf(c->name, sizeof(c->name), "%s-%s%s%s-%s", first->family,
		 workloads, unit ? "-" : "", unit ? unit : "", c->kind);
	for (char *i = c->name; *i; i++)
		if (!isalnum((unsigned char)*i) && !strchr("-_.", *i))
			*i = '_';
}

/* Name and write a chart, if there is anything in it, and forget it. */
static int finish(struct writer *w, struct plot_chart *c,
		  const struct plot_slice *group, const char *what)
{
	char workloads[80];
	int err = 0;

	if (c->nr_rows || c->failed) {
		plot_group_name(group, workloads, sizeof(workloads));
		snprintf(c->title, sizeof(c->title), "%s %s: %s",
			 group->first->family, workloads, what);
		make_name(c, group->first, workloads, NULL);
		if (name_taken(w->names, c->name))
			make_name(c, group->first, workloads,
				  group->first->size_unit);
		err = plot_chart_write(c, w->context, w->error, w->error_size);
		if (!err)
			err = add_name(w->names, c->name);
	}
	plot_chart_free(c);
	return err;
}

static int write_latency(struct writer *w, const struct plot_slice *group)
{
	struct plot_chart c = { .kind = "latency",
				.metric = "ns_per_op",
				.x_unit = group->first->size_unit };
	struct plot_slice s;
	unsigned nr = 0;

	for_each_workload (s, group)
		nr++;
	for_each_workload (s, group)
		add_smallest(&c, &s, nr <= 2, "ns_per_op", add_latency_at);
	return finish(w, &c, group, "time by strategy");
}

static int write_distribution(struct writer *w, const struct plot_slice *group)
{
	struct plot_chart c = { .kind = "distribution",
				.metric = "ns_per_op",
				.x_unit = "percentile",
				.no_intervals = true };
	struct plot_slice s;
	unsigned nr = 0;

	for_each_workload (s, group)
		nr += plot_has_metric(&s, "latency_p50_ns");
	for_each_workload (s, group)
		add_smallest(&c, &s, nr <= 2, "latency_p50_ns",
			     add_distribution_at);
	return finish(w, &c, group, "how single operations are spread");
}

static bool has_bandwidth(const struct plot_slice *group)
{
	return !strcmp(group->first->size_unit, "bytes") &&
	       plot_has_metric(group, "bytes_per_s");
}

static int write_course(struct writer *w, const struct plot_slice *group,
			const char *start, const char *x_unit, const char *what)
{
	struct plot_chart c = { .kind = "fragmentation",
				.metric = PLOT_SHARE,
				.x_unit = x_unit,
				.no_intervals = true };
	struct plot_slice s;

	for_each_workload (s, group)
		add_smallest(&c, &s, true, start, plot_share_add_course);
	return finish(w, &c, group, what);
}

static int write_fragmentation(struct writer *w, const struct plot_slice *group)
{
	int err = write_course(w, group, PLOT_SHARE_FIRST_ROUND, "round",
			       "huge frames left, over the rounds");

	if (!err)
		err = write_course(w, group, PLOT_SHARE_FIRST_EVENT,
				   "% of the trace",
				   "huge frames left, over the trace");
	return err;
}

static int write_pareto_of(struct writer *w, const struct plot_slice *group,
			   const char *metric, const char *what)
{
	struct plot_chart c = { .kind = "pareto",
				.metric = metric,
				.x_unit = "time",
				.no_intervals = true };
	struct plot_slice s;

	for_each_workload (s, group)
		add_smallest(&c, &s, true, metric, plot_share_add_pareto);
	return finish(w, &c, group, what);
}

/* A family has one kind of them. */
static int write_pareto(struct writer *w, const struct plot_slice *group)
{
	if (plot_has_metric(group, PLOT_HELD_SHRUNK))
		return write_pareto_of(w, group, PLOT_HELD_SHRUNK,
				       "speed against memory held, shrunk");
	if (plot_has_metric(group, PLOT_HELD))
		return write_pareto_of(w, group, PLOT_HELD,
				       "speed against memory held");
	return write_pareto_of(w, group, PLOT_SHARE,
			       "speed against huge frames left");
}

/* Bytes of addresses fill no cache: it is their tables that do. */
static const char *size_axis(const struct plot_slice *group)
{
	if (!strcmp(group->first->family, "pgtable"))
		return "span of addresses";
	return group->first->size_unit;
}

static int write_size(struct writer *w, const struct plot_slice *group)
{
	bool bytes = has_bandwidth(group);
	struct plot_chart c = { .kind = "size",
				.metric = bytes ? "bytes_per_s" : "ns_per_op",
				.x_unit = size_axis(group) };
	struct plot_slice s;

	for_each_workload (s, group)
		add_sizes(&c, &s, plot_lone_workload(group));
	return finish(w, &c, group,
		      bytes ? "bandwidth against size" : "time against size");
}

static int write_structures(struct writer *w, const struct plot_slice *group)
{
	struct plot_slice s;
	int err = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(structures) && !err; i++) {
		struct plot_chart c = { .kind = structures[i].kind,
					.script = "size",
					.metric = structures[i].metric,
					.x_unit = size_axis(group),
					.no_intervals = true };

		for_each_workload (s, group)
			if (plot_has_metric(&s, c.metric))
				add_sizes(&c, &s, false);
		err = finish(w, &c, group, structures[i].what);
	}
	return err;
}

/* Workloads that differ in how much of a thing there is: who is the fastest,
 * for so much and each size. */
static int write_crossover(struct writer *w, const struct plot_slice *group)
{
	struct plot_chart c = { .kind = "crossover",
				.metric = "ns_per_op",
				.x_unit = group->first->size_unit,
				.no_intervals = true };
	struct plot_slice s;

	if (strncmp(group->first->workload, "fork@", strlen("fork@")) ||
	    plot_lone_workload(group))
		return 0;
	for_each_workload (s, group) {
		struct plot_pick pick = { c.metric, 1, true, 0 };
		const struct plot_point *p;

		plot_chart_panel(&c, bench_variant(s.first->workload));
		for_each_ranked (p, &s, &pick)
			plot_chart_add(&c, p->series, (double)p->size, p);
	}
	return finish(w, &c, group,
		      "who is the fastest, by pages copied and children");
}

static int write_scaling(struct writer *w, const struct plot_slice *group)
{
	bool bytes = has_bandwidth(group);
	struct plot_chart c = { .kind = "scaling",
				.metric = bytes ? "bytes_per_s" : "ops_per_s",
				.x_unit = "threads" };
	struct plot_slice s;

	for_each_workload (s, group)
		add_scaling(&c, &s);
	return finish(w, &c, group, "throughput against threads");
}

static int write_numa(struct writer *w, const struct plot_slice *workload)
{
	bool bytes = has_bandwidth(workload);
	struct plot_chart c = { .kind = "numa",
				.metric = bytes ? "bytes_per_s" : "ns_per_op",
				.x_unit = "node",
				.no_intervals = true };
	struct plot_series *nodes = calloc(PLOT_MAX_NODES, sizeof(*nodes));
	char what[128] = "", size[64];
	int err;

	if (!nodes) {
		snprintf(w->error, w->error_size, "charts: out of memory");
		return -ENOMEM;
	}
	for (unsigned i = 0; i < PLOT_MAX_NODES; i++)
		snprintf(nodes[i].label, sizeof(nodes[i].label), "%u", i);
	plot_numa_add(&c, workload, nodes);
	if (c.nr_rows) {
		const struct plot_point *p = c.rows[0].point;

		plot_format_size(p->size, p->size_unit, size, sizeof(size));
		snprintf(what, sizeof(what), "%s by node (%u thread%s; %s)",
			 bytes ? "bandwidth" : "time", p->threads,
			 p->threads > 1 ? "s" : "", size);
	}
	err = finish(w, &c, workload, what);
	free(nodes);
	return err;
}

static int write_group(struct writer *w, const struct plot_slice *group)
{
	struct plot_slice s;
	int err = write_latency(w, group);

	if (!err)
		err = write_distribution(w, group);
	if (!err)
		err = write_fragmentation(w, group);
	if (!err)
		err = write_pareto(w, group);
	if (!err)
		err = write_size(w, group);
	if (!err)
		err = write_structures(w, group);
	if (!err)
		err = write_crossover(w, group);
	if (!err)
		err = write_scaling(w, group);
	for_each_workload (s, group)
		if (!err)
			err = write_numa(w, &s);
	return err;
}

/* Of all families at once, in the order in which the group tells it. */
static int write_story(struct writer *w, const struct plot_points *points)
{
	const struct workload_group *group = w->context->group;
	struct plot_chart c = { .kind = "scaling",
				.metric = "ops_per_s",
				.x_unit = "threads",
				.node_end = true };
	struct plot_series series[PLOT_GROUP_SERIES];
	int err = 0;

	snprintf(c.name, sizeof(c.name), "%s", group->name);
	snprintf(c.title, sizeof(c.title), "%s: %s", group->name, group->what);
	plot_group_add(&c, points, group, w->context->places, series);
	if (c.nr_rows || c.failed) {
		err = plot_chart_write(&c, w->context, w->error, w->error_size);
		if (!err)
			err = add_name(w->names, c.name);
	}
	plot_chart_free(&c);
	return err;
}

int plot_kinds_write(const struct plot_points *points,
		     const struct plot_context *context,
		     struct plot_names *names, char *error, size_t error_size)
{
	const struct plot_point *end = points->points + points->nr_points;
	struct writer w = { context, names, error, error_size };
	struct plot_slice group = { points->points, points->points };

	if (context->group) {
		int err = write_story(&w, points);

		if (err)
			return err;
	}
	for (; group.first < end; group.first = group.end) {
		int err;

		while (group.end < end &&
		       group.end->group == group.first->group &&
		       !strcmp(group.end->family, group.first->family))
			group.end++;
		err = write_group(&w, &group);
		if (err)
			return err;
	}
	return 0;
}
