/* node_order.h - in what order a node asks others for memory: by distance. */
#ifndef KMB_NODE_ORDER_H
#define KMB_NODE_ORDER_H

#include <stdint.h>

#include "mmzone.h"

/*
 * All nodes into order[nr_nodes], `node` itself first. distance[from * nr_nodes
 * + to] as in ACPI's SLIT, smaller is nearer; NULL: all others are equally far.
 * Of equally near nodes the next by number comes first, so that not all fall
 * back to node 0.
 */
void node_order(uint8_t *order, unsigned nr_nodes, const uint8_t *distance,
		unsigned node);

#endif
