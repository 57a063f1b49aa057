/*
 * hierarchical.h - a bitmap of free frames whose words are sorted by the
 * largest block in them; our own design, for one thread.
 *
 * map[] has one bit a frame, set when it is free. A word holds 64 frames, so a
 * block of order 0..5 lies in one word. full[] has one bit a word of map[], set
 * when all 64 frames are free; a word of it, a group, is 4096 frames, in which
 * an aligned run of 2^(o-6) bits is a block of order o = 6..10. So map[] and
 * full[] are the same thing twice, and that is the whole trick. Blocks from
 * order 6 are bits of full[] alone: their words of map[] stay all ones.
 *
 *     class 0..5   the words of map[] whose largest aligned block has that
 *                  order; full ones are in full[] instead
 *     class 6..10  the groups, by the order of their largest aligned block
 *
 * Each class is a summary (summary.h), and nonempty has a bit for each that
 * holds anything. An allocation takes from the smallest class that will do, so
 * that larger blocks are broken last: best fit, to the word or group. There is
 * neither splitting nor merging: blocks of all orders in a word are found by
 * shifts.
 *
 * Each order below 6 holds one word for itself, which is in no class: the pairs
 * and bursts of that order change nothing but bits of this word. It goes back
 * to its class when the order finds no block in it, and before any request
 * would fail.
 *
 * Before the words stand stacks, one for each order 0..3, of the last blocks
 * that were freed: a free pushes while there is room, an alloc pops first. So
 * the pairs and the churn of small blocks change no bit and no class. Sixteen
 * blocks an order, 240 frames in all, are unmerged meanwhile. When a request
 * would fail, the stacks are emptied first; therefore it fails only when no
 * aligned free block is left.
 *
 * Cost: alloc and free read and write a stack or one word, most of the time; a
 * change of class is a bit of two summaries, now and then of all their levels,
 * of which there are log64(frames / 64): 3 up to 64 GiB. Without the stacks
 * churn would move words to and fro between classes, and pay with mispredicted
 * branches: 34 ns an operation of orders 0..3 instead of 7. Nothing scans, so
 * there is no vector code: the largest block is 16 bits of a word.
 * Memory: 32 KiB a GiB for map[], 4 KiB for the class of each word, 3 KiB for
 * classes 0..5, 0.5 KiB for full[]: 40 KiB with the rest. No struct page is
 * touched.
 */
#ifndef KMB_FRAME_HIERARCHICAL_H
#define KMB_FRAME_HIERARCHICAL_H

#include <string.h>

#include "hierarchical_map.h"

#include "../scan/scan_word.h"

enum { hierarchical_max_threads = 1 };
enum { hierarchical_traits = FRAME_EXACT };
static const char hierarchical_models[] =
	"bitmap with summary levels, words sorted by their largest free block";

/* Numbers in class k: of words or of groups. */
forceinline uint64_t hierarchical_class_nr(uint64_t nr_words, unsigned k)
{
	return k < HIERARCHICAL_FULL ? nr_words : BITS_TO_WORDS(nr_words);
}

static inline size_t hierarchical_boot_bytes(uint64_t nr_pages,
					     unsigned nr_cpus)
{
	uint64_t nr_words = nr_pages / BITS_PER_WORD;
	uint64_t words = nr_words + 1 + BITS_TO_WORDS(nr_words);

	(void)nr_cpus;
	for (unsigned k = 0; k < NR_PAGE_ORDERS; k++)
		words += summary_words(hierarchical_class_nr(nr_words, k));
	return align_up(words * sizeof(uint64_t) + nr_words + 1,
			CACHE_LINE_BYTES);
}

static inline int hierarchical_create(struct hierarchical_allocator *a,
				      struct physmem *mem,
				      const struct zone *zone, unsigned nr_cpus)
{
	uint64_t nr_words = zone->nr_pages / BITS_PER_WORD;
	uint64_t *words = physmem_boot_alloc(
		mem, zone->node,
		hierarchical_boot_bytes(zone->nr_pages, nr_cpus));

	if (!words)
		return -ENOMEM;
	*a = (struct hierarchical_allocator){
		.start_pfn = zone->start_pfn,
		.map = words,
		.full = words + nr_words + 1,
		.nr_words = nr_words,
		.mem = mem,
	};
	words = a->full + BITS_TO_WORDS(nr_words);
	for (unsigned k = 0; k < NR_PAGE_ORDERS; k++)
		words = summary_init(&a->class[k], words,
				     hierarchical_class_nr(nr_words, k));
	a->class_of = (uint8_t *)words;
	for (unsigned o = 0; o < HIERARCHICAL_FULL; o++)
		a->held[o] = nr_words;
	a->class_of[nr_words] = HIERARCHICAL_HELD;
	memset(a->map, 0xff, nr_words * sizeof(*a->map));
	memset(a->class_of, HIERARCHICAL_FULL, nr_words);
	for (uint64_t i = 0; i < nr_words; i += 1 << 4)
		hierarchical_free_words(a, i, MAX_PAGE_ORDER);
	return 0;
}

forceinline pfn_t hierarchical_alloc(struct hierarchical_allocator *a,
				     unsigned cpu, unsigned order)
{
	uint64_t i, runs;
	unsigned bit;

	(void)cpu;
	if (order >= HIERARCHICAL_FULL)
		return hierarchical_alloc_words(a, order);
	if (order < HIERARCHICAL_STACKS && a->stack[order].nr)
		return a->stack[order].pfn[--a->stack[order].nr];
	i = a->held[order];
	runs = hierarchical_runs(a->map[i], order);
	if (unlikely(!runs)) {
		if (!hierarchical_hold(a, order))
			return PFN_NONE;
		i = a->held[order];
		runs = hierarchical_runs(a->map[i], order);
	}
	bit = ffs64(runs);
	a->map[i] &= ~(hierarchical_mask(order) << bit);
	return a->start_pfn + i * BITS_PER_WORD + bit;
}

