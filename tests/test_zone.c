/*
 * test_zone.c - the sequence of __alloc_pages, on a machine whose every event
 * is scripted, for each strategy whose free pages can be set to the page.
 */
#include "zone_machine.h"

#include "../kernels/zone/zone_lock.h"
#define ZONE_CREATED(s) ((void)(s))
#define STRATEGY zone_lock
#include "zone_checks.h"
#undef STRATEGY
#undef ZONE_CREATED

#include "zone_drift.h"
#define ZONE_CREATED(s) drift_far(s)
#define STRATEGY zone_frame
#include "zone_checks.h"
#undef STRATEGY
#undef ZONE_CREATED

int main(void)
{
	return zone_lock_run_checks() + zone_frame_run_checks();
}
