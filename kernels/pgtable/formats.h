/* formats.h - every format: its entries, its address spaces, its walk. */
#ifndef KMB_PGTABLE_FORMATS_H
#define KMB_PGTABLE_FORMATS_H

#include "arm.h"
#include "i386.h"
#include "pae.h"
#include "x86_64.h"
#include "x86_64_la57.h"

#define FORMAT_TEMPLATE "space_parts.h"
#include "each_format.h"
#undef FORMAT_TEMPLATE

#endif
