/* plot_share.c - rows of huge_free_share, and what is set against time. */
#include "plot_share.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plot_share_beside(struct plot_chart *c, const struct plot_slice *s,
		       const struct plot_pick *pick)
{
	struct plot_pick share = *pick;
	char at[64], title[80];

	share.metric = PLOT_SHARE;
	if (!plot_next_ranked(s, &share, NULL))
		return;
	plot_panel_title(s, &share, at, sizeof(at));
	snprintf(title, sizeof(title), "huge left: %s", at);
	plot_chart_share_panel(c, title);
	for (const struct plot_point *p = s->first; p < s->end; p++)
		if (plot_picked_series(&share, p))
			plot_chart_add(c, p->series,
				       pick->threads ? (double)p->size
						     : (double)p->threads,
				       p);
}

/* Metrics of one name, but for the number at the end: how far it has come. */
void plot_share_add_course(struct plot_chart *c, const struct plot_slice *s,
			   const struct plot_point *start)
{
	struct plot_pick pick = { start->metric, start->threads, false,
				  start->size };
	const size_t name = strlen(start->metric) - strlen("000");
	char title[80];

	plot_panel_title(s, &pick, title, sizeof(title));
	plot_chart_share_panel(c, title);
	for (const struct plot_point *p = s->first; p < s->end; p++) {
		if (strncmp(p->metric, start->metric, name))
			continue;
		pick.metric = p->metric;
		if (plot_picked_series(&pick, p))
			plot_chart_add(c, p->series, atof(p->metric + name), p);
	}
}

/* The metric of what time is the time of; NULL: it was not measured. */
static const struct plot_point *metric_of(const struct plot_slice *s,
					  const struct plot_point *time,
					  const char *metric)
{
	struct plot_pick pick = { metric, time->threads, false, time->size };

	for (const struct plot_point *p = s->first; p < s->end; p++)
		if (p->series == time->series && plot_picked(&pick, p))
			return p;
	return NULL;
}

void plot_share_add_pareto(struct plot_chart *c, const struct plot_slice *s,
			   const struct plot_point *at)
{
	struct plot_pick pick = { at->metric, at->threads, false, at->size };
	double least = HUGE_VAL, most = -HUGE_VAL;
	const struct plot_point *p;
	char title[80];

	for_each_ranked (p, s, &pick) {
		least = fmin(least, p->value);
		most = fmax(most, p->value);
	}
	if (most <= least)
		return;
	pick.metric = "ns_per_op";
	plot_panel_title(s, &pick, title, sizeof(title));
	if (strcmp(at->metric, PLOT_SHARE))
		plot_chart_panel(c, title);
	else
		plot_chart_share_panel(c, title);
	for (p = s->first; p < s->end; p++) {
		const struct plot_point *other;

		if (!plot_picked_series(&pick, p))
			continue;
		other = metric_of(s, p, at->metric);
		if (other)
			plot_chart_add(c, p->series, p->value, other);
	}
}
