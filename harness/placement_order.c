/* placement_order.c - put CPUs in the order in which threads take them. */
#include "placement_order.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"

_Static_assert(PLACEMENT_MAX_CPUS <= NUMBERS_MAX, "any CPU list fits");

int request_refuse(const struct request *r, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->error, r->error_size, format, args);
	va_end(args);
	return err;
}

int request_one_node(const struct request *r, const char *option,
		     const char *text, const char *list)
{
	char error[128], brief[NUMBERS_BRIEF_BYTES];
	struct numbers numbers;
	int node;

	if (numbers_parse(&numbers, text, error, sizeof(error)) ||
	    numbers.nr != 1 || numbers.relative || numbers.inverse)
		return request_refuse(
			r, -EINVAL,
			"%s: '%s' is not a node's number; usable: %s", option,
			numbers_brief(text, brief), list);
	node = topology_find_node(r->t, numbers.value[0]);
	if (node < 0)
		return request_refuse(r, -EINVAL,
				      "%s: node %u does not exist; usable: %s",
				      option, numbers.value[0], list);
	return node;
}

void request_list_nodes(const struct request *r, bool memory, char *buf,
			size_t size)
{
	const struct topology *t = r->t;
	unsigned os[PLACEMENT_MAX_CPUS], nr = 0;

	for (unsigned i = 0; i < t->nr_nodes && nr < PLACEMENT_MAX_CPUS; i++)
		if (memory ? t->nodes[i].memory_bytes > 0
			   : t->nodes[i].nr_cpus > 0)
			os[nr++] = t->nodes[i].os;
	numbers_format(os, nr, buf, size);
}

