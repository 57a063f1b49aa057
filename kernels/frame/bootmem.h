/*
 * bootmem.h - the boot-time bitmap of 2.6.11 and of 3.13 (mm/bootmem.c).
 *
 * One bit a page, 1 is busy: 32 KiB per GiB. An allocation is the first run of
 * clear bits behind a starting point; one smaller than a page continues in the
 * page that the last allocation left half used. All addresses are physical.
 *
 * Merging. last_pos and last_offset say where the last allocation ended:
 * last_offset bytes into page last_pos, 0 when at its end. When the run found
 * begins at last_pos + 1 and the alignment is below a page, the block starts
 * in last_pos and only the pages behind it are marked:
 *
 *        last_pos            last_pos + 1 == found
 *     |#########......|................|
 *               ^ align_up(last_offset, align): the block starts here
 *
 * Free rounds inwards, so that a partly covered page stays busy for good: its
 * rest may be another's. Reserve rounds outwards.
 *
 * The original has five quirks. Each is a bit of `quirks`, a constant of the
 * strategy, so that none of first_fit (no quirk), first_fit_2_6_11 (all) and
 * next_fit (number 3, and a hint that roves) pays for another:
 */
#ifndef KMB_FRAME_BOOTMEM_H
#define KMB_FRAME_BOOTMEM_H

#include "frame.h"

#include "../scan/scan_word.h"

enum bootmem_quirk {
	/*
	 * 1. For alignments above a page, the search resumes one step behind
	 * the next aligned page when a busy page off the grid stopped it, and
	 * so misses that candidate. Corrected: resume behind the busy page.
	 */
	BOOTMEM_SKIPS_CANDIDATE = 1 << 0,
	/*
	 * 2. When no clear bit is left, the bit at or past the end of the map
	 * is tested all the same. Kept harmless by one more word of map, all
	 * busy. Corrected: the search ends at the last page.
	 */
	BOOTMEM_TESTS_PAST_END = 1 << 1,
	/*
	 * 3. Free leaves last_pos alone, so that a later merge may land in a
	 * page that was freed. Corrected: freeing last_pos ends the merging.
	 */
	BOOTMEM_MERGES_INTO_FREED = 1 << 2,
	/*
	 * 4. Goal 0 ignores the hint and starts at page 0: filling a node costs
	 * O(pages^2). Any other goal inside the node starts at last_success
	 * when that is higher, past free pages that lie between. Corrected: the
	 * hint is a page below which nothing is free, and serves every goal.
	 */
	BOOTMEM_GOAL_0_RESCANS = 1 << 3,
	/*
	 * 5. Alloc stores last_success relative to the node, free compares and
	 * stores an address, so that on a node that does not begin at 0 a free
	 * seldom lowers it. Corrected: both are relative.
	 */
	BOOTMEM_MIXES_ADDRESSES = 1 << 4,
	BOOTMEM_ALL_QUIRKS = (1 << 5) - 1,
	/*
	 * The hint of 3.13, hint_idx: the page behind the last allocation, or
	 * the lowest that was freed since. Every search begins there when it is
	 * higher than the goal, whatever the goal, then at the goal, then at
	 * page 0. Small blocks so pass the holes that a large one could not
	 * use: next fit, until a free below brings it back. No O(pages^2), but
	 * of quirk 4 a goal still loses to a higher hint. (last_pos and
	 * last_offset are one number there, last_end_off.)
	 */
	BOOTMEM_HINT_ROVES = 1 << 5,
};

/* No run of pages: an index, and an address. */
#define BOOTMEM_NONE UINT64_MAX

/* Pages are counted from start_pfn. */
struct bootmem {
	uint64_t *map;
	pfn_t start_pfn;
	uint64_t nr_pages;
	/* No page below is free; with quirk 4 last_success, or it roves. */
	uint64_t hint;
	uint64_t last_pos, last_offset;
};

forceinline uint64_t bootmem_map_words(uint64_t nr_pages, unsigned quirks)
{
	return BITS_TO_WORDS(nr_pages) + !!(quirks & BOOTMEM_TESTS_PAST_END);
}

/* Mark nr pages from first, a word at a time. */
forceinline void bootmem_mark(struct bootmem *b, uint64_t first, uint64_t nr,
			      bool busy)
{
	uint64_t end = first + nr;

	while (first < end) {
		uint64_t stop =
			align_down(first, BITS_PER_WORD) + BITS_PER_WORD;
		uint64_t mask = ~0ull << first % BITS_PER_WORD;
		uint64_t *word = &b->map[first / BITS_PER_WORD];

		if (stop > end)
			mask &= ~0ull >> (stop - end);
		*word = busy ? *word | mask : *word & ~mask;
		first = stop;
	}
}

