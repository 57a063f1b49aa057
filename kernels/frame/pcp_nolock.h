/* pcp_nolock.h - pcp without the per-CPU lock: the CPU alone is at its lists.
 */
#ifndef KMB_FRAME_PCP_NOLOCK_H
#define KMB_FRAME_PCP_NOLOCK_H

#define STRATEGY pcp_nolock
#define PCP_LOCKED 0
#include "pcp_template.h"

static const char pcp_nolock_models[] =
	"per-CPU lists of orders 0-3, preemption off, before a buddy (Linux "
	"5.14, mm/page_alloc.c)";

#endif
