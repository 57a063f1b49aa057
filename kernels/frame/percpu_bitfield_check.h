/*
 * percpu_bitfield_check.h - percpu_bitfield from outside: what is free, is the
 * state whole, and in debug builds who handed out what.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_CHECK_H
#define KMB_FRAME_PERCPU_BITFIELD_CHECK_H

#include "percpu_bitfield_revoke.h"

/* ---- debug builds: a bit for each frame that is handed out ---- */

/* Set or clear a block's bits; it traps where one of them is so already. */
forceinline void percpu_bitfield_mark(struct percpu_bitfield_allocator *a,
				      pfn_t pfn, unsigned order, bool busy)
{
#if KMB_DEBUG >= 1
	uint64_t frame = pfn - a->start_pfn, nr = 1ull << order;

	KMB_BUG_ON(frame >= a->nr_pages || frame % nr);
	for (uint64_t end = frame + nr; frame < end; frame += BITS_PER_WORD) {
		uint64_t *word = &a->busy[frame / BITS_PER_WORD];
		uint64_t mask = percpu_bitfield_mask(order < 6 ? order : 6)
				<< frame % BITS_PER_WORD;
		uint64_t old =
			busy ? __atomic_fetch_or(word, mask, __ATOMIC_RELAXED)
			     : ~__atomic_fetch_and(word, ~mask,
						   __ATOMIC_RELAXED);

		KMB_BUG_ON(old & mask);
	}
#else
	(void)a, (void)pfn, (void)order, (void)busy;
#endif
}

/* ---- what is free ---- */

/* The free bits of a word, wherever they wait; no other call may run. */
forceinline uint64_t percpu_bitfield_free_bits(
	const struct percpu_bitfield_allocator *a, uint64_t word)
{
	uint32_t state = a->state[word / CHUNK_WORDS];

	if ((state & ~CHUNK_OWNER) == CHUNK_WHOLE)
		return a->remote[word];
	return a->bits[word] | a->remote[word];
}

/* Count the free runs of the bits. */
static inline void
percpu_bitfield_bits_stats(const struct percpu_bitfield_allocator *a,
			   struct frame_stats *stats)
{
	uint64_t nr = 0; /* frames of the run that ends here */
	pfn_t pfn = a->start_pfn;

	for (uint64_t w = 0; w < a->nr_pages / BITS_PER_WORD; w++) {
		uint64_t bits = percpu_bitfield_free_bits(a, w);

		for (unsigned b = 0; b < BITS_PER_WORD; b++, pfn++) {
			if (bits >> b & 1) {
				nr++;
				continue;
			}
			frame_stats_add_run(stats, pfn - nr, nr);
			nr = 0;
		}
	}
	frame_stats_add_run(stats, pfn - nr, nr);
}

/*
 * What is in stacks counts as it lies there, unmerged. The free frames of a
 * CPU's own chunks are cached_pages, too: another gets them by stopping it.
 */
static inline void percpu_bitfield_stats(struct percpu_bitfield_allocator *a,
					 struct frame_stats *stats)
{
	*stats = (struct frame_stats){ 0 };
	percpu_bitfield_bits_stats(a, stats);
	stats->cached_pages = stats->free_pages;
	for (uint64_t i = 0; i < a->nr_chunks; i++)
		if (!(a->state[i] & CHUNK_OWNER))
			stats->cached_pages -= CHUNK_FRAMES;
	for (unsigned cpu = 0; cpu < a->nr_cpus; cpu++)
		for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
			uint64_t nr =
				percpu_bitfield_count(&a->cpu[cpu].stack[o]);

			stats->nr_free[o] += nr;
			stats->free_pages += nr << o;
			stats->cached_pages += nr << o;
		}
	stats->metadata_bytes = sizeof(*a) + percpu_bitfield_boot_bytes(
						     a->nr_pages, a->nr_cpus);
}

/* ---- validate ---- */

/* A chunk's bits are as many and as tight as its state says. */
static inline bool
percpu_bitfield_chunk_valid(const struct percpu_bitfield_allocator *a,
			    uint64_t i)
{
	const uint64_t *words = &a->bits[i * CHUNK_WORDS];
	uint32_t state = a->state[i], owner = state >> CHUNK_OWNER_SHIFT;
	unsigned tight = (state & CHUNK_TIGHT) >> CHUNK_TIGHT_SHIFT;
	uint64_t nr = 0, remote = 0, twice = 0;

	for (unsigned w = 0; w < CHUNK_WORDS; w++) {
		nr += scan_weight(words[w]);
		remote |= a->remote[i * CHUNK_WORDS + w];
		twice |= words[w] & a->remote[i * CHUNK_WORDS + w];
	}
	if ((state & ~CHUNK_OWNER) == CHUNK_WHOLE)
		return owner && owner <= a->nr_cpus && !remote &&
		       nr == CHUNK_FRAMES;
	if (twice || nr != (state & CHUNK_COUNT) || owner > a->nr_cpus ||
	    (!owner && state != CHUNK_FRAMES) ||
	    (remote && a->link[i] == CHUNK_UNQUEUED))
		return false;
	return !tight || tight > CHUNK_ORDER ||
	       !percpu_bitfield_fits(words, tight);
}

