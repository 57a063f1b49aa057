/*
 * zone_frame.h - the same policy over a frame allocator that keeps no lists of
 * free blocks by order.
 *
 * So the formula's loop over the lower orders is left out. As in current
 * kernels, what must remain is compared with the mark, and beyond that some
 * free block must be large enough.
 */
#ifndef KMB_ZONE_FRAME_H
#define KMB_ZONE_FRAME_H

#include "hierarchical_locked.h"
#include "zone.h"

#define STRATEGY zone_frame
#define ZONE_FRAMES hierarchical_locked

enum { zone_frame_max_threads = hierarchical_locked_max_threads };
enum { zone_frame_traits = hierarchical_locked_traits };
static const char zone_frame_models[] =
	"zones over hierarchical under one lock; marks as in Linux 6.x";

forceinline bool
zone_frame_marks_ok(const struct KMB_PASTE(ZONE_FRAMES, _allocator) * frames,
		    unsigned order, uint64_t mark, uint64_t reserve,
		    bool harder, bool high)
{
	int64_t free_pages =
		(int64_t)KMB_PASTE(ZONE_FRAMES, _free_pages_estimate)(frames);

	return zone_watermark_ok(free_pages - (1ll << order) + 1, NULL, 0, mark,
				 reserve, harder, high) &&
	       (!order || KMB_PASTE(ZONE_FRAMES, _has_block)(frames, order));
}

#include "zone_template.h"

#endif
