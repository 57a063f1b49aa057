/*
 * bracket.h - mark a short stretch of one CPU's work with plain stores, so that
 * another CPU can stop it.
 *
 * The CPU itself
 *	p = bracket_enter(&word);	the word is odd from here on
 *	if (bracket_asked(&ask) ...)	undo: leave with p unchanged
 *	...
 *	bracket_leave(&word, new);
 * and who stops it
 *	bracket_ask(&ask, ...);
 *	an asymmetric fence, host_memory's fence_others()
 *	bracket_wait(&word);
 * Only the CPU itself ever writes the word, so reading it before marking it is
 * safe. A store and a later load of another place are not ordered by x86 nor
 * arm64; the fence of the one who stops, which runs on all CPUs, is what makes
 * them so: either it sees the mark, or the CPU sees what it is asked. A kernel
 * has an IPI for it, a process on Linux membarrier(2).
 *
 * ThreadSanitizer knows no such fence: under it all of these are sequentially
 * consistent, and none is needed.
 */
#ifndef KMB_BRACKET_H
#define KMB_BRACKET_H

#include <stdint.h>

#include "atomic.h"

#ifdef __SANITIZE_THREAD__
#define BRACKET_NEEDS_FENCE 0
#define BRACKET_ORDER __ATOMIC_SEQ_CST
#else
#define BRACKET_NEEDS_FENCE 1
#define BRACKET_ORDER __ATOMIC_RELAXED
#endif

/* Mark the word, which is even; what it was. */
forceinline uintptr_t bracket_enter(uintptr_t *word)
{
	uintptr_t value = READ_ONCE(*word);

	__atomic_store_n(word, value | 1, BRACKET_ORDER);
	OPTIMIZER_CLOBBER();
	return value;
}

/* What is asked of this CPU. Pairs with the release in bracket_ask(). */
forceinline uintptr_t bracket_asked(const uintptr_t *ask)
{
	return BRACKET_NEEDS_FENCE ? smp_load_acquire(ask)
				   : __atomic_load_n(ask, __ATOMIC_SEQ_CST);
}

/* Pairs with the acquire in bracket_wait(). */
forceinline void bracket_leave(uintptr_t *word, uintptr_t value)
{
	smp_store_release(word, value);
}

forceinline void bracket_ask(uintptr_t *ask, uintptr_t value)
{
	if (BRACKET_NEEDS_FENCE)
		smp_store_release(ask, value);
	else
		__atomic_store_n(ask, value, __ATOMIC_SEQ_CST);
}

forceinline void bracket_wait(const uintptr_t *word)
{
	while (__atomic_load_n(word, __ATOMIC_SEQ_CST) & 1)
		cpu_relax();
}

#endif
