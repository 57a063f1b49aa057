/* bitops.h - bits of words, and of bitmaps made of 64-bit words. */
#ifndef KMB_BITOPS_H
#define KMB_BITOPS_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

#define BITS_PER_WORD 64
#define BITS_TO_WORDS(nr) (((nr) + BITS_PER_WORD - 1) / BITS_PER_WORD)

/* Index of the lowest set bit; undefined for 0. */
forceinline unsigned ffs64(uint64_t word)
{
	return (unsigned)__builtin_ctzll(word);
}

/* Index of the highest set bit; undefined for 0. */
forceinline unsigned fls64(uint64_t word)
{
	return 63u - (unsigned)__builtin_clzll(word);
}

forceinline bool test_bit(const uint64_t *map, uint64_t bit)
{
	return map[bit / BITS_PER_WORD] >> (bit % BITS_PER_WORD) & 1;
}

forceinline void set_bit(uint64_t *map, uint64_t bit)
{
	map[bit / BITS_PER_WORD] |= 1ull << (bit % BITS_PER_WORD);
}

forceinline void clear_bit(uint64_t *map, uint64_t bit)
{
	map[bit / BITS_PER_WORD] &= ~(1ull << (bit % BITS_PER_WORD));
}

forceinline uint64_t align_up(uint64_t x, uint64_t power_of_two)
{
	return (x + power_of_two - 1) & ~(power_of_two - 1);
}

forceinline uint64_t align_down(uint64_t x, uint64_t power_of_two)
{
	return x & ~(power_of_two - 1);
}

/* Largest r with r * r <= x. */
static inline uint64_t isqrt64(uint64_t x)
{
	uint64_t r = 0;

	for (uint64_t bit = 1ull << 31; bit; bit >>= 1)
		if ((r | bit) * (r | bit) <= x)
			r |= bit;
	return r;
}

forceinline bool is_power_of_two(uint64_t x)
{
	return x && !(x & (x - 1));
}

#endif
