/* suite_pgtable_dump.c - a real process's page tables, by every strategy. */
#include "bench.h"

#include "../kernels/pgtable/pgtable.h"

#define STRATEGY_TEMPLATE "../../bench/pgtable_loops_dump.h"
#include "../kernels/pgtable/strategies.h"
