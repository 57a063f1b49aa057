/* plot_numa.c - which pairs of nodes become cells. */
#include "plot_numa.h"

#include <stdio.h>
#include <string.h>

static bool same_surface(const struct plot_point *a, const struct plot_point *b)
{
	return !strcmp(a->strategy, b->strategy) && !strcmp(a->isa, b->isa) &&
	       !strcmp(a->pages, b->pages);
}

static bool has_several_pairs(const struct plot_slice *s)
{
	const struct plot_point *pair = NULL;

	for (const struct plot_point *p = s->first; p < s->end; p++) {
		if (p->cpu_node < 0)
			continue;
		if (pair && (pair->cpu_node != p->cpu_node ||
			     pair->memory_node != p->memory_node))
			return true;
		pair = p;
	}
	return false;
}

void plot_numa_add(struct plot_chart *c, const struct plot_slice *s,
		   const struct plot_series *nodes)
{
	struct plot_pick pick = { c->metric, 0, true, 0 };
	bool bytes = !strcmp(c->metric, "bytes_per_s");
	const struct plot_point *p, *best = NULL, *last = NULL;
	char title[80];

	for (p = s->first; p < s->end; p++)
		if (p->cpu_node >= 0 && plot_picked(&pick, p) &&
		    (!best || p->size > best->size ||
		     (p->size == best->size &&
		      (bytes ? p->threads > best->threads
			     : p->threads < best->threads))))
			best = p;
	if (!best || !has_several_pairs(s))
		return;
	pick.threads = best->threads;
	pick.any_size = false;
	pick.size = best->size;
	for (p = s->first; p < s->end; p++) {
		if (p->memory_node < 0 || p->memory_node >= PLOT_MAX_NODES ||
		    !plot_picked(&pick, p))
			continue;
		if (!last || !same_surface(last, p)) {
			snprintf(title, sizeof(title), "%s %s (%s pages)",
				 p->strategy, p->isa, p->pages);
			plot_chart_panel(c, title);
		}
		plot_chart_add(c, &nodes[p->memory_node], p->cpu_node, p);
		last = p;
	}
}
