/*
 * normal_page.h - template: what an entry of a FORMAT stands for: a frame that
 * is counted, one that is not, or a page that is elsewhere.
 */

/* The lock that an entry which maps memory is changed under. */
forceinline struct spinlock *F(pte_lockptr)(struct F(mm) * mm, const void *ptep)
{
	return mm->split_locks ? F(table_lock)(mm, ptep) : &mm->page_table_lock;
}

/* An entry that may be empty but for the moment of a change. */
static coldpath F(pte_t) F(read_locked)(struct F(mm) * mm, F(pte_t) * ptep)
{
	struct spinlock *ptl = F(pte_lockptr)(mm, ptep);
	F(pte_t) pte;

	spin_lock(ptl);
	pte = F(read)(ptep);
	spin_unlock(ptl);
	return pte;
}

/* A frame's struct page; NULL: it has none. */
forceinline struct page *F(valid_page)(const struct F(mm) * mm, pfn_t pfn)
{
	return pfn < mm->mem->nr_pages ? pfn_to_page(mm->mem, pfn) : NULL;
}

/*
 * The page of an entry at LEVEL_PTE whose mappings are counted; NULL: a special
 * frame, the page of zeros, or none that there is (mm/memory.c of 2.6.38).
 */
forceinline struct page *F(vm_normal_page)(const struct F(mm) * mm,
					   F(pte_t) pte)
{
	pfn_t pfn = F(pte_pfn)(pte);

	if (unlikely(pte.v & PAGE_SPECIAL || pfn == mm->zero_pfn))
		return NULL;
	return F(valid_page)(mm, pfn);
}

/*
 * The same of any level, for an area: its first page. A huge entry's bit for
 * PAGE_SPECIAL is PAGE_SPLITTING, so that the area has to tell.
 */
forceinline struct page *F(leaf_page)(const struct F(mm) * mm,
				      const struct vm_area_struct *vma,
				      F(pte_t) pte, unsigned level)
{
	if (level == LEVEL_PTE)
		return F(vm_normal_page)(mm, pte);
	return vma->vm_flags & VM_PFNMAP ? NULL
					 : F(valid_page)(mm, F(pte_pfn)(pte));
}

/*
 * Where a swap entry has its type, and what is kept for pages that migrate, to
 * be read or written (include/linux/swap.h of 3.13).
 */
#define SWAP_TYPE_SHIFT (F(swap_in_high_word) ? 32 : 1)
#define SWAP_TYPE_MASK 31u
#define SWAP_MIGRATION_READ 30u

/* The page that an entry, neither none nor present, stands for is on its way.
 */
forceinline bool F(is_migration_entry)(F(pte_t) pte)
{
	return !(pte.v & PAGE_FILE) && (pte.v >> SWAP_TYPE_SHIFT &
					SWAP_TYPE_MASK) >= SWAP_MIGRATION_READ;
}

#undef SWAP_TYPE_SHIFT
#undef SWAP_TYPE_MASK
#undef SWAP_MIGRATION_READ
