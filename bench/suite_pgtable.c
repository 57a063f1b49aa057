/* suite_pgtable.c - page tables: every loop, strategy and format. */
#include "bench.h"
#include "pgtable_bench.h"
#include "pgtable_mix.h"

#include "../kernels/pgtable/operations.h"
#include "../kernels/pgtable/pgtable.h"

static const struct pgtable_workload pgtable_seq = {
	.order = PGTABLE_SEQUENTIAL
};
static const struct pgtable_workload pgtable_stride = { .stride = true };
static const struct pgtable_workload pgtable_random = {
	.order = PGTABLE_UNIFORM
};
static const struct pgtable_workload pgtable_zipf = { .order = PGTABLE_ZIPF };
static const struct pgtable_workload pgtable_empty = { .empty = true };
static const struct pgtable_workload pgtable_mix = {
	.order = PGTABLE_UNIFORM,
	.mixed = true,
};
static const struct pgtable_workload pgtable_fork = {
	.mixed = true,
	.forked = true,
};

#define STRATEGY_TEMPLATE "../../bench/pgtable_loops.h"
#include "../kernels/pgtable/strategies.h"

BENCH_FAMILY(pgtable_family) = {
	.name = "pgtable",
	.what = "page tables: who walks an address space, and who changes it",
};
