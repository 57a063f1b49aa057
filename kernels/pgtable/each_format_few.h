/*
 * each_format_few.h - the same for two that have little in common: two levels
 * of entries of 4 bytes, four of 8 bytes.
 */
#define FORMAT i386
#include FORMAT_TEMPLATE
#undef FORMAT

#define FORMAT x86_64
#include FORMAT_TEMPLATE
#undef FORMAT
