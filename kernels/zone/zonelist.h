/*
 * zonelist.h - the zones that a request may be served from, best first (Linux
 * 2.6.11, mm/page_alloc.c): all of the node's own, HIGHMEM, NORMAL, DMA, then
 * all of the next nearest node's, and so on.
 */
#ifndef KMB_ZONE_ZONELIST_H
#define KMB_ZONE_ZONELIST_H

#include "gfp.h"

#include "../mm/node_order.h"

struct zone_state;

struct zonelist {
	enum zone_type classzone; /* of the first zone, if there is any */
	/* Ends with NULL; zones without pages are left out. */
	struct zone_state *zones[MAX_NUMNODES * MAX_NR_ZONES + 1];
};

/* Index of a zone in arrays of all zones. */
forceinline unsigned zone_id(unsigned node, unsigned type)
{
	return node * MAX_NR_ZONES + type;
}

/* The highest zone that may serve `gfp`; with both bits the one that does for
 * either, DMA. */
forceinline enum zone_type gfp_zone(gfp_t gfp)
{
	return gfp & GFP_DMA	   ? ZONE_DMA
	       : gfp & GFP_HIGHMEM ? ZONE_HIGHMEM
				   : ZONE_NORMAL;
}

/*
 * The list of `node` for requests with these GFP_ZONEMASK bits. zones is by
 * zone_id(), NULL: no such zone; distance as node_order() takes it.
 */
void zonelist_build(struct zonelist *list, struct zone_state *const *zones,
		    unsigned nr_nodes, const uint8_t *distance, unsigned node,
		    gfp_t zonemask);

#endif
