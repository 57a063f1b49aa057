/* placement.c - turn the policies' words into CPUs and nodes. */
#include "placement.h"

#include <errno.h>
#include <string.h>

#include "../kernels/base/bitops.h"
#include "../kernels/mm/mmzone.h"
#include "numbers.h"
#include "placement_order.h"

_Static_assert(PLACEMENT_MAX_NODES == MAX_NUMNODES, "a bit for each node");

/* The node's bit of a mask. */
static int node_bit(const struct request *r, unsigned node, uint64_t *mask)
{
	unsigned os = r->t->nodes[node].os;

	if (os >= PLACEMENT_MAX_NODES)
		return request_refuse(
			r, -ENODEV,
			"--mem: node %u: only numbers below %u can be "
			"bound",
			os, PLACEMENT_MAX_NODES);
	*mask |= 1ull << os;
	return 0;
}

/* One simulated node for every node that memory of threads is taken from. */
static void nodes_of_threads(struct placement *p, const struct topology *t,
			     const struct order *order,
			     unsigned host[PLACEMENT_MAX_CPUS])
{
	p->nr_nodes = 0;
	for (unsigned i = 0; i < p->nr_threads; i++) {
		unsigned node = t->cpus[order->cpu[i]].node, nid = 0;

		while (nid < p->nr_nodes && host[nid] != node)
			nid++;
		if (nid == p->nr_nodes)
			host[p->nr_nodes++] = node;
		p->node[i] = nid;
	}
}

/* Starts behind `from`, so that equals are dealt out evenly. */
static unsigned farthest_memory(const struct topology *t, unsigned from)
{
	const uint64_t *distance = t->distance + (size_t)from * t->nr_nodes;
	unsigned best = from;

	for (unsigned i = 1; i < t->nr_nodes; i++) {
		unsigned node = (from + i) % t->nr_nodes;

		if (t->nodes[node].memory_bytes &&
		    (best == from || distance[node] > distance[best]))
			best = node;
	}
	return best;
}

static int mem_by_thread(const struct request *r, bool remote,
			 const struct order *order, struct placement *p)
{
	unsigned host[PLACEMENT_MAX_CPUS];
	int err = 0;

	nodes_of_threads(p, r->t, order, host);
	if (p->nr_nodes > PLACEMENT_MAX_NODES)
		return request_refuse(
			r, -ENODEV,
			"--mem: threads on %u nodes; at most %u are "
			"simulated",
			p->nr_nodes, PLACEMENT_MAX_NODES);
	for (unsigned nid = 0; !err && nid < p->nr_nodes; nid++) {
		unsigned node = host[nid];

		if (remote)
			node = farthest_memory(r->t, node);
		if (remote && node == host[nid])
			return request_refuse(
				r, -ENODEV,
				"--mem: remote needs two nodes with "
				"memory; only node %u has",
				r->t->nodes[node].os);
		err = node_bit(r, node, &p->host_nodes[nid]);
	}
	return err;
}

static int add_memory_node(const struct request *r, unsigned node,
			   const char *list, uint64_t *mask)
{
	const struct topology_node *n = &r->t->nodes[node];

	if (!n->memory_bytes)
		return request_refuse(
			r, -ENODEV, "--mem: node %u %s; usable: %s", n->os,
			n->allowed ? "has no memory"
				   : "is not in this process's cpuset",
			list);
	return node_bit(r, node, mask);
}

static int mem_bind(const struct request *r, const char *text,
		    struct placement *p)
{
	char list[LIST_BYTES];
	int node;

	request_list_nodes(r, true, list, sizeof(list));
	node = request_one_node(r, "--mem", text, list);
	if (node < 0)
		return node;
	return add_memory_node(r, (unsigned)node, list, &p->host_nodes[0]);
}

/* Index in topology.nodes of the nth node with memory, or -1. */
static int nth_memory(const struct topology *t, unsigned nth)
{
	for (unsigned i = 0; i < t->nr_nodes; i++)
		if (t->nodes[i].memory_bytes && !nth--)
			return (int)i;
	return -1;
}

