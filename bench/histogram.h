/*
 * histogram.h - how often each value came, from 1 to 2^40, to 3 digits.
 *
 * The layout is HdrHistogram's for a lowest value of 1 and 3 significant
 * digits: 2048 slots that are one wide hold the values below 2048, then every
 * doubling has 1024 slots, twice as wide as the last doubling's:
 *
 *   slots      values            wide
 *   0..2047    0..2047           1      1/2048 of a value at most,
 *   ..3071     2048..4095        2      here and from here on: the error is
 *   ..4095     4096..8191        4      below 0.1 %
 *   ...
 *   ..31743    2^39..2^40-1      2^29
 *
 * So a value is a shift by how far its highest bit lies above the 11th; its
 * slot is that shift times 1024, plus what the shift leaves of it. One thread
 * at a time; nothing is locked.
 */
#ifndef KMB_HISTOGRAM_H
#define KMB_HISTOGRAM_H

#include <stdint.h>

#include "../kernels/base/compiler.h"

#define HISTOGRAM_HALF_SHIFT 10 /* 2 * 10^3 values need 11 bits */
#define HISTOGRAM_VALUE_BITS 40
#define HISTOGRAM_HALF (1u << HISTOGRAM_HALF_SHIFT)
#define HISTOGRAM_MAX_SHIFT (HISTOGRAM_VALUE_BITS - HISTOGRAM_HALF_SHIFT - 1)
#define HISTOGRAM_SLOTS ((HISTOGRAM_MAX_SHIFT + 2) * HISTOGRAM_HALF)
/* The largest value that has a slot of its own. */
#define HISTOGRAM_MAX ((UINT64_C(1) << HISTOGRAM_VALUE_BITS) - 1)

struct histogram {
	/* sum of slot[] == count; beyond the range: counted in the last slot */
	uint64_t count, nr_beyond;
	uint64_t max; /* exact, in the range or not */
	uint64_t slot[HISTOGRAM_SLOTS];
};

/* Empty, its 248 KiB faulted in by the caller; NULL: out of memory. free() it.
 */
struct histogram *histogram_new(void);

/* The slot of a value that is at most HISTOGRAM_MAX. */
forceinline unsigned histogram_slot(uint64_t value)
{
	const uint64_t narrow = 2 * HISTOGRAM_HALF - 1;
	unsigned shift = 63 - HISTOGRAM_HALF_SHIFT -
			 (unsigned)__builtin_clzll(value | narrow);

	return shift * HISTOGRAM_HALF + (unsigned)(value >> shift);
}

/* The smallest and the largest value that share this slot. */
uint64_t histogram_slot_lowest(unsigned slot);
uint64_t histogram_slot_highest(unsigned slot);

forceinline void histogram_record(struct histogram *h, uint64_t value)
{
	h->count++;
	h->max = value > h->max ? value : h->max;
	if (unlikely(value > HISTOGRAM_MAX)) {
		h->nr_beyond++;
		value = HISTOGRAM_MAX;
	}
	h->slot[histogram_slot(value)]++;
}

/* As if all that `from` saw had been recorded in `into`. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/*
 * The value that a share q (0..1) of all is not above: the highest of its
 * slot, as HdrHistogram has it, but never above max. With values beyond the
 * range it says HISTOGRAM_MAX at most. 0 when empty.
 */
uint64_t histogram_quantile(const struct histogram *h, double q);

#endif
