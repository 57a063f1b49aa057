/*
 * walk_template.h - template: the walk from the pgd to the frame, as
 * follow_page() of 2.6 goes, without its lock and its flags.
 *
 * Each entry is read once. Folded levels put no question and make no load.
 */

/* The frame inside a huge page of `level` that an address lies in. */
forceinline pfn_t F(huge_pfn)(F(pte_t) huge, unsigned level, uint64_t addr)
{
	uint64_t inside = addr & (F(level_size)(level) - 1);

	return F(pte_pfn)(huge) + (inside >> PAGE_SHIFT);
}

/* The frame that maps an address, or PFN_NONE; an entry of none is bad too. */
forceinline pfn_t F(walk_pfn)(const struct physmem *mem, F(pgd_t) * table,
			      uint64_t addr)
{
	F(pgd_t) *pgdp = F(pgd_offset)(table, addr), pgd = F(read)(pgdp);
	F(p4d_t) * p4dp, p4d;
	F(pud_t) * pudp, pud;
	F(pmd_t) * pmdp, pmd;
	F(pte_t) pte;

	if (unlikely(F(pgd_bad)(pgd)))
		return PFN_NONE;
	p4dp = F(p4d_offset)(mem, pgdp, pgd, addr);
	p4d = F(level_read)(LEVEL_P4D, p4dp, pgd);
	if (unlikely(F(p4d_bad)(p4d)))
		return PFN_NONE;
	pudp = F(pud_offset)(mem, p4dp, p4d, addr);
	pud = F(level_read)(LEVEL_PUD, pudp, p4d);
	if (unlikely(F(pud_bad)(pud)))
		return F(pud_huge)(pud) ? F(huge_pfn)(pud, LEVEL_PUD, addr)
					: PFN_NONE;
	pmdp = F(pmd_offset)(mem, pudp, pud, addr);
	pmd = F(level_read)(LEVEL_PMD, pmdp, pud);
	if (unlikely(F(pmd_bad)(pmd)))
		return F(pmd_huge)(pmd) ? F(huge_pfn)(pmd, LEVEL_PMD, addr)
					: PFN_NONE;
	pte = F(read)(F(pte_offset)(mem, pmdp, pmd, addr));
	return likely(F(pte_present)(pte)) ? F(pte_pfn)(pte) : PFN_NONE;
}

/* May a user's page be taken for reading, or writing, by a reference? */
forceinline bool F(pte_gettable)(F(pte_t) pte, bool write)
{
	uint64_t must = PAGE_PRESENT | PAGE_USER | (write ? PAGE_RW : 0);

	return (pte.v & (must | PAGE_SPECIAL)) == must;
}

/*
 * The frame that maps a user's address, with a reference on it taken; none
 * that may not be had so: PFN_NONE. Nothing may change meanwhile.
 */
static inline pfn_t F(get_pfn)(const struct F(mm) * mm, uint64_t addr,
			       bool write)
{
	struct F(leaf) leaf;
	pfn_t pfn;

	if (!F(address_user)(addr))
		return PFN_NONE;
	leaf = F(lookup)(mm, addr);
	if ((leaf.level > LEVEL_PTE && !F(pmd_huge)(leaf.pte)) ||
	    !F(pte_gettable)(leaf.pte, write))
		return PFN_NONE;
	pfn = F(huge_pfn)(leaf.pte, leaf.level, addr);
	if (pfn >= mm->mem->nr_pages)
		return PFN_NONE;
	get_page(pfn_to_page(mm->mem, pfn));
	return pfn;
}
