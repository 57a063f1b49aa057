/*
 * null.h - the reference with nothing in it: the same page for every request,
 * and no marks. What the loop itself costs.
 */
#ifndef KMB_ZONE_NULL_H
#define KMB_ZONE_NULL_H

#include "../frame/null.h"
#include "zone.h"

#define STRATEGY null
#define ZONE_FRAMES null

forceinline bool null_marks_ok(const struct null_allocator *frames,
			       unsigned order, uint64_t mark, uint64_t reserve,
			       bool harder, bool high)
{
	(void)frames, (void)order, (void)mark, (void)reserve, (void)harder;
	(void)high;
	return true;
}

#include "zone_template.h"

#endif
