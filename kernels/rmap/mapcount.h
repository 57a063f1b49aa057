/*
 * mapcount.h - template: what entries do to a page where a STRATEGY finds them
 * by areas: they are counted, and an anonymous page learns its anon_vma and its
 * index with its first mapping (mm/rmap.c of 2.6.11).
 *
 * S(anon_vma_of)(vma, exclusive) is the anon_vma of a page that is new
 * (exclusive), or that others may have, too.
 */
#include "counted_pages.h"

/* A page that comes back from swap may be in reclaim's hands, which finds the
 * same index in it before and after. */
forceinline void S(set_anon)(struct page *page, const struct S(vma) * vma,
			     uint64_t addr, bool exclusive)
{
	uintptr_t anon_vma = (uintptr_t)S(anon_vma_of)(vma, exclusive);

	WRITE_ONCE(page->index, linear_page_index(&vma->vma, addr));
	WRITE_ONCE(page->mapping, (void *)(anon_vma | PAGE_MAPPING_ANON));
}

forceinline void S(page_add_new_anon)(struct S(rmap) * r, unsigned cpu,
				      struct page *page, struct S(vma) * vma,
				      uint64_t addr, x86_64_pte_t *ptep)
{
	(void)r, (void)cpu, (void)ptep;
	S(set_anon)(page, vma, addr, true);
	WRITE_ONCE(page->_mapcount, 0);
}

forceinline void S(page_add_anon)(struct S(rmap) * r, unsigned cpu,
				  struct page *page, struct S(vma) * vma,
				  uint64_t addr, x86_64_pte_t *ptep)
{
	(void)r, (void)cpu, (void)ptep;
	if (fetch_add_full(&page->_mapcount, 1) == -1)
		S(set_anon)(page, vma, addr, false);
}
