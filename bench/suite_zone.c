/* suite_zone.c - zoned allocators: every loop for every strategy. */
#include "bench.h"
#include "trace.h"
#include "zone_bench.h"

static const struct zone_workload zone_kernel = { .gfp = GFP_KERNEL };
static const struct zone_workload zone_highmem = { .highmem = true };

/* Who waits, dips into the reserves, has someone killed, is refused? */
static const struct zone_workload zone_storm_kernel = { .gfp = GFP_KERNEL };
static const struct zone_workload zone_storm_noretry = { .gfp = GFP_KERNEL |
								GFP_NORETRY };
static const struct zone_workload zone_storm_nofail = { .gfp = GFP_KERNEL |
							       GFP_NOFAIL };
static const struct zone_workload zone_storm_nowait = { .gfp = 0 };
static const struct zone_workload zone_storm_atomic = { .gfp = GFP_ATOMIC };

#define STRATEGY_TEMPLATE "../../bench/zone_loops.h"
#include "../kernels/zone/strategies.h"

BENCH_FAMILY(zone_family) = {
	.name = "zone",
	.what = "zoned allocators: watermarks, zonelists, kswapd and reclaim",
};
