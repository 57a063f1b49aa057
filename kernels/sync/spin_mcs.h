/*
 * spin_mcs.h - the queue lock of Mellor-Crummey and Scott (TOCS 1991).
 *
 * First come, first served; each waiter spins in its own node, so that a
 * hand-over touches one other core however many wait.
 */
#ifndef KMB_SPIN_MCS_H
#define KMB_SPIN_MCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atomic.h"

/* One per waiter, in use from lock to unlock; best on a line of its own. */
struct spin_mcs_node {
	struct spin_mcs_node *next; /* written by the one behind */
	uint32_t granted;	    /* written by the one before */
};

struct spin_mcs {
	struct spin_mcs_node *tail; /* the last in line; NULL: free */
};

forceinline void spin_mcs_init(struct spin_mcs *lock)
{
	lock->tail = NULL;
}

forceinline void spin_mcs_lock(struct spin_mcs *lock,
			       struct spin_mcs_node *node)
{
	struct spin_mcs_node *before;

	node->next = NULL;
	node->granted = 0;
	/* release: our node is ready before it is seen; acquire: see unlock */
	before = xchg_full(&lock->tail, node);
	if (likely(!before))
		return;
	smp_store_release(&before->next, node); /* pairs with unlock's load */
	while (!smp_load_acquire(&node->granted))
		cpu_relax();
}

forceinline bool spin_mcs_trylock(struct spin_mcs *lock,
				  struct spin_mcs_node *node)
{
	struct spin_mcs_node *none = NULL;

	node->next = NULL;
	node->granted = 0;
	/* A look first: a failing cmpxchg would take the holder's line. */
	return !READ_ONCE(lock->tail) && cmpxchg_full(&lock->tail, &none, node);
}

forceinline void spin_mcs_unlock(struct spin_mcs *lock,
				 struct spin_mcs_node *node)
{
	struct spin_mcs_node *behind = smp_load_acquire(&node->next);

	if (!behind) {
		struct spin_mcs_node *last = node;

		/* pairs with the acquire in lock and trylock */
		if (cmpxchg_release(&lock->tail, &last, NULL))
			return;
		/* Someone is in line but has not yet told us who. */
		while (!(behind = smp_load_acquire(&node->next)))
			cpu_relax();
	}
	smp_store_release(&behind->granted, 1); /* pairs with lock's spin */
}

#endif
