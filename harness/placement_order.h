/*
 * placement_order.h - which CPUs a --place text means, in the threads' order;
 * private to placement*.c.
 */
#ifndef KMB_PLACEMENT_ORDER_H
#define KMB_PLACEMENT_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "../kernels/base/compiler.h"
#include "placement.h"

/* Of the lists in error lines. */
#define LIST_BYTES 96

/* CPUs as indexes into topology.cpus. */
struct order {
	unsigned nr;
	unsigned cpu[PLACEMENT_MAX_CPUS];
};

/* What a policy is resolved against, and where its error goes. */
struct request {
	const struct topology *t;
	char *error;
	size_t error_size;
};

/* As placement_resolve(). */
int placement_order(const struct request *r, const char *place,
		    struct order *order);

/* Write the error line; returns err. */
int request_refuse(const struct request *r, int err, const char *format, ...)
	printf_like(3, 4);
/* The N of "node:N" and "bind:N" as an index in topology.nodes, or -EINVAL. */
int request_one_node(const struct request *r, const char *option,
		     const char *text, const char *list);
/* Numbers of the nodes that have memory, or CPUs, for us. */
void request_list_nodes(const struct request *r, bool memory, char *buf,
			size_t size);

#endif
