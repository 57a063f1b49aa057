/*
 * atomic.h - atomic operations on plain words, the memory order in the name.
 *
 * Linux's words where Linux has one: READ_ONCE and WRITE_ONCE order nothing,
 * an acquire pairs with a release, and a full operation orders everything.
 */
#ifndef KMB_ATOMIC_H
#define KMB_ATOMIC_H

#include "../base/compiler.h"

#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)

#if defined(__SANITIZE_THREAD__)
#define KMB_TSAN 1
#elif defined(__has_feature)
#define KMB_TSAN __has_feature(thread_sanitizer)
#else
#define KMB_TSAN 0
#endif

/*
 * A load of what leads to the address that is read next. Every CPU of ours
 * keeps the two in order by the dependency, as Linux relies on; C11 calls it
 * consume, and compilers make that an acquire, which arm64 would pay for. The
 * sanitizer knows of no dependencies, so it is told of an acquire.
 */
#if KMB_TSAN
#define READ_DEPENDENT(x) smp_load_acquire(&(x))
#else
#define READ_DEPENDENT(x) READ_ONCE(x)
#endif

#define smp_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)

#define fetch_add_relaxed(p, v) __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define fetch_add_release(p, v) __atomic_fetch_add((p), (v), __ATOMIC_RELEASE)
#define fetch_add_full(p, v) __atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)
#define xchg_acquire(p, v) __atomic_exchange_n((p), (v), __ATOMIC_ACQUIRE)
#define xchg_full(p, v) __atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL)

/* True when *p held *expected and now holds v; else *expected is *p. */
#define cmpxchg_acquire(p, expected, v)                                        \
	__atomic_compare_exchange_n((p), (expected), (v), 0, __ATOMIC_ACQUIRE, \
				    __ATOMIC_RELAXED)
#define cmpxchg_release(p, expected, v)                                        \
	__atomic_compare_exchange_n((p), (expected), (v), 0, __ATOMIC_RELEASE, \
				    __ATOMIC_RELAXED)
#define cmpxchg_full(p, expected, v)                                           \
	__atomic_compare_exchange_n((p), (expected), (v), 0, __ATOMIC_ACQ_REL, \
				    __ATOMIC_ACQUIRE)

/*
 * All before it is seen before all behind it. The sanitizer follows no fences;
 * what must be ordered for it as well needs a release and an acquire beside.
 */
#if KMB_TSAN && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"
#endif
forceinline void smp_mb(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}
#if KMB_TSAN && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/* Tell the core that this is a spin: it yields its pipeline to its sibling. */
forceinline void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" : : : "memory");
#endif
}

#endif
