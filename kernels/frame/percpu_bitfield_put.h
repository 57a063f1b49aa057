/*
 * percpu_bitfield_put.h - free blocks out of stacks into chunks, whoever owns
 * them.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_PUT_H
#define KMB_FRAME_PERCPU_BITFIELD_PUT_H

#include "percpu_bitfield_remote.h"

/* Free nr bits of a word, whoever's it is. `alone`: all CPUs stand still. */
forceinline void percpu_bitfield_put_word(struct percpu_bitfield_allocator *a,
					  struct percpu_bitfield_cpu *c,
					  uint64_t word, uint64_t mask,
					  unsigned nr, bool alone)
{
	uint32_t state = READ_ONCE(a->state[word / CHUNK_WORDS]);

	if (likely((state & CHUNK_OWNER) == c->mine) ||
	    (alone && state & CHUNK_OWNER))
		percpu_bitfield_add(a, c, word, mask, nr);
	else
		percpu_bitfield_add_remote(a, c, state, word, mask, nr);
}

/* Single frames: neighbours in one word go there together. */
forceinline void percpu_bitfield_put_frames(struct percpu_bitfield_allocator *a,
					    struct percpu_bitfield_cpu *c,
					    const uint32_t *entry, unsigned nr,
					    bool alone)
{
	const uint64_t start = a->start_pfn;

	for (unsigned i = 0; i < nr;) {
		uint64_t frame = entry[i] - start, word = frame / BITS_PER_WORD;
		uint64_t mask = 0, bit = 1ull << frame % BITS_PER_WORD;
		unsigned merged = 0;

		if (unlikely(frame >= a->nr_pages)) {
			percpu_bitfield_bad(c, 1);
			i++;
			continue;
		}
		/* The same frame twice is left for the next turn to find. */
		do {
			mask |= bit;
			merged++;
			if (++i == nr)
				break;
			frame = entry[i] - start;
			bit = 1ull << frame % BITS_PER_WORD;
		} while (frame / BITS_PER_WORD == word && !(mask & bit));
		percpu_bitfield_put_word(a, c, word, mask, merged, alone);
	}
}

/*
 * A whole chunk: whoever frees it holds all of it, so that nobody else writes
 * its state. It becomes ours, or nobody's, without an atomic operation. False:
 * it was not handed out so.
 */
forceinline bool percpu_bitfield_put_chunk(struct percpu_bitfield_allocator *a,
					   struct percpu_bitfield_cpu *c,
					   uint64_t chunk)
{
	if (unlikely((READ_ONCE(a->state[chunk]) & ~CHUNK_OWNER) !=
		     CHUNK_WHOLE))
		return false;
	percpu_bitfield_keep(a, c, chunk);
	return true;
}

/* All bits of nr words. */
static inline void
percpu_bitfield_put_words(struct percpu_bitfield_allocator *a,
			  struct percpu_bitfield_cpu *c, uint64_t word,
			  unsigned nr, bool alone)
{
	for (; nr; nr--, word++)
		percpu_bitfield_put_word(a, c, word, ~0ull, BITS_PER_WORD,
					 alone);
}

static inline void
percpu_bitfield_put_chunks(struct percpu_bitfield_allocator *a,
			   struct percpu_bitfield_cpu *c, uint64_t chunk,
			   unsigned nr, bool alone)
{
	for (; nr; nr--, chunk++)
		if (!percpu_bitfield_put_chunk(a, c, chunk))
			percpu_bitfield_put_words(a, c, chunk * CHUNK_WORDS,
						  CHUNK_WORDS, alone);
}

static inline void
percpu_bitfield_put_block(struct percpu_bitfield_allocator *a,
			  struct percpu_bitfield_cpu *c, uint64_t frame,
			  unsigned order, bool alone)
{
	uint64_t word = frame / BITS_PER_WORD, chunk = frame / CHUNK_FRAMES;

	if (unlikely(frame >= a->nr_pages))
		percpu_bitfield_bad(c, 1u << order);
	else if (order < 6)
		percpu_bitfield_put_word(a, c, word,
					 percpu_bitfield_mask(order)
						 << frame % BITS_PER_WORD,
					 1u << order, alone);
	else if (order < CHUNK_ORDER)
		percpu_bitfield_put_words(a, c, word, 1u << (order - 6), alone);
	else
		percpu_bitfield_put_chunks(a, c, chunk,
					   1u << (order - CHUNK_ORDER), alone);
}

/* Free nr blocks that were on a stack. */
static inline void percpu_bitfield_put(struct percpu_bitfield_allocator *a,
				       struct percpu_bitfield_cpu *c,
				       const uint32_t *entry, unsigned nr,
				       unsigned order, bool alone)
{
	WRITE_ONCE(c->taken, c->taken - ((int64_t)nr << order));
	WRITE_ONCE(c->nr_puts, c->nr_puts + nr);
	if (!order) {
		percpu_bitfield_put_frames(a, c, entry, nr, alone);
		return;
	}
	for (unsigned i = 0; i < nr; i++)
		percpu_bitfield_put_block(a, c, entry[i] - a->start_pfn, order,
					  alone);
}

#endif
