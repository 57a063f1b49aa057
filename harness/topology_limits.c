/* topology_limits.c - what of the machine is ours, and what keeps the rest. */
#include <stdlib.h>

#include "numbers.h"
#include "topology_print.h"

/* Of one list: "..." ends it where there are more. */
#define LIST_BYTES (TOPOLOGY_LIST_BYTES / 2)

static int compare_numbers(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void format_list(unsigned *list, unsigned nr, char *buf, size_t size)
{
	qsort(list, nr, sizeof(*list), compare_numbers);
	numbers_format(list, nr, buf, size);
}

/* CPUs that are on a node (or all: node < 0), into list. */
static unsigned gather(const struct topology_cpu *cpus, unsigned nr_cpus,
		       int node, unsigned *list)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < nr_cpus; i++)
		if (node < 0 || cpus[i].own_node == (unsigned)node)
			list[nr++] = cpus[i].os;
	return nr;
}

void topology_list_cpus(const struct topology *t, int node, char *buf,
			size_t size)
{
	unsigned *list = calloc(t->nr_cpus + t->nr_kept, sizeof(*list));
	char online[LIST_BYTES] = "", ours[LIST_BYTES] = "none";
	unsigned nr, nr_kept;

	buf[0] = '\0';
	if (!list)
		return;
	nr = gather(t->cpus, t->nr_cpus, node, list);
	if (nr)
		format_list(list, nr, ours, sizeof(ours));
	nr_kept = gather(t->kept, t->nr_kept, node, list + nr);
	if (nr_kept)
		format_list(list, nr + nr_kept, online, sizeof(online));
	snprintf(buf, size, "%s%s%s", ours, nr_kept ? " of " : "", online);
	free(list);
}

static void print_usable(const struct topology *t, FILE *out)
{
	unsigned *list = calloc(t->nr_nodes, sizeof(*list)), nr = 0;
	char cpus[TOPOLOGY_LIST_BYTES], nodes[LIST_BYTES];

	if (!list)
		return;
	for (unsigned n = 0; n < t->nr_nodes; n++)
		if (t->nodes[n].memory_bytes)
			list[nr++] = t->nodes[n].os;
	format_list(list, nr, nodes, sizeof(nodes));
	topology_list_cpus(t, -1, cpus, sizeof(cpus));
	fprintf(out, "usable      CPUs %s, memory of nodes %s\n", cpus, nodes);
	free(list);
}

/* Numbers that one reason keeps from us; room for all CPUs and nodes. */
struct kept {
	FILE *out;
	unsigned *list, nr;
	bool any; /* the heading is printed */
};

/* The numbers that were collected are a line, unless there are none. */
static void print_reason(struct kept *k, const char *what, const char *why)
{
	char text[LIST_BYTES];

	if (!k->nr)
		return;
	format_list(k->list, k->nr, text, sizeof(text));
	fprintf(k->out, "%-10s  %s %s: %s\n", k->any ? "" : "kept away", what,
		text, why);
	k->any = true;
	k->nr = 0;
}

static void collect_offline(const struct topology *t, struct kept *k)
{
	hwloc_const_bitmap_t online =
		hwloc_topology_get_topology_cpuset(t->hwloc);
	hwloc_const_bitmap_t all = hwloc_topology_get_complete_cpuset(t->hwloc);

	for (int cpu = hwloc_bitmap_first(all); cpu >= 0;
	     cpu = hwloc_bitmap_next(all, cpu))
		if (!hwloc_bitmap_isset(online, (unsigned)cpu))
			k->list[k->nr++] = (unsigned)cpu;
}

/* Online and not ours: the cpuset does not allow it, or else the mask. */
static void collect_kept(const struct topology *t, bool allowed, struct kept *k)
{
	hwloc_const_bitmap_t cpuset =
		hwloc_topology_get_allowed_cpuset(t->hwloc);

	for (unsigned i = 0; i < t->nr_kept; i++)
		if (hwloc_bitmap_isset(cpuset, t->kept[i].os) == allowed)
			k->list[k->nr++] = t->kept[i].os;
}

static void collect_nodes(const struct topology *t, struct kept *k)
{
	for (unsigned n = 0; n < t->nr_nodes; n++)
		if (!t->nodes[n].allowed)
			k->list[k->nr++] = t->nodes[n].os;
}

/* CPUs and memory that there are, but not for us. */
static void print_kept(const struct topology *t, FILE *out)
{
	unsigned nr = (unsigned)hwloc_bitmap_weight(
		hwloc_topology_get_complete_cpuset(t->hwloc));
	struct kept k = { .out = out };

	k.list = calloc(nr + t->nr_nodes, sizeof(*k.list));
	if (!k.list)
		return;
	collect_offline(t, &k);
	print_reason(&k, "CPUs", "offline");
	collect_kept(t, false, &k);
	print_reason(&k, "CPUs", "the cpuset");
	collect_kept(t, true, &k);
	print_reason(&k, "CPUs",
		     "the affinity mask (taskset, or a cpuset out of sight)");
	collect_nodes(t, &k);
	print_reason(&k, "memory of nodes", "the cpuset");
	free(k.list);
}

void topology_print_limits(const struct topology *t, FILE *out)
{
	print_usable(t, out);
	print_kept(t, out);
}
