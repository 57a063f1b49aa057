/* compiler.h - what we ask of the compiler, by one name each. */
#ifndef KMB_COMPILER_H
#define KMB_COMPILER_H

#include <stddef.h>

/*
 * 0: what is timed; nothing is checked. 1: cheap checks, and freed memory is
 * filled with junk. 2: checks that may cost O(n) as well.
 */
#ifndef KMB_DEBUG
#define KMB_DEBUG 0
#endif

/* Assumed by the layouts; the real line is asked of the topology. */
#define CACHE_LINE_BYTES 64

#define forceinline static inline __attribute__((always_inline))
#define never_inline __attribute__((noinline))
#define coldpath __attribute__((cold, noinline))
#define maybe_unused __attribute__((unused))
/* Reads what others write at the same time, and means to. */
#define racy_read __attribute__((no_sanitize("thread")))
#define must_check __attribute__((warn_unused_result))
#define cacheline_aligned __attribute__((aligned(CACHE_LINE_BYTES)))
#define printf_like(fmt, first) __attribute__((format(printf, fmt, first)))

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#define KMB_PASTE_(a, b) a##b
#define KMB_PASTE(a, b) KMB_PASTE_(a, b)
#define KMB_STRING_(a) #a
#define KMB_STRING(a) KMB_STRING_(a)

/* The optimiser must compute `var` and may assume nothing of its value. */
#define OPTIMIZER_HIDE(var) __asm__ volatile("" : "+r"(var))
/* The optimiser must have written all memory, and may assume nothing of it. */
#define OPTIMIZER_CLOBBER() __asm__ volatile("" : : : "memory")

#endif
