/*
 * tsc.h - the CPU's counter of time, read where an operation begins and ends.
 *
 * tsc_now() counts in ticks of whatever is cheapest here: x86's time-stamp
 * counter, arm64's virtual counter (often a tick of 10 to 40 ns), or else
 * CLOCK_MONOTONIC_RAW in ns. Differences of readings on one CPU mean something;
 * ticks become ns by tsc_calibrate().
 */
#ifndef KMB_TSC_H
#define KMB_TSC_H

#include "bench.h"

/*
 * Fenced on both sides, so that one reading serves as start and as stop: what
 * comes before has been executed and its loads are there, and what comes after
 * has not begun. (rdtscp would spare the first fence, but not every CPU has
 * it.) A store counts as done when it is in the store buffer: its way to the
 * cache is nobody's time, as it isn't in a kernel that goes on working.
 */
forceinline uint64_t tsc_now(void)
{
#ifdef __x86_64__
	uint64_t ticks;

	__asm__ volatile("" : : : "memory");
	__builtin_ia32_lfence();
	ticks = __builtin_ia32_rdtsc();
	__builtin_ia32_lfence();
	__asm__ volatile("" : : : "memory");
	return ticks;
#elif defined(__aarch64__)
	uint64_t ticks;

	/* isb alone does not wait for loads. */
	__asm__ volatile("dsb ishld\n\tisb\n\tmrs %0, cntvct_el0\n\tisb"
			 : "=r"(ticks)
			 :
			 : "memory");
	return ticks;
#else
	return bench_now_ns();
#endif
}

/*
 * Nanoseconds in a tick, by running for at least ns against
 * CLOCK_MONOTONIC_RAW; about 40 ns are uncertain: 10 ms give 5 digits.
 */
double tsc_calibrate(uint64_t ns);

/* What reading it is like here, in ticks. */
struct tsc_reading {
	double min, median; /* from one reading to the next, nothing between */
	/*
	 * All differences are multiples of it. Of 1 on some CPUs; of 26 on an
	 * AMD EPYC of 2.6 GHz, whose counter goes on every 10 ns.
	 */
	uint64_t step;
};

void tsc_measure(struct tsc_reading *reading);

#endif
