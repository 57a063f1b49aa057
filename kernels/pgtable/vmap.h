/*
 * vmap.h - template: pages mapped into a range of the kernel's addresses, as
 * vmap() and vmalloc() do (mm/vmalloc.c of 2.6.32).
 *
 * The caller holds page_table_lock, init_mm's. Tables are the kernel's own
 * pages, made on the way down.
 */

/* One table's part of a range. -EBUSY: a slot is in use; -ENOMEM: no page. */
forceinline int F(vmap_pte_range)(struct F(mm) * mm, F(pte_t) * ptep,
				  uint64_t addr, uint64_t end, uint64_t flags,
				  struct page *const *pages)
{
	struct spinlock *ptl = F(lock_table)(mm, ptep);
	int err = 0;

	for (; addr != end; addr += PAGE_SIZE, ptep++, pages++) {
		err = !F(pte_none)(F(read)(ptep)) ? -EBUSY
		      : !*pages			  ? -ENOMEM
						  : 0;
		if (unlikely(err))
			break;
		F(set)(ptep, F(pfn_pte)(page_to_pfn(mm->mem, *pages), flags));
	}
	F(unlock_table)(ptl);
	return err;
}

/*
 * Map the pages of an array to [start, end). 0; -ENOMEM: no memory for a table,
 * or no page in the array; -EBUSY: something is mapped there; or what a range
 * that is none gets. What was mapped before an error stays, to be unmapped.
 */
static inline int F(vmap_page_range)(struct F(mm) * mm, unsigned cpu,
				     uint64_t start, uint64_t end,
				     uint64_t flags, struct page *const *pages)
{
	int err = F(check_range)(start, end);

	for (uint64_t addr = start, next; !err && addr != end; addr = next) {
		F(pte_t) *ptep = F(alloc_path)(mm, cpu, addr, LEVEL_PTE, &err);

		next = F(level_end)(addr, end, LEVEL_PMD);
		if (!ptep)
			return err == -EEXIST ? -EBUSY : err;
		err = F(vmap_pte_range)(mm, ptep, addr, next, flags, pages);
		pages += (next - addr) >> PAGE_SHIFT;
	}
	return err;
}
