/*
 * percpu_bitfield_full.h - a search that failed is remembered until a frame is
 * freed: who asks in vain again stops nobody.
 *
 * After it all stacks are empty, and what is free lies in bits. Since then a
 * block can only have been freed into a stack, and is there, or was put into
 * bits from there, which is counted before the stack is emptied. So who looks
 * at the stacks first, and then at the counts, overlooks no block that was free
 * all the while.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_FULL_H
#define KMB_FRAME_PERCPU_BITFIELD_FULL_H

#include "percpu_bitfield_types.h"

/* Blocks on a stack that its CPU, or a thief, may be at. */
forceinline uint64_t
percpu_bitfield_count_racy(const struct percpu_bitfield_stack *s)
{
	const uint32_t *top = percpu_bitfield_top(s);
	/* pairs with the release in percpu_bitfield_take_stacks() */
	const uint32_t *base = smp_load_acquire(&s->base);

	return top > base ? (uint64_t)(top - base) : 0;
}

static inline uint64_t
percpu_bitfield_nr_puts(const struct percpu_bitfield_allocator *a)
{
	uint64_t nr = 0;

	for (unsigned cpu = 0; cpu < a->nr_cpus; cpu++)
		nr += READ_ONCE(a->cpu[cpu].nr_puts);
	return nr;
}

/* Nothing of this order was left; all CPUs stand still. */
static inline void percpu_bitfield_set_full(struct percpu_bitfield_allocator *a,
					    unsigned order)
{
	WRITE_ONCE(a->full[order], percpu_bitfield_nr_puts(a) + 1);
}

static inline bool
percpu_bitfield_all_empty(const struct percpu_bitfield_allocator *a)
{
	for (unsigned cpu = 0; cpu < a->nr_cpus; cpu++)
		for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
			if (percpu_bitfield_count_racy(&a->cpu[cpu].stack[o]))
				return false;
	return true;
}

/* What is not so any more is forgotten, lest it be looked up at each refill. */
static inline bool percpu_bitfield_is_full(struct percpu_bitfield_allocator *a,
					   unsigned order)
{
	uint64_t full = READ_ONCE(a->full[order]);

	if (likely(!full))
		return false;
	if (percpu_bitfield_all_empty(a) &&
	    percpu_bitfield_nr_puts(a) + 1 == full)
		return true;
	WRITE_ONCE(a->full[order], 0);
	return false;
}

#endif
