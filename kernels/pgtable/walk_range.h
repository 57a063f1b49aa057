/*
 * walk_range.h - template: every entry of a FORMAT's tables that maps a part
 * of a range, by nested loops with a callback that is inlined
 * (mm/pagewalk.c's walk_page_range() of 2.6.24 and later).
 *
 * Each level is one function that calls the next; a level that is folded makes
 * one round and vanishes. A callback is a constant at each call, so a walk is
 * one function with the work in its innermost loop.
 */

/* One entry, never none; 0 to go on, anything else ends the walk. */
typedef int (*F(walk_fn))(struct F(mm) * mm, F(pte_t) * ptep, uint64_t addr,
			  unsigned level, void *arg);

/* End of the part of [addr, end) that one entry of a level covers. */
forceinline uint64_t F(level_end)(uint64_t addr, uint64_t end, unsigned level)
{
	uint64_t next = (addr | (F(level_size)(level) - 1)) + 1;

	return next - 1 < end - 1 ? next : end;
}

forceinline int F(walk_pte_range)(struct F(mm) * mm, F(pmd_t) * pmdp,
				  F(pmd_t) pmd, uint64_t addr, uint64_t end,
				  F(walk_fn) fn, void *arg)
{
	F(pte_t) *ptep = F(pte_offset)(mm->mem, pmdp, pmd, addr);
	struct spinlock *ptl = F(lock_table)(mm, ptep);
	int ret = 0;

	for (; addr != end && !ret; addr += PAGE_SIZE, ptep++)
		if (!F(pte_none)(F(read)(ptep)))
			ret = fn(mm, ptep, addr, LEVEL_PTE, arg);
	F(unlock_table)(ptl);
	return ret;
}

forceinline int F(walk_huge)(struct F(mm) * mm, F(pte_t) * ptep, uint64_t addr,
			     unsigned level, F(walk_fn) fn, void *arg)
{
	struct spinlock *ptl = F(lock_table)(mm, ptep);
	int ret = fn(mm, ptep, addr, level, arg);

	F(unlock_table)(ptl);
	return ret;
}

forceinline int F(walk_pmd_range)(struct F(mm) * mm, F(pud_t) * pudp,
				  F(pud_t) pud, uint64_t addr, uint64_t end,
				  F(walk_fn) fn, void *arg)
{
	F(pmd_t) *pmdp = F(pmd_offset)(mm->mem, pudp, pud, addr);
	int ret = 0;

	for (uint64_t next; addr != end && !ret;
	     addr = next, pmdp += F(level_words)(LEVEL_PMD)) {
		F(pmd_t) pmd = F(level_read)(LEVEL_PMD, pmdp, pud);

		next = F(level_end)(addr, end, LEVEL_PMD);
		if (F(pmd_none)(pmd))
			continue;
		if (F(pmd_bad)(pmd))
			ret = F(walk_huge)(mm, pmdp, addr, LEVEL_PMD, fn, arg);
		else
			ret = F(walk_pte_range)(mm, pmdp, pmd, addr, next, fn,
						arg);
	}
	return ret;
}

forceinline int F(walk_pud_range)(struct F(mm) * mm, F(p4d_t) * p4dp,
				  F(p4d_t) p4d, uint64_t addr, uint64_t end,
				  F(walk_fn) fn, void *arg)
{
	F(pud_t) *pudp = F(pud_offset)(mm->mem, p4dp, p4d, addr);
	int ret = 0;

	for (uint64_t next; addr != end && !ret; addr = next, pudp++) {
		F(pud_t) pud = F(level_read)(LEVEL_PUD, pudp, p4d);

		next = F(level_end)(addr, end, LEVEL_PUD);
		if (F(pud_none)(pud))
			continue;
		if (F(pud_bad)(pud))
			ret = F(walk_huge)(mm, pudp, addr, LEVEL_PUD, fn, arg);
		else
			ret = F(walk_pmd_range)(mm, pudp, pud, addr, next, fn,
						arg);
	}
	return ret;
}

forceinline int F(walk_p4d_range)(struct F(mm) * mm, F(pgd_t) * pgdp,
				  F(pgd_t) pgd, uint64_t addr, uint64_t end,
				  F(walk_fn) fn, void *arg)
{
	F(p4d_t) *p4dp = F(p4d_offset)(mm->mem, pgdp, pgd, addr);
	int ret = 0;

	for (uint64_t next; addr != end && !ret; addr = next, p4dp++) {
		F(p4d_t) p4d = F(level_read)(LEVEL_P4D, p4dp, pgd);

		next = F(level_end)(addr, end, LEVEL_P4D);
		if (!F(p4d_none)(p4d) && !F(p4d_bad)(p4d))
			ret = F(walk_pud_range)(mm, p4dp, p4d, addr, next, fn,
						arg);
	}
	return ret;
}

/*
 * Call fn for each entry that maps a part of [addr, end), in order, with the
 * address of that part. The range is page-aligned, not empty, in one half.
 */
forceinline int F(walk_page_range)(struct F(mm) * mm, uint64_t addr,
				   uint64_t end, F(walk_fn) fn, void *arg)
{
	int ret = 0;

	for (uint64_t next; addr != end && !ret; addr = next) {
		F(pgd_t) *pgdp = F(pgd_offset)(mm->pgd, addr);
		F(pgd_t) pgd = F(read)(pgdp);

		next = F(level_end)(addr, end, LEVEL_PGD);
		if (!F(pgd_none)(pgd) && !F(pgd_bad)(pgd))
			ret = F(walk_p4d_range)(mm, pgdp, pgd, addr, next, fn,
						arg);
	}
	return ret;
}
