/* topology_print.c - the machine, for people. */
#include <numa.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_pages.h"
#include "topology_print.h"

#define ID_BYTES 32

static void format_bytes(uint64_t bytes, char *buf, size_t size)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes;
	unsigned i = 0;

	for (; value >= 1024 && i < 4; i++)
		value /= 1024;
	snprintf(buf, size, "%.4g %s", value, unit[i]);
}

/* An info of the whole machine or of its first package. */
static const char *info(const struct topology *t, const char *name)
{
	hwloc_obj_t package =
		hwloc_get_obj_by_type(t->hwloc, HWLOC_OBJ_PACKAGE, 0);
	const char *text =
		hwloc_obj_get_info_by_name(hwloc_get_root_obj(t->hwloc), name);

	if (!text && package)
		text = hwloc_obj_get_info_by_name(package, name);
	return text;
}

static void print_machine(const struct topology *t, FILE *out)
{
	const char *vendor = info(t, "DMISysVendor");
	const char *product = info(t, "DMIProductName");
	const char *cpu = info(t, "CPUModel");

	if (t->simulated)
		fprintf(out, "simulated   from a description: for plans, "
			     "nothing can run or be bound there\n");
	if (product)
		fprintf(out, "machine     %s%s%s\n", vendor ? vendor : "",
			vendor ? " " : "", product);
	if (cpu)
		fprintf(out, "processor   %s\n", cpu);
	fprintf(out, "numbers     the operating system's; hwloc's logical ones "
		     "in brackets\n");
	fprintf(out, "online      packages %d, cores %d, CPUs %d\n",
		hwloc_get_nbobjs_by_type(t->hwloc, HWLOC_OBJ_PACKAGE),
		hwloc_get_nbobjs_by_type(t->hwloc, HWLOC_OBJ_CORE),
		hwloc_get_nbobjs_by_type(t->hwloc, HWLOC_OBJ_PU));
}

static void print_memory_limit(const struct topology *t, FILE *out)
{
	char limit[32] = "none";

	if (t->memory_limit != UINT64_MAX)
		format_bytes(t->memory_limit, limit, sizeof(limit));
	if (!t->simulated)
		fprintf(out, "cgroup      memory limit %s\n", limit);
}

/* "8 (3)": the system's number and hwloc's; "-": neither. */
static const char *format_id(hwloc_obj_t obj, char buf[ID_BYTES])
{
	if (!obj)
		return "-";
	if (obj->os_index == HWLOC_UNKNOWN_INDEX)
		snprintf(buf, ID_BYTES, "- (%u)", obj->logical_index);
	else
		snprintf(buf, ID_BYTES, "%u (%u)", obj->os_index,
			 obj->logical_index);
	return buf;
}

static hwloc_obj_t node_object(const struct topology *t, unsigned n)
{
	return hwloc_get_numanode_obj_by_os_index(t->hwloc, t->nodes[n].os);
}

static void format_memory(const struct topology *t,
			  const struct topology_node *node, char memory[32],
			  char free_now[32])
{
	long long bytes;

	strcpy(memory, node->allowed ? "none" : "forbidden");
	strcpy(free_now, "-");
	if (!node->memory_bytes)
		return;
	format_bytes(node->memory_bytes, memory, 32);
	if (!t->simulated && numa_node_size64((int)node->os, &bytes) >= 0)
		format_bytes((uint64_t)bytes, free_now, 32);
}

static void print_nodes(const struct topology *t, FILE *out)
{
	fprintf(out, "\nnodes       memory     free       CPUs\n");
	for (unsigned n = 0; n < t->nr_nodes; n++) {
		char memory[32], free_now[32], cpus[TOPOLOGY_LIST_BYTES];
		char id[ID_BYTES];

		format_memory(t, &t->nodes[n], memory, free_now);
		topology_list_cpus(t, (int)n, cpus, sizeof(cpus));
		fprintf(out, "%8s    %-9s  %-9s  %s",
			format_id(node_object(t, n), id), memory, free_now,
			cpus);
		for (unsigned i = 0; i < t->nr_cpus; i++)
			if (t->cpus[i].own_node == n && t->cpus[i].node != n) {
				fprintf(out, " (memory of node %u)",
					t->nodes[t->cpus[i].node].os);
				break;
			}
		fputc('\n', out);
	}
}

static void print_distances(const struct topology *t, FILE *out)
{
	fprintf(out, "\ndistances ");
	for (unsigned n = 0; n < t->nr_nodes; n++)
		fprintf(out, " %4u", t->nodes[n].os);
	fprintf(out, "   (to)%s\n",
		t->distances_stated || t->nr_nodes == 1
			? ""
			: "  assumed: the firmware states none");
	for (unsigned i = 0; i < t->nr_nodes; i++) {
		fprintf(out, "%8u  ", t->nodes[i].os);
		for (unsigned j = 0; j < t->nr_nodes; j++)
			fprintf(out, " %4llu",
				(unsigned long long)
					t->distance[i * t->nr_nodes + j]);
		fputc('\n', out);
	}
}

/* Caches of a depth that are alike are one line: the first of them speaks. */
static bool alike(hwloc_obj_t a, hwloc_obj_t b)
{
	return a->attr->cache.size == b->attr->cache.size &&
	       a->attr->cache.linesize == b->attr->cache.linesize &&
	       hwloc_bitmap_weight(a->cpuset) == hwloc_bitmap_weight(b->cpuset);
}

