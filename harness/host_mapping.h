/* host_mapping.h - what host_numa.c maps; host_verify.c and hold.c look at it.
 */
#ifndef KMB_HOST_MAPPING_H
#define KMB_HOST_MAPPING_H

#include "../kernels/base/list.h"
#include "../kernels/mm/mmzone.h"
#include "host_numa.h"

/* One bind: [start, end) of its mapping as asked for; a later one wins. */
struct host_range {
	uint64_t start, end;
	uint64_t nodes;
};

struct host_mapping {
	struct list_head link;
	char *addr;
	uint64_t bytes, room; /* asked for; rounded up to host pages */
	enum host_pages pages;
	struct host_range *ranges;
	unsigned nr_ranges;
};

struct host_numa {
	struct host_memory memory;
	enum host_pages wanted;
	unsigned nr_nodes;
	uint64_t host_nodes[MAX_NUMNODES];

	uint64_t limit;			   /* bytes that can ever be had */
	uint64_t node_bytes[MAX_NUMNODES]; /* the same, by host node */
	/* Free hugetlb pages at the start, by kind and host node. */
	uint64_t pool[NR_HOST_PAGES][MAX_NUMNODES];

	struct list_head mappings;
	char pages_reason[80], bind_reason[80]; /* the first of each */
};

/* A range in whole host pages of its mapping. */
static inline struct host_range host_round(const struct host_mapping *m,
					   const struct host_range *range)
{
	uint64_t step = host_pages_bind_bytes(m->pages);

	return (struct host_range){ range->start / step * step,
				    (range->end + step - 1) / step * step,
				    range->nodes };
}

/* The last bind that covers this offset; 0: none, and any node is right. */
static inline uint64_t host_bound_nodes(const struct host_mapping *m,
					uint64_t offset)
{
	for (unsigned i = m->nr_ranges; i-- > 0;) {
		struct host_range r = host_round(m, &m->ranges[i]);

		if (offset >= r.start && offset < r.end)
			return r.nodes;
	}
	return 0;
}

#endif