/* `map` holds bootmem_map_words(). All pages are free. */
static inline void bootmem_init(struct bootmem *b, uint64_t *map,
				const struct zone *zone, unsigned quirks)
{
	uint64_t words = bootmem_map_words(zone->nr_pages, quirks);

	*b = (struct bootmem){
		.map = map,
		.start_pfn = zone->start_pfn,
		.nr_pages = zone->nr_pages,
	};
	for (uint64_t i = 0; i < words; i++)
		map[i] = ~0ull;
	bootmem_mark(b, 0, zone->nr_pages, false);
}

/* The first page from i whose frame number is a multiple of step. */
forceinline uint64_t bootmem_align(const struct bootmem *b, uint64_t i,
				   uint64_t step)
{
	return align_up(b->start_pfn + i, step) - b->start_pfn;
}

/* Quirk 2: is the bit at or past the end of the map set? */
forceinline bool bootmem_past_end_busy(const struct bootmem *b, uint64_t i)
{
	uint64_t bits = BITS_PER_WORD *
			bootmem_map_words(b->nr_pages, BOOTMEM_TESTS_PAST_END);

	return i >= bits || test_bit(b->map, i);
}

/* The first run of nr free pages from i, aligned to step pages. */
forceinline uint64_t bootmem_scan(const struct bootmem *b, uint64_t i,
				  uint64_t nr, uint64_t step, unsigned quirks)
{
	const uint64_t end = b->nr_pages;

	while (i < end) {
		uint64_t busy;

		i = bootmem_align(b, scan_next_zero(b->map, end, i), step);
		if (unlikely(i + nr > end)) {
			if ((quirks & BOOTMEM_TESTS_PAST_END) && nr == 1 &&
			    !bootmem_past_end_busy(b, i))
				return i;
			break;
		}
		busy = scan_next_set(b->map, i + nr, i);
		if (busy == i + nr)
			return i;
		i = busy + 1;
		if (quirks & BOOTMEM_SKIPS_CANDIDATE)
			i = bootmem_align(b, busy, step) + step;
	}
	return BOOTMEM_NONE;
}

/* Is an address one of the node's? 0 is none: it stands for no goal. */
forceinline bool bootmem_is_goal(const struct bootmem *b, uint64_t goal)
{
	uint64_t start = b->start_pfn << PAGE_SHIFT;

	return goal && goal >= start &&
	       goal - start < b->nr_pages << PAGE_SHIFT;
}

/* The first whole page at or above the goal; 0 when there is none. */
forceinline uint64_t bootmem_goal_page(const struct bootmem *b, uint64_t goal)
{
	if (!bootmem_is_goal(b, goal))
		return 0;
	return ((goal + PAGE_SIZE - 1) >> PAGE_SHIFT) - b->start_pfn;
}

/* Where the search for a block near `goal` begins. */
forceinline uint64_t bootmem_scan_start(struct bootmem *b, uint64_t goal,
					unsigned quirks)
{
	uint64_t page = bootmem_goal_page(b, goal);

	if (!(quirks & BOOTMEM_GOAL_0_RESCANS))
		b->hint = scan_next_zero(b->map, b->nr_pages, b->hint);
	else if (!bootmem_is_goal(b, goal))
		return 0;
	return page > b->hint ? page : b->hint;
}

/* Behind the last allocation, else near the goal, else anywhere. */
forceinline uint64_t bootmem_find_roving(struct bootmem *b, uint64_t nr,
					 uint64_t step, uint64_t goal,
					 unsigned quirks)
{
	uint64_t page = bootmem_goal_page(b, goal), found = BOOTMEM_NONE;

	if (b->hint > page)
		found = bootmem_scan(b, b->hint, nr, step, quirks);
	if (unlikely(found == BOOTMEM_NONE))
		found = bootmem_scan(b, page, nr, step, quirks);
	if (unlikely(found == BOOTMEM_NONE) && page)
		found = bootmem_scan(b, 0, nr, step, quirks);
	return found;
}

/* A run near the goal, else anywhere. */
forceinline uint64_t bootmem_find(struct bootmem *b, uint64_t nr, uint64_t step,
				  uint64_t goal, unsigned quirks)
{
	uint64_t from, lowest, found;

	if (quirks & BOOTMEM_HINT_ROVES)
		return bootmem_find_roving(b, nr, step, goal, quirks);
	from = bootmem_scan_start(b, goal, quirks);
	lowest = quirks & BOOTMEM_GOAL_0_RESCANS ? 0 : b->hint;
	found = bootmem_scan(b, from, nr, step, quirks);
	if (unlikely(found == BOOTMEM_NONE) && from > lowest)
		found = bootmem_scan(b, lowest, nr, step, quirks);
	if (quirks & BOOTMEM_GOAL_0_RESCANS && found != BOOTMEM_NONE)
		b->hint = found;
	return found;
}

