/*
 * host_numa.h - host memory bound to nodes, in the host pages asked for, and
 * the check afterwards that it is where and what it should be.
 */
#ifndef KMB_HOST_NUMA_H
#define KMB_HOST_NUMA_H

#include <stdbool.h>
#include <stdint.h>

#include "../kernels/mm/host_memory.h"
#include "host_pages.h"

struct host_numa;

/*
 * host_nodes[i]: host nodes of simulated node i as in struct placement, copied.
 * NULL when out of memory. One thread may map, bind and unmap at a time.
 */
struct host_numa *host_numa_new(enum host_pages pages,
				const uint64_t *host_nodes, unsigned nr_nodes);

/*
 * The vtable to hand to kernels.
 *
 * map: NULL also for more than the machine's memory or the cgroup's limit.
 * Address space would be given, and the out-of-memory killer would follow; but
 * no more is refused than what could never be had, since most simulated memory
 * is never touched. Where huge pages are short, smaller ones are taken.
 *
 * bind: -ENOMEM for more than the nodes have. Where nodes would share a
 * hugetlb page, or the nodes' own pools are too small (the first touch would
 * be a SIGBUS), the mapping goes over to smaller pages and starts from zero:
 * bind all of a mapping before the first touch of any of it. 0 where the
 * kernel refuses policies: verify tells.
 */
struct host_memory *host_numa_memory(struct host_numa *h);

/* Unmaps what is left. */
void host_numa_free(struct host_numa *h);

struct host_numa_report {
	/* What most of the mapped bytes got: a fall-back shows here. */
	enum host_pages pages;
	uint64_t nodes;	    /* host nodes on which sampled pages were found */
	uint64_t checked;   /* pages sampled that were present */
	uint64_t misplaced; /* of them, not where they were bound */
	bool verified;	    /* false: move_pages is refused here; see reason */
	char reason[160];   /* why pages or placement fell short; or "" */
};

/*
 * Look at a sample of the pages present (at most a few thousand, by
 * move_pages with no target; costs well below 10 ms). Untimed, before unmap.
 */
void host_numa_verify(struct host_numa *h, struct host_numa_report *report);

#endif