static int compare_numbers(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The numbers of the nr_cpus usable CPUs, ascending; to be freed. */
static unsigned *usable_cpus(const struct topology *t)
{
	unsigned *os = malloc(t->nr_cpus * sizeof(*os));

	if (!os)
		abort();
	for (unsigned i = 0; i < t->nr_cpus; i++)
		os[i] = t->cpus[i].os;
	qsort(os, t->nr_cpus, sizeof(*os), compare_numbers);
	return os;
}

static int refuse_cpu(const struct request *r, unsigned os,
		      const unsigned *usable)
{
	hwloc_topology_t hwloc = r->t->hwloc;
	const char *why = "is not in this process's affinity mask";
	char list[LIST_BYTES];
	int err = -ENODEV;

	numbers_format(usable, r->t->nr_cpus, list, sizeof(list));
	if (!hwloc_bitmap_isset(hwloc_topology_get_complete_cpuset(hwloc),
				os)) {
		why = "does not exist";
		err = -EINVAL;
	} else if (!hwloc_bitmap_isset(
			   hwloc_topology_get_topology_cpuset(hwloc), os)) {
		why = "is offline";
	} else if (!hwloc_bitmap_isset(hwloc_topology_get_allowed_cpuset(hwloc),
				       os)) {
		why = "is not in this process's cpuset";
	}
	return request_refuse(r, err, "--place: CPU %u %s; usable: %s", os, why,
			      list);
}

static bool has_number(const unsigned *value, unsigned nr, unsigned wanted)
{
	for (unsigned i = 0; i < nr; i++)
		if (value[i] == wanted)
			return true;
	return false;
}

/* A list's numbers, made absolute and found usable; or an error. */
static int check_cpus(const struct request *r, struct numbers *list,
		      const unsigned *usable)
{
	const unsigned nr = r->t->nr_cpus;

	for (unsigned i = 0; i < list->nr; i++) {
		unsigned *value = &list->value[i];

		if (list->relative && *value >= nr)
			return request_refuse(r, -EINVAL,
					      "--place: CPU +%u does not "
					      "exist; usable: +0-%u",
					      *value, nr - 1);
		if (list->relative)
			*value = usable[*value];
		if (!has_number(usable, nr, *value))
			return refuse_cpu(r, *value, usable);
	}
	return 0;
}

/* Those listed, as they are listed; or all, ascending, but for those listed. */
static void take_numbers(const struct request *r, const struct numbers *list,
			 const unsigned *usable, struct order *order)
{
	const bool rest = list->all || list->inverse;
	const unsigned *os = rest ? usable : list->value;
	const unsigned nr = rest ? r->t->nr_cpus : list->nr;

	order->nr = 0;
	for (unsigned i = 0; i < nr && order->nr < PLACEMENT_MAX_CPUS; i++)
		if (!rest || !has_number(list->value, list->nr, os[i]))
			order->cpu[order->nr++] =
				(unsigned)topology_find_cpu(r->t, os[i]);
}

static int place_numbers(const struct request *r, struct numbers *list,
			 struct order *order)
{
	unsigned *usable = usable_cpus(r->t);
	int err = check_cpus(r, list, usable);

	if (!err)
		take_numbers(r, list, usable, order);
	free(usable);
	if (!err && !order->nr)
		err = request_refuse(r, -ENODEV,
				     "--place: the list leaves no CPU");
	return err;
}

/* In hwloc's order, all or only those on one node. */
static void place_compact(const struct topology *t, int node,
			  struct order *order)
{
	order->nr = 0;
	for (unsigned i = 0; i < t->nr_cpus; i++)
		if ((node < 0 || t->cpus[i].own_node == (unsigned)node) &&
		    order->nr < PLACEMENT_MAX_CPUS)
			order->cpu[order->nr++] = i;
}

/* What the threads placed so far mean for a CPU. */
struct load {
	bool used;
	unsigned node, package; /* threads on the CPU's own */
};

/* A core without threads first, then the emptiest node, then package. */
static bool scatter_better(const struct topology *t, const struct load *load,
			   unsigned a, unsigned b)
{
	if (t->cpus[a].smt != t->cpus[b].smt)
		return t->cpus[a].smt < t->cpus[b].smt;
	if (load[a].node != load[b].node)
		return load[a].node < load[b].node;
	return load[a].package < load[b].package;
}

static void add_load(const struct topology *t, struct load *load, unsigned cpu)
{
	load[cpu].used = true;
	for (unsigned i = 0; i < t->nr_cpus; i++) {
		load[i].node += t->cpus[i].own_node == t->cpus[cpu].own_node;
		load[i].package += t->cpus[i].package == t->cpus[cpu].package;
	}
}

/*
 * All CPUs, or only those of one node. Nodes that share a package do not follow
 * one another: 0 2 1 3.
 */
static int place_scatter(const struct request *r, int node, struct order *order)
{
	const struct topology *t = r->t;
	const unsigned nr =
		node < 0 ? t->nr_cpus : t->nodes[(unsigned)node].nr_cpus;
	struct load *load = calloc(t->nr_cpus, sizeof(*load));

	if (!load)
		return request_refuse(r, -ENOMEM, "--place: out of memory");
	order->nr = 0;
	for (unsigned i = 0; node >= 0 && i < t->nr_cpus; i++)
		load[i].used = t->cpus[i].own_node != (unsigned)node;
	while (order->nr < nr && order->nr < PLACEMENT_MAX_CPUS) {
		unsigned best = 0;

		while (load[best].used)
			best++;
		for (unsigned i = best + 1; i < t->nr_cpus; i++)
			if (!load[i].used && scatter_better(t, load, i, best))
				best = i;
		add_load(t, load, best);
		order->cpu[order->nr++] = best;
	}
	free(load);
	return 0;
}

/* The node with the most usable CPUs; of equals the first CPU's. */
static unsigned smp_node(const struct topology *t)
{
	unsigned best = t->cpus[0].own_node;

	for (unsigned i = 1; i < t->nr_cpus; i++) {
		unsigned node = t->cpus[i].own_node;

		if (t->nodes[node].nr_cpus > t->nodes[best].nr_cpus)
			best = node;
	}
	return best;
}

static int place_node(const struct request *r, const char *text,
		      struct order *order)
{
	char list[LIST_BYTES];
	int node;

	request_list_nodes(r, false, list, sizeof(list));
	node = request_one_node(r, "--place", text, list);
	if (node < 0)
		return node;
	if (!r->t->nodes[node].nr_cpus)
		return request_refuse(
			r, -ENODEV,
			"--place: node %s has no usable CPUs; these "
			"have: %s",
			text, list);
	place_compact(r->t, node, order);
	return 0;
}

int placement_order(const struct request *r, const char *place,
		    struct order *order)
{
	char error[128], brief[NUMBERS_BRIEF_BYTES];
	struct numbers numbers;

	if (!strcmp(place, "scatter"))
		return place_scatter(r, -1, order);
	if (!strncmp(place, "node:", 5))
		return place_node(r, place + 5, order);
	if (!strcmp(place, "compact")) {
		place_compact(r->t, -1, order);
		return 0;
	}
	if (!strcmp(place, "smp"))
		return place_scatter(r, (int)smp_node(r->t), order);
	if (*place && !strchr("0123456789+!", *place) && strcmp(place, "all"))
		return request_refuse(
			r, -EINVAL,
			"--place: '%s' is not compact, scatter, smp, "
			"node:N or a list of CPUs",
			numbers_brief(place, brief));
	if (numbers_parse(&numbers, place, error, sizeof(error)))
		return request_refuse(r, -EINVAL, "--place: %s", error);
	return place_numbers(r, &numbers, order);
}
