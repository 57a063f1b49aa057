/* suite_rmap.c - reverse mapping: every loop and strategy. */
#include "bench.h"
#include "rmap_bench.h"

#include "rmap_workloads.h"
#include "rmap_slab_pair.h"

#define STRATEGY_TEMPLATE "../../bench/rmap_loops.h"
#include "../kernels/rmap/strategies.h"

BENCH_FAMILY(rmap_family) = {
	.name = "rmap",
	.what = "reverse mapping: who finds all that map a page, and what it "
		"costs all others",
};
