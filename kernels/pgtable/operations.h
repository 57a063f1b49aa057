/*
 * operations.h - what a kernel does with page tables beyond map, unmap and
 * protect, over every format: follow_page(), vmap, fork, copy on write, aging.
 */
#ifndef KMB_PGTABLE_OPERATIONS_H
#define KMB_PGTABLE_OPERATIONS_H

#include "follow.h"
#include "formats.h"

#define FORMAT_TEMPLATE "operation_parts.h"
#include "each_format.h"
#undef FORMAT_TEMPLATE

#endif
