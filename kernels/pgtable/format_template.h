/*
 * format_template.h - template: the entries and levels of one page-table
 * format.
 *
 * Parameters, undefined at the end but for FORMAT:
 *   FORMAT            the prefix
 *   FORMAT_ENTRY      uint32_t or uint64_t: one entry
 *   FORMAT_BITS       bits of the address that each level takes, from PTE to
 *                     PGD, as five numbers between commas; 0: folded
 *   FORMAT_PFN_BITS   bits of a page frame number in an entry, from bit 12 on
 *   FORMAT_NX         the bit that forbids execution, or 0
 *   FORMAT_USER_TOP   first address above the user's part
 *   FORMAT_SIGNED     1: an address is 64 bits whose top ones are all alike
 *   FORMAT_PGD_WORDS  entries that one of the pgd takes: 2 on arm, else 1
 *   FORMAT_TWO_WORDS  1: an entry is stored and read in two halves (PAE)
 */
#include "format.h"

/* All levels' entries are alike, which folding needs. */
typedef struct {
	FORMAT_ENTRY v;
} F(pte_t);
typedef F(pte_t) F(pmd_t);
typedef F(pte_t) F(pud_t);
typedef F(pte_t) F(p4d_t);
typedef F(pte_t) F(pgd_t);

#define FORMAT_FRAME_MASK (((1ull << FORMAT_PFN_BITS) - 1) << PAGE_SHIFT)

/* Bits of an address that index a level's table. */
forceinline unsigned F(level_bits)(unsigned level)
{
	const unsigned bits[] = { FORMAT_BITS };

	return bits[level - LEVEL_PTE];
}

/* One entry of a level's table maps 1 << this bytes. */
forceinline unsigned F(level_shift)(unsigned level)
{
	const unsigned bits[] = { FORMAT_BITS };
	unsigned shift = PAGE_SHIFT;

	/* Not a loop: where the level is no constant gcc makes vectors of it.
	 */
	if (level > LEVEL_PTE)
		shift += bits[LEVEL_PTE - LEVEL_PTE];
	if (level > LEVEL_PMD)
		shift += bits[LEVEL_PMD - LEVEL_PTE];
	if (level > LEVEL_PUD)
		shift += bits[LEVEL_PUD - LEVEL_PTE];
	if (level > LEVEL_P4D)
		shift += bits[LEVEL_P4D - LEVEL_PTE];
	return shift;
}

forceinline uint64_t F(level_size)(unsigned level)
{
	return 1ull << F(level_shift)(level);
}

forceinline bool F(level_folded)(unsigned level)
{
	return !F(level_bits)(level);
}

/* Levels that the format really has. */
forceinline unsigned F(nr_levels)(void)
{
	unsigned nr = 0;

	for (unsigned l = LEVEL_PTE; l <= LEVEL_PGD; l++)
		nr += !F(level_folded)(l);
	return nr;
}

/* Can a level's entry map memory itself? By pages of how many, see shift. */
forceinline bool F(level_has_leaf)(unsigned level)
{
	return level == LEVEL_PTE ||
	       (level <= LEVEL_PUD && !F(level_folded)(level - 1) &&
		(sizeof(FORMAT_ENTRY) == 8 || level == LEVEL_PMD) &&
		(level == LEVEL_PMD || !F(level_folded)(LEVEL_PUD)));
}

/* Words that an entry of a level's table takes. */
forceinline uint64_t F(level_words)(unsigned level)
{
	return level == LEVEL_PGD ? FORMAT_PGD_WORDS : 1;
}

/* Order of the pages that a level's table takes. */
forceinline unsigned F(level_table_order)(unsigned level)
{
	uint64_t bytes = F(level_words)(level) << F(level_bits)(level);
	unsigned order = 0;

	bytes *= sizeof(FORMAT_ENTRY);
	while (PAGE_SIZE << order < bytes)
		order++;
	return order;
}

/* Is it an address at all, not one between the halves? */
forceinline bool F(address_ok)(uint64_t addr)
{
	unsigned bits = F(level_shift)(LEVEL_PGD) + F(level_bits)(LEVEL_PGD);

	if (FORMAT_SIGNED)
		return (uint64_t)((int64_t)(addr << (64 - bits)) >>
				  (64 - bits)) == addr;
	return addr >> bits == 0;
}

/* Is it one that a user's process may have? */
forceinline bool F(address_user)(uint64_t addr)
{
	return addr < FORMAT_USER_TOP;
}

static const uint64_t F(user_top) = FORMAT_USER_TOP;

