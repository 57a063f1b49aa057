/* plot_slice.c - walk a part of the points, and name it. */
#include "plot_slice.h"

#include <stdio.h>
#include <string.h>

#include "plot_chart.h"

bool plot_picked(const struct plot_pick *pick, const struct plot_point *p)
{
	return !strcmp(p->metric, pick->metric) &&
	       (!pick->threads || p->threads == pick->threads) &&
	       (pick->any_size || p->size == pick->size);
}

/* Picked, and in a line of its own. An empty loop has no throughput. */
bool plot_picked_series(const struct plot_pick *pick,
			const struct plot_point *p)
{
	return p->series && plot_picked(pick, p) &&
	       (p->series->slot != PLOT_SLOT_NULL ||
		!strcmp(p->metric, "ns_per_op") ||
		!strncmp(p->metric, "latency_", 8));
}

/* The next point after p that is picked and no reference; NULL: none. */
const struct plot_point *plot_next_ranked(const struct plot_slice *s,
					  const struct plot_pick *pick,
					  const struct plot_point *p)
{
	for (p = p ? p + 1 : s->first; p < s->end; p++)
		if (plot_picked_series(pick, p) && !plot_is_reference(p))
			return p;
	return NULL;
}

struct plot_slice plot_next_workload(const struct plot_slice *group,
				     const struct plot_point *from)
{
	struct plot_slice s = { from, from };

	while (s.end < group->end &&
	       !strcmp(s.end->workload, s.first->workload))
		s.end++;
	return s;
}

bool plot_lone_workload(const struct plot_slice *group)
{
	return !strcmp(group->first->workload, group->end[-1].workload);
}

/* The words that all workloads of the group begin with; they are sorted. */
void plot_group_name(const struct plot_slice *group, char *buf, size_t size)
{
	const char *a = group->first->workload, *b = group->end[-1].workload;
	size_t length = 0;

	for (size_t i = 0;; i++) {
		bool a_word_ends = !a[i] || a[i] == '_' || a[i] == ':';
		bool b_word_ends = !b[i] || b[i] == '_' || b[i] == ':';

		if (a_word_ends && b_word_ends)
			length = i;
		if (a[i] != b[i] || !a[i])
			break;
	}
	snprintf(buf, size, "%.*s", (int)length, a);
}

bool plot_has_metric(const struct plot_slice *s, const char *metric)
{
	for (const struct plot_point *p = s->first; p < s->end; p++)
		if (!strcmp(p->metric, metric) && !plot_is_reference(p))
			return true;
	return false;
}

static bool has_several_sizes(const struct plot_slice *s)
{
	for (const struct plot_point *p = s->first; p < s->end; p++)
		if (p->size != s->first->size && !plot_is_reference(p))
			return true;
	return false;
}

static bool has_several_threads(const struct plot_slice *s)
{
	for (const struct plot_point *p = s->first; p < s->end; p++)
		if (p->threads != s->first->threads)
			return true;
	return false;
}

/* "pair (2 threads; order 0)": what is not plain from the axes. */
void plot_panel_title(const struct plot_slice *s, const struct plot_pick *pick,
		      char *buf, size_t size)
{
	bool sized = !pick->any_size && has_several_sizes(s);
	char threads[32] = "", at[64] = "";

	if (pick->threads > 1 || (pick->threads && has_several_threads(s)))
		snprintf(threads, sizeof(threads), "%u thread%s", pick->threads,
			 pick->threads > 1 ? "s" : "");
	if (sized)
		plot_format_size(pick->size, s->first->size_unit, at,
				 sizeof(at));
	if (*threads || *at)
		snprintf(buf, size, "%s (%s%s%s)", s->first->workload, threads,
			 *threads && *at ? "; " : "", at);
	else
		snprintf(buf, size, "%s", s->first->workload);
}
