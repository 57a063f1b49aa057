/*
 * zone_drift.h - zone_frame on machines so small that its count would hardly
 * drift: made to, further than all of their marks lie apart.
 */
#ifndef KMB_ZONE_DRIFT_H
#define KMB_ZONE_DRIFT_H

#include "../kernels/zone/zone_frame.h"

static void drift_far(struct zone_frame_zones *s)
{
	for (unsigned id = 0; id < ARRAY_SIZE(s->zones.zone); id++) {
		struct percpu_bitfield_counted_allocator *frames;

		if (!s->zones.zone[id])
			continue;
		frames = &zone_frame_zone_of(s->zones.zone[id])->frames;
		frames->threshold = COUNTED_THRESHOLD_MAX;
		frames->drift =
			(int64_t)COUNTED_THRESHOLD_MAX * s->zones.nr_cpus;
	}
}

#endif
