/*
 * buddy_marks.h - the watermark formula of 2.6.11 on a buddy's own counts, read
 * without its lock, as __alloc_pages read zone->free_pages and nr_free: they
 * may be a moment old, and are not of the same moment. Comes before all that
 * includes free_area.h.
 */
#ifndef KMB_ZONE_BUDDY_MARKS_H
#define KMB_ZONE_BUDDY_MARKS_H

#include "watermark.h"

#define FREE_AREA_COUNTED 1
#include "../frame/free_area.h"

static never_inline racy_read bool
buddy_marks_ok_order(const struct free_area_allocator *buddy, unsigned order,
		     uint64_t mark, uint64_t reserve, bool harder, bool high)
{
	uint64_t nr_free[NR_PAGE_ORDERS];

	for (unsigned o = 0; o < order; o++)
		nr_free[o] =
			*(const volatile uint64_t *)&buddy->area[o].nr_free;
	return zone_watermark_ok((int64_t)READ_ONCE(buddy->free_pages), nr_free,
				 order, mark, reserve, harder, high);
}

forceinline bool buddy_marks_ok(const struct free_area_allocator *buddy,
				unsigned order, uint64_t mark, uint64_t reserve,
				bool harder, bool high)
{
	if (unlikely(order))
		return buddy_marks_ok_order(buddy, order, mark, reserve, harder,
					    high);
	return zone_watermark_ok((int64_t)READ_ONCE(buddy->free_pages), NULL, 0,
				 mark, reserve, harder, high);
}

#endif
