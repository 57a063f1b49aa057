/* plan_place.c - take --place apart, and find places that are the same. */
#include "plan_place.h"

#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "placement.h"

/* The CPUs are there even where no memory can be had for them. */
static void resolve(struct placement *p, const struct topology *t,
		    const struct plan_place *place)
{
	char error[512];

	placement_resolve(p, t, place->name, "local", place->max_threads, error,
			  sizeof(error));
}

static bool same_cpus(const struct topology *t, const struct plan_place *a,
		      const struct plan_place *b)
{
	struct placement of_a, of_b;

	if (!a->max_threads || a->max_threads != b->max_threads)
		return false;
	resolve(&of_a, t, a);
	resolve(&of_b, t, b);
	return !memcmp(of_a.cpu, of_b.cpu, a->max_threads * sizeof(*of_a.cpu));
}

static void add_place(struct plan_places *places, const char *name,
		      size_t length, const struct topology *t)
{
	struct plan_place *place = &places->v[places->nr];

	place->name = strndup(name, length);
	if (!place->name)
		abort();
	place->max_threads = placement_max_threads(t, place->name);
	for (unsigned i = 0; i < places->nr; i++)
		if (same_cpus(t, &places->v[i], place)) {
			complain(0,
				 "--place: %s and %s are the same CPUs in the "
				 "same order here; measured once, as %s",
				 places->v[i].name, place->name,
				 places->v[i].name);
			free(place->name);
			return;
		}
	if (place->max_threads > places->max_threads)
		places->max_threads = place->max_threads;
	places->nr++;
}

int plan_places_init(struct plan_places *places, const char *text,
		     const struct topology *t)
{
	*places = (struct plan_places){ 0 };
	for (const char *at = text;; at++) {
		const size_t length = strcspn(at, "/");

		if (places->nr == PLAN_MAX_PLACES)
			return complain(EXIT_USAGE,
					"--place: '%s': more than %u places",
					text, PLAN_MAX_PLACES);
		add_place(places, at, length, t);
		at += length;
		if (!*at)
			return -1;
	}
}

void plan_places_free(struct plan_places *places)
{
	while (places->nr)
		free(places->v[--places->nr].name);
}
