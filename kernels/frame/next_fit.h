/*
 * next_fit.h - bootmem as of 3.13: a hint that roves instead of last_success.
 *
 * Of the quirks in bootmem.h, 3.13 mends 1 and 2 (no candidate is skipped, no
 * bit past the end is tested). 5 has no ground left, since the hint is an index
 * for alloc and free alike, and of 4 only the half that bootmem.h tells. 3
 * stays: a merge may land in a page that was freed.
 */
#ifndef KMB_FRAME_NEXT_FIT_H
#define KMB_FRAME_NEXT_FIT_H

#define STRATEGY next_fit
#define BOOTMEM_QUIRKS (BOOTMEM_MERGES_INTO_FREED | BOOTMEM_HINT_ROVES)
#include "bootmem_template.h"

static const char next_fit_models[] =
	"bitmap of boot memory, searched from a hint (Linux 3.13, "
	"mm/bootmem.c)";

#endif
