/*
 * test_zone.c - the sequence of __alloc_pages, on a machine whose every event
 * is scripted, for each strategy whose free pages can be set to the page.
 */
#include "zone_machine.h"

#include "../kernels/zone/zone_lock.h"
#define STRATEGY zone_lock
#include "zone_checks.h"
#undef STRATEGY

#include "../kernels/zone/zone_frame.h"
#define STRATEGY zone_frame
#include "zone_checks.h"
#undef STRATEGY

int main(void)
{
	return zone_lock_run_checks() + zone_frame_run_checks();
}
