/*
 * scan_maps.h - the bitmaps that scans are timed on; a set bit is a busy page.
 *
 * The same seed fills the same bitmap, whose words must all be writable and
 * which has 64 words at least.
 */
#ifndef KMB_SCAN_MAPS_H
#define KMB_SCAN_MAPS_H

#include <stdint.h>

/* Almost full: only the last bit is clear. */
void scan_fill_last(uint64_t *map, uint64_t nr_words, uint64_t seed);

/* Half full: every bit at random. */
void scan_fill_random(uint64_t *map, uint64_t nr_words, uint64_t seed);

/*
 * Almost full: in each 512 bytes a hole of 1 to 7 clear bits; the last 8 bits
 * are the only longer one.
 */
void scan_fill_few_holes(uint64_t *map, uint64_t nr_words, uint64_t seed);

/*
 * Half full: holes of 1 to 7 clear bits, 1 to 7 busy ones between them, random
 * for 1 MiB and then again; the last 8 bits are the only longer hole.
 */
void scan_fill_short_holes(uint64_t *map, uint64_t nr_words, uint64_t seed);

#endif
