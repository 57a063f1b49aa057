/*
 * walk_template.h - template: the walk from the pgd to the frame, as
 * follow_page() of 2.6 goes, without its lock and its flags.
 *
 * Each entry is read once; one of none is bad, too, so that one question tells
 * both. Folded levels put no question and make no load.
 */

/*
 * The frame inside a huge page of `level` that an address lies in. The lowest
 * bit where a frame's would be is such an entry's PAT.
 */
forceinline pfn_t F(huge_pfn)(F(pte_t) huge, unsigned level, uint64_t addr)
{
	uint64_t pages = F(level_size)(level) >> PAGE_SHIFT;
	pfn_t first = F(pte_pfn)(huge) & ~(pages - 1);

	return first + (addr >> PAGE_SHIFT & (pages - 1));
}

/*
 * The entry that maps an address, with its level and the entry above; where
 * nothing does, the one that stops the walk: an empty pte, or above LEVEL_PTE
 * one that is not huge.
 */
forceinline struct F(leaf)
	F(walk_leaf)(const struct physmem *mem, F(pgd_t) * table, uint64_t addr)
{
	F(pgd_t) *pgdp = F(pgd_offset)(table, addr), pgd = F(read)(pgdp);
	F(p4d_t) * p4dp, p4d;
	F(pud_t) * pudp, pud;
	F(pmd_t) * pmdp, pmd;
	F(pte_t) * ptep;

	if (unlikely(F(pgd_bad)(pgd)))
		return (struct F(leaf)){ pgdp, pgd, LEVEL_PGD, NULL, { 0 } };
	p4dp = F(p4d_offset)(mem, pgdp, pgd, addr);
	p4d = F(level_read)(LEVEL_P4D, p4dp, pgd);
	if (unlikely(F(p4d_bad)(p4d)))
		return (struct F(leaf)){ p4dp, p4d, LEVEL_P4D, pgdp, pgd };
	pudp = F(pud_offset)(mem, p4dp, p4d, addr);
	pud = F(level_read)(LEVEL_PUD, pudp, p4d);
	if (unlikely(F(pud_bad)(pud)))
		return (struct F(leaf)){ pudp, pud, LEVEL_PUD, p4dp, p4d };
	pmdp = F(pmd_offset)(mem, pudp, pud, addr);
	pmd = F(level_read)(LEVEL_PMD, pmdp, pud);
	if (unlikely(F(pmd_bad)(pmd)))
		return (struct F(leaf)){ pmdp, pmd, LEVEL_PMD, pudp, pud };
	ptep = F(pte_offset)(mem, pmdp, pmd, addr);
	return (struct F(leaf)){ ptep, F(read)(ptep), LEVEL_PTE, pmdp, pmd };
}

/* The frame that a leaf maps an address to, or PFN_NONE. */
forceinline pfn_t F(leaf_pfn)(struct F(leaf) leaf, uint64_t addr)
{
	if (likely(leaf.level == LEVEL_PTE))
		return likely(F(pte_present)(leaf.pte)) ? F(pte_pfn)(leaf.pte)
							: PFN_NONE;
	if (leaf.level == LEVEL_PMD && F(pmd_huge)(leaf.pte))
		return F(huge_pfn)(leaf.pte, LEVEL_PMD, addr);
	if (leaf.level == LEVEL_PUD && F(pud_huge)(leaf.pte))
		return F(huge_pfn)(leaf.pte, LEVEL_PUD, addr);
	return PFN_NONE;
}

/* The frame that maps an address, or PFN_NONE. */
forceinline pfn_t F(walk_pfn)(const struct physmem *mem, F(pgd_t) * table,
			      uint64_t addr)
{
	return F(leaf_pfn)(F(walk_leaf)(mem, table, addr), addr);
}

/*
 * The frame that a leaf maps a user's address to, for a reference to be taken;
 * PFN_NONE where get_user_pages() would have to ask the slow way.
 */
forceinline pfn_t F(gettable_pfn)(const struct physmem *mem,
				  struct F(leaf) leaf, uint64_t addr,
				  bool write)
{
	uint64_t must = PAGE_PRESENT | PAGE_USER | (write ? PAGE_RW : 0);
	pfn_t pfn;

	if ((leaf.pte.v & (must | PAGE_SPECIAL)) != must)
		return PFN_NONE;
	pfn = F(leaf_pfn)(leaf, addr);
	return pfn < mem->nr_pages ? pfn : PFN_NONE;
}

/* The same with the reference taken. Nothing may change meanwhile. */
static inline pfn_t F(get_pfn)(const struct F(mm) * mm, uint64_t addr,
			       bool write)
{
	pfn_t pfn = PFN_NONE;

	if (F(address_user)(addr))
		pfn = F(gettable_pfn)(mm->mem,
				      F(walk_leaf)(mm->mem, mm->pgd, addr),
				      addr, write);
	if (pfn != PFN_NONE)
		get_page(pfn_to_page(mm->mem, pfn));
	return pfn;
}
