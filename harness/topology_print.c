/* topology_print.c - the machine, for people. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_pages.h"
#include "numbers.h"
#include "topology.h"

#define LIST_BYTES 256

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
	fprintf(out, "online      packages %d, cores %d, CPUs %d\n",
		hwloc_get_nbobjs_by_type(t->hwloc, HWLOC_OBJ_PACKAGE),
		hwloc_get_nbobjs_by_type(t->hwloc, HWLOC_OBJ_CORE),
		hwloc_get_nbobjs_by_type(t->hwloc, HWLOC_OBJ_PU));
}

static int compare_numbers(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Usable CPUs that are on a node (or all: node < 0), as a list. */
static void list_cpus(const struct topology *t, int node, char *buf,
		      size_t size)
{
	unsigned *cpus = calloc(t->nr_cpus, sizeof(*cpus)), nr = 0;

	buf[0] = '\0';
	if (!cpus)
		return;
	for (unsigned i = 0; i < t->nr_cpus; i++)
		if (node < 0 || t->cpus[i].own_node == (unsigned)node)
			cpus[nr++] = t->cpus[i].os;
	qsort(cpus, nr, sizeof(*cpus), compare_numbers);
	numbers_format(cpus, nr, buf, size);
	free(cpus);
}

static void print_limits(const struct topology *t, FILE *out)
{
	char cpus[LIST_BYTES], online[LIST_BYTES], allowed[LIST_BYTES];
	char limit[32] = "none";

	list_cpus(t, -1, cpus, sizeof(cpus));
	hwloc_bitmap_list_snprintf(
		online, sizeof(online),
		hwloc_topology_get_topology_cpuset(t->hwloc));
	hwloc_bitmap_list_snprintf(
		allowed, sizeof(allowed),
		hwloc_topology_get_allowed_nodeset(t->hwloc));
	if (t->memory_limit != UINT64_MAX)
		format_bytes(t->memory_limit, limit, sizeof(limit));
	fprintf(out, "usable      CPUs %s of %s, memory of nodes %s\n", cpus,
		online, allowed);
	if (!t->simulated)
		fprintf(out, "cgroup      memory limit %s\n", limit);
}

static void print_nodes(const struct topology *t, FILE *out)
{
	fprintf(out, "\nnodes       memory     CPUs\n");
	for (unsigned n = 0; n < t->nr_nodes; n++) {
		const struct topology_node *node = &t->nodes[n];
		char memory[32] = "none", cpus[LIST_BYTES] = "none";

		if (node->memory_bytes)
			format_bytes(node->memory_bytes, memory,
				     sizeof(memory));
		else if (!node->allowed)
			strcpy(memory, "forbidden");
		if (node->nr_cpus)
			list_cpus(t, (int)n, cpus, sizeof(cpus));
		fprintf(out, "%8u    %-9s  %s", node->os, memory, cpus);
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
	fprintf(out, "   (to)\n");
	for (unsigned i = 0; i < t->nr_nodes; i++) {
		fprintf(out, "%8u  ", t->nodes[i].os);
		for (unsigned j = 0; j < t->nr_nodes; j++)
			fprintf(out, " %4llu",
				(unsigned long long)
					t->distance[i * t->nr_nodes + j]);
		fputc('\n', out);
	}
}

/* One line for all caches of a level and size. */
static void print_cache_level(const struct topology *t, int depth, FILE *out)
{
	hwloc_obj_t cache = hwloc_get_obj_by_depth(t->hwloc, depth, 0);
	unsigned nr = hwloc_get_nbobjs_by_depth(t->hwloc, depth);
	char size[32], name[32];

	hwloc_obj_type_snprintf(name, sizeof(name), cache, 0);
	format_bytes(cache->attr->cache.size, size, sizeof(size));
	fprintf(out, "%8s    %-9s  %u, each for %d of the CPUs, line %u B\n",
		name, size, nr, hwloc_bitmap_weight(cache->cpuset),
		cache->attr->cache.linesize);
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
}

/* A line per core: CPUs in a row of one core stand together. */
static void print_cpus(const struct topology *t, FILE *out)
{
	fprintf(out, "\nCPUs        package  core  node  CPUs (hwloc's logical "
		     "numbers)\n");
	for (unsigned i = 0, end; i < t->nr_cpus; i = end) {
		const struct topology_cpu *cpu = &t->cpus[i];

		fprintf(out, "            %7u  %4u  %4u  ", cpu->package,
			cpu->core, t->nodes[cpu->own_node].os);
		for (end = i; end < t->nr_cpus; end++) {
			if (t->cpus[end].core != cpu->core)
				break;
			fprintf(out, "%s%u (%u)", end > i ? ", " : "",
				t->cpus[end].os,
				hwloc_get_pu_obj_by_os_index(t->hwloc,
							     t->cpus[end].os)
					->logical_index);
		}
		fputc('\n', out);
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
	print_limits(t, out);
	print_nodes(t, out);
	print_distances(t, out);
	print_caches(t, out);
	print_cpus(t, out);
	if (!t->simulated)
		print_host_pages(t, out);
}
