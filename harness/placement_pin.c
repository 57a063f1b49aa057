/* placement_pin.c - put threads where the plan says, and write it down. */
#include "placement.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>

#include "numbers.h"

void placement_format_cpus(const struct placement *p, char *buf, size_t size)
{
	numbers_format(p->cpu, p->nr_threads, buf, size);
}

void placement_format_nodes(uint64_t mask, char *buf, size_t size)
{
	unsigned node[PLACEMENT_MAX_NODES], nr = 0;

	for (unsigned i = 0; i < PLACEMENT_MAX_NODES; i++)
		if (mask >> i & 1)
			node[nr++] = i;
	numbers_format(node, nr, buf, size);
}

void placement_format_host_nodes(const struct placement *p, char *buf,
				 size_t size)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < p->nr_nodes; i++)
		mask |= p->host_nodes[i];
	placement_format_nodes(mask, buf, size);
}

/* May the calling thread run on this CPU and on no other? */
static int mask_is(unsigned os_cpu)
{
	cpu_set_t mask[PLACEMENT_CPU_NUMBERS / CPU_SETSIZE];

	if (sched_getaffinity(0, sizeof(mask), mask))
		return -errno;
	return CPU_ISSET_S(os_cpu, sizeof(mask), mask) &&
			       CPU_COUNT_S(sizeof(mask), mask) == 1
		       ? 0
		       : -EXDEV;
}

int placement_pin(unsigned os_cpu)
{
	cpu_set_t mask[PLACEMENT_CPU_NUMBERS / CPU_SETSIZE];

	if (os_cpu >= PLACEMENT_CPU_NUMBERS)
		return -EINVAL;
	CPU_ZERO_S(sizeof(mask), mask);
	CPU_SET_S(os_cpu, sizeof(mask), mask);
	if (sched_setaffinity(0, sizeof(mask), mask))
		return -errno;
	/* The kernel moves us before it returns. */
	return placement_check(os_cpu);
}

int placement_check(unsigned os_cpu)
{
	int err = os_cpu < PLACEMENT_CPU_NUMBERS ? mask_is(os_cpu) : -EINVAL;

	if (!err && sched_getcpu() != (int)os_cpu)
		err = -EXDEV;
	return err;
}