/* An entry, read once; what a walker without a lock does. */
forceinline F(pte_t) F(read)(const F(pte_t) * ptep)
{
#if FORMAT_TWO_WORDS
	/*
	 * Low, high, and low again: as a writer changes the low half last when
	 * it sets an entry and first when it clears one, a low half that stood
	 * still belongs to the high one (x86's gup.c of 3.13).
	 */
	const uint32_t *half = (const void *)ptep;
	uint32_t low, high;

	do {
		low = smp_load_acquire(&half[0]);
		high = smp_load_acquire(&half[1]);
	} while (unlikely(READ_ONCE(half[0]) != low));
	return (F(pte_t)){ (uint64_t)high << 32 | low };
#else
	/* pairs with the release in F(set)() */
	return (F(pte_t)){ READ_DEPENDENT(ptep->v) };
#endif
}

/* Fill an empty entry. Tables that it points to were written before. */
forceinline void F(set)(F(pte_t) * ptep, F(pte_t) pte)
{
#if FORMAT_TWO_WORDS
	uint32_t *half = (void *)ptep;

	WRITE_ONCE(half[1], (uint32_t)(pte.v >> 32));
	/* pairs with the acquire of half[0] in F(read)() */
	smp_store_release(&half[0], (uint32_t)pte.v);
#else
	/* pairs with F(read)() */
	smp_store_release(&ptep->v, pte.v);
#endif
}

/* Empty an entry; what it was, with all that the hardware wrote until then. */
forceinline F(pte_t) F(get_and_clear)(F(pte_t) * ptep)
{
#if FORMAT_TWO_WORDS
	uint32_t *half = (void *)ptep;
	uint32_t low = xchg_full(&half[0], 0);
	uint32_t high = READ_ONCE(half[1]);

	WRITE_ONCE(half[1], 0);
	return (F(pte_t)){ (uint64_t)high << 32 | low };
#else
	return (F(pte_t)){ xchg_full(&ptep->v, 0) };
#endif
}

/* Set or clear bits of the low half at once, against a concurrent setter. */
forceinline void F(set_bits)(F(pte_t) * ptep, uint32_t bits)
{
	__atomic_fetch_or((uint32_t *)(void *)ptep, bits, __ATOMIC_RELAXED);
}

/* Those of `bits` that were set. */
forceinline uint32_t F(clear_bits)(F(pte_t) * ptep, uint32_t bits)
{
	return __atomic_fetch_and((uint32_t *)(void *)ptep, ~bits,
				  __ATOMIC_RELAXED) &
	       bits;
}

/*
 * What the MMU does when it used an entry that it had read as `seen`: set
 * PAGE_ACCESSED and maybe PAGE_DIRTY, unless the entry has changed since.
 */
forceinline bool F(touch)(F(pte_t) * ptep, F(pte_t) seen, uint32_t bits)
{
#if FORMAT_TWO_WORDS
	uint32_t low = (uint32_t)seen.v;

	return cmpxchg_full((uint32_t *)(void *)ptep, &low, low | bits);
#else
	return cmpxchg_full(&ptep->v, &seen.v, seen.v | bits);
#endif
}

/* An entry for a frame; `flags` are bits outside the frame's. */
forceinline F(pte_t) F(pfn_pte)(pfn_t pfn, uint64_t flags)
{
	return (F(pte_t)){
		(FORMAT_ENTRY)((pfn << PAGE_SHIFT & FORMAT_FRAME_MASK) | flags)
	};
}

forceinline pfn_t F(pte_pfn)(F(pte_t) pte)
{
	return (pte.v & FORMAT_FRAME_MASK) >> PAGE_SHIFT;
}

/* Its bits outside the frame's. */
forceinline uint64_t F(pte_flags)(F(pte_t) pte)
{
	return pte.v & ~FORMAT_FRAME_MASK;
}

forceinline bool F(pte_none)(F(pte_t) pte)
{
	return !pte.v;
}

/* There is a page, whether the hardware may use it or not. */
forceinline bool F(pte_present)(F(pte_t) pte)
{
	return pte.v & (PAGE_PRESENT | PAGE_PROTNONE);
}

/* Does the entry of a level above PTE map memory itself, if for nobody's use?
 */
forceinline bool F(pmd_huge)(F(pmd_t) pmd)
{
	return F(pte_present)(pmd) && pmd.v & PAGE_PSE;
}

/* Neither a pointer to a table nor none: the low bits but PAGE_USER tell. */
forceinline bool F(pmd_bad)(F(pmd_t) pmd)
{
	return (pmd.v & (PAGE_SIZE - 1) & ~PAGE_USER) != PAGE_KERNPG_TABLE;
}

