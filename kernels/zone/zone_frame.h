/*
 * zone_frame.h - the same policy over a frame allocator that keeps no lists of
 * free blocks by order, and no count that one word would hold.
 *
 * So the formula's loop over the lower orders is left out. As in current
 * kernels, what must remain is compared with the mark, and beyond that some
 * free block must be large enough. And as there, a cheap count of free pages
 * decides where its error cannot matter; else an exact one does. So no mark is
 * passed because of the drift (percpu_bitfield_counted.h): what remains is that
 * requests at the same moment see the same pages, as they do in zone_lock,
 * which looks without its lock.
 */
#ifndef KMB_ZONE_FRAME_H
#define KMB_ZONE_FRAME_H

#include "percpu_bitfield_counted.h"
#include "zone.h"

#define STRATEGY zone_frame
#define ZONE_FRAMES percpu_bitfield_counted

enum { zone_frame_max_threads = percpu_bitfield_counted_max_threads };
enum { zone_frame_traits = percpu_bitfield_counted_traits };
static const char zone_frame_models[] = "zones over percpu_bitfield (our own); "
					"marks and counts as in Linux 6.x";

forceinline bool zone_frame_enough(int64_t free_pages, unsigned order,
				   uint64_t mark, uint64_t reserve, bool harder,
				   bool high)
{
	return zone_watermark_ok(free_pages - (1ll << order) + 1, NULL, 0, mark,
				 reserve, harder, high);
}

forceinline bool
zone_frame_marks_ok(const struct percpu_bitfield_counted_allocator *frames,
		    unsigned order, uint64_t mark, uint64_t reserve,
		    bool harder, bool high)
{
	int64_t about = percpu_bitfield_counted_about(frames);
	int64_t drift = frames->drift;

	if (!zone_frame_enough(about - drift, order, mark, reserve, harder,
			       high)) {
		if (!zone_frame_enough(about + drift, order, mark, reserve,
				       harder, high))
			return false;
		about = percpu_bitfield_counted_snapshot(frames);
		if (!zone_frame_enough(about, order, mark, reserve, harder,
				       high))
			return false;
	}
	return likely(!order) ||
	       percpu_bitfield_counted_has_block(frames, order);
}

#include "zone_template.h"

#endif
