/* zonelist.c - order all zones for one node and one kind of request. */
#include "zonelist.h"

#include "../mm/node_order.h"

void zonelist_build(struct zonelist *list, struct zone_state *const *zones,
		    unsigned nr_nodes, const uint8_t *distance, unsigned node,
		    gfp_t zonemask)
{
	uint8_t order[MAX_NUMNODES];
	unsigned nr = 0;

	node_order(order, nr_nodes, distance, node);
	list->classzone = gfp_zone(zonemask);
	for (unsigned i = 0; i < nr_nodes; i++) {
		for (int type = gfp_zone(zonemask); type >= ZONE_DMA; type--) {
			struct zone_state *zone =
				zones[zone_id(order[i], (unsigned)type)];

			if (!zone)
				continue;
			if (!nr)
				list->classzone = (enum zone_type)type;
			list->zones[nr++] = zone;
		}
	}
	list->zones[nr] = NULL;
}
