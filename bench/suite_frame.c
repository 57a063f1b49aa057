/* suite_frame.c - page-frame allocators: every loop for every strategy. */
#include "bench.h"
#include "trace.h"

#define STRATEGY_TEMPLATE "../../bench/frame_loops.h"
#include "../kernels/frame/strategies.h"

BENCH_FAMILY(frame_family) = {
	.name = "frame",
	.what = "page-frame allocators: 2^order frames from one zone per node",
};
