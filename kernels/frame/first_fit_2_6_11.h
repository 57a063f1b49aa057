/* first_fit_2_6_11.h - bootmem as it was: all five quirks of bootmem.h. */
#ifndef KMB_FRAME_FIRST_FIT_2_6_11_H
#define KMB_FRAME_FIRST_FIT_2_6_11_H

#define STRATEGY first_fit_2_6_11
#define BOOTMEM_QUIRKS BOOTMEM_ALL_QUIRKS
#include "bootmem_template.h"

static const char first_fit_2_6_11_models[] =
	"first-fit bitmap of boot memory (Linux 2.6.11, mm/bootmem.c), as it "
	"was";

#endif
