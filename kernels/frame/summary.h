/*
 * summary.h - a set of small numbers as bits, with summary levels above: which
 * number is the first, in one load a level.
 *
 * Bit b of a word of level l + 1 says that word b of level l is not zero; the
 * top level is one word, not zero when the set is not empty. Adding and taking
 * away change one word, and the next level's only when a word becomes or ceases
 * to be zero. Six levels do for any nr up to 2^36. One thread.
 */
#ifndef KMB_FRAME_SUMMARY_H
#define KMB_FRAME_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/bitops.h"

#define SUMMARY_MAX_LEVELS 6

struct summary {
	uint64_t *level[SUMMARY_MAX_LEVELS];
	unsigned nr_levels;
};

/* Words of all levels, for a set of numbers below nr. */
static inline uint64_t summary_words(uint64_t nr)
{
	uint64_t words = 0;

	do {
		nr = BITS_TO_WORDS(nr);
		words += nr;
	} while (nr > 1);
	return words;
}

/* An empty set in summary_words(nr) words of zero; the word behind them. */
static inline uint64_t *summary_init(struct summary *s, uint64_t *words,
				     uint64_t nr)
{
	s->nr_levels = 0;
	do {
		nr = BITS_TO_WORDS(nr);
		s->level[s->nr_levels++] = words;
		words += nr;
	} while (nr > 1);
	return words;
}

/* Add what is not in the set. Was the set empty? */
forceinline bool summary_add(struct summary *s, uint64_t i)
{
	for (unsigned l = 0; l < s->nr_levels; l++, i /= BITS_PER_WORD) {
		uint64_t *word = &s->level[l][i / BITS_PER_WORD];
		uint64_t old = *word;

		*word = old | 1ull << i % BITS_PER_WORD;
		if (old)
			return false;
	}
	return true;
}

/* Take away what is in the set. Is it empty now? */
forceinline bool summary_del(struct summary *s, uint64_t i)
{
	for (unsigned l = 0; l < s->nr_levels; l++, i /= BITS_PER_WORD) {
		uint64_t *word = &s->level[l][i / BITS_PER_WORD];

		*word &= ~(1ull << i % BITS_PER_WORD);
		if (*word)
			return false;
	}
	return true;
}

/* The least number of a set that is not empty. */
forceinline uint64_t summary_first(const struct summary *s)
{
	uint64_t i = 0;

	for (unsigned l = s->nr_levels; l--;)
		i = i * BITS_PER_WORD + ffs64(s->level[l][i]);
	return i;
}

/* Each level says what is in the one below, and nothing from nr on. */
static inline bool summary_validate(const struct summary *s, uint64_t nr)
{
	for (unsigned l = 0; l < s->nr_levels; l++) {
		const uint64_t *words = s->level[l];

		if (nr % BITS_PER_WORD &&
		    words[nr / BITS_PER_WORD] >> nr % BITS_PER_WORD)
			return false;
		nr = BITS_TO_WORDS(nr);
		for (uint64_t i = 0; i < nr && l + 1 < s->nr_levels; i++)
			if (test_bit(s->level[l + 1], i) != !!words[i])
				return false;
	}
	return true;
}

#endif
