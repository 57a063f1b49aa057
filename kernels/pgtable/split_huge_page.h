/*
 * split_huge_page.h - template: a transparent huge page of an area becomes
 * small ones while others walk (mm/huge_memory.c of 2.6.38).
 *
 * First its entry is marked PAGE_SPLITTING, under its lock; then it is replaced
 * by a table, under page_table_lock. Who meets the mark lets go of the lock and
 * waits for the area's anon_vma, which is held all the time. The table is there
 * before the mark is, so what is marked will be split. Frames are counted one
 * by one here, so a split has no references to hand down.
 */

/* False: it is no huge page any more. */
static inline bool F(mark_splitting)(struct F(mm) * mm, F(pmd_t) * pmdp)
{
	struct spinlock *ptl = F(pte_lockptr)(mm, pmdp);
	bool huge;

	spin_lock(ptl);
	huge = F(pmd_huge)(F(read)(pmdp));
	if (huge)
		F(set_bits)(pmdp, PAGE_SPLITTING);
	spin_unlock(ptl);
	return huge;
}

/* The page at `pmdp`. 0, also when another was first; or -ENOMEM. */
static inline int F(split_huge_page)(struct F(mm) * mm, unsigned cpu,
				     const struct vm_area_struct *vma,
				     F(pmd_t) * pmdp)
{
	struct F(leaf) huge = { .ptep = pmdp, .level = LEVEL_PMD };
	void *table = F(table_alloc)(mm, cpu, LEVEL_PTE);

	if (!table)
		return -ENOMEM;
	mm_anon_vma_lock(mm->hooks, vma->anon_vma);
	if (F(mark_splitting)(mm, pmdp)) {
		spin_lock(&mm->page_table_lock);
		F(fill_split)(mm, huge, table, PAGE_SPLITTING);
		spin_unlock(&mm->page_table_lock);
		table = NULL;
	}
	mm_anon_vma_unlock(mm->hooks, vma->anon_vma);
	if (table)
		put_pages(mm->pages, cpu,
			  pfn_to_page(mm->mem, virt_to_pfn(mm->mem, table)),
			  F(level_table_order)(LEVEL_PTE));
	return 0;
}
