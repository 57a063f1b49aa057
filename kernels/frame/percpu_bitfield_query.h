/*
 * percpu_bitfield_query.h - what a zone asks of percpu_bitfield while calls
 * run: about how much is free, and is there such a block.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_QUERY_H
#define KMB_FRAME_PERCPU_BITFIELD_QUERY_H

#include "percpu_bitfield_revoke.h"

/*
 * Free frames, stacks included, in a few loads for each CPU. Exact when no call
 * runs. Each call that does run may count for its own blocks and, in the slow
 * path, for one refill's or one spill's: wrong by the depth of a stack at most.
 */
static inline uint64_t
percpu_bitfield_free_pages_estimate(const struct percpu_bitfield_allocator *a)
{
	int64_t free = (int64_t)a->nr_pages;

	for (unsigned cpu = 0; cpu < a->nr_cpus; cpu++) {
		const struct percpu_bitfield_cpu *c = &a->cpu[cpu];

		free -= READ_ONCE(c->taken);
		for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
			free += (int64_t)(percpu_bitfield_count_racy(
						  &c->stack[o])
					  << o);
	}
	return free < 0 ? 0 : (uint64_t)free;
}

/* A chunk's eight words as they are now, with what others freed in it. */
static inline bool
percpu_bitfield_chunk_has(const struct percpu_bitfield_allocator *a,
			  uint64_t chunk, unsigned order)
{
	uint32_t state = READ_ONCE(a->state[chunk]);
	uint64_t words[CHUNK_WORDS], remote = 0;

	if ((state & ~CHUNK_OWNER) == CHUNK_WHOLE)
		return false;
	if ((state & CHUNK_COUNT) == CHUNK_FRAMES)
		return true;
	for (unsigned i = 0; i < CHUNK_WORDS; i++) {
		uint64_t word = chunk * CHUNK_WORDS + i;

		words[i] = READ_ONCE(a->bits[word]);
		remote |= READ_ONCE(a->remote[word]);
		words[i] |= READ_ONCE(a->remote[word]);
	}
	if (!remote &&
	    chunk_room(state, state & CHUNK_OWNER, order) > CHUNK_FRAMES)
		return false;
	return percpu_bitfield_fits(words, order);
}

/*
 * Is there a free block of this order or more, as far as it is merged? Blocks
 * of lower orders in stacks are not put together for it. O(chunks), most of
 * which the state alone tells; while calls run, the answer may be out of date.
 */
static inline bool
percpu_bitfield_has_block(const struct percpu_bitfield_allocator *a,
			  unsigned order)
{
	for (unsigned cpu = 0; cpu < a->nr_cpus; cpu++)
		for (unsigned o = order; o < NR_PAGE_ORDERS; o++)
			if (percpu_bitfield_count_racy(&a->cpu[cpu].stack[o]))
				return true;
	if (order > MAX_PAGE_ORDER)
		return false;
	for (uint64_t i = 0; i < a->nr_chunks; i++) {
		if (order == MAX_PAGE_ORDER && i % 2)
			continue;
		if (percpu_bitfield_chunk_has(
			    a, i, order > CHUNK_ORDER ? CHUNK_ORDER : order) &&
		    (order <= CHUNK_ORDER ||
		     percpu_bitfield_chunk_has(a, i + 1, CHUNK_ORDER)))
			return true;
	}
	return false;
}

#endif
