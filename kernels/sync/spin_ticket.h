/*
 * spin_ticket.h - the ticket lock: first come, first served, four bytes.
 *
 * As x86's spinlock_t of 2.6.25 behaves. All waiters spin on one word, so that
 * each hand-over invalidates the line in every waiting core.
 */
#ifndef KMB_SPIN_TICKET_H
#define KMB_SPIN_TICKET_H

#include <stdbool.h>
#include <stdint.h>

#include "atomic.h"

/* next - owner == the holder and those in line; both wrap at 2^16 */
struct spin_ticket {
	union {
		uint32_t both;
		struct {
			uint16_t owner; /* written by the holder only */
			uint16_t next;
		};
	};
};

forceinline void spin_ticket_init(struct spin_ticket *lock)
{
	lock->both = 0;
}

forceinline void spin_ticket_lock(struct spin_ticket *lock)
{
	uint16_t mine = fetch_add_relaxed(&lock->next, 1);

	/* pairs with the release in spin_ticket_unlock() */
	while (smp_load_acquire(&lock->owner) != mine)
		cpu_relax();
}

/* Takes a ticket only when it would be served at once. */
forceinline bool spin_ticket_trylock(struct spin_ticket *lock)
{
	struct spin_ticket seen = { .both = READ_ONCE(lock->both) };
	struct spin_ticket taken = seen;

	if (seen.owner != seen.next)
		return false;
	taken.next++;
	/* pairs with the release in spin_ticket_unlock() */
	return cmpxchg_acquire(&lock->both, &seen.both, taken.both);
}

forceinline void spin_ticket_unlock(struct spin_ticket *lock)
{
	uint16_t behind = (uint16_t)(READ_ONCE(lock->owner) + 1);

	smp_store_release(&lock->owner, behind); /* pairs with lock, trylock */
}

#endif
