/* plan_place.h - the places of a plan: what is behind --place=smp/scatter. */
#ifndef KMB_PLAN_PLACE_H
#define KMB_PLAN_PLACE_H

#include "topology.h"

#define PLAN_MAX_PLACES 8

struct plan_place {
	char *name;
	unsigned max_threads; /* 0: it is in error */
};

struct plan_places {
	unsigned nr;
	struct plan_place v[PLAN_MAX_PLACES];
	unsigned max_threads; /* of any of them */
};

/*
 * Those that text names, '/' between them. One that has the same CPUs in the
 * same order as an earlier one is left out, and said so on stderr. -1, or the
 * code to exit with, the line having been printed. To be freed in any case.
 */
int plan_places_init(struct plan_places *places, const char *text,
		     const struct topology *topology);
void plan_places_free(struct plan_places *places);

#endif
