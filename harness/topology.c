/* topology.c - ask hwloc for the machine, and keep what this process may use.
 */
#include "topology.h"

#include <errno.h>
#include <hwloc/distances.h>
#include <hwloc/linux.h>
#include <numa.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"

#define SYNTHETIC "synthetic:"
#define NOMINAL_NODE_BYTES (1ull << 30)
/* What firmware tables use, and what is assumed where there is none. */
#define DISTANCE_LOCAL 10
#define DISTANCE_REMOTE 20

static int not_xml(const char *source, char *error, size_t error_size)
{
	snprintf(error, error_size,
		 "--topology: %s is not an hwloc XML file; lstopo FILE.xml "
		 "writes one",
		 source);
	return -EINVAL;
}

static int set_source(hwloc_topology_t hwloc, const char *source, char *error,
		      size_t error_size)
{
	const char *spec = source + strlen(SYNTHETIC);

	if (!strncmp(source, SYNTHETIC, strlen(SYNTHETIC))) {
		if (!hwloc_topology_set_synthetic(hwloc, spec))
			return 0;
		snprintf(error, error_size,
			 "--topology: '%s' is not a synthetic machine; write "
			 "e.g. synthetic:pack:2 [numa] core:4 pu:2",
			 spec);
		return -EINVAL;
	}
	if (access(source, R_OK)) {
		int err = -errno;

		snprintf(error, error_size,
			 "--topology: %s: %s; give an hwloc XML file or "
			 "synthetic:SPEC",
			 source, strerror(-err));
		return err;
	}
	if (hwloc_topology_set_xml(hwloc, source))
		return not_xml(source, error, error_size);
	return 0;
}

/*
 * Parts that the cpuset forbids are loaded too, so that they can be named and
 * their distances known; what may be used is sorted out here.
 */
static int load_hwloc(struct topology *t, const char *source, char *error,
		      size_t error_size)
{
	int err;

	if (hwloc_topology_init(&t->hwloc)) {
		t->hwloc = NULL;
		snprintf(error, error_size, "topology: out of memory");
		return -ENOMEM;
	}
	hwloc_topology_set_flags(t->hwloc,
				 HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
	hwloc_topology_set_type_filter(t->hwloc, HWLOC_OBJ_MEMCACHE,
				       HWLOC_TYPE_FILTER_KEEP_ALL);
	err = source ? set_source(t->hwloc, source, error, error_size) : 0;
	if (err)
		return err;
	if (hwloc_topology_load(t->hwloc)) {
		if (source)
			return not_xml(source, error, error_size);
		snprintf(error, error_size,
			 "topology: hwloc cannot read this machine");
		return -EINVAL;
	}
	/* Also when $HWLOC_SYNTHETIC or $HWLOC_XMLFILE stand in for it. */
	t->simulated = !hwloc_topology_is_thissystem(t->hwloc);
	return 0;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct topology_node *x = a, *y = b;

	return (x->os > y->os) - (x->os < y->os);
}

/*
 * Memory of plugged-in modules may be missing from the node's own count; on a
 * machine with a single node all of it is there.
 */
static void mend_memory(struct topology *t)
{
	uint64_t total = 0, host_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) *
					 (uint64_t)sysconf(_SC_PAGESIZE);

	for (unsigned i = 0; i < t->nr_nodes; i++)
		total += t->nodes[i].memory_bytes;
	if (!t->simulated && t->nr_nodes == 1)
		t->nodes[0].memory_bytes = host_bytes;
	else if (!total)
		for (unsigned i = 0; i < t->nr_nodes; i++)
			if (t->nodes[i].allowed)
				t->nodes[i].memory_bytes = NOMINAL_NODE_BYTES;
}

/*
 * hwloc reads what is allowed in the control group's files, which a container
 * may not see; the kernel tells everybody. NULL: out of memory.
 */
static hwloc_bitmap_t allowed_nodes(const struct topology *t)
{
	hwloc_bitmap_t allowed =
		hwloc_bitmap_dup(hwloc_topology_get_allowed_nodeset(t->hwloc));
	struct bitmask *mask;

	if (!allowed || t->simulated || numa_available() < 0)
		return allowed;
	mask = numa_get_mems_allowed();
	for (unsigned n = 0; n < mask->size; n++)
		if (!numa_bitmask_isbitset(mask, n))
			hwloc_bitmap_clr(allowed, n);
	numa_bitmask_free(mask);
	return allowed;
}

