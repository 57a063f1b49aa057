/* fault.c - placement and noise that are wrong on purpose. */
#include "fault.h"

#include <errno.h>
#include <numa.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "placement.h"

static bool is_planted(const char *fault)
{
	const char *wanted = getenv("KMB_FAULT");

	return wanted && !strcmp(wanted, fault);
}

static unsigned nodes_with_memory(const struct topology *t)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < t->nr_nodes; i++)
		nr += t->nodes[i].memory_bytes > 0;
	return nr;
}

int fault_check(const struct topology *t, char *error, size_t error_size)
{
	const char *wanted = getenv("KMB_FAULT");

	if (!wanted)
		return 0;
	if (!is_planted("bind") && !is_planted("pin") && !is_planted("steal")) {
		snprintf(error, error_size,
			 "KMB_FAULT: '%s' is not bind, pin or steal", wanted);
		return -EINVAL;
	}
	if (is_planted("bind") && nodes_with_memory(t) < 2) {
		snprintf(error, error_size,
			 "KMB_FAULT: bind needs two nodes with memory");
		return -ENODEV;
	}
	if (is_planted("pin") && t->nr_cpus < 2) {
		snprintf(error, error_size, "KMB_FAULT: pin needs two CPUs");
		return -ENODEV;
	}
	return 0;
}

/* The next node by number that we may have memory from, wrapping. */
static unsigned next_memory(unsigned node, const struct bitmask *allowed)
{
	unsigned next = node;

	do
		next = (next + 1) % PLACEMENT_MAX_NODES;
	while (next != node && !(numa_bitmask_isbitset(allowed, next) &&
				 numa_node_size64((int)next, NULL) > 0));
	return next;
}

uint64_t fault_bind(uint64_t nodes)
{
	struct bitmask *allowed;
	uint64_t others = 0;

	if (!is_planted("bind"))
		return nodes;
	allowed = numa_get_mems_allowed();
	for (unsigned n = 0; n < PLACEMENT_MAX_NODES; n++)
		if (nodes >> n & 1)
			others |= 1ull << next_memory(n, allowed);
	numa_bitmask_free(allowed);
	return others;
}

int fault_pin(unsigned os_cpu)
{
	if (!is_planted("pin"))
		return placement_pin(os_cpu);
	for (unsigned i = 1; i < PLACEMENT_CPU_NUMBERS; i++)
		if (!placement_pin((os_cpu + i) % PLACEMENT_CPU_NUMBERS))
			return 0;
	return -ENODEV;
}

double fault_steal_ns(double steal_ns, double process_ns)
{
	unsigned char chance = 0;

	if (!is_planted("steal") ||
	    getrandom(&chance, sizeof(chance), 0) != sizeof(chance) ||
	    chance % 2)
		return steal_ns;
	/* More than a clock tick, however short the process was. */
	return process_ns + 1e9;
}
