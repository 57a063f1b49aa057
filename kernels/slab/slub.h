/* slub.h - SLUB as Linux 3.13 had it. */
#ifndef KMB_SLAB_SLUB_H
#define KMB_SLAB_SLUB_H

#define STRATEGY slub
#define SLUB_HARDENED 0
#include "slub_template.h"

static const char slub_models[] =
	"per-CPU freelist of one slab, swapped with a transaction id (Linux "
	"3.13, mm/slub.c)";

#endif
