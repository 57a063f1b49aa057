/* percpu_bitfield_cut.h - blocks of each order out of a CPU's own chunks. */
#ifndef KMB_FRAME_PERCPU_BITFIELD_CUT_H
#define KMB_FRAME_PERCPU_BITFIELD_CUT_H

#include "percpu_bitfield_chunk.h"

static const uint64_t percpu_bitfield_aligned[] = {
	~0ull,
	0x5555555555555555,
	0x1111111111111111,
	0x0101010101010101,
	0x0001000100010001,
	0x0000000100000001,
};

/* First bits of the aligned runs of 2^order set bits, order 0..5. */
forceinline uint64_t percpu_bitfield_runs(uint64_t word, unsigned order)
{
	for (unsigned o = 0; o < order; o++)
		word &= word >> (1u << o);
	return word & percpu_bitfield_aligned[order];
}

/* All of the words' frames, until there are `max` or more. */
forceinline unsigned
percpu_bitfield_cut_frames(struct percpu_bitfield_allocator *a, uint64_t *words,
			   uint32_t pfn, uint32_t *out, unsigned max)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < CHUNK_WORDS && nr < max; i++) {
		if (!words[i])
			continue;
		nr += a->scan->expand(words[i], pfn + i * BITS_PER_WORD,
				      out + nr);
		WRITE_ONCE(words[i], 0);
	}
	return nr;
}

/* Blocks of order 1..5. */
static inline unsigned percpu_bitfield_cut_runs(uint64_t *words, uint32_t pfn,
						unsigned order, uint32_t *out,
						unsigned max)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < CHUNK_WORDS && nr < max; i++) {
		uint64_t runs = percpu_bitfield_runs(words[i], order);
		uint64_t taken = 0;

		for (; runs && nr < max; runs &= runs - 1) {
			unsigned bit = ffs64(runs);

			taken |= percpu_bitfield_mask(order) << bit;
			out[nr++] = pfn + i * BITS_PER_WORD + bit;
		}
		WRITE_ONCE(words[i], words[i] & ~taken);
	}
	return nr;
}

/* Are n words all free? */
forceinline bool percpu_bitfield_all_free(const uint64_t *words, unsigned n)
{
	uint64_t all = ~0ull;

	for (unsigned i = 0; i < n; i++)
		all &= words[i];
	return all == ~0ull;
}

/* Blocks of order 6..8: whole words. */
static inline unsigned percpu_bitfield_cut_words(uint64_t *words, uint32_t pfn,
						 unsigned order, uint32_t *out,
						 unsigned max)
{
	unsigned nr = 0, n = 1u << (order - 6);

	for (unsigned i = 0; i < CHUNK_WORDS && nr < max; i += n) {
		if (!percpu_bitfield_all_free(words + i, n))
			continue;
		for (unsigned w = i; w < i + n; w++)
			WRITE_ONCE(words[w], 0);
		out[nr++] = pfn + i * BITS_PER_WORD;
	}
	return nr;
}

/* Cut up to max blocks (of order 0: max, and the rest of the last word) out of
 * a chunk of our own; how many. It says how tight it is then. */
static inline unsigned percpu_bitfield_cut(struct percpu_bitfield_allocator *a,
					   struct percpu_bitfield_cpu *c,
					   uint32_t chunk, uint32_t state,
					   unsigned order, uint32_t *out,
					   unsigned max)
{
	uint64_t *words = &a->bits[(uint64_t)chunk * CHUNK_WORDS];
	uint32_t pfn = (uint32_t)a->start_pfn + chunk * CHUNK_FRAMES;
	unsigned nr;

	if ((state & CHUNK_COUNT) < 1u << order)
		return 0;
	if (!order)
		nr = percpu_bitfield_cut_frames(a, words, pfn, out, max);
	else if (order < 6)
		nr = percpu_bitfield_cut_runs(words, pfn, order, out, max);
	else
		nr = percpu_bitfield_cut_words(words, pfn, order, out, max);
	if (nr && (state & CHUNK_COUNT) == CHUNK_FRAMES)
		c->nr_empty--;
	state -= nr << order;
	if (order && nr < max)
		state = (state & ~CHUNK_TIGHT) | order << CHUNK_TIGHT_SHIFT;
	WRITE_ONCE(a->state[chunk], state);
	return nr;
}

/* A chunk that is all free: order 9. Its bits are left as they are. */
forceinline unsigned
percpu_bitfield_cut_chunk(struct percpu_bitfield_allocator *a,
			  struct percpu_bitfield_cpu *c, uint32_t chunk,
			  uint32_t state, uint32_t *out)
{
	if ((state & CHUNK_COUNT) != CHUNK_FRAMES)
		return 0;
	c->nr_empty--;
	WRITE_ONCE(a->state[chunk], c->mine | CHUNK_WHOLE);
	*out = (uint32_t)a->start_pfn + chunk * CHUNK_FRAMES;
	return 1;
}

/* A chunk and its neighbour, both all free: order 10. */
static inline unsigned
percpu_bitfield_cut_pair(struct percpu_bitfield_allocator *a,
			 struct percpu_bitfield_cpu *c, uint32_t chunk,
			 uint32_t *out)
{
	uint32_t first = percpu_bitfield_own(a, c, chunk);
	uint32_t second = percpu_bitfield_own(a, c, chunk + 1), behind;

	if ((first & second & CHUNK_COUNT) != CHUNK_FRAMES)
		return 0;
	percpu_bitfield_cut_chunk(a, c, chunk + 1, second, &behind);
	return percpu_bitfield_cut_chunk(a, c, chunk, first, out);
}

#endif
