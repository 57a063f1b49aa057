/*
 * floor.h - the least that must move: an array stack of frames for each CPU, no
 * marks. Short of frames it reclaims, and is no floor there.
 */
#ifndef KMB_ZONE_FLOOR_H
#define KMB_ZONE_FLOOR_H

#include "../frame/floor.h"
#include "zone.h"

#define STRATEGY floor
#define ZONE_FRAMES floor

forceinline bool floor_marks_ok(const struct floor_allocator *frames,
				unsigned order, uint64_t mark, uint64_t reserve,
				bool harder, bool high)
{
	(void)frames, (void)order, (void)mark, (void)reserve, (void)harder;
	(void)high;
	return true;
}

#include "zone_template.h"

#endif
