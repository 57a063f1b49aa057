/* scan_maps.c - fills the bitmaps that scans are timed on. */
#include "scan_maps.h"

#include <string.h>

#include "../kernels/base/bitops.h"
#include "../kernels/base/random.h"

/* Longer than any branch predictor remembers, and soon made. */
#define TILE_WORDS ((1ull << 20) / sizeof(uint64_t))
#define FEW_HOLES_WORDS (512 / sizeof(uint64_t))

static void fill_busy(uint64_t *map, uint64_t nr_words)
{
	memset(map, 0xff, nr_words * sizeof(*map));
}

static void clear_bits(uint64_t *map, uint64_t bit, uint64_t nr)
{
	while (nr--)
		clear_bit(map, bit++);
}

/* End in a busy bit and 8 clear ones. */
static void end_in_run(uint64_t *map, uint64_t nr_words)
{
	map[nr_words - 1] &= ~0ull >> 8;
	map[nr_words - 1] |= 1ull << 55;
}

void scan_fill_last(uint64_t *map, uint64_t nr_words, uint64_t seed)
{
	(void)seed;
	fill_busy(map, nr_words);
	clear_bit(map, nr_words * BITS_PER_WORD - 1);
}

void scan_fill_random(uint64_t *map, uint64_t nr_words, uint64_t seed)
{
	struct random random = { seed };

	for (uint64_t i = 0; i < nr_words; i++)
		map[i] = random_next(&random);
}

void scan_fill_few_holes(uint64_t *map, uint64_t nr_words, uint64_t seed)
{
	const uint64_t part = FEW_HOLES_WORDS * BITS_PER_WORD;
	struct random random = { seed };

	fill_busy(map, nr_words);
	/* No hole begins in a part's last word: they never meet. */
	for (uint64_t i = 0; i < nr_words / FEW_HOLES_WORDS; i++)
		clear_bits(map,
			   i * part +
				   random_below(&random, part - BITS_PER_WORD),
			   1 + random_below(&random, 7));
	end_in_run(map, nr_words);
}

void scan_fill_short_holes(uint64_t *map, uint64_t nr_words, uint64_t seed)
{
	uint64_t tile = nr_words < TILE_WORDS ? nr_words : TILE_WORDS;
	struct random random = { seed };
	uint64_t bit = 0, hole;

	fill_busy(map, tile);
	/* The last bit of a tile stays busy. */
	while (bit + 8 <= tile * BITS_PER_WORD) {
		hole = 1 + random_below(&random, 7);
		clear_bits(map, bit, hole);
		bit += hole + 1 + random_below(&random, 7);
	}
	for (uint64_t i = tile; i < nr_words; i += tile) {
		uint64_t nr = nr_words - i < tile ? nr_words - i : tile;

		memcpy(map + i, map, nr * sizeof(*map));
	}
	end_in_run(map, nr_words);
}
