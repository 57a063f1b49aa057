/*
 * hierarchical_bits.h - a word of free frames, or of full words: which aligned
 * blocks are in it. Set bits are free; nothing here has a state.
 */
#ifndef KMB_FRAME_HIERARCHICAL_BITS_H
#define KMB_FRAME_HIERARCHICAL_BITS_H

#include "../base/bitops.h"
#include "../mm/mm_types.h"

enum hierarchical_class {
	/* 0..5: in a class of words; 6..10 are classes of groups. */
	HIERARCHICAL_FULL = 6, /* 2^6 frames: a bit of full[] */
	HIERARCHICAL_NONE,     /* nothing free */
	HIERARCHICAL_HELD,     /* in held[] */
};

/* The bits of a block of order 0..5 at the bottom of a word. */
forceinline uint64_t hierarchical_mask(unsigned order)
{
	return (1ull << (1u << order)) - 1;
}

/* The bits of full[] for a block of order 6..10, at the bottom of a group. */
forceinline uint64_t hierarchical_words(unsigned order)
{
	return (1ull << (1u << (order - HIERARCHICAL_FULL))) - 1;
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

#endif
