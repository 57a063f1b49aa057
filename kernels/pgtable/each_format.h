/*
 * each_format.h - includes FORMAT_TEMPLATE once for each format, with FORMAT
 * defined. The template's path is seen from here.
 */
#define FORMAT i386
#include FORMAT_TEMPLATE
#undef FORMAT

#define FORMAT pae
#include FORMAT_TEMPLATE
#undef FORMAT

#define FORMAT x86_64
#include FORMAT_TEMPLATE
#undef FORMAT

#define FORMAT x86_64_la57
#include FORMAT_TEMPLATE
#undef FORMAT

#define FORMAT arm
#include FORMAT_TEMPLATE
#undef FORMAT
