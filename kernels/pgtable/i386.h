/*
 * i386.h - the two levels of i386: 32 bits of address, entries of four
 * bytes, and huge pages of 4 MiB (asm-i386/pgtable-2level-defs.h of 2.6.11).
 */
#ifndef KMB_PGTABLE_I386_H
#define KMB_PGTABLE_I386_H

#define FORMAT i386
#define FORMAT_ENTRY uint32_t
#define FORMAT_BITS 10, 0, 0, 0, 10
#define FORMAT_PFN_BITS 20
#define FORMAT_NX 0
#define FORMAT_USER_TOP (3ull << 30)
#define FORMAT_SIGNED 0
#define FORMAT_PGD_WORDS 1
#define FORMAT_TWO_WORDS 0
#include "format_template.h"
#undef FORMAT

#endif
