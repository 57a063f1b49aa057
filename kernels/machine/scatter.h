/*
 * scatter.h - a pseudo-random order of the lines of a set, made in registers.
 *
 * scatter(i) for i = 0, 1, ... visits each of 2^bits lines once per 2^bits
 * calls. It is a function of i alone: a loop may compute any number of
 * addresses ahead, and none of them waits for memory.
 */
#ifndef KMB_SCATTER_H
#define KMB_SCATTER_H

#include <stdint.h>

#include "../base/compiler.h"

struct scatter {
	uint64_t mask; /* 2^bits - 1 */
	unsigned shift;
};

forceinline struct scatter scatter_init(unsigned bits)
{
	return (struct scatter){ .mask = (1ull << bits) - 1,
				 .shift = bits / 2 + 1 };
}

/*
 * A permutation of 0..mask, since each step is one: multiplying by an odd
 * number modulo 2^bits, and x ^= x >> shift with shift > 0.
 */
forceinline uint64_t scatter(struct scatter s, uint64_t i)
{
	uint64_t x = (i * 0x9e3779b97f4a7c15ull) & s.mask;

	x ^= x >> s.shift;
	x = (x * 0xbf58476d1ce4e5b9ull) & s.mask;
	return x ^ x >> s.shift;
}

#endif
