/* zone_lock.h - every page straight from the zone's buddy, under its lock. */
#ifndef KMB_ZONE_LOCK_H
#define KMB_ZONE_LOCK_H

#include "buddy_marks.h"
#include "zone.h"

#define STRATEGY zone_lock
#define ZONE_FRAMES free_area

enum { zone_lock_max_threads = free_area_max_threads };
enum { zone_lock_traits = free_area_traits };
static const char zone_lock_models[] =
	"zones over a buddy under one lock (Linux 2.6.11, mm/page_alloc.c)";

forceinline bool zone_lock_marks_ok(const struct free_area_allocator *frames,
				    unsigned order, uint64_t mark,
				    uint64_t reserve, bool harder, bool high)
{
	return buddy_marks_ok(frames, order, mark, reserve, harder, high);
}

#include "zone_template.h"

#endif