/*
 * `size` bytes at a multiple of `align` (a power of two), at or above the
 * address `goal` if that is possible; goal 0: anywhere. BOOTMEM_NONE: no room.
 */
forceinline uint64_t bootmem_alloc(struct bootmem *b, uint64_t size,
				   uint64_t align, uint64_t goal,
				   unsigned quirks)
{
	uint64_t nr = (size + PAGE_SIZE - 1) >> PAGE_SHIFT;
	uint64_t step = align > PAGE_SIZE ? align >> PAGE_SHIFT : 1;
	uint64_t found, first, offset = 0;

	KMB_BUG_ON(!size || !is_power_of_two(align));
	found = first = bootmem_find(b, nr, step, goal, quirks);
	if (unlikely(found == BOOTMEM_NONE))
		return BOOTMEM_NONE;
	if (align < PAGE_SIZE && b->last_offset && b->last_pos + 1 == found) {
		first = b->last_pos;
		offset = align_up(b->last_offset, align);
	}
	b->last_pos = first + ((offset + size - 1) >> PAGE_SHIFT);
	b->last_offset = (offset + size) % PAGE_SIZE;
	bootmem_mark(b, found, b->last_pos + 1 - found, true);
	if (quirks & BOOTMEM_HINT_ROVES)
		b->hint = b->last_pos + 1;
	return ((b->start_pfn + first) << PAGE_SHIFT) + offset;
}

/* Free the whole pages inside [addr, addr + size). */
forceinline void bootmem_free(struct bootmem *b, uint64_t addr, uint64_t size,
			      unsigned quirks)
{
	uint64_t start = b->start_pfn << PAGE_SHIFT;
	uint64_t first = (addr - start + PAGE_SIZE - 1) >> PAGE_SHIFT;
	uint64_t end = (addr - start + size) >> PAGE_SHIFT;
	uint64_t lowered = first;

	KMB_BUG_ON(addr < start || end > b->nr_pages);
	if (quirks & BOOTMEM_MIXES_ADDRESSES)
		lowered += b->start_pfn;
	if (lowered < b->hint)
		b->hint = lowered;
	if (first >= end)
		return;
	KMB_BUG_ON(scan_next_zero(b->map, end, first) < end);
	if (!(quirks & BOOTMEM_MERGES_INTO_FREED) && first <= b->last_pos &&
	    b->last_pos < end)
		b->last_offset = 0;
	bootmem_mark(b, first, end - first, false);
}

/* Mark every page that [addr, addr + size) touches; twice is no error. */
static inline void bootmem_reserve(struct bootmem *b, uint64_t addr,
				   uint64_t size)
{
	uint64_t start = b->start_pfn << PAGE_SHIFT;
	uint64_t first = (addr - start) >> PAGE_SHIFT;
	uint64_t end = (addr - start + size + PAGE_SIZE - 1) >> PAGE_SHIFT;

	KMB_BUG_ON(addr < start || end > b->nr_pages);
	bootmem_mark(b, first, end - first, true);
}

/* Runs of clear bits, as the aligned blocks they are made of. */
static inline void bootmem_count_free(const struct bootmem *b,
				      struct frame_stats *stats)
{
	uint64_t end = b->nr_pages;
	uint64_t i = scan_next_zero(b->map, end, 0);

	while (i < end) {
		uint64_t busy = scan_next_set(b->map, end, i);

		frame_stats_add_run(stats, b->start_pfn + i, busy - i);
		i = scan_next_zero(b->map, end, busy);
	}
}

/*
 * Bits past the last page are busy, the merge point lies in a page of the node,
 * and a hint that promises something keeps it.
 */
static inline bool bootmem_validate(const struct bootmem *b, unsigned quirks)
{
	uint64_t bits = BITS_PER_WORD * bootmem_map_words(b->nr_pages, quirks);

	if (scan_next_zero(b->map, bits, b->nr_pages) < bits)
		return false;
	if (b->last_pos >= b->nr_pages || b->last_offset >= PAGE_SIZE ||
	    b->hint > b->nr_pages)
		return false;
	return quirks & (BOOTMEM_GOAL_0_RESCANS | BOOTMEM_HINT_ROVES) ||
	       scan_next_zero(b->map, b->hint, 0) == b->hint;
}

#endif
