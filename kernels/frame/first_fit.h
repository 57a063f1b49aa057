/* first_fit.h - bootmem as it was meant: exact first fit, no quirk kept. */
#ifndef KMB_FRAME_FIRST_FIT_H
#define KMB_FRAME_FIRST_FIT_H

#define STRATEGY first_fit
#define BOOTMEM_QUIRKS 0
#include "bootmem_template.h"

static const char first_fit_models[] = "first-fit bitmap of boot memory (Linux "
				       "2.6.11, mm/bootmem.c), corrected";

#endif
