/*
 * arm.h - two levels as Linux lays them out on arm: 2048 pgds of eight
 * bytes, each a pair of the hardware's, over tables of 512 ptes that fill half
 * a page (PGDIR_SHIFT 21; asm-arm/pgtable.h of 2.6.11).
 *
 * The other half of such a page is where the hardware's own entries lie; no
 * hardware walks here, so it stays empty. Of a pair only the first word is
 * used. The bits of an entry are those of our other formats, not L_PTE_*.
 */
#ifndef KMB_PGTABLE_ARM_H
#define KMB_PGTABLE_ARM_H

#define FORMAT arm
#define FORMAT_ENTRY uint32_t
#define FORMAT_BITS 9, 0, 0, 0, 11
#define FORMAT_PFN_BITS 20
#define FORMAT_NX 0
#define FORMAT_USER_TOP (3ull << 30)
#define FORMAT_SIGNED 0
#define FORMAT_PGD_WORDS 2
#define FORMAT_TWO_WORDS 0
#include "format_template.h"
#undef FORMAT

#endif
