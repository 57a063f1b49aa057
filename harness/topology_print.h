/* topology_print.h - the parts that topology_print() is made of. */
#ifndef KMB_TOPOLOGY_PRINT_H
#define KMB_TOPOLOGY_PRINT_H

#include "topology.h"

#define TOPOLOGY_LIST_BYTES 512

/*
 * The CPUs of a node, by its index (all: node < 0): "0-1" when all that are
 * online are ours, else "0 of 0-1".
 */
void topology_list_cpus(const struct topology *t, int node, char *buf,
			size_t size);

/* What is usable, and what is not, by whose word. */
void topology_print_limits(const struct topology *t, FILE *out);

/* Latency and bandwidth of the nodes, as the firmware states them. */
void topology_print_hmat(const struct topology *t, FILE *out);

#endif