static int mem_interleave(const struct request *r, const char *text,
			  struct placement *p)
{
	uint64_t named = 0, all = 0, *mask = &p->host_nodes[0];
	struct numbers numbers;
	char list[LIST_BYTES], error[128];
	int err = 0, node;

	if (numbers_parse(&numbers, text, error, sizeof(error)))
		return request_refuse(r, -EINVAL, "--mem: %s", error);
	request_list_nodes(r, true, list, sizeof(list));
	for (unsigned i = 0; !err && i < numbers.nr; i++) {
		unsigned value = numbers.value[i];

		node = numbers.relative ? nth_memory(r->t, value)
					: topology_find_node(r->t, value);
		if (node < 0)
			return request_refuse(
				r, -EINVAL,
				"--mem: node %s%u does not exist; "
				"usable: %s",
				numbers.relative ? "+" : "", value, list);
		err = add_memory_node(r, (unsigned)node, list, &named);
	}
	for (unsigned i = 0; !err && (node = nth_memory(r->t, i)) >= 0; i++)
		err = node_bit(r, (unsigned)node, &all);
	*mask = numbers.all ? all : numbers.inverse ? all & ~named : named;
	if (!err && !*mask)
		return request_refuse(r, -ENODEV,
				      "--mem: the list leaves no node");
	return err;
}

static int resolve_mem(const struct request *r, const char *mem,
		       const struct order *order, struct placement *p)
{
	char brief[NUMBERS_BRIEF_BYTES];

	if (!strcmp(mem, "local"))
		return mem_by_thread(r, false, order, p);
	if (!strcmp(mem, "remote"))
		return mem_by_thread(r, true, order, p);
	p->nr_nodes = 1;
	if (!strncmp(mem, "bind:", 5))
		return mem_bind(r, mem + 5, p);
	if (!strcmp(mem, "interleave"))
		return mem_interleave(r, "all", p);
	if (!strncmp(mem, "interleave:", 11))
		return mem_interleave(r, mem + 11, p);
	return request_refuse(
		r, -EINVAL,
		"--mem: '%s' is not local, remote, bind:N, interleave or "
		"interleave:LIST",
		numbers_brief(mem, brief));
}

/* SLIT has a byte for each; an XML file may say more. */
static void node_distances(struct placement *p, const struct topology *t)
{
	int host[PLACEMENT_MAX_NODES];

	for (unsigned n = 0; n < p->nr_nodes; n++)
		host[n] = topology_find_node(t, ffs64(p->host_nodes[n]));
	for (unsigned from = 0; from < p->nr_nodes; from++)
		for (unsigned to = 0; to < p->nr_nodes; to++) {
			uint64_t d =
				t->distance[(unsigned)host[from] * t->nr_nodes +
					    (unsigned)host[to]];

			p->distance[from * p->nr_nodes + to] =
				d < UINT8_MAX ? (uint8_t)d : UINT8_MAX;
		}
}

int placement_resolve(struct placement *p, const struct topology *t,
		      const char *place, const char *mem, unsigned nr_threads,
		      char *error, size_t error_size)
{
	struct request r = { t, error, error_size };
	char brief[NUMBERS_BRIEF_BYTES];
	struct order order;
	int err;

	memset(p, 0, sizeof(*p));
	err = placement_order(&r, place, &order);
	if (err)
		return err;
	if (!nr_threads)
		return request_refuse(&r, -EINVAL,
				      "--threads: 0 is too few; 1-%u fit",
				      order.nr);
	p->nr_threads = nr_threads;
	if (nr_threads > order.nr)
		return request_refuse(
			&r, -ENODEV,
			"--place: %u threads do not fit; %s has room for "
			"%u",
			nr_threads, numbers_brief(place, brief), order.nr);
	for (unsigned i = 0; i < nr_threads; i++)
		p->cpu[i] = t->cpus[order.cpu[i]].os;
	err = resolve_mem(&r, mem, &order, p);
	if (!err)
		node_distances(p, t);
	return err;
}

unsigned placement_max_threads(const struct topology *t, const char *place)
{
	char error[256];
	struct request r = { t, error, sizeof(error) };
	struct order order;

	return placement_order(&r, place, &order) ? 0 : order.nr;
}
