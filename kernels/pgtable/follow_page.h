/*
 * follow_page.h - template: the page that an address of an area is mapped to,
 * with what FOLL_* asks for (mm/memory.c of 2.6.38; NUMA and MIGRATION of
 * 3.13).
 *
 * Tables are not freed meanwhile: mmap_sem is held. Entries may change, and
 * huge pages be split, so what maps the page is looked at once more under its
 * lock, and all that is done to the page is done before that is let go.
 */

/* Nothing is mapped: a dump asks for no page to be made where none can be. */
forceinline struct page *F(no_page_table)(const struct vm_area_struct *vma,
					  unsigned flags)
{
	return flags & FOLL_DUMP && !vma->has_fault ? ERR_PTR(-EFAULT) : NULL;
}

/* Is the entry one that may not be used as it is asked for? */
forceinline bool F(refused)(F(pte_t) pte, unsigned flags)
{
	if (flags & FOLL_WRITE && !(pte.v & PAGE_RW))
		return true;
	return flags & FOLL_NUMA && !(pte.v & PAGE_PRESENT);
}

/*
 * A page of a hugetlb area, whose entries change under mmap_sem only. The
 * kernel stops by BUG_ON() where a reference is asked for; we say -EINVAL.
 */
static coldpath struct page *F(follow_huge)(const struct F(mm) * mm,
					    F(pte_t) huge, unsigned level,
					    uint64_t addr, unsigned flags)
{
	struct page *page = F(valid_page)(mm, F(huge_pfn)(huge, level, addr));

	if (flags & FOLL_GET)
		return ERR_PTR(-EINVAL);
	if (F(refused)(huge, flags))
		return NULL;
	return page ? page : ERR_PTR(-EFAULT);
}

/*
 * A page of a transparent huge one, under its entry's lock. TOUCH marks the
 * entry and not the page, as the kernel does here.
 */
forceinline struct page *F(follow_huge_pmd)(struct F(mm) * mm, unsigned cpu,
					    const struct vm_area_struct *vma,
					    F(pmd_t) * pmdp, F(pmd_t) pmd,
					    uint64_t addr, unsigned flags)
{
	struct page *page =
		F(valid_page)(mm, F(huge_pfn)(pmd, LEVEL_PMD, addr));
	uint32_t touch = PAGE_ACCESSED | (flags & FOLL_WRITE ? PAGE_DIRTY : 0);

	if (F(refused)(pmd, flags))
		return NULL;
	if (unlikely(!page))
		return ERR_PTR(-EFAULT);
	if (flags & FOLL_GET)
		get_page(page);
	if (flags & FOLL_TOUCH)
		F(set_bits)(pmdp, touch);
	if (unlikely(flags & FOLL_MLOCK && vma->vm_flags & VM_LOCKED))
		mlock_page(mm->hooks, cpu,
			   pfn_to_page(mm->mem, F(pte_pfn)(pmd)));
	return page;
}

/* False: there is, by now, a table of small pages to go on in; or an error. */
static inline bool F(follow_trans_huge)(struct F(mm) * mm, unsigned cpu,
					const struct vm_area_struct *vma,
					F(pmd_t) * pmdp, uint64_t addr,
					unsigned flags, struct page **page)
{
	struct spinlock *ptl = F(pte_lockptr)(mm, pmdp);
	F(pmd_t) pmd;

	if (flags & FOLL_SPLIT) {
		int err = F(split_huge_page)(mm, cpu, vma, pmdp);

		*page = ERR_PTR(err);
		return err;
	}
	spin_lock(ptl);
	pmd = F(read)(pmdp);
	if (likely(F(pmd_huge)(pmd) && !(pmd.v & PAGE_SPLITTING))) {
		*page = F(follow_huge_pmd)(mm, cpu, vma, pmdp, pmd, addr,
					   flags);
		spin_unlock(ptl);
		return true;
	}
	spin_unlock(ptl);
	if (F(pmd_huge)(pmd)) { /* PAGE_SPLITTING */
		mm_anon_vma_lock(mm->hooks, vma->anon_vma);
		mm_anon_vma_unlock(mm->hooks, vma->anon_vma);
	}
	return false;
}

