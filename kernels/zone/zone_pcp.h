/*
 * zone_pcp.h - single pages through a CPU's hot list, as 2.6.11 had it.
 *
 * Pages on such lists are not in free_pages, so the marks do not see them: up
 * to 8 batches a CPU (pcp_2_6_11.h) are free beside what the formula counts.
 */
#ifndef KMB_ZONE_PCP_H
#define KMB_ZONE_PCP_H

#include "buddy_marks.h"
#include "zone.h"

#include "../frame/pcp_2_6_11.h"

#define STRATEGY zone_pcp
#define ZONE_FRAMES pcp_2_6_11

enum { zone_pcp_max_threads = pcp_2_6_11_max_threads };
enum { zone_pcp_traits = pcp_2_6_11_traits };
static const char zone_pcp_models[] =
	"zones with per-CPU lists before the buddy (Linux 2.6.11, "
	"mm/page_alloc.c)";

forceinline bool zone_pcp_marks_ok(const struct pcp_2_6_11_allocator *frames,
				   unsigned order, uint64_t mark,
				   uint64_t reserve, bool harder, bool high)
{
	return buddy_marks_ok(&frames->buddy, order, mark, reserve, harder,
			      high);
}

#include "zone_template.h"

#endif
