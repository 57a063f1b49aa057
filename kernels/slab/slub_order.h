/*
 * slub_order.h - how large SLUB's slabs are, and how many it keeps where
 * (Linux 3.13, mm/slub.c).
 */
#ifndef KMB_SLAB_SLUB_ORDER_H
#define KMB_SLAB_SLUB_ORDER_H

#include "slab.h"

/* Beyond it a slab is only as large as one object needs. */
#define SLUB_MAX_ORDER 3
/* What fits in 15 bits beside the frozen bit. */
#define SLUB_MAX_OBJECTS 32767
_Static_assert((PAGE_SIZE << SLUB_MAX_ORDER) / SLAB_MIN_ALIGN <=
		       SLUB_MAX_OBJECTS,
	       "no slab has more objects than can be counted");

/* What a slab should hold: the more CPUs meet at a node's lock, the more. */
static inline uint32_t slub_min_objects(unsigned nr_cpus)
{
	unsigned fls = fls64(nr_cpus) + 1; /* Linux counts bits from 1 */

	return 4 * (fls + 1);
}

/* The least order, at most `most`, that holds nr objects and wastes no more
 * than one part in `fraction`; above `most`: none. */
static inline unsigned slub_find_order(uint32_t size, uint32_t nr,
				       unsigned most, unsigned fraction)
{
	unsigned order;

	for (order = 0; order <= most; order++) {
		uint64_t bytes = PAGE_SIZE << order;

		if (bytes >= (uint64_t)nr * size &&
		    bytes % size <= bytes / fraction)
			break;
	}
	return order;
}

/* The least order that holds an object. */
static inline unsigned slub_min_order(uint32_t size)
{
	return slub_find_order(size, 1, MAX_PAGE_ORDER, 1);
}

/* Rather waste a quarter than hold one object less. */
static inline unsigned slub_order(uint32_t size, unsigned nr_cpus)
{
	uint32_t most = (uint32_t)((PAGE_SIZE << SLUB_MAX_ORDER) / size);
	uint32_t nr = slub_min_objects(nr_cpus);

	if (nr > most)
		nr = most;
	for (; nr > 1; nr--)
		for (unsigned fraction = 16; fraction >= 4; fraction /= 2) {
			unsigned order = slub_find_order(
				size, nr, SLUB_MAX_ORDER, fraction);

			if (order <= SLUB_MAX_ORDER)
				return order;
		}
	return slub_min_order(size);
}

/* Slabs that a node keeps though they are empty: more of the large ones, which
 * cost the page allocator more. */
static inline uint32_t slub_min_partial(uint32_t size)
{
	unsigned nr = fls64(size) / 2;

	return nr < 5 ? 5 : nr > 10 ? 10 : nr;
}

/* Free objects that a CPU's partial list may have before it is given away. */
static inline uint32_t slub_cpu_partial(uint32_t size)
{
	if (size >= PAGE_SIZE)
		return 2;
	if (size >= 1024)
		return 6;
	return size >= 256 ? 13 : 30;
}

/* Transaction ids of different CPUs never meet: tid % step is the CPU. */
static inline uint64_t slub_tid_step(unsigned nr_cpus)
{
	uint64_t step = 1;

	while (step < nr_cpus)
		step *= 2;
	return step;
}

#endif
