/*
 * random.h - a small seeded generator for inputs and tests.
 *
 * splitmix64 (Steele, Lea, Flood: OOPSLA 2014): one 64-bit word of state, every
 * seed is good, equal seeds give equal inputs on every machine.
 */
#ifndef KMB_RANDOM_H
#define KMB_RANDOM_H

#include <stdint.h>

#include "compiler.h"

struct random {
	uint64_t state;
};

forceinline uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* Uniform in 0..limit-1 (Lemire's multiply; the bias is below limit / 2^64). */
forceinline uint64_t random_below(struct random *r, uint64_t limit)
{
	return (uint64_t)(((unsigned __int128)random_next(r) * limit) >> 64);
}

#endif