static void print_cache(hwloc_obj_t cache, unsigned nr, FILE *out)
{
	char size[32], name[32];

	hwloc_obj_type_snprintf(name, sizeof(name), cache, 0);
	format_bytes(cache->attr->cache.size, size, sizeof(size));
	fprintf(out, "%8s    %-9s  %u, each for %d of the CPUs, line %u B\n",
		name, size, nr, hwloc_bitmap_weight(cache->cpuset),
		cache->attr->cache.linesize);
}

static void print_cache_level(const struct topology *t, int depth, FILE *out)
{
	hwloc_obj_t cache, other;

	for (cache = hwloc_get_obj_by_depth(t->hwloc, depth, 0); cache;
	     cache = cache->next_cousin) {
		unsigned nr = 0;

		other = hwloc_get_obj_by_depth(t->hwloc, depth, 0);
		while (other != cache && !alike(other, cache))
			other = other->next_cousin;
		if (other != cache)
			continue;
		for (; other; other = other->next_cousin)
			nr += alike(other, cache);
		print_cache(cache, nr, out);
	}
}

/* Fast memory that caches a node's: HBM, DRAM before persistent memory. */
static void print_memory_caches(const struct topology *t, FILE *out)
{
	hwloc_obj_t cache = NULL, node;

	while ((cache = hwloc_get_next_obj_by_type(t->hwloc, HWLOC_OBJ_MEMCACHE,
						   cache))) {
		char size[32];

		format_bytes(cache->attr->cache.size, size, sizeof(size));
		for (node = cache; node->type == HWLOC_OBJ_MEMCACHE;)
			node = node->memory_first_child;
		fprintf(out, "  memory    %-9s  before node %u, line %u B\n",
			size, node->os_index, cache->attr->cache.linesize);
	}
}

static void print_caches(const struct topology *t, FILE *out)
{
	unsigned found = 0;

	fprintf(out, "\ncaches      as the firmware states them; in a virtual "
		     "machine they may be the host's\n");
	for (int depth = hwloc_topology_get_depth(t->hwloc) - 1; depth >= 0;
	     depth--)
		if (hwloc_obj_type_is_dcache(
			    hwloc_get_depth_type(t->hwloc, depth))) {
			print_cache_level(t, depth, out);
			found++;
		}
	if (!found)
		fprintf(out, "            unknown\n");
	print_memory_caches(t, out);
}

/* CPUs of a core, ours and those that are not. */
static void print_siblings(const struct topology *t, hwloc_obj_t core,
			   FILE *out)
{
	hwloc_obj_t pu = NULL;
	const char *between = "";

	while ((pu = hwloc_get_next_obj_inside_cpuset_by_type(
			t->hwloc, core->cpuset, HWLOC_OBJ_PU, pu))) {
		char id[ID_BYTES];
		bool ours = topology_find_cpu(t, pu->os_index) >= 0;

		fprintf(out, "%s%s%s", between, format_id(pu, id),
			ours ? "" : " not ours");
		between = ", ";
	}
	fputc('\n', out);
}

/* A line per core that has a CPU of ours. */
static void print_cpus(const struct topology *t, FILE *out)
{
	fprintf(out, "\nCPUs        package    core       node       CPUs: SMT "
		     "siblings side by side\n");
	for (unsigned i = 0, end; i < t->nr_cpus; i = end) {
		const struct topology_cpu *cpu = &t->cpus[i];
		hwloc_obj_t pu =
			hwloc_get_pu_obj_by_os_index(t->hwloc, cpu->os);
		hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(
			t->hwloc, HWLOC_OBJ_CORE, pu);
		hwloc_obj_t package = hwloc_get_ancestor_obj_by_type(
			t->hwloc, HWLOC_OBJ_PACKAGE, pu);
		char id[3][ID_BYTES];

		fprintf(out, "            %-9s  %-9s  %-9s  ",
			format_id(package, id[0]), format_id(core, id[1]),
			format_id(node_object(t, cpu->own_node), id[2]));
		print_siblings(t, core ? core : pu, out);
		for (end = i + 1; end < t->nr_cpus; end++)
			if (t->cpus[end].core != cpu->core)
				break;
	}
}

static void print_pool(const struct topology *t, enum host_pages pages,
		       FILE *out)
{
	const char *between = "";

	fprintf(out, "%8s    hugetlb pool: ", host_pages_name[pages]);
	for (unsigned n = 0; n < t->nr_nodes; n++) {
		unsigned os = t->nodes[n].os;
		uint64_t total = host_pool_total(pages, os);

		if (total == UINT64_MAX)
			continue;
		fprintf(out, "%snode %u: %llu free of %llu", between, os,
			(unsigned long long)host_pool_free(pages, os),
			(unsigned long long)total);
		between = ", ";
	}
	fprintf(out, "%s\n", *between ? "" : "none on this host");
}

static void print_host_pages(const struct topology *t, FILE *out)
{
	char base[32], mode[16];

	format_bytes((uint64_t)sysconf(_SC_PAGESIZE), base, sizeof(base));
	host_thp_mode(mode, sizeof(mode));
	fprintf(out, "\nhost pages\n      4k    base page of %s\n", base);
	fprintf(out, "     thp    %s\n", mode[0] ? mode : "not in this kernel");
	print_pool(t, HOST_PAGES_2M, out);
	print_pool(t, HOST_PAGES_1G, out);
}

void topology_print(const struct topology *t, FILE *out)
{
	print_machine(t, out);
	topology_print_limits(t, out);
	print_memory_limit(t, out);
	print_nodes(t, out);
	print_distances(t, out);
	topology_print_hmat(t, out);
	print_caches(t, out);
	print_cpus(t, out);
	if (!t->simulated)
		print_host_pages(t, out);
}
