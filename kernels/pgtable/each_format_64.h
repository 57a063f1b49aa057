/*
 * each_format_64.h - the same for the formats whose entries have room for more
 * than a frame and flags: bits 52..62 of x86-64's.
 */
#define FORMAT x86_64
#include FORMAT_TEMPLATE
#undef FORMAT

#ifndef PGTABLE_FEW_FORMATS
#define FORMAT x86_64_la57
#include FORMAT_TEMPLATE
#undef FORMAT
#endif
