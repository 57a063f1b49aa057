/*
 * pte_line.h - a line of a hashed page table: eight entries of neighbouring
 * pages in one cache line, and the key that they are found by.
 *
 * x86-64 has no use for bits 52..62 of an entry. Eight entries have 88 of them:
 *
 *	pte[0..3]  the key, 44 bits: what all eight addresses have in common
 *	pte[4..7]  a link to another line, 44 bits
 *
 * So the tag costs no memory, and one line is all that a lookup has to load
 * (elastic cuckoo page tables, ASPLOS'20, spread their tags in the same way).
 * A line of zeros has no key that an address has; see LINE_KEY_EMPTY.
 */
#ifndef KMB_PGTABLE_PTE_LINE_H
#define KMB_PGTABLE_PTE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/compiler.h"

#define LINE_SHIFT 3
#define LINE_PTES (1u << LINE_SHIFT)

/* All of an entry that a line needs for itself. */
#define LINE_SPARE_SHIFT 52
#define LINE_SPARE_BITS 11
#define LINE_SPARE (((1ull << LINE_SPARE_BITS) - 1) << LINE_SPARE_SHIFT)

/*
 * Top bits of an address that no format uses: at 57 bits all from bit 56 on are
 * alike. What is left above the page and the line is 59 - 12 - 3 = 44 bits.
 */
#define LINE_UNUSED_BITS 5
/*
 * The key of a line of zeros: address bits 56 and 58 are clear and 57 is set.
 * It is xored into every key, so that zero is none of them.
 */
#define LINE_KEY_EMPTY (1ull << 42)

struct pte_line {
	uint64_t pte[LINE_PTES];
} cacheline_aligned;

/* The key of the line that has the entry for an address, of pages of 2^shift
 * bytes. */
forceinline uint64_t line_key_of(uint64_t addr, unsigned shift)
{
	return (addr << LINE_UNUSED_BITS >>
		(LINE_UNUSED_BITS + shift + LINE_SHIFT)) ^
	       LINE_KEY_EMPTY;
}

/* The first address of a line with this key. */
forceinline uint64_t line_addr(uint64_t key, unsigned shift)
{
	uint64_t top = (key ^ LINE_KEY_EMPTY)
		       << (LINE_UNUSED_BITS + shift + LINE_SHIFT);

	return (uint64_t)((int64_t)top >> LINE_UNUSED_BITS);
}

/* Which of a line's entries is the one for an address. */
forceinline unsigned line_slot(uint64_t addr, unsigned shift)
{
	return addr >> shift & (LINE_PTES - 1);
}

/* Is it the line of this key? Four loads of one line, and no branch. */
forceinline bool line_is(const struct pte_line *line, uint64_t key)
{
	uint64_t differ = (line->pte[0] ^ key << LINE_SPARE_SHIFT) |
			  (line->pte[1] ^ key << (LINE_SPARE_SHIFT - 11)) |
			  (line->pte[2] ^ key << (LINE_SPARE_SHIFT - 22)) |
			  (line->pte[3] ^ key << (LINE_SPARE_SHIFT - 33));

	return !(differ & LINE_SPARE);
}

/* The 44 spare bits of four entries. */
forceinline uint64_t line_spare(const uint64_t *pte)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < 4; i++)
		bits |= (pte[i] & LINE_SPARE) >> LINE_SPARE_SHIFT
							 << i * LINE_SPARE_BITS;
	return bits;
}

forceinline void line_set_spare(uint64_t *pte, uint64_t bits)
{
	for (unsigned i = 0; i < 4; i++)
		pte[i] = (pte[i] & ~LINE_SPARE) |
			 (bits >> i * LINE_SPARE_BITS << LINE_SPARE_SHIFT &
			  LINE_SPARE);
}

forceinline uint64_t line_key(const struct pte_line *line)
{
	return line_spare(line->pte);
}

forceinline void line_set_key(struct pte_line *line, uint64_t key)
{
	line_set_spare(line->pte, key);
}

forceinline uint64_t line_link(const struct pte_line *line)
{
	return line_spare(line->pte + 4);
}

forceinline void line_set_link(struct pte_line *line, uint64_t link)
{
	line_set_spare(line->pte + 4, link);
}

/* An entry as the format has it; 0: none. */
forceinline uint64_t line_pte(const struct pte_line *line, unsigned slot)
{
	return line->pte[slot] & ~LINE_SPARE;
}

forceinline void line_set_pte(struct pte_line *line, unsigned slot,
			      uint64_t pte)
{
	line->pte[slot] = (line->pte[slot] & LINE_SPARE) | (pte & ~LINE_SPARE);
}

/* No entry of it maps anything. */
forceinline bool line_empty(const struct pte_line *line)
{
	uint64_t any = 0;

	for (unsigned i = 0; i < LINE_PTES; i++)
		any |= line->pte[i];
	return !(any & ~LINE_SPARE);
}

/*
 * A number to choose a bucket by, from its lowest bit on; another for every
 * odd multiplier. Both rounds are needed: with one, pages at a stride of 2^30
 * bytes or more met in a few buckets, and 1.3 lines a lookup became 3.3.
 */
forceinline uint64_t line_hash(uint64_t key, uint64_t multiplier)
{
	uint64_t hash = key * multiplier;

	hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93ull;
	return hash ^ hash >> 32;
}

#endif