/* An entry that points to a table. */
forceinline F(pte_t) F(table_entry)(pfn_t pfn)
{
	return F(pfn_pte)(pfn, PAGE_TABLE);
}

/* Where a level's table, at `table`, has the entry for an address. */
forceinline F(pte_t) *
	F(table_index)(void *table, unsigned level, uint64_t addr)
{
	uint64_t index = addr >> F(level_shift)(level) &
			 ((1ull << F(level_bits)(level)) - 1);

	return (F(pte_t) *)table + index * F(level_words)(level);
}

/*
 * The entry of a level for an address, below the entry of the level above,
 * which lies at `above` and was read as `entry`. Folded: `above` itself.
 */
forceinline F(pte_t) * F(level_offset)(const struct physmem *mem,
				       unsigned level, F(pte_t) * above,
				       F(pte_t) entry, uint64_t addr)
{
	if (F(level_folded)(level))
		return above;
	return F(table_index)(pfn_to_virt(mem, F(pte_pfn)(entry)), level, addr);
}

/* The entry at level_offset()'s result; folded: what was read above. */
forceinline F(pte_t)
	F(level_read)(unsigned level, const F(pte_t) * ptep, F(pte_t) above)
{
	return F(level_folded)(level) ? above : F(read)(ptep);
}

/*
 * By Linux's names. The question whether an upper entry is none, bad or huge is
 * only put where the level below has a table of its own.
 */
forceinline F(pgd_t) * F(pgd_offset)(F(pgd_t) * pgd, uint64_t addr)
{
	return F(table_index)(pgd, LEVEL_PGD, addr);
}

forceinline F(p4d_t) * F(p4d_offset)(const struct physmem *mem, F(pgd_t) * pgdp,
				     F(pgd_t) pgd, uint64_t addr)
{
	return F(level_offset)(mem, LEVEL_P4D, pgdp, pgd, addr);
}

forceinline F(pud_t) * F(pud_offset)(const struct physmem *mem, F(p4d_t) * p4dp,
				     F(p4d_t) p4d, uint64_t addr)
{
	return F(level_offset)(mem, LEVEL_PUD, p4dp, p4d, addr);
}

forceinline F(pmd_t) * F(pmd_offset)(const struct physmem *mem, F(pud_t) * pudp,
				     F(pud_t) pud, uint64_t addr)
{
	return F(level_offset)(mem, LEVEL_PMD, pudp, pud, addr);
}

forceinline F(pte_t) * F(pte_offset)(const struct physmem *mem, F(pmd_t) * pmdp,
				     F(pmd_t) pmd, uint64_t addr)
{
	return F(level_offset)(mem, LEVEL_PTE, pmdp, pmd, addr);
}

forceinline bool F(pgd_none)(F(pgd_t) pgd)
{
	return !F(level_folded)(LEVEL_P4D) && !pgd.v;
}

forceinline bool F(pgd_bad)(F(pgd_t) pgd)
{
	return !F(level_folded)(LEVEL_P4D) && F(pmd_bad)(pgd);
}

forceinline bool F(p4d_none)(F(p4d_t) p4d)
{
	return !F(level_folded)(LEVEL_PUD) && !p4d.v;
}

forceinline bool F(p4d_bad)(F(p4d_t) p4d)
{
	return !F(level_folded)(LEVEL_PUD) && F(pmd_bad)(p4d);
}

forceinline bool F(pud_none)(F(pud_t) pud)
{
	return !F(level_folded)(LEVEL_PMD) && !pud.v;
}

forceinline bool F(pud_bad)(F(pud_t) pud)
{
	return !F(level_folded)(LEVEL_PMD) && F(pmd_bad)(pud);
}

forceinline bool F(pud_huge)(F(pud_t) pud)
{
	return F(level_has_leaf)(LEVEL_PUD) && F(pmd_huge)(pud);
}

forceinline bool F(pmd_none)(F(pmd_t) pmd)
{
	return !pmd.v;
}

static const uint64_t F(nx) = FORMAT_NX;
static const uint64_t F(pfn_limit) = 1ull << FORMAT_PFN_BITS;
static const bool F(swap_in_high_word) = FORMAT_TWO_WORDS;

#undef FORMAT_ENTRY
#undef FORMAT_BITS
#undef FORMAT_PFN_BITS
#undef FORMAT_FRAME_MASK
#undef FORMAT_NX
#undef FORMAT_USER_TOP
#undef FORMAT_SIGNED
#undef FORMAT_PGD_WORDS
#undef FORMAT_TWO_WORDS