static int load_nodes(struct topology *t)
{
	hwloc_bitmap_t allowed = allowed_nodes(t);
	bool stated = hwloc_get_root_obj(t->hwloc)->total_memory;
	hwloc_obj_t obj = NULL;

	t->nr_nodes = (unsigned)hwloc_get_nbobjs_by_type(t->hwloc,
							 HWLOC_OBJ_NUMANODE);
	t->nodes = calloc(t->nr_nodes, sizeof(*t->nodes));
	if (!allowed || !t->nodes) {
		hwloc_bitmap_free(allowed);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < t->nr_nodes; i++) {
		struct topology_node *node = &t->nodes[i];
		uint64_t bytes;

		obj = hwloc_get_next_obj_by_type(t->hwloc, HWLOC_OBJ_NUMANODE,
						 obj);
		bytes = obj->attr->numanode.local_memory;
		node->os = obj->os_index;
		/* No cpuset lists a node without memory. */
		node->allowed = hwloc_bitmap_isset(allowed, obj->os_index) ||
				(stated && !bytes);
		if (node->allowed)
			node->memory_bytes = bytes;
	}
	hwloc_bitmap_free(allowed);
	qsort(t->nodes, t->nr_nodes, sizeof(*t->nodes), compare_nodes);
	mend_memory(t);
	return 0;
}

static void copy_distances(struct topology *t,
			   const struct hwloc_distances_s *d)
{
	for (unsigned i = 0; i < d->nbobjs; i++)
		for (unsigned j = 0; j < d->nbobjs; j++) {
			uint64_t value = d->values[i * d->nbobjs + j];
			int from, to;

			if (!d->objs[i] || !d->objs[j] || !value)
				continue;
			from = topology_find_node(t, d->objs[i]->os_index);
			to = topology_find_node(t, d->objs[j]->os_index);
			if (from >= 0 && to >= 0)
				t->distance[(unsigned)from * t->nr_nodes +
					    (unsigned)to] = value;
		}
}

/* Firmware's latencies where hwloc has them. */
static int load_distances(struct topology *t)
{
	struct hwloc_distances_s *d;
	unsigned nr = 1;

	t->distance =
		calloc((size_t)t->nr_nodes * t->nr_nodes, sizeof(*t->distance));
	if (!t->distance)
		return -ENOMEM;
	for (unsigned i = 0; i < t->nr_nodes; i++)
		for (unsigned j = 0; j < t->nr_nodes; j++)
			t->distance[i * t->nr_nodes + j] =
				i == j ? DISTANCE_LOCAL : DISTANCE_REMOTE;
	if (!hwloc_distances_get_by_type(
		    t->hwloc, HWLOC_OBJ_NUMANODE, &nr, &d,
		    HWLOC_DISTANCES_KIND_FROM_OS |
			    HWLOC_DISTANCES_KIND_MEANS_LATENCY,
		    0) &&
	    nr) {
		copy_distances(t, d);
		t->distances_stated = true;
		hwloc_distances_release(t->hwloc, d);
	}
	return 0;
}

/* Online, in the cpuset and in the affinity mask. */
static hwloc_bitmap_t usable_cpus(const struct topology *t)
{
	hwloc_bitmap_t usable =
		hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(t->hwloc));
	hwloc_bitmap_t bound = hwloc_bitmap_alloc();

	if (!usable || !bound) {
		hwloc_bitmap_free(usable);
		usable = NULL;
	} else if (!t->simulated &&
		   !hwloc_get_cpubind(t->hwloc, bound, HWLOC_CPUBIND_THREAD)) {
		hwloc_bitmap_and(usable, usable, bound);
	}
	hwloc_bitmap_free(bound);
	return usable;
}

/*
 * CPUs of a node. hwloc hangs a CPU-less node under a neighbour, with that
 * one's CPUs: on this machine the kernel's own list is better.
 */
static int node_cpus(const struct topology *t, hwloc_obj_t node,
		     hwloc_bitmap_t cpus)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%u/cpumap",
		 node->os_index);
	if (!t->simulated && !hwloc_linux_read_path_as_cpumask(path, cpus))
		return 0;
	return hwloc_bitmap_copy(cpus, node->cpuset);
}

/*
 * Put CPUs on their own nodes: of several that claim a CPU it is the one with
 * the fewest CPUs, then the first.
 */
static int find_own_nodes(const struct topology *t, struct topology_cpu *cpus,
			  unsigned nr_cpus)
{
	hwloc_bitmap_t claimed = hwloc_bitmap_alloc();
	int *weight = calloc(nr_cpus + 1, sizeof(*weight));
	int err = claimed && weight ? 0 : -ENOMEM;

	for (unsigned n = 0; !err && n < t->nr_nodes; n++) {
		int nr;

		if (node_cpus(t,
			      hwloc_get_numanode_obj_by_os_index(
				      t->hwloc, t->nodes[n].os),
			      claimed))
			err = -ENOMEM;
		nr = hwloc_bitmap_weight(claimed);
		for (unsigned i = 0; !err && i < nr_cpus; i++)
			if (hwloc_bitmap_isset(claimed, cpus[i].os) &&
			    (!weight[i] || nr < weight[i])) {
				weight[i] = nr;
				cpus[i].own_node = n;
			}
	}
	free(weight);
	hwloc_bitmap_free(claimed);
	return err;
}

