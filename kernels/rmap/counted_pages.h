/*
 * counted_pages.h - template: what entries do to a page that a STRATEGY need
 * only count. What an anonymous one's first mapping does is in counted_anon.h
 * or mapcount.h.
 */
forceinline int S(reserve)(struct S(rmap) * r, unsigned cpu)
{
	(void)r, (void)cpu;
	return 0;
}

forceinline void S(page_dup)(struct S(rmap) * r, unsigned cpu,
			     struct page *page, struct S(vma) * vma,
			     uint64_t addr, x86_64_pte_t *ptep)
{
	(void)r, (void)cpu, (void)vma, (void)addr, (void)ptep;
	fetch_add_relaxed(&page->_mapcount, 1);
}

forceinline void S(page_add_file)(struct S(rmap) * r, unsigned cpu,
				  struct page *page, struct S(vma) * vma,
				  uint64_t addr, x86_64_pte_t *ptep)
{
	S(page_dup)(r, cpu, page, vma, addr, ptep);
}

forceinline void S(page_remove)(struct S(rmap) * r, unsigned cpu,
				struct page *page, x86_64_pte_t *ptep)
{
	(void)r, (void)cpu, (void)ptep;
	fetch_add_relaxed(&page->_mapcount, -1);
}

forceinline void S(page_move)(struct S(rmap) * r, unsigned cpu,
			      struct page *page, x86_64_pte_t *from,
			      x86_64_pte_t *to)
{
	(void)r, (void)cpu, (void)page, (void)from, (void)to;
}
