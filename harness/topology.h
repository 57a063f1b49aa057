/*
 * topology.h - the machine as hwloc sees it, reduced to what we may use.
 *
 * CPUs are those of this process's affinity mask and cpuset that are online;
 * they and the nodes keep the operating system's numbers, which may have holes.
 */
#ifndef KMB_TOPOLOGY_H
#define KMB_TOPOLOGY_H

#include <hwloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct topology_cpu {
	unsigned os; /* the operating system's number */
	/*
	 * Indexes into topology.nodes: where the CPU is, and where its memory
	 * comes from. They differ when its own node has no memory for us:
	 * then it is the nearest that has, the first of equals.
	 */
	unsigned own_node, node;
	unsigned package, core; /* hwloc logical indexes, machine-wide */
	unsigned smt;		/* 0 for a core's first usable CPU */
};

/* Every node that is online; !allowed: our cpuset keeps its memory from us. */
struct topology_node {
	unsigned os;
	bool allowed;
	uint64_t memory_bytes; /* 0: memory-less, or not allowed */
	unsigned nr_cpus;      /* usable ones on it; 0: CPU-less */
};

struct topology {
	hwloc_topology_t hwloc; /* the whole machine, disallowed parts too */
	bool simulated; /* from XML or synthetic: nothing can be bound */
	unsigned nr_cpus, nr_nodes; /* both at least 1 */
	unsigned nr_kept;
	struct topology_cpu *cpus;   /* in hwloc's logical order */
	struct topology_cpu *kept;   /* online, but not ours; no node, no smt */
	struct topology_node *nodes; /* by os number; one at least has memory */
	uint64_t *distance;	     /* [from * nr_nodes + to], SLIT values */
	bool distances_stated;	     /* else they are assumed */
	uint64_t memory_limit;	     /* of the cgroup; UINT64_MAX: none */
};

/*
 * source: NULL for this machine, "synthetic:SPEC" for hwloc's synthetic
 * strings, else an hwloc XML file. 0, or -errno with one line in error.
 * A simulated machine that does not say its nodes' memory gets 1 GiB each.
 */
int topology_load(struct topology *t, const char *source, char *error,
		  size_t error_size);
void topology_free(struct topology *t);

/* Index of a node by its OS number, or -1. */
int topology_find_node(const struct topology *t, unsigned os);
/* Index of a usable CPU by its OS number, or -1. */
int topology_find_cpu(const struct topology *t, unsigned os);

/* What `topo` prints: packages, nodes, distances, caches, CPUs, limits. */
void topology_print(const struct topology *t, FILE *out);

/* Write hwloc's XML; 0 or -errno. */
int topology_save(const struct topology *t, const char *path);

/*
 * The machine as lstopo draws it: an SVG of *size bytes, to be freed. 0, or
 * -errno with one line in error; -ENOENT: there is no lstopo here.
 */
int topology_draw(const struct topology *t, char **svg, size_t *size,
		  char *error, size_t error_size);

/* Bytes of the data cache at level 1..3 that one CPU sees; 0: unknown. */
uint64_t topology_cache_bytes(const struct topology *t, unsigned level);

#endif
