/* suite_slab.c - slab allocators: every loop for every strategy. */
#include "slab_replay.h"

#define STRATEGY_TEMPLATE "../../bench/slab_subject.h"
#include "../kernels/slab/strategies.h"

BENCH_FAMILY(slab_family) = {
	.name = "slab",
	.what = "slab allocators: objects of one size, cut from pages",
};
