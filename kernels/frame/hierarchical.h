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
 * to its class when the order finds no block in it. When a request would fail,
 * all held words go back first; therefore it fails only when no aligned free
 * block is left.
 *
 * Cost: alloc and free read and write one word, most of the time; a change of
 * class is a bit of two summaries, now and then of all their levels, of which
 * there are log64(frames / 64): 3 up to 64 GiB. Churn that moves words to and
 * fro between classes pays for this order with mispredicted branches. Nothing
 * scans, so there is no vector code: the largest block is 16 bits of a word.
 * Memory: 32 KiB a GiB for map[], 4 KiB for the class of each word, 3 KiB for
 * classes 0..5, 0.5 KiB for full[]: 40 KiB with the rest. No struct page is
 * touched.
 */
#ifndef KMB_FRAME_HIERARCHICAL_H
#define KMB_FRAME_HIERARCHICAL_H

#include <string.h>

#include "frame.h"
#include "summary.h"

#include "../scan/scan_word.h"

enum hierarchical_class {
	/* 0..5: in a class of words; 6..10 are classes of groups. */
	HIERARCHICAL_FULL = 6, /* 2^6 frames: a bit of full[] */
	HIERARCHICAL_NONE,     /* nothing free */
	HIERARCHICAL_HELD,     /* in held[] */
};

struct hierarchical_allocator {
	pfn_t start_pfn;
	uint64_t *map;	   /* [nr_words + 1], the last is 0 */
	uint8_t *class_of; /* [nr_words + 1] enum hierarchical_class */
	uint64_t held[HIERARCHICAL_FULL]; /* index of a word; nr_words: none */
	uint64_t nonempty;		  /* bit k == class[k] holds anything */
	uint64_t *full;			  /* [BITS_TO_WORDS(nr_words)] */
	struct summary class[NR_PAGE_ORDERS];
	uint64_t nr_words;
	const struct physmem *mem;
};

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

static const uint64_t hierarchical_aligned[] = {
	~0ull,
	0x5555555555555555,
	0x1111111111111111,
	0x0101010101010101,
	0x0001000100010001,
	0x0000000100000001,
};

/*
 * First bits of the aligned runs of 2^order set bits, order 0..5. Straight on
 * for any order but 0, since mixed orders cannot be predicted.
 */
forceinline uint64_t hierarchical_runs(uint64_t word, unsigned order)
{
	if (!order)
		return word;
	word &= word >> 1;
	word &= word >> ((order > 1) * 2);
	word &= word >> ((order > 2) * 4);
	word &= word >> ((order > 3) * 8);
	word &= word >> ((order > 4) * 16);
	return word & hierarchical_aligned[order];
}

/*
 * First bit of an aligned run of 2^order set bits, one that lies in the
 * smallest larger run there is. The word has one; order 0..4.
 */
forceinline unsigned hierarchical_best_fit(uint64_t word, unsigned order)
{
	uint64_t runs = hierarchical_runs(word, order);

	for (; order < MAX_PAGE_ORDER - HIERARCHICAL_FULL; order++) {
		uint64_t twice = runs & runs >> (1u << order) &
				 hierarchical_aligned[order + 1];
		uint64_t alone = runs & ~(twice | twice << (1u << order));

		if (alone)
			return ffs64(alone);
		runs = twice;
	}
	return ffs64(runs);
}

/* Order of the largest aligned run of set bits, 0..6, or HIERARCHICAL_NONE. */
forceinline unsigned hierarchical_classify(uint64_t word)
{
	unsigned k = 0;

	if (!word)
		return HIERARCHICAL_NONE;
	/* Straight on to the end: where to stop, no CPU can predict. */
	word &= word >> 1;
	k += !!(word & 0x5555555555555555);
	word &= word >> 2;
	k += !!(word & 0x1111111111111111);
	word &= word >> 4;
	k += !!(word & 0x0101010101010101);
	word &= word >> 8;
	k += !!(word & 0x0001000100010001);
	word &= word >> 16;
	k += !!(word & 0x0000000100000001);
	word &= word >> 32;
	return k + (word & 1);
}

/* The class of a group, 6..10, or 0: it has no full word. */
forceinline unsigned hierarchical_classify_group(uint64_t group)
{
	unsigned k = HIERARCHICAL_FULL;

	if (!group)
		return 0;
	group &= group >> 1;
	k += !!(group & 0x5555555555555555);
	group &= group >> 2;
	k += !!(group & 0x1111111111111111);
	group &= group >> 4;
	k += !!(group & 0x0101010101010101);
	group &= group >> 8;
	return k + !!(group & 0x0001000100010001);
}

forceinline void hierarchical_add(struct hierarchical_allocator *a, unsigned k,
				  uint64_t i)
{
	if (summary_add(&a->class[k], i))
		a->nonempty |= 1ull << k;
}

forceinline void hierarchical_del(struct hierarchical_allocator *a, unsigned k,
				  uint64_t i)
{
	if (summary_del(&a->class[k], i))
		a->nonempty &= ~(1ull << k);
}

/* A group of class `old` has these full words from now on. */
forceinline void hierarchical_set_group(struct hierarchical_allocator *a,
					uint64_t j, uint64_t group,
					unsigned old)
{
	unsigned new = hierarchical_classify_group(group);

	a->full[j] = group;
	if (old == new)
		return;
	if (old)
		hierarchical_del(a, old, j);
	if (new)
		hierarchical_add(a, new, j);
}

