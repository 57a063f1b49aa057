/*
 * percpu_bitfield_chunk.h - a CPU and its chunks: free frames come into one,
 * one that is all free may be kept or given up, and taken up again.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_CHUNK_H
#define KMB_FRAME_PERCPU_BITFIELD_CHUNK_H

#include "percpu_bitfield_types.h"

/* Frames on their way into bits that are free there already. */
static coldpath void percpu_bitfield_bad(struct percpu_bitfield_cpu *c,
					 unsigned nr)
{
	c->bad_frees += nr;
	WRITE_ONCE(c->taken, c->taken + nr);
}

/*
 * A chunk is all free. A CPU keeps it, or makes it nobody's where it has its
 * share of such: no bits can be on their way to it, since none is in use.
 */
forceinline void percpu_bitfield_keep(struct percpu_bitfield_allocator *a,
				      struct percpu_bitfield_cpu *c,
				      uint64_t chunk)
{
	uint32_t owner = 0;

	if (c->nr_empty < a->keep) {
		c->nr_empty++;
		owner = c->mine;
	}
	/* pairs with the CAS in percpu_bitfield_own() */
	smp_store_release(&a->state[chunk], owner | CHUNK_FRAMES);
}

/* Free nr bits of a word; its chunk is ours, or all CPUs stand still. */
forceinline void percpu_bitfield_add(struct percpu_bitfield_allocator *a,
				     struct percpu_bitfield_cpu *c,
				     uint64_t word, uint64_t mask, unsigned nr)
{
	uint64_t chunk = word / CHUNK_WORDS, old = a->bits[word];
	uint32_t state = READ_ONCE(a->state[chunk]) & ~CHUNK_TIGHT;

	if (unlikely(old & mask)) {
		unsigned bad = (unsigned)scan_weight(old & mask);

		percpu_bitfield_bad(c, bad);
		nr -= bad;
		if (!nr)
			return;
	}
	WRITE_ONCE(a->bits[word], old | mask);
	state += nr;
	WRITE_ONCE(a->state[chunk], state);
	if (unlikely((state & CHUNK_COUNT) == CHUNK_FRAMES))
		percpu_bitfield_keep(a, percpu_bitfield_owner(a, state), chunk);
}

/*
 * The state of a chunk of our own, perhaps only now taken from nobody; 0: it is
 * another's. To be read but once: a chunk of which no frame is free may become
 * somebody else's meanwhile, with all of them.
 */
forceinline uint32_t percpu_bitfield_own(struct percpu_bitfield_allocator *a,
					 struct percpu_bitfield_cpu *c,
					 uint64_t chunk)
{
	uint32_t state = READ_ONCE(a->state[chunk]);

	if ((state & CHUNK_OWNER) == c->mine)
		return state;
	/* pairs with the release in percpu_bitfield_keep() */
	if (state & CHUNK_OWNER ||
	    !cmpxchg_acquire(&a->state[chunk], &state, state | c->mine))
		return 0;
	c->nr_empty++;
	return state | c->mine;
}

#endif