/* A CPU's empty chunks are counted; chunks on its list are. */
static inline bool
percpu_bitfield_cpu_valid(const struct percpu_bitfield_allocator *a,
			  const struct percpu_bitfield_cpu *c,
			  uint64_t *nr_queued)
{
	uint64_t nr_empty = 0;

	for (uint64_t i = 0; i < a->nr_chunks; i++)
		nr_empty += (a->state[i] & ~CHUNK_TIGHT) ==
			    (c->mine | CHUNK_FRAMES);
	for (uint32_t link = c->pending; link != CHUNK_LAST;
	     link = a->link[link - 2]) {
		if (link - 2 >= a->nr_chunks || ++*nr_queued > a->nr_chunks)
			return false;
	}
	return nr_empty == c->nr_empty && !c->busy && !c->stopped &&
	       !c->bad_frees;
}

/* Could a block lie in a stack: is none of it free, nor laid on the bits? */
static inline bool
percpu_bitfield_entry_valid(const struct percpu_bitfield_allocator *a,
			    uint64_t frame, unsigned order)
{
	uint64_t word = frame / BITS_PER_WORD;
	uint64_t nr_words = order < 6 ? 1 : 1u << (order - 6);
	uint64_t mask = percpu_bitfield_mask(order < 6 ? order : 6)
			<< frame % BITS_PER_WORD;

	if (frame >= a->nr_pages || frame % (1u << order))
		return false;
	for (uint64_t w = word; w < word + nr_words; w++) {
		uint32_t state = a->state[w / CHUNK_WORDS] & ~CHUNK_OWNER;

		if (order >= CHUNK_ORDER
			    ? state != CHUNK_WHOLE || a->bits[w] != ~0ull
			    : (a->bits[w] | a->remote[w]) & mask)
			return false;
	}
	return true;
}

/* Lay the first nr blocks of all stacks on the bits, or take them off again;
 * how many until one was bad. */
static inline uint64_t
percpu_bitfield_overlay(struct percpu_bitfield_allocator *a, uint64_t nr,
			bool lay)
{
	uint64_t done = 0;

	for (unsigned i = 0; i < a->nr_cpus * NR_PAGE_ORDERS; i++) {
		unsigned o = i % NR_PAGE_ORDERS, left;
		struct percpu_bitfield_stack *s =
			&a->cpu[i / NR_PAGE_ORDERS].stack[o];
		uint64_t mask = percpu_bitfield_mask(o < 6 ? o : 6);

		for (left = percpu_bitfield_count(s); left; left--, done++) {
			uint64_t frame = s->base[left] - a->start_pfn;

			if (done == nr ||
			    (lay && !percpu_bitfield_entry_valid(a, frame, o)))
				return done;
			for (unsigned f = 0; f < 1u << o; f += BITS_PER_WORD)
				a->bits[(frame + f) / BITS_PER_WORD] ^=
					mask << frame % BITS_PER_WORD;
		}
	}
	return done;
}

/* Bounds of stacks are right, and no frame is free twice, here or there. */
static inline bool
percpu_bitfield_stacks_valid(struct percpu_bitfield_allocator *a)
{
	uint64_t total = 0, done;

	for (unsigned i = 0; i < a->nr_cpus * NR_PAGE_ORDERS; i++) {
		unsigned o = i % NR_PAGE_ORDERS;
		struct percpu_bitfield_cpu *c = &a->cpu[i / NR_PAGE_ORDERS];
		struct percpu_bitfield_stack *s = &c->stack[o];
		uint32_t *bottom = percpu_bitfield_bottom(c, o);

		if (s->top & 1 || s->base < bottom ||
		    s->top < (uintptr_t)s->base ||
		    s->top > (uintptr_t)(bottom + percpu_bitfield_depth[o]) ||
		    s->low != (a->plain ? (uintptr_t)s->base : UINTPTR_MAX))
			return false;
		total += percpu_bitfield_count(s);
	}
	done = percpu_bitfield_overlay(a, total, true);
	percpu_bitfield_overlay(a, done, false);
	return done == total;
}

static inline bool percpu_bitfield_validate(struct percpu_bitfield_allocator *a)
{
	uint64_t nr_queued = 0, nr_linked = 0, nr_free = 0;
	int64_t taken = 0;

	for (uint64_t i = 0; i < a->nr_chunks; i++) {
		if (!percpu_bitfield_chunk_valid(a, i))
			return false;
		nr_linked += a->link[i] != CHUNK_UNQUEUED;
		for (unsigned w = 0; w < CHUNK_WORDS; w++)
			nr_free += scan_weight(percpu_bitfield_free_bits(
				a, i * CHUNK_WORDS + w));
	}
	for (unsigned cpu = 0; cpu < a->nr_cpus; cpu++) {
		if (!percpu_bitfield_cpu_valid(a, &a->cpu[cpu], &nr_queued))
			return false;
		taken += a->cpu[cpu].taken;
	}
	return nr_queued == nr_linked && !a->revoking.locked &&
	       (int64_t)(a->nr_pages - nr_free) == taken &&
	       percpu_bitfield_stacks_valid(a);
}

#endif
