/*
 * x86_64_la57.h - x86-64 with five levels: 57 bits of address, the p4d of
 * its own.
 */
#ifndef KMB_PGTABLE_X86_64_LA57_H
#define KMB_PGTABLE_X86_64_LA57_H

#define FORMAT x86_64_la57
#define FORMAT_ENTRY uint64_t
#define FORMAT_BITS 9, 9, 9, 9, 9
#define FORMAT_PFN_BITS 40
#define FORMAT_NX (1ull << 63)
#define FORMAT_USER_TOP ((1ull << 56) - PAGE_SIZE)
#define FORMAT_SIGNED 1
#define FORMAT_PGD_WORDS 1
#define FORMAT_TWO_WORDS 0
#include "format_template.h"
#undef FORMAT

#endif
