/*
 * scan.h - the contract of bitmap scans, and the table of their variants.
 *
 * A bitmap is an array of whole 64-bit words, bit b is bit b % 64 of word
 * b / 64; a set bit is a busy page, a clear one is free. A scan looks at the
 * bits of [start, nr_bits) only, whatever the others are, and reads no byte
 * outside BITS_TO_WORDS(nr_bits) words. Any number of threads may scan.
 */
#ifndef KMB_SCAN_H
#define KMB_SCAN_H

#include <stdint.h>

#include "../base/bitops.h"

struct scan_variant {
	const char *strategy, *isa;
	const char *models; /* one line, for `list` */

	/* NULL, or why this CPU cannot run it; NULL pointer: any CPU can. */
	const char *(*unsupported)(void);

	/* First clear bit, or nr_bits. */
	uint64_t (*first_zero)(const uint64_t *map, uint64_t nr_bits,
			       uint64_t start);
	/* First bit of the first n >= 1 clear bits in a row, or nr_bits. */
	uint64_t (*first_run)(const uint64_t *map, uint64_t nr_bits,
			      uint64_t start, uint64_t n);
	/* Number of clear bits. */
	uint64_t (*count_zeros)(const uint64_t *map, uint64_t nr_bits,
				uint64_t start);
	/* Read each word once; all of them ored. The floor of every scan. */
	uint64_t (*load)(const uint64_t *map, uint64_t nr_words);
};

/* Scalar ones first, then by vector length. */
extern const struct scan_variant scan_variants[];
extern const unsigned nr_scan_variants;

/* The variant with the longest vectors that this CPU can run. */
const struct scan_variant *scan_widest(void);

#endif
