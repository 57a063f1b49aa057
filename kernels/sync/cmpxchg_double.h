/*
 * cmpxchg_double.h - compare and exchange two adjacent words as one.
 *
 * cmpxchg_double_local() is for words that one CPU alone writes, with
 * preemption off: what an interrupt must not tear, another CPU never sees. On
 * x86-64 it is one instruction without a lock prefix; it takes 3 ns on a Zen 4,
 * where slub's alloc and free would take 3.5 ns with plain stores and take 10.
 * Elsewhere it is plain loads and stores, since a CPU of ours is the argument
 * of a thread that nothing interrupts; Linux 3.13 turned interrupts off around
 * them there.
 *
 * cmpxchg_double() is for words that all CPUs write: an acquire and a release
 * where it succeeds. On ISAs without it (HAVE_CMPXCHG_DOUBLE is 0) the words
 * need a lock. Inline assembly: the builtins of 16 bytes are calls into
 * libatomic, or want flags for the whole file.
 *
 * ThreadSanitizer sees no assembly: under it both are the portable ones.
 */
#ifndef KMB_CMPXCHG_DOUBLE_H
#define KMB_CMPXCHG_DOUBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "atomic.h"

#if (defined(__x86_64__) || defined(__aarch64__)) && !KMB_TSAN
#define HAVE_CMPXCHG_DOUBLE 1
#else
#define HAVE_CMPXCHG_DOUBLE 0
#endif

/*
 * True when *first held old_first and *second, the word behind it, old_second;
 * they now hold the new ones. `first` is aligned to 16 bytes.
 */
forceinline bool cmpxchg_double_local(void **first, uint64_t *second,
				      void *old_first, uint64_t old_second,
				      void *new_first, uint64_t new_second)
{
#if defined(__x86_64__) && !KMB_TSAN
	bool same;

	__asm__ volatile("cmpxchg16b %[first]"
			 : "=@ccz"(same), [first] "+m"(*first), "+m"(*second),
			   "+a"(old_first), "+d"(old_second)
			 : "b"(new_first), "c"(new_second));
	return same;
#else
	if (*first != old_first || *second != old_second)
		return false;
	*first = new_first;
	*second = new_second;
	return true;
#endif
}

#if HAVE_CMPXCHG_DOUBLE
forceinline bool cmpxchg_double(void **first, uint64_t *second, void *old_first,
				uint64_t old_second, void *new_first,
				uint64_t new_second)
{
#if defined(__x86_64__)
	bool same;

	__asm__ volatile("lock cmpxchg16b %[first]"
			 : "=@ccz"(same), [first] "+m"(*first), "+m"(*second),
			   "+a"(old_first), "+d"(old_second)
			 : "b"(new_first), "c"(new_second)
			 : "memory");
	return same;
#else
	uint64_t failed, was_first, was_second;

	/* The pair that is loaded is one only if it can be stored. */
	__asm__ volatile(
		"1:	ldaxp	%[first], %[second], [%[at]]\n"
		"	cmp	%[first], %[old_first]\n"
		"	ccmp	%[second], %[old_second], #0, eq\n"
		"	cset	%w[failed], ne\n"
		"	b.ne	2f\n"
		"	stlxp	%w[failed], %[new_first], "
		"%[new_second], [%[at]]\n"
		"	cbnz	%w[failed], 1b\n"
		"	dmb	ish\n"
		"2:"
		: [failed] "=&r"(failed), [first] "=&r"(was_first),
		  [second] "=&r"(was_second), "+m"(*first), "+m"(*second)
		: [at] "r"(first), [old_first] "r"(old_first),
		  [old_second] "r"(old_second), [new_first] "r"(new_first),
		  [new_second] "r"(new_second)
		: "cc", "memory");
	return !failed;
#endif
}
#endif

#endif
