/* trace.c - permutations. */
#include "trace.h"

void trace_shuffle(uint64_t *values, uint64_t n, struct random *r)
{
	for (uint64_t i = n; i > 1; i--) {
		uint64_t j = random_below(r, i), value = values[i - 1];

		values[i - 1] = values[j];
		values[j] = value;
	}
}

void trace_shuffle32(uint32_t *values, uint64_t n, struct random *r)
{
	for (uint64_t i = n; i > 1; i--) {
		uint64_t j = random_below(r, i);
		uint32_t value = values[i - 1];

		values[i - 1] = values[j];
		values[j] = value;
	}
}

void trace_permutation(uint32_t *values, uint64_t n, struct random *r)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t j = random_below(r, i + 1);

		values[i] = values[j];
		values[j] = (uint32_t)i;
	}
}
