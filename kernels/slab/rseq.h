/*
 * rseq.h - restartable sequences: steps on this CPU's store that end in one
 * store to memory, and begin again if the thread was preempted, moved or
 * signalled before it.
 *
 * The kernel knows where a thread's struct rseq is, since glibc 2.35 registers
 * it for each; it keeps the CPU's number there, and restarts what the struct's
 * rseq_cs describes. This is the one thing of the host that a kernel of ours
 * asks for itself: a real one would turn preemption off. A thread that is not
 * registered has that struct too, with a CPU's number that is out of range.
 *
 * A sequence works on table[cpu], for cpu < RSEQ_CPUS:
 *   void *rseq_pop(table);          its top object; NULL: none, or no such CPU
 *   bool rseq_push(table, object);  false: it is full, or no such CPU
 *   struct percpu_store *rseq_take(table, &top);
 *       Leave &nothing for its top; top is what it was. NULL: no such CPU.
 */
#ifndef KMB_SLAB_RSEQ_H
#define KMB_SLAB_RSEQ_H

#include "percpu_types.h"

/* A page of pointers. */
#define RSEQ_CPUS 512

/* The thread sanitizer does not see into them: it watches the fall-back. */
#if defined(__has_include) && !KMB_TSAN
#if __has_include(<sys/rseq.h>)
#if defined(__x86_64__) && defined(__LP64__)
#define KMB_RSEQ 1
#include "rseq_x86_64.h"
#elif defined(__aarch64__) && defined(__LP64__)
#define KMB_RSEQ 1
#include "rseq_arm64.h"
#endif
#endif
#endif

#ifdef KMB_RSEQ

/* Did glibc register its threads? */
static inline bool rseq_available(void)
{
	return __rseq_size != 0;
}

#else
#define KMB_RSEQ 0

static inline bool rseq_available(void)
{
	return false;
}

forceinline void *rseq_pop(struct percpu_store *const *table)
{
	(void)table;
	return NULL;
}

forceinline bool rseq_push(struct percpu_store *const *table, void *object)
{
	(void)table, (void)object;
	return false;
}

forceinline struct percpu_store *rseq_take(struct percpu_store *const *table,
					   void ***top)
{
	(void)table, (void)top;
	return NULL;
}

#endif

#endif
