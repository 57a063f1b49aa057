/*
 * watermark.h - how much of a zone must stay free, and for whom (Linux 2.6.11,
 * mm/page_alloc.c).
 *
 * Each zone has three marks, in pages:
 *
 *   high  kswapd reclaims until more than this is free
 *   low   a request that would leave no more than this wakes kswapd
 *   min   only who cannot wait, or frees memory itself, may go below
 *
 * and a reserve from each higher classzone: pages that a request which could
 * have had higher memory must leave to those that could not.
 */
#ifndef KMB_ZONE_WATERMARK_H
#define KMB_ZONE_WATERMARK_H

#include <stdbool.h>

#include "../mm/physmem.h"

struct zone_marks {
	uint64_t min, low, high;
	uint64_t reserve[MAX_NR_ZONES]; /* by classzone; 0 for its own */
};

/* Down to which of them a request may go; NONE: to the last page. */
enum zone_mark { WMARK_MIN, WMARK_LOW, WMARK_HIGH, WMARK_NONE };

forceinline uint64_t zone_mark_pages(const struct zone_marks *marks,
				     enum zone_mark mark)
{
	return mark == WMARK_MIN   ? marks->min
	       : mark == WMARK_LOW ? marks->low
				   : marks->high;
}

/*
 * May 2^order pages be taken from a zone that has free_pages, of which
 * nr_free[o] blocks have order o? nr_free is read below `order` only.
 *
 * What remains must be more than `mark`, cut to 1/2 if `high` and then to 3/4
 * if `harder`, and the reserve; equal is too little. In blocks of at least
 * order o + 1, more than 1 / 2^(o + 1) of the cut mark must remain, too.
 *
 * All is signed: the kernel's reserve was unsigned long, by which a negative
 * free_pages compared as a huge one.
 */
forceinline bool zone_watermark_ok(int64_t free_pages, const uint64_t *nr_free,
				   unsigned order, uint64_t mark,
				   uint64_t reserve, bool harder, bool high)
{
	int64_t min = (int64_t)mark;

	free_pages -= (1ll << order) - 1;
	if (high)
		min -= min / 2;
	if (harder)
		min -= min / 4;
	if (free_pages <= min + (int64_t)reserve)
		return false;
	for (unsigned o = 0; o < order; o++) {
		free_pages -= (int64_t)(nr_free[o] << o);
		min >>= 1;
		if (free_pages <= min)
			return false;
	}
	return true;
}

/* KiB that a machine keeps free: isqrt(16 * lowmem in KiB), 128..65536. */
uint64_t zone_min_free_kib(uint64_t lowmem_pages);

/* The marks of one node's zones; those of zones that it lacks are 0. */
void zone_marks_init(struct zone_marks marks[MAX_NR_ZONES],
		     const struct physmem *mem, unsigned node);

#endif
