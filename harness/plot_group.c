/* plot_group.c - which points become which lines of a group's chart. */
#include "plot_group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"

struct story {
	struct plot_chart *c;
	const struct plot_points *points;
	const char *places;
	struct plot_series *series;
	unsigned nr_series;
	int nr_slots;
	bool line; /* some series has two points */
};

static bool is_of(const struct plot_point *p, const struct group_case *g)
{
	return !strcmp(p->family, g->family) &&
	       !strcmp(p->strategy, g->strategy) &&
	       !strcmp(p->workload, g->workload) &&
	       !strcmp(p->metric, "ops_per_s");
}

/* One size of a case: the group's own if it was measured. */
static uint64_t choose_size(const struct plot_points *points,
			    const struct group_case *g)
{
	const struct plot_point *end = points->points + points->nr_points;
	const struct plot_point *first = NULL;

	for (const struct plot_point *p = points->points; p < end; p++) {
		if (!is_of(p, g))
			continue;
		if (p->size == g->size)
			return g->size;
		if (!first)
			first = p;
	}
	return first ? first->size : g->size;
}

/* Of the places that look like this one in brief, which is it by its text? */
static unsigned number_place(const char *place, const char *places)
{
	char brief[NUMBERS_BRIEF_BYTES], other_brief[NUMBERS_BRIEF_BYTES];
	const char *shown = numbers_brief(place, brief);
	char *copy = strdup(places), *rest = copy, *other;
	unsigned number = 1;

	if (!copy)
		abort();
	while ((other = strsep(&rest, "/")))
		number += !strcmp(numbers_brief(other, other_brief), shown) &&
			  strcmp(other, place) < 0;
	free(copy);
	return number;
}

/* The strategy and its place, numbered as plot_points.c does. */
static void make_label(struct plot_series *s, const char *places)
{
	const unsigned nr = number_place(s->like->place, places);
	char brief[NUMBERS_BRIEF_BYTES], number[16] = "";

	if (nr > 1)
		snprintf(number, sizeof(number), " #%u", nr);
	snprintf(s->label, sizeof(s->label), "%s %s%s", s->like->strategy,
		 numbers_brief(s->like->place, brief), number);
	plot_clean(s->label);
}

/* A strategy has one colour in all its places, and in all chapters. */
static struct plot_series *
find_series(struct story *s, const struct plot_point *p, unsigned place)
{
	struct plot_series *series = s->series;
	int slot = s->nr_slots;

	for (; series < s->series + s->nr_series; series++) {
		if (strcmp(series->like->family, p->family) ||
		    strcmp(series->like->strategy, p->strategy))
			continue;
		if (series->in_place == place)
			return series;
		slot = series->slot;
	}
	if (s->nr_series == PLOT_GROUP_SERIES)
		return NULL;
	s->nr_series++;
	s->nr_slots += slot == s->nr_slots;
	*series = (struct plot_series){ .like = p,
					.slot = slot,
					.in_place = place };
	make_label(series, s->places);
	return series;
}

/* The points of a case in the place that places begin with: a line. */
static void add_line(struct story *s, const struct group_case *g,
		     const char *places, unsigned number)
{
	const struct plot_point *end = s->points->points + s->points->nr_points;
	const uint64_t size = choose_size(s->points, g);
	const size_t length = strcspn(places, "/");
	unsigned nr = 0;

	for (const struct plot_point *p = s->points->points; p < end; p++) {
		const struct plot_series *series;

		if (!is_of(p, g) || p->size != size ||
		    strlen(p->place) != length ||
		    strncmp(p->place, places, length))
			continue;
		series = find_series(s, p, number);
		if (!series)
			return;
		plot_chart_add(s->c, series, p->threads, p);
		s->line |= ++nr == 2;
	}
}

/* "one lock for all: contend; larson" */
static void make_title(const struct group_chapter *chapter, char *title,
		       size_t size)
{
	const struct group_case *g = chapter->cases;
	size_t used = (size_t)snprintf(title, size, "%s", chapter->title);

	for (unsigned i = 0; g[i].family && used < size; i++) {
		unsigned k = 0;

		while (strcmp(g[k].workload, g[i].workload))
			k++;
		if (k == i)
			used += (size_t)snprintf(
				title + used, size - used, "%s%.*s",
				i ? "; " : ": ",
				(int)strcspn(g[i].workload, "@"),
				g[i].workload);
	}
}

static void add_chapter(struct story *s, const struct group_chapter *chapter)
{
	unsigned before = s->c->nr_rows;
	char title[80];

	make_title(chapter, title, sizeof(title));
	plot_chart_panel(s->c, title);
	for (const struct group_case *g = chapter->cases; g->family; g++) {
		const char *at = s->places;

		for (unsigned number = 1; at; number++) {
			add_line(s, g, at, number);
			at = strchr(at, '/');
			at += !!at;
		}
	}
	if (s->c->nr_rows == before)
		s->c->nr_panels--;
}

void plot_group_add(struct plot_chart *c, const struct plot_points *points,
		    const struct workload_group *group, const char *places,
		    struct plot_series series[PLOT_GROUP_SERIES])
{
	struct story s = {
		.c = c, .points = points, .places = places, .series = series
	};

	for (unsigned i = 0; i < group->nr_chapters; i++)
		add_chapter(&s, &group->chapters[i]);
	if (!s.line)
		c->nr_rows = 0;
}
