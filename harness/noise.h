/*
 * noise.h - what disturbed a measurement: interrupts of the thread, faults,
 * migrations, time stolen by the hypervisor, and the frequency it ran at.
 */
#ifndef KMB_NOISE_H
#define KMB_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#include "../bench/bench.h"
#include "placement.h"

/*
 * In the measured thread, around its span: fill span->extra's words up to
 * EXTRA_COUNTERS (extra.h); EXTRA_NA where this system does not tell. They are
 * bench_options' hooks and cost a few microseconds outside the clocks.
 */
void noise_span_begin(struct bench_span *span);
void noise_span_end(struct bench_span *span);

/*
 * Steal of a placement's CPUs since boot, in ns; UINT64_MAX: not known. It
 * moves in steps of a clock tick, mostly 10 ms.
 */
uint64_t noise_steal_ns(const struct placement *p);

/* Present frequency of a CPU in MHz; NaN: not readable, as in most VMs. */
double noise_cpu_mhz(unsigned os_cpu);

/* One process of a point, judged. */
struct noise {
	double steal_ns; /* NaN: not known */
	double seconds;	 /* that the process took, on nr_threads CPUs */
	uint64_t migrations;
	unsigned nr_threads;
};

/*
 * So much that the process is worth repeating: a migration, or more than a
 * tick of steal and 2 % of its time. Then reason says what.
 */
bool noise_is_high(const struct noise *noise, char *reason, size_t size);

#endif
