/*
 * spinlock.h - the lock of our strategies: test, then test-and-set, one byte.
 *
 * As i386's spinlock_t of 2.6.11 behaves: no queue, no fairness; waiters spin
 * on a plain load, so that a held lock's line stays shared among them.
 */
#ifndef KMB_SPINLOCK_H
#define KMB_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "atomic.h"

struct spinlock {
	uint8_t locked;
};

forceinline void spin_lock_init(struct spinlock *lock)
{
	lock->locked = 0;
}

forceinline bool spin_trylock(struct spinlock *lock)
{
	/* pairs with the release in spin_unlock() */
	return !xchg_acquire(&lock->locked, 1);
}

forceinline void spin_lock(struct spinlock *lock)
{
	while (unlikely(!spin_trylock(lock)))
		while (READ_ONCE(lock->locked))
			cpu_relax();
}

forceinline void spin_unlock(struct spinlock *lock)
{
	smp_store_release(&lock->locked, 0);
}

#endif