/* The page of a present entry, under its lock. */
forceinline struct page *F(follow_present)(struct F(mm) * mm, unsigned cpu,
					   const struct vm_area_struct *vma,
					   F(pte_t) pte, unsigned flags)
{
	struct page *page = F(vm_normal_page)(mm, pte);

	if (F(refused)(pte, flags))
		return NULL;
	if (unlikely(!page)) {
		if (flags & FOLL_DUMP || F(pte_pfn)(pte) != mm->zero_pfn)
			return ERR_PTR(-EFAULT);
		page = pfn_to_page(mm->mem, mm->zero_pfn);
	}
	if (flags & FOLL_GET)
		get_page(page);
	if (flags & FOLL_TOUCH) {
		if (flags & FOLL_WRITE && !(pte.v & PAGE_DIRTY))
			page_set(page, PG_dirty);
		/* Not the entry's bit: the hardware may be writing it. */
		page_set(page, PG_referenced);
	}
	if (unlikely(flags & FOLL_MLOCK && vma->vm_flags & VM_LOCKED))
		mlock_page(mm->hooks, cpu, page);
	return page;
}

/* The page of a small page's entry. */
forceinline struct page *F(follow_pte)(struct F(mm) * mm, unsigned cpu,
				       const struct vm_area_struct *vma,
				       F(pte_t) * ptep, uint64_t addr,
				       unsigned flags)
{
	struct spinlock *ptl = F(pte_lockptr)(mm, ptep);

	for (;;) {
		struct page *page = NULL;
		F(pte_t) pte;

		spin_lock(ptl);
		pte = F(read)(ptep);
		if (likely(F(pte_present)(pte)))
			page = F(follow_present)(mm, cpu, vma, pte, flags);
		spin_unlock(ptl);
		if (F(pte_none)(pte))
			return F(no_page_table)(vma, flags);
		if (F(pte_present)(pte) || !(flags & FOLL_MIGRATION) ||
		    !F(is_migration_entry)(pte))
			return page;
		if (mm->hooks && mm->hooks->migration_entry_wait)
			mm->hooks->migration_entry_wait(mm->hooks->self, addr);
	}
}

/*
 * The page at `addr`, which lies in the area; NULL: the caller has to handle a
 * fault there and ask again. Or an error: -EFAULT, no struct page, or nothing
 * to dump; -ENOMEM, FOLL_SPLIT without memory for a table; -EINVAL, FOLL_GET of
 * a hugetlb page. With FOLL_GET whoever is given a page has one more reference
 * on it, which is the page's own also where it is part of a huge one.
 *
 * Before all, ia64 and powerpc ask whether the address alone says that it is a
 * huge page's; of our formats none has such addresses.
 */
static inline struct page *F(follow_page)(struct F(mm) * mm, unsigned cpu,
					  const struct vm_area_struct *vma,
					  uint64_t addr, unsigned flags)
{
	F(pgd_t) *pgdp = F(pgd_offset)(mm->pgd, addr), pgd = F(read)(pgdp);
	F(p4d_t) * p4dp, p4d;
	F(pud_t) * pudp, pud;
	F(pmd_t) * pmdp, pmd;
	struct page *page;

	if (unlikely(!F(address_ok)(addr)))
		return ERR_PTR(-EFAULT);
	if (F(pgd_none)(pgd) || unlikely(F(pgd_bad)(pgd)))
		return F(no_page_table)(vma, flags);
	p4dp = F(p4d_offset)(mm->mem, pgdp, pgd, addr);
	p4d = F(level_read)(LEVEL_P4D, p4dp, pgd);
	if (F(p4d_none)(p4d) || unlikely(F(p4d_bad)(p4d)))
		return F(no_page_table)(vma, flags);
	pudp = F(pud_offset)(mm->mem, p4dp, p4d, addr);
	pud = F(level_read)(LEVEL_PUD, pudp, p4d);
	if (F(pud_none)(pud))
		pud = F(read_locked)(mm, pudp);
	if (unlikely(F(pud_huge)(pud) && vma->vm_flags & VM_HUGETLB))
		return F(follow_huge)(mm, pud, LEVEL_PUD, addr, flags);
	if (F(pud_none)(pud) || unlikely(F(pud_bad)(pud)))
		return F(no_page_table)(vma, flags);
	pmdp = F(pmd_offset)(mm->mem, pudp, pud, addr);
	pmd = F(level_read)(LEVEL_PMD, pmdp, pud);
	if (F(pmd_none)(pmd))
		pmd = F(read_locked)(mm, pmdp);
	if (unlikely(F(pmd_huge)(pmd) && vma->vm_flags & VM_HUGETLB))
		return F(follow_huge)(mm, pmd, LEVEL_PMD, addr, flags);
	if (F(pmd_huge)(pmd)) {
		if (F(follow_trans_huge)(mm, cpu, vma, pmdp, addr, flags,
					 &page))
			return page;
		pmd = F(read_locked)(mm, pmdp);
	}
	if (F(pmd_none)(pmd) || unlikely(F(pmd_bad)(pmd)))
		return F(no_page_table)(vma, flags);
	return F(follow_pte)(mm, cpu, vma,
			     F(pte_offset)(mm->mem, pmdp, pmd, addr), addr,
			     flags);
}
