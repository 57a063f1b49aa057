/*
 * slub_hardened.h - the same, the links in free objects encoded, as
 * CONFIG_SLAB_FREELIST_HARDENED has them.
 */
#ifndef KMB_SLAB_SLUB_HARDENED_H
#define KMB_SLAB_SLUB_HARDENED_H

#define STRATEGY slub_hardened
#define SLUB_HARDENED 1
#include "slub_template.h"

static const char slub_hardened_models[] =
	"slub with encoded links (Linux 5.x, CONFIG_SLAB_FREELIST_HARDENED)";

#endif
