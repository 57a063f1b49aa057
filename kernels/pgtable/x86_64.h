/*
 * x86_64.h - the four levels of x86-64: 48 bits of address
 * (arch/x86/include/asm/pgtable_64_types.h of 3.13).
 */
#ifndef KMB_PGTABLE_X86_64_H
#define KMB_PGTABLE_X86_64_H

#define FORMAT x86_64
#define FORMAT_ENTRY uint64_t
#define FORMAT_BITS 9, 9, 9, 0, 9
#define FORMAT_PFN_BITS 40
#define FORMAT_NX (1ull << 63)
#define FORMAT_USER_TOP ((1ull << 47) - PAGE_SIZE)
#define FORMAT_SIGNED 1
#define FORMAT_PGD_WORDS 1
#define FORMAT_TWO_WORDS 0
#include "format_template.h"
#undef FORMAT

#endif
