/*
 * each_format.h - includes FORMAT_TEMPLATE once for each format, with FORMAT
 * defined. The template's path is seen from here. PGTABLE_FEW_FORMATS leaves
 * those of each_format_few.h.
 */
#define FORMAT i386
#include FORMAT_TEMPLATE
#undef FORMAT

#ifndef PGTABLE_FEW_FORMATS
#define FORMAT pae
#include FORMAT_TEMPLATE
#undef FORMAT
#endif

#define FORMAT x86_64
#include FORMAT_TEMPLATE
#undef FORMAT

#ifndef PGTABLE_FEW_FORMATS
#define FORMAT x86_64_la57
#include FORMAT_TEMPLATE
#undef FORMAT

#define FORMAT arm
#include FORMAT_TEMPLATE
#undef FORMAT
#endif
