/* pcp.h - per-CPU lists of current kernels, each with its spin lock. */
#ifndef KMB_FRAME_PCP_H
#define KMB_FRAME_PCP_H

#define STRATEGY pcp
#define PCP_LOCKED 1
#include "pcp_template.h"

static const char pcp_models[] =
	"per-CPU lists of orders 0-3, locked, before a buddy (Linux 6.x, "
	"mm/page_alloc.c)";

#endif
