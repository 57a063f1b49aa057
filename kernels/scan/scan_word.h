/*
 * scan_word.h - bitmap scans a word at a time, inline for whoever needs them.
 *
 * A bitmap is an array of whole 64-bit words, bit b is bit b % 64 of word
 * b / 64; a set bit is a busy page, a clear one is free. All of these look at
 * the bits of [start, nr_bits) only and read no word that holds none of them.
 * As Linux's find_next_zero_bit() they return nr_bits when there is nothing.
 */
#ifndef KMB_SCAN_WORD_H
#define KMB_SCAN_WORD_H

#include <stdint.h>

#include "../base/bitops.h"

/* Set bits of a word in plain arithmetic; one instruction where there is one.
 */
forceinline uint64_t scan_weight(uint64_t word)
{
	word -= word >> 1 & 0x5555555555555555;
	word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return word * 0x0101010101010101 >> 56;
}

/* First bit from start that is set in map ^ invert. */
forceinline uint64_t scan_next(const uint64_t *map, uint64_t nr_bits,
			       uint64_t start, uint64_t invert)
{
	uint64_t last, i, word, bit;

	if (unlikely(start >= nr_bits))
		return nr_bits;
	last = (nr_bits - 1) / BITS_PER_WORD;
	i = start / BITS_PER_WORD;
	word = (map[i] ^ invert) & ~0ull << start % BITS_PER_WORD;
	while (!word) {
		if (i == last)
			return nr_bits;
		word = map[++i] ^ invert;
	}
	bit = i * BITS_PER_WORD + ffs64(word);
	return bit < nr_bits ? bit : nr_bits;
}

/* First clear bit in [start, nr_bits), or nr_bits. */
forceinline uint64_t scan_next_zero(const uint64_t *map, uint64_t nr_bits,
				    uint64_t start)
{
	return scan_next(map, nr_bits, start, ~0ull);
}

/* First set bit in [start, nr_bits), or nr_bits. */
forceinline uint64_t scan_next_set(const uint64_t *map, uint64_t nr_bits,
				   uint64_t start)
{
	return scan_next(map, nr_bits, start, 0);
}

/* First bit of the first n >= 1 clear bits in a row, or nr_bits. */
forceinline uint64_t scan_next_zero_run(const uint64_t *map, uint64_t nr_bits,
					uint64_t start, uint64_t n)
{
	while ((start = scan_next_zero(map, nr_bits, start)) < nr_bits) {
		uint64_t room = nr_bits - start;
		uint64_t end = start + n;

		if (room < n)
			break;
		start = scan_next_set(map, end, start);
		if (start == end)
			return end - n;
	}
	return nr_bits;
}

/* Clear bits in [start, nr_bits). */
forceinline uint64_t scan_nr_zeros(const uint64_t *map, uint64_t nr_bits,
				   uint64_t start)
{
	uint64_t first = start / BITS_PER_WORD, last, mask, nr = 0;

	if (start >= nr_bits)
		return 0;
	last = (nr_bits - 1) / BITS_PER_WORD;
	mask = ~0ull << start % BITS_PER_WORD;
	for (uint64_t i = first; i < last; i++) {
		nr += scan_weight(~map[i] & mask);
		mask = ~0ull;
	}
	mask &= ~0ull >> (-nr_bits % BITS_PER_WORD);
	return nr + scan_weight(~map[last] & mask);
}

#endif
