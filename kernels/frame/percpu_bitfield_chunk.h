/*
 * percpu_bitfield_chunk.h - putting frames into chunks, one's own and another
 * CPU's, and cutting blocks out of them.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_CHUNK_H
#define KMB_FRAME_PERCPU_BITFIELD_CHUNK_H

#include "percpu_bitfield_types.h"

/* ---- putting ---- */

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

/* Put a chunk on the list of the CPU whose it is, unless it is on one. */
static inline void percpu_bitfield_queue(struct percpu_bitfield_allocator *a,
					 uint32_t state, uint32_t chunk)
{
	struct percpu_bitfield_cpu *owner = percpu_bitfield_owner(a, state);
	uint32_t first, unqueued = CHUNK_UNQUEUED;

	/* Who clears the link afterwards sees the bits: all of this is total
	 * order, here and in percpu_bitfield_collect(). */
	if (__atomic_load_n(&a->link[chunk], __ATOMIC_SEQ_CST) !=
		    CHUNK_UNQUEUED ||
	    !__atomic_compare_exchange_n(&a->link[chunk], &unqueued, CHUNK_LAST,
					 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return;
	first = READ_ONCE(owner->pending);
	do {
		WRITE_ONCE(a->link[chunk], first);
		/* pairs with the exchange in percpu_bitfield_collect_all() */
	} while (!cmpxchg_release(&owner->pending, &first, chunk + 2));
}

/* Free nr bits of a word of a chunk that is not ours. */
static never_inline void
percpu_bitfield_add_remote(struct percpu_bitfield_allocator *a,
			   struct percpu_bitfield_cpu *c, uint32_t state,
			   uint64_t word, uint64_t mask, unsigned nr)
{
	uint64_t old;

	/* Nobody's chunks are all free. */
	if (unlikely(!(state & CHUNK_OWNER))) {
		percpu_bitfield_bad(c, nr);
		return;
	}
	old = __atomic_fetch_or(&a->remote[word], mask, __ATOMIC_SEQ_CST);
	if (unlikely(old & mask))
		percpu_bitfield_bad(c, (unsigned)scan_weight(old & mask));
	percpu_bitfield_queue(a, state, (uint32_t)(word / CHUNK_WORDS));
}

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

static inline void
percpu_bitfield_put_block(struct percpu_bitfield_allocator *a,
			  struct percpu_bitfield_cpu *c, uint64_t frame,
			  unsigned order, bool alone)
{
	uint64_t word = frame / BITS_PER_WORD;

	if (unlikely(frame >= a->nr_pages)) {
		percpu_bitfield_bad(c, 1u << order);
		return;
	}
	if (order < 6) {
		percpu_bitfield_put_word(a, c, word,
					 percpu_bitfield_mask(order)
						 << frame % BITS_PER_WORD,
					 1u << order, alone);
		return;
	}
	for (unsigned i = 0; i < 1u << (order - 6); i++) {
		if (order >= CHUNK_ORDER && i % CHUNK_WORDS == 0 &&
		    percpu_bitfield_put_chunk(a, c, (word + i) / CHUNK_WORDS)) {
			i += CHUNK_WORDS - 1;
			continue;
		}
		percpu_bitfield_put_word(a, c, word + i, ~0ull, BITS_PER_WORD,
					 alone);
	}
}

/* Free nr blocks that were on a stack. */
static inline void percpu_bitfield_put(struct percpu_bitfield_allocator *a,
				       struct percpu_bitfield_cpu *c,
				       const uint32_t *entry, unsigned nr,
				       unsigned order, bool alone)
{
	WRITE_ONCE(c->taken, c->taken - ((int64_t)nr << order));
	if (!order) {
		percpu_bitfield_put_frames(a, c, entry, nr, alone);
		return;
	}
	for (unsigned i = 0; i < nr; i++)
		percpu_bitfield_put_block(a, c, entry[i] - a->start_pfn, order,
					  alone);
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

/* ---- what others freed ---- */

static void percpu_bitfield_collect(struct percpu_bitfield_allocator *a,
				    struct percpu_bitfield_cpu *c,
				    uint64_t chunk)
{
	uint64_t *remote = &a->remote[chunk * CHUNK_WORDS];

	/* First: whoever ors bits in from here on queues the chunk anew. */
	__atomic_store_n(&a->link[chunk], CHUNK_UNQUEUED, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < CHUNK_WORDS; i++) {
		uint64_t bits;

		if (!__atomic_load_n(&remote[i], __ATOMIC_SEQ_CST))
			continue;
		bits = __atomic_exchange_n(&remote[i], 0, __ATOMIC_SEQ_CST);
		percpu_bitfield_add(a, c, chunk * CHUNK_WORDS + i, bits,
				    (unsigned)scan_weight(bits));
	}
}

/*
 * A queued chunk is not its old owner's any more: all of it was in one piece
 * that another CPU freed. Bits in it, if any, are for its owner to take.
 */
static coldpath void
percpu_bitfield_forward(struct percpu_bitfield_allocator *a,
			struct percpu_bitfield_cpu *c, uint32_t chunk)
{
	uint32_t state;

	__atomic_store_n(&a->link[chunk], CHUNK_UNQUEUED, __ATOMIC_SEQ_CST);
	do {
		if (percpu_bitfield_own(a, c, chunk)) {
			percpu_bitfield_collect(a, c, chunk);
			return;
		}
		state = READ_ONCE(a->state[chunk]);
	} while (!(state & CHUNK_OWNER));
	percpu_bitfield_queue(a, state, chunk);
}

/*
 * Take all bits that others freed in chunks of `owner`: this CPU, or any while
 * all stand still.
 */
static never_inline void
percpu_bitfield_collect_all(struct percpu_bitfield_allocator *a,
			    struct percpu_bitfield_cpu *c,
			    struct percpu_bitfield_cpu *owner, bool alone)
{
	/* pairs with the release in percpu_bitfield_queue() */
	uint32_t link = xchg_acquire(&owner->pending, CHUNK_LAST);

	while (link != CHUNK_LAST) {
		uint32_t chunk = link - 2;
		uint32_t state = READ_ONCE(a->state[chunk]);

		link = READ_ONCE(a->link[chunk]);
		if (likely((state & CHUNK_OWNER) == owner->mine || alone))
			percpu_bitfield_collect(a, c, chunk);
		else
			percpu_bitfield_forward(a, c, chunk);
	}
}

/* ---- cutting ---- */

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
