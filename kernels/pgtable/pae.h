/*
 * pae.h - the three levels of i386 with physical address extension: four
 * pgds, entries of eight bytes that a 32-bit CPU stores and reads in halves
 * (asm-i386/pgtable-3level-defs.h of 2.6.11).
 */
#ifndef KMB_PGTABLE_PAE_H
#define KMB_PGTABLE_PAE_H

#define FORMAT pae
#define FORMAT_ENTRY uint64_t
#define FORMAT_BITS 9, 9, 0, 0, 2
#define FORMAT_PFN_BITS 40
#define FORMAT_NX (1ull << 63)
#define FORMAT_USER_TOP (3ull << 30)
#define FORMAT_SIGNED 0
#define FORMAT_PGD_WORDS 1
#define FORMAT_TWO_WORDS 1
#include "format_template.h"
#undef FORMAT

#endif
