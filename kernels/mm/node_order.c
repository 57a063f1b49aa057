/* node_order.c - the nearest node first, then the next nearest. */
#include "node_order.h"

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

void node_order(uint8_t *order, unsigned nr_nodes, const uint8_t *distance,
		unsigned node)
{
	bool used[MAX_NUMNODES] = { false };

	for (unsigned i = 0; i < nr_nodes; i++) {
		order[i] = (uint8_t)next_node(used, nr_nodes, distance, node);
		used[order[i]] = true;
	}
}
