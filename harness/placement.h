/*
 * placement.h - which CPU each thread runs on, and where its memory lives.
 *
 * A simulated node stands for one host node (or, interleaved, for several).
 * Node 0 is the first thread's. Policies, in numactl's syntax where it has one:
 *   place  compact  fill a core's threads, then cores, then nodes
 *          scatter  spread over nodes, packages, cores; SMT siblings last
 *          smp      scatter, but inside the one node with the most CPUs: what
 *                   the two differ in is the nodes alone
 *          node:N   compact on host node N
 *          LIST     these CPUs in this order: 0-3,8  +0-1 (relative to those
 *                   allowed)  !2 (all allowed but 2)  all
 *   mem    local    a simulated node for each host node that has threads, on
 *                   it (or, if it has no memory, on the nearest that has)
 *          remote   the same simulated nodes, each on the farthest host node
 *                   from its own; of equals the next by number, wrapping
 *          bind:N   one simulated node, on host node N
 *          interleave[:LIST]  one simulated node, its host pages dealt in
 *                   turn to these host nodes (all that have memory)
 */
#ifndef KMB_PLACEMENT_H
#define KMB_PLACEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "topology.h"

#define PLACEMENT_MAX_CPUS 1024 /* of one placement; any of the machine's */
#define PLACEMENT_MAX_NODES 64	/* == MAX_NUMNODES */
/* Room for any CPU number that Linux can have. */
#define PLACEMENT_CPU_NUMBERS 8192
/* Any placement's CPUs as a list: four digits and a comma each. */
#define PLACEMENT_CPUS_BYTES (5 * PLACEMENT_MAX_CPUS + 1)

struct placement {
	unsigned nr_threads;
	unsigned cpu[PLACEMENT_MAX_CPUS];  /* OS number, by thread */
	unsigned node[PLACEMENT_MAX_CPUS]; /* simulated node, by thread */
	unsigned nr_nodes;		   /* simulated nodes, 1.. */
	/*
	 * Host nodes of each simulated node, a bit each by OS number: one bit
	 * is a strict bind, several are an interleave.
	 */
	uint64_t host_nodes[PLACEMENT_MAX_NODES];
	/*
	 * [from * nr_nodes + to]: between these host nodes, as in ACPI's SLIT.
	 * An interleaved one is the only one, and 10 from itself.
	 */
	uint8_t distance[PLACEMENT_MAX_NODES * PLACEMENT_MAX_NODES];
};

/*
 * Place nr_threads threads. 0;
 * -EINVAL: the text is malformed or names what does not exist (usage error);
 * -ENODEV: right, but not on this machine (too few CPUs, one node).
 * Otherwise error holds one line: what, where, and what would be right.
 */
int placement_resolve(struct placement *p, const struct topology *t,
		      const char *place, const char *mem, unsigned nr_threads,
		      char *error, size_t error_size);

/* How many threads `place` has CPUs for; 0 when it is in error. */
unsigned placement_max_threads(const struct topology *t, const char *place);

/*
 * "0-3,8": the CPUs by thread, as a list; and a nodemask as a list. A list
 * that does not fit ends with "...".
 */
void placement_format_cpus(const struct placement *p, char *buf, size_t size);
void placement_format_nodes(uint64_t mask, char *buf, size_t size);
/* All host nodes in use, as a list. */
void placement_format_host_nodes(const struct placement *p, char *buf,
				 size_t size);

/*
 * Pin the calling thread to one CPU, read the mask back, and be there on
 * return. 0 or -errno (-EINVAL: no such CPU, or not ours).
 */
int placement_pin(unsigned os_cpu);
/* 0 if the calling thread runs on this CPU and may on no other; or -EXDEV. */
int placement_check(unsigned os_cpu);

#endif
