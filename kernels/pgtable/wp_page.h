/*
 * wp_page.h - template: the fault of a write to a page that is mapped but
 * write-protected (do_wp_page(): mm/memory.c of 2.6.11).
 *
 * Takes the entry's lock itself, and not while it allocates and copies.
 */

/* A page of its own for what `pte` maps, with the same contents; or NULL. */
static inline struct page *F(copy_of)(struct F(mm) * mm, unsigned cpu,
				      F(pte_t) pte)
{
	struct page *page = mm->pages->alloc_pages(mm->pages->self, cpu, 0);

	if (!page)
		return NULL;
	set_page_count(page, 1);
	__builtin_memcpy(pfn_to_virt(mm->mem, page_to_pfn(mm->mem, page)),
			 pfn_to_virt(mm->mem, F(pte_pfn)(pte)), PAGE_SIZE);
	return page;
}

/* Under the entry's lock: has the page no other user? Then it may be written.
 */
forceinline bool F(reuse)(const struct vm_area_struct *vma, F(pte_t) * ptep,
			  const struct page *page)
{
	if (!(vma->vm_flags & VM_SHARED) &&
	    (!page || READ_ONCE(page->_refcount) != 1))
		return false;
	F(set_bits)(ptep, PAGE_RW | PAGE_ACCESSED | PAGE_DIRTY);
	return true;
}

/*
 * Put the page at an entry that was `seen` in its place; false: the entry is
 * another by now, and the page is still the caller's.
 */
static inline bool F(replace)(struct F(mm) * mm, F(pte_t) * ptep, F(pte_t) seen,
			      struct page *page)
{
	const uint64_t set = PAGE_RW | PAGE_ACCESSED | PAGE_DIRTY;
	struct spinlock *ptl = F(pte_lockptr)(mm, ptep);
	uint64_t flags = (F(pte_flags)(seen) & ~PAGE_SPECIAL) | set;
	bool same;

	spin_lock(ptl);
	same = F(read)(ptep).v == seen.v;
	if (same) {
		F(pte_t) old = F(get_and_clear)(ptep);

		F(keep_bits)(old, F(vm_normal_page)(mm, old), LEVEL_PTE);
		F(set)(ptep, F(pfn_pte)(page_to_pfn(mm->mem, page), flags));
	}
	spin_unlock(ptl);
	return same;
}

/*
 * Make the page at `addr` one that its area may write: its own, copied where
 * somebody else has it, too; a huge one is split first. 0: try the write again;
 * -ENOMEM; -EFAULT: nothing that could be written is mapped there.
 */
static inline int F(do_wp_page)(struct F(mm) * mm, unsigned cpu,
				const struct vm_area_struct *vma, uint64_t addr)
{
	struct F(leaf) leaf = F(lookup)(mm, addr);
	struct page *old, *page;
	struct spinlock *ptl;
	bool done;

	if (!F(address_ok)(addr) || !(vma->vm_flags & VM_WRITE))
		return -EFAULT;
	if (leaf.level == LEVEL_PMD && F(pmd_huge)(leaf.pte)) {
		int err = F(split_huge_page)(mm, cpu, vma, leaf.ptep);

		if (err)
			return err;
		leaf = F(lookup)(mm, addr);
	}
	if (leaf.level != LEVEL_PTE)
		return -EFAULT;
	ptl = F(pte_lockptr)(mm, leaf.ptep);
	spin_lock(ptl);
	leaf.pte = F(read)(leaf.ptep);
	old = F(vm_normal_page)(mm, leaf.pte);
	done = !F(pte_present)(leaf.pte) || leaf.pte.v & PAGE_RW ||
	       F(reuse)(vma, leaf.ptep, old);
	if (!done && old)
		get_page(old); /* it is to be read without the lock */
	spin_unlock(ptl);
	if (done)
		return F(pte_present)(leaf.pte) ? 0 : -EFAULT;
	if (!F(valid_page)(mm, F(pte_pfn)(leaf.pte)))
		return -EFAULT;
	page = F(copy_of)(mm, cpu, leaf.pte);
	if (page && F(replace)(mm, leaf.ptep, leaf.pte, page))
		F(put_leaf)(mm, cpu, old, LEVEL_PTE);
	else if (page)
		put_pages(mm->pages, cpu, page, 0);
	F(put_leaf)(mm, cpu, old, LEVEL_PTE);
	return page ? 0 : -ENOMEM;
}
