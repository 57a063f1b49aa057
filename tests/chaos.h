/*
 * chaos.h - between any two accesses that threads share, one may be held up:
 * so a test meets in a second the races that take a day otherwise. To be
 * included before what it is to act on.
 */
#ifndef KMB_CHAOS_H
#define KMB_CHAOS_H

#include <sched.h>
#include <stdint.h>

#include "../kernels/sync/atomic.h"

/* This thread is held up at one access in so many; 0: never. */
static _Thread_local uint32_t chaos_one_in;

/* Mostly for a moment, now and then for many of another thread's operations. */
static inline void chaos(void)
{
	static _Thread_local uint32_t state = 1;

	if (!chaos_one_in)
		return;
	state = state * 1664525 + 1013904223;
	if ((state >> 8) % chaos_one_in)
		return;
	state = state * 1664525 + 1013904223;
	for (unsigned i = 1u << (state >> 28); i--;)
		__asm__ volatile("" : : : "memory");
}

/* There may be fewer CPUs than threads that wait for each other. */
static inline void chaos_relax(void)
{
	static _Thread_local unsigned nr;

	if (++nr % 16 == 0)
		sched_yield();
}

#undef READ_ONCE
#undef WRITE_ONCE
#undef READ_DEPENDENT
#undef smp_load_acquire
#undef smp_store_release
#define READ_ONCE(x) (chaos(), __atomic_load_n(&(x), __ATOMIC_RELAXED))
#define WRITE_ONCE(x, v) \
	(chaos(), __atomic_store_n(&(x), (v), __ATOMIC_RELAXED))
#define READ_DEPENDENT(x)                                           \
	(chaos(), __atomic_load_n(&(x), KMB_TSAN ? __ATOMIC_ACQUIRE \
						 : __ATOMIC_RELAXED))
#define smp_load_acquire(p) (chaos(), __atomic_load_n((p), __ATOMIC_ACQUIRE))
#define smp_store_release(p, v) \
	(chaos(), __atomic_store_n((p), (v), __ATOMIC_RELEASE))
#define cpu_relax() chaos_relax()

#endif
