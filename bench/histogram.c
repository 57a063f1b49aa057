/* histogram.c - what is not needed while the clock runs. */
#include "histogram.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

struct histogram *histogram_new(void)
{
	struct histogram *h = aligned_alloc(
		CACHE_LINE_BYTES, (sizeof(*h) + CACHE_LINE_BYTES - 1) /
					  CACHE_LINE_BYTES * CACHE_LINE_BYTES);

	/* Written, not calloc'd: a first touch costs more than an operation. */
	if (h)
		memset(h, 0, sizeof(*h));
	return h;
}

/* How far the values of a slot were shifted: its width is 1 << that. */
static unsigned shift_of(unsigned slot)
{
	return slot < 2 * HISTOGRAM_HALF ? 0 : slot / HISTOGRAM_HALF - 1;
}

uint64_t histogram_slot_lowest(unsigned slot)
{
	unsigned shift = shift_of(slot);

	return (uint64_t)(slot - shift * HISTOGRAM_HALF) << shift;
}

uint64_t histogram_slot_highest(unsigned slot)
{
	return histogram_slot_lowest(slot) + (UINT64_C(1) << shift_of(slot)) -
	       1;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	into->count += from->count;
	into->nr_beyond += from->nr_beyond;
	if (from->max > into->max)
		into->max = from->max;
	for (unsigned i = 0; i < HISTOGRAM_SLOTS; i++)
		into->slot[i] += from->slot[i];
}

uint64_t histogram_quantile(const struct histogram *h, double q)
{
	/* 0.999 is a little more than 999/1000: its 1000th would be one off. */
	double exact = q * (1 - DBL_EPSILON) * (double)h->count;
	uint64_t rank = (uint64_t)exact, seen = 0, value;
	unsigned slot = 0;

	if (!h->count)
		return 0;
	rank += (double)rank < exact;
	while (seen + h->slot[slot] < rank || !h->slot[slot])
		seen += h->slot[slot++];
	value = histogram_slot_highest(slot);
	return value < h->max ? value : h->max;
}
