/* zonelist.c - order all zones for one node and one kind of request. */
#include "zonelist.h"

#include <stdbool.h>

/* The nearest node not yet used; the own one is the nearest of all. */
static unsigned next_node(const bool *used, unsigned nr_nodes,
			  const uint8_t *distance, unsigned node)
{
	unsigned best = nr_nodes, best_distance = 0;

	if (!used[node])
		return node;
	for (unsigned i = 1; i < nr_nodes; i++) {
		unsigned n = (node + i) % nr_nodes;
		unsigned d = distance ? distance[node * nr_nodes + n] : 0;

		if (used[n] || (best < nr_nodes && d >= best_distance))
			continue;
		best = n;
		best_distance = d;
	}
	return best;
}

void zonelist_build(struct zonelist *list, struct zone_state *const *zones,
		    unsigned nr_nodes, const uint8_t *distance, unsigned node,
		    gfp_t zonemask)
{
	bool used[MAX_NUMNODES] = { false };
	unsigned nr = 0;

	list->classzone = gfp_zone(zonemask);
	for (unsigned i = 0; i < nr_nodes; i++) {
		unsigned n = next_node(used, nr_nodes, distance, node);

		used[n] = true;
		for (int type = gfp_zone(zonemask); type >= ZONE_DMA; type--) {
			struct zone_state *zone =
				zones[zone_id(n, (unsigned)type)];

			if (!zone)
				continue;
			if (!nr)
				list->classzone = (enum zone_type)type;
			list->zones[nr++] = zone;
		}
	}
	list->zones[nr] = NULL;
}