forceinline void hierarchical_free(struct hierarchical_allocator *a,
				   unsigned cpu, pfn_t pfn, unsigned order)
{
	uint64_t frame = pfn - a->start_pfn, i = frame / BITS_PER_WORD;

	(void)cpu;
	KMB_BUG_ON(i >= a->nr_words || frame % (1ull << order));
	physmem_poison(a->mem, pfn, order);
	if (order >= HIERARCHICAL_FULL) {
		hierarchical_free_words(a, i, order);
		return;
	}
	KMB_BUG_ON(hierarchical_nr_stacked(a, pfn, order));
	if (order < HIERARCHICAL_STACKS &&
	    a->stack[order].nr < HIERARCHICAL_DEPTH)
		a->stack[order].pfn[a->stack[order].nr++] = pfn;
	else
		hierarchical_write(a, frame, order);
}

/* The free frames of a word, wherever that is written. */
static inline uint64_t
hierarchical_free_bits(const struct hierarchical_allocator *a, uint64_t i)
{
	if (a->class_of[i] != HIERARCHICAL_FULL)
		return a->map[i];
	return test_bit(a->full, i) ? ~0ull : 0;
}

/*
 * Free blocks as a request finds them when it needs them: nothing stacked, runs
 * cut at aligned places.
 */
static inline void hierarchical_stats(struct hierarchical_allocator *a,
				      struct frame_stats *stats)
{
	uint64_t nr = 0; /* frames of the run that ends here */
	pfn_t pfn = a->start_pfn;

	hierarchical_settle(a);
	*stats = (struct frame_stats){
		.metadata_bytes =
			sizeof(*a) +
			hierarchical_boot_bytes(a->nr_words * BITS_PER_WORD, 1),
	};
	for (uint64_t i = 0; i < a->nr_words; i++) {
		uint64_t bits = hierarchical_free_bits(a, i);

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

/* Words: each is held, or in the one class that its bits say. */
static inline bool hierarchical_words_valid(struct hierarchical_allocator *a)
{
	for (uint64_t i = 0; i < a->nr_words; i++) {
		unsigned class = hierarchical_classify(a->map[i]), nr_held = 0;

		for (unsigned o = 0; o < HIERARCHICAL_FULL; o++)
			nr_held += a->held[o] == i;
		if (nr_held)
			class = HIERARCHICAL_HELD;
		if (nr_held > 1 || a->class_of[i] != class ||
		    (test_bit(a->full, i) && class != HIERARCHICAL_FULL))
			return false;
		for (unsigned k = 0; k < HIERARCHICAL_FULL; k++)
			if (test_bit(a->class[k].level[0], i) != (k == class))
				return false;
	}
	for (unsigned o = 0; o < HIERARCHICAL_FULL; o++)
		if (a->held[o] > a->nr_words)
			return false;
	return !a->map[a->nr_words];
}

/* Stacked blocks are aligned, inside, each there once, and busy in map[]. */
static inline bool hierarchical_stacks_valid(struct hierarchical_allocator *a)
{
	for (unsigned o = 0; o < HIERARCHICAL_STACKS; o++) {
		const struct hierarchical_stack *stack = &a->stack[o];

		if (stack->nr > HIERARCHICAL_DEPTH)
			return false;
		for (uint64_t n = 0; n < stack->nr; n++) {
			uint64_t frame = stack->pfn[n] - a->start_pfn;
			uint64_t i = frame / BITS_PER_WORD;
			uint64_t mask = hierarchical_mask(o)
					<< frame % BITS_PER_WORD;

			if (frame % (1ull << o) || i >= a->nr_words ||
			    a->map[i] & mask ||
			    hierarchical_nr_stacked(a, stack->pfn[n], o) != 1)
				return false;
		}
	}
	return true;
}

/* Groups likewise; no bit behind the last word. */
static inline bool hierarchical_groups_valid(struct hierarchical_allocator *a)
{
	uint64_t nr = BITS_TO_WORDS(a->nr_words);

	for (uint64_t j = 0; j < nr; j++) {
		unsigned class = hierarchical_classify_group(a->full[j]);

		for (unsigned k = HIERARCHICAL_FULL; k < NR_PAGE_ORDERS; k++)
			if (test_bit(a->class[k].level[0], j) != (k == class))
				return false;
	}
	return scan_next_set(a->full, nr * BITS_PER_WORD, a->nr_words) ==
	       nr * BITS_PER_WORD;
}

static inline bool hierarchical_validate(struct hierarchical_allocator *a)
{
	for (unsigned k = 0; k < NR_PAGE_ORDERS; k++) {
		struct summary *s = &a->class[k];
		bool holds = s->level[s->nr_levels - 1][0];

		if (!summary_validate(s,
				      hierarchical_class_nr(a->nr_words, k)) ||
		    (a->nonempty >> k & 1) != holds)
			return false;
	}
	return hierarchical_stacks_valid(a) && hierarchical_words_valid(a) &&
	       hierarchical_groups_valid(a);
}

static inline void hierarchical_destroy(struct hierarchical_allocator *a)
{
	(void)a;
}

#endif
