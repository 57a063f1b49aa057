/* sampling.h - what a run with --latency has to say before it begins. */
#ifndef KMB_SAMPLING_H
#define KMB_SAMPLING_H

#include <stdio.h>

#include "plan.h"

/*
 * A line for the workloads of the plan that will have no latencies, and one if
 * the counter that times them may change its rate; nothing if all is well.
 */
void sampling_announce(FILE *out, const struct plan *plan);

/*
 * Does the text of /proc/cpuinfo vouch for the counter? False only for an x86
 * CPU whose time-stamp counter may change its rate or stop.
 */
bool sampling_counter_is_steady(FILE *cpuinfo);

#endif
