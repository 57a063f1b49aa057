/*
 * host_memory.h - where the simulation's memory comes from.
 *
 * Kernels neither map memory nor know of NUMA: a host gives them address space
 * and binds pieces of it to simulated nodes. The harness has one that binds
 * and verifies (harness/host_numa.c); tests have a plain one.
 */
#ifndef KMB_HOST_MEMORY_H
#define KMB_HOST_MEMORY_H

#include <stddef.h>

struct host_memory {
	/*
	 * `bytes` of zeroed memory, 2 MiB aligned at least, that cost nothing
	 * until touched. NULL when there is no room.
	 */
	void *(*map)(struct host_memory *self, size_t bytes);

	/*
	 * Put [addr, addr + bytes) of a mapping on a simulated node, before its
	 * first touch. Rounded outwards to host pages: later calls win. 0, or
	 * -errno.
	 */
	int (*bind)(struct host_memory *self, void *addr, size_t bytes,
		    unsigned node);

	/*
	 * Fault [addr, addr + bytes) in from the calling thread, contents kept.
	 * Any number of threads at once, on ranges of their own.
	 */
	void (*touch)(struct host_memory *self, void *addr, size_t bytes);

	/*
	 * Let the host have the pages of [addr, addr + bytes) back until they
	 * are touched again: what was in them is gone, where they are bound is
	 * not. It may do nothing.
	 */
	void (*release)(struct host_memory *self, void *addr, size_t bytes);

	/* Give a whole mapping back, with the size it was asked for. */
	void (*unmap)(struct host_memory *self, void *addr, size_t bytes);

	/*
	 * A full memory barrier on every CPU that runs a thread of this
	 * process, as a kernel has by an IPI. NULL: this host has none.
	 */
	void (*fence_others)(struct host_memory *self);
};

/* map and bind in one: memory that lies on one node. NULL: not to be had. */
static inline void *host_map_on(struct host_memory *host, size_t bytes,
				unsigned node)
{
	void *addr = host->map(host, bytes);

	if (!addr || !host->bind(host, addr, bytes, node))
		return addr;
	host->unmap(host, addr, bytes);
	return NULL;
}

#endif
