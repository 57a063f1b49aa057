/*
 * pcp_marks.h - how many pages a CPU's lists hold in current kernels, and how
 * many move at once.
 *
 *   batch  min(zone / 1024, 1 MiB) / 4 pages, then 2^k - 1 with 2^k rounded
 *          down, at least 1: at most 63. One less than a power of two, so that
 *          two tasks in turn do not always get the same cache colours.
 *   high   max(low watermark / CPUs, 4 * batch); later kernels move it between
 *          a least and a most, we do not.
 *
 * The low watermark is that of a machine whose memory is this one zone:
 * min_free_kbytes = isqrt(16 * KiB of memory) within 128..65536, and low is 5/4
 * of that. 8 GiB: 11585 KiB, min 2896 and low 3620 pages, so with 2 CPUs high
 * is 1810 pages.
 */
#ifndef KMB_FRAME_PCP_MARKS_H
#define KMB_FRAME_PCP_MARKS_H

#include "pcp_buddy.h"

/* Orders 0 to 3, PAGE_ALLOC_COSTLY_ORDER. */
#define NR_PCP_ORDERS 4

static inline uint32_t pcp_batch(uint64_t zone_pages)
{
	uint64_t batch = zone_pages / 1024;

	if (batch > (1 << 20) / PAGE_SIZE)
		batch = (1 << 20) / PAGE_SIZE;
	batch /= 4;
	return batch < 4 ? 1 : (1u << fls64(batch)) - 1;
}

static inline uint64_t pcp_low_watermark(uint64_t zone_pages)
{
	uint64_t min_kib = isqrt64(16 * (zone_pages * (PAGE_SIZE / 1024)));
	uint64_t min_pages;

	if (min_kib < 128)
		min_kib = 128;
	if (min_kib > 65536)
		min_kib = 65536;
	min_pages = min_kib / (PAGE_SIZE / 1024);
	return min_pages + min_pages / 4;
}

static inline uint32_t pcp_high(uint64_t zone_pages, unsigned nr_cpus)
{
	uint32_t high = (uint32_t)(pcp_low_watermark(zone_pages) / nr_cpus);
	uint32_t least = 4 * pcp_batch(zone_pages);

	return high > least ? high : least;
}

/* Blocks of an order that a refill asks for. */
forceinline unsigned pcp_refill_blocks(uint32_t batch, unsigned order)
{
	unsigned nr = batch >> order;

	return nr < 2 ? 2 : nr;
}

/*
 * The most pages that a CPU's lists can hold. Below `high` a free adds to them.
 * From there on a free spills at least what it pushed, from the same list, so
 * that only refills add, each to an empty list: max(batch, 2 << order) pages at
 * most, for each order once.
 */
static inline uint64_t pcp_most(uint32_t batch, uint32_t high)
{
	uint64_t most = high;

	for (unsigned o = 0; o < NR_PCP_ORDERS; o++)
		most += (uint64_t)pcp_refill_blocks(batch, o) << o;
	return most;
}

#endif
