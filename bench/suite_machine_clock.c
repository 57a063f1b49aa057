/* suite_machine_clock.c - what it costs to ask for the time. */
#include <time.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "bench.h"

#include "../kernels/base/strategy.h"

/* The counter as it is: neighbouring instructions may pass it. */
forceinline uint64_t read_rdtsc(void)
{
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
#else
	return 0;
#endif
}

static const char *rdtsc_unsupported(void)
{
#if defined(__x86_64__) || defined(__aarch64__)
	return NULL;
#else
	return "no counter that user space may read";
#endif
}

/* Waits for the instructions before it. */
forceinline uint64_t read_rdtscp(void)
{
#ifdef __x86_64__
	unsigned cpu;

	return __builtin_ia32_rdtscp(&cpu);
#else
	return 0;
#endif
}

static const char *rdtscp_unsupported(void)
{
#ifdef __x86_64__
	unsigned eax, ebx, ecx, edx;

	if (__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx) && edx & (1u << 27))
		return NULL;
#endif
	return "no rdtscp";
}

forceinline uint64_t read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_nsec;
}

#define CLOCK_CASE(name, read, unsupported_fn, what)                        \
	static uint64_t name##_loop(struct bench_thread *self, uint64_t nr) \
	{                                                                   \
		(void)self;                                                 \
		for (uint64_t i = 0; i < nr; i++) {                         \
			uint64_t now = read;                                \
                                                                            \
			OPTIMIZER_HIDE(now);                                \
		}                                                           \
		return nr;                                                  \
	}                                                                   \
                                                                            \
	BENCH_CASE(name##_case) = {                                         \
		.family = "machine",                                        \
		.strategy = #name,                                          \
		.workload = "clock",                                        \
		.isa = "scalar",                                            \
		.models = what,                                             \
		.batch = 1024,                                              \
		.unsupported = unsupported_fn,                              \
		.loop = name##_loop,                                        \
	}

CLOCK_CASE(rdtsc, read_rdtsc(), rdtsc_unsupported,
	   "the CPU's counter: rdtsc, or arm64's cntvct_el0");
CLOCK_CASE(rdtscp, read_rdtscp(), rdtscp_unsupported,
	   "the CPU's counter, after the instructions before it");
CLOCK_CASE(clock_monotonic_raw, read_clock(CLOCK_MONOTONIC_RAW), NULL,
	   "clock_gettime(CLOCK_MONOTONIC_RAW)");
CLOCK_CASE(clock_monotonic, read_clock(CLOCK_MONOTONIC), NULL,
	   "clock_gettime(CLOCK_MONOTONIC)");
CLOCK_CASE(clock_thread_cpu, read_clock(CLOCK_THREAD_CPUTIME_ID), NULL,
	   "clock_gettime(CLOCK_THREAD_CPUTIME_ID), a system call");
