/*
 * pgtable_walks.c - the walk of every format as one function each, whose loads
 * pgtable_loads.sh counts.
 */
#include "../kernels/pgtable/formats.h"

#define FORMAT_TEMPLATE "../../tests/pgtable_walks.h"
#include "../kernels/pgtable/each_format.h"
