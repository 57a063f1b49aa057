/* suite_pgtable_dump.c - a real process's page tables, by every strategy. */
#include "bench.h"

#include "../kernels/pgtable/pgtable.h"

BENCH_FAMILY(pgtable_dump_family) = {
	.name = "pgtable",
	.what = "page tables: who walks an address space, and who changes it",
};

#define STRATEGY_TEMPLATE "../../bench/pgtable_loops_dump.h"
#include "../kernels/pgtable/strategies.h"