/* Some words of a group are full again, and were not. */
forceinline void hierarchical_fill_group(struct hierarchical_allocator *a,
					 uint64_t j, uint64_t words)
{
	uint64_t group = a->full[j];

	hierarchical_set_group(a, j, group | words,
			       hierarchical_classify_group(group));
}

/* A word that is not full changes its class. */
static never_inline void
hierarchical_reclassify(struct hierarchical_allocator *a, uint64_t i,
			unsigned class)
{
	if (a->class_of[i] < HIERARCHICAL_FULL)
		hierarchical_del(a, a->class_of[i], i);
	a->class_of[i] = (uint8_t) class;
	if (class < HIERARCHICAL_FULL)
		hierarchical_add(a, class, i);
	else if (class == HIERARCHICAL_FULL)
		hierarchical_fill_group(a, i / BITS_PER_WORD,
					1ull << i % BITS_PER_WORD);
}

static inline void hierarchical_unhold(struct hierarchical_allocator *a,
				       unsigned order)
{
	uint64_t i = a->held[order];

	if (i == a->nr_words)
		return;
	a->held[order] = a->nr_words;
	hierarchical_reclassify(a, i, hierarchical_classify(a->map[i]));
}

/* The smallest class with a block of this order, or NR_PAGE_ORDERS. */
static inline unsigned hierarchical_find(struct hierarchical_allocator *a,
					 unsigned order)
{
	if (unlikely(!(a->nonempty >> order)))
		for (unsigned o = 0; o < HIERARCHICAL_FULL; o++)
			hierarchical_unhold(a, o);
	if (unlikely(!(a->nonempty >> order)))
		return NR_PAGE_ORDERS;
	return order + ffs64(a->nonempty >> order);
}

/* Hold another word, one with a block of this order; false: there is none. */
static never_inline bool hierarchical_hold(struct hierarchical_allocator *a,
					   unsigned order)
{
	unsigned k;
	uint64_t i;

	hierarchical_unhold(a, order);
	k = hierarchical_find(a, order);
	if (k == NR_PAGE_ORDERS)
		return false;
	i = summary_first(&a->class[k]);
	if (k < HIERARCHICAL_FULL) {
		hierarchical_del(a, k, i);
	} else {
		uint64_t j = i, group = a->full[j];
		unsigned bit = hierarchical_best_fit(group, 0);

		hierarchical_set_group(a, j, group & ~(1ull << bit), k);
		i = j * BITS_PER_WORD + bit;
	}
	a->class_of[i] = HIERARCHICAL_HELD;
	a->held[order] = i;
	return true;
}

/* The bits of full[] for a block of order 6..10, at the bottom of a group. */
forceinline uint64_t hierarchical_words(unsigned order)
{
	return (1ull << (1u << (order - HIERARCHICAL_FULL))) - 1;
}

/* Whole words: orders from 6. */
static never_inline pfn_t
hierarchical_alloc_words(struct hierarchical_allocator *a, unsigned order)
{
	uint64_t j, group;
	unsigned k, bit;

	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	k = hierarchical_find(a, order);
	if (unlikely(k == NR_PAGE_ORDERS))
		return PFN_NONE;
	j = summary_first(&a->class[k]);
	group = a->full[j];
	bit = hierarchical_best_fit(group, order - HIERARCHICAL_FULL);
	group &= ~(hierarchical_words(order) << bit);
	hierarchical_set_group(a, j, group, k);
	return a->start_pfn + (j * BITS_PER_WORD + bit) * BITS_PER_WORD;
}

static never_inline void
hierarchical_free_words(struct hierarchical_allocator *a, uint64_t i,
			unsigned order)
{
	uint64_t words = hierarchical_words(order) << i % BITS_PER_WORD;

	KMB_BUG_ON(a->class_of[i] != HIERARCHICAL_FULL ||
		   a->full[i / BITS_PER_WORD] & words);
	hierarchical_fill_group(a, i / BITS_PER_WORD, words);
}

/* The bits of a block of order 0..5 at the bottom of a word. */
forceinline uint64_t hierarchical_mask(unsigned order)
{
	return (1ull << (1u << order)) - 1;
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
	unsigned class;
	uint64_t mask;

	(void)cpu;
	KMB_BUG_ON(i >= a->nr_words || frame % (1ull << order));
	physmem_poison(a->mem, pfn, order);
	if (order >= HIERARCHICAL_FULL) {
		hierarchical_free_words(a, i, order);
		return;
	}
	mask = hierarchical_mask(order) << frame % BITS_PER_WORD;
	KMB_BUG_ON(a->map[i] & mask);
	a->map[i] |= mask;
	if (a->class_of[i] == HIERARCHICAL_HELD)
		return;
	class = hierarchical_classify(a->map[i]);
	if (class != a->class_of[i])
		hierarchical_reclassify(a, i, class);
}

/* The free frames of a word, wherever that is written. */
static inline uint64_t
hierarchical_free_bits(const struct hierarchical_allocator *a, uint64_t i)
{
	if (a->class_of[i] != HIERARCHICAL_FULL)
		return a->map[i];
	return test_bit(a->full, i) ? ~0ull : 0;
}

/* Free blocks as a buddy would have them: runs cut at aligned places. */
static inline void hierarchical_stats(struct hierarchical_allocator *a,
				      struct frame_stats *stats)
{
	uint64_t nr = 0; /* frames of the run that ends here */
	pfn_t pfn = a->start_pfn;

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
	return hierarchical_words_valid(a) && hierarchical_groups_valid(a);
}

static inline void hierarchical_destroy(struct hierarchical_allocator *a)
{
	(void)a;
}

#endif