static unsigned nearest_memory(const struct topology *t, unsigned from)
{
	const uint64_t *distance = t->distance + from * t->nr_nodes;
	unsigned best = from;

	if (t->nodes[from].memory_bytes)
		return from;
	for (unsigned n = 0; n < t->nr_nodes; n++)
		if (t->nodes[n].memory_bytes &&
		    (best == from || distance[n] < distance[best]))
			best = n;
	return best;
}

static unsigned ancestor_index(const struct topology *t, hwloc_obj_t obj,
			       hwloc_obj_type_t type, unsigned missing)
{
	hwloc_obj_t up = hwloc_get_ancestor_obj_by_type(t->hwloc, type, obj);

	return up ? up->logical_index : missing;
}

static void load_cpu(const struct topology *t, hwloc_obj_t pu,
		     struct topology_cpu *cpu)
{
	cpu->os = pu->os_index;
	cpu->package = ancestor_index(t, pu, HWLOC_OBJ_PACKAGE, 0);
	cpu->core = ancestor_index(t, pu, HWLOC_OBJ_CORE, pu->logical_index);
}

/* Usable CPUs to cpus, the others that are online to kept. */
static int sort_cpus(struct topology *t)
{
	hwloc_bitmap_t usable = usable_cpus(t);
	hwloc_obj_t pu = NULL;
	unsigned nr =
		(unsigned)hwloc_get_nbobjs_by_type(t->hwloc, HWLOC_OBJ_PU);

	t->cpus = calloc(nr, sizeof(*t->cpus));
	t->kept = calloc(nr, sizeof(*t->kept));
	if (!usable || !t->cpus || !t->kept) {
		hwloc_bitmap_free(usable);
		return -ENOMEM;
	}
	while ((pu = hwloc_get_next_obj_by_type(t->hwloc, HWLOC_OBJ_PU, pu))) {
		struct topology_cpu *cpu = &t->cpus[t->nr_cpus];

		if (!hwloc_bitmap_isset(usable, pu->os_index)) {
			load_cpu(t, pu, &t->kept[t->nr_kept++]);
			continue;
		}
		load_cpu(t, pu, cpu);
		if (t->nr_cpus && cpu[-1].core == cpu->core)
			cpu->smt = cpu[-1].smt + 1;
		t->nr_cpus++;
	}
	hwloc_bitmap_free(usable);
	return 0;
}

static int load_cpus(struct topology *t)
{
	int err = sort_cpus(t);

	if (!err)
		err = find_own_nodes(t, t->cpus, t->nr_cpus);
	if (!err)
		err = find_own_nodes(t, t->kept, t->nr_kept);
	for (unsigned i = 0; !err && i < t->nr_cpus; i++) {
		t->nodes[t->cpus[i].own_node].nr_cpus++;
		t->cpus[i].node = nearest_memory(t, t->cpus[i].own_node);
	}
	return err;
}

int topology_load(struct topology *t, const char *source, char *error,
		  size_t error_size)
{
	int err;

	memset(t, 0, sizeof(*t));
	err = load_hwloc(t, source, error, error_size);
	if (err)
		goto free;
	err = load_nodes(t);
	if (!err)
		err = load_distances(t);
	if (!err)
		err = load_cpus(t);
	if (err) {
		snprintf(error, error_size, "topology: %s", strerror(-err));
		goto free;
	}
	if (!t->nr_cpus) {
		err = -ENODEV;
		snprintf(error, error_size,
			 "topology: no CPU is both in the cpuset and in the "
			 "affinity mask of this process");
		goto free;
	}
	t->memory_limit = t->simulated ? UINT64_MAX : cgroup_memory_limit("");
	return 0;

free:
	topology_free(t);
	return err;
}

void topology_free(struct topology *t)
{
	free(t->cpus);
	free(t->kept);
	free(t->nodes);
	free(t->distance);
	if (t->hwloc)
		hwloc_topology_destroy(t->hwloc);
	memset(t, 0, sizeof(*t));
}

int topology_find_node(const struct topology *t, unsigned os)
{
	for (unsigned i = 0; i < t->nr_nodes; i++)
		if (t->nodes[i].os == os)
			return (int)i;
	return -1;
}

int topology_find_cpu(const struct topology *t, unsigned os)
{
	for (unsigned i = 0; i < t->nr_cpus; i++)
		if (t->cpus[i].os == os)
			return (int)i;
	return -1;
}

uint64_t topology_cache_bytes(const struct topology *t, unsigned level)
{
	hwloc_obj_t obj = hwloc_get_pu_obj_by_os_index(t->hwloc, t->cpus[0].os);

	for (; obj; obj = obj->parent)
		if (hwloc_obj_type_is_dcache(obj->type) &&
		    obj->attr->cache.depth == level)
			return obj->attr->cache.size;
	return 0;
}
