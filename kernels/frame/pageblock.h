/*
 * pageblock.h - the migratetype of each pageblock of a zone, as of 2.6.24.
 *
 * A pageblock is what a huge page needs: 2^9 frames, 2 MiB. Four bits each,
 * where 2.6.24 had three, so that none lies across two words: 256 bytes a GiB.
 * The zone's lock covers the map.
 */
#ifndef KMB_FRAME_PAGEBLOCK_H
#define KMB_FRAME_PAGEBLOCK_H

#include "frame.h"

#define PAGEBLOCK_ORDER 9
#define PAGEBLOCK_PAGES (1ull << PAGEBLOCK_ORDER)
#define PAGEBLOCK_BITS 4
_Static_assert(MIGRATE_TYPES <= 1 << PAGEBLOCK_BITS, "a type fits");
_Static_assert(PAGEBLOCK_ORDER <= MAX_PAGE_ORDER, "zones are whole pageblocks");

struct pageblocks {
	uint64_t *map;
	pfn_t start_pfn; /* of the zone */
};

static inline uint64_t pageblock_map_words(uint64_t nr_pages)
{
	return BITS_TO_WORDS(nr_pages / PAGEBLOCK_PAGES * PAGEBLOCK_BITS);
}

forceinline enum migratetype pageblock_type(const struct pageblocks *b,
					    pfn_t pfn)
{
	uint64_t bit = (pfn - b->start_pfn) / PAGEBLOCK_PAGES * PAGEBLOCK_BITS;

	return (enum migratetype)(b->map[bit / BITS_PER_WORD] >>
					  bit % BITS_PER_WORD &
				  ((1 << PAGEBLOCK_BITS) - 1));
}

/* Of every pageblock in the nr frames from pfn. */
static inline void pageblock_set_type(struct pageblocks *b, pfn_t pfn,
				      uint64_t nr, enum migratetype type)
{
	uint64_t first = (pfn - b->start_pfn) / PAGEBLOCK_PAGES;

	for (uint64_t i = first; i < first + nr / PAGEBLOCK_PAGES; i++) {
		uint64_t bit = i * PAGEBLOCK_BITS;
		uint64_t *word = &b->map[bit / BITS_PER_WORD];
		uint64_t mask = (1ull << PAGEBLOCK_BITS) - 1;

		*word &= ~(mask << bit % BITS_PER_WORD);
		*word |= (uint64_t)type << bit % BITS_PER_WORD;
	}
}

#endif
