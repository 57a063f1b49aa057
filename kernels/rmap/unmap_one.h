/*
 * unmap_one.h - what every scheme does with one entry that it has found: is it
 * the page's, was it used, and away with it (try_to_unmap_one() and
 * page_referenced_one(): mm/rmap.c of 2.6.11).
 *
 * The page is locked, and so is its process's page_table_lock.
 */
#ifndef KMB_RMAP_UNMAP_ONE_H
#define KMB_RMAP_UNMAP_ONE_H

#include "rmap.h"
#include "swap.h"

/* The entry of an address, if it maps the page; NULL: it does not. */
static inline x86_64_pte_t *page_check_address(struct mm_struct *mm,
					       const struct page *page,
					       uint64_t addr, unsigned *level)
{
	const struct x86_64_mm *tables = &mm->tables;
	struct x86_64_leaf leaf = x86_64_lookup(tables, addr);
	pfn_t pfn = page_to_pfn(tables->mem, page);
	uint64_t inside;

	if (x86_64_pte_none(leaf.pte) || !x86_64_pte_present(leaf.pte))
		return NULL;
	inside = (addr & (x86_64_level_size(leaf.level) - 1)) >> PAGE_SHIFT;
	*level = leaf.level;
	return x86_64_pte_pfn(leaf.pte) + inside == pfn ? leaf.ptep : NULL;
}

/* Was the entry used since it was last asked? It is old afterwards. */
forceinline bool ptep_clear_young(x86_64_pte_t *ptep)
{
	return x86_64_read(ptep).v & PAGE_ACCESSED &&
	       x86_64_clear_bits(ptep, PAGE_ACCESSED);
}

/*
 * May the entry go? SWAP_SUCCESS, or what forbids it: the area is locked or of
 * frames that are not counted, it was used, it maps a huge page, or somebody
 * else holds the page.
 */
static inline enum swap_status may_unmap(const struct vm_area_struct *vma,
					 const struct page *page,
					 x86_64_pte_t *ptep, unsigned level)
{
	if (vma->vm_flags & (VM_LOCKED | VM_PFNMAP) || level != LEVEL_PTE)
		return SWAP_FAIL;
	if (ptep_clear_young(ptep))
		return SWAP_FAIL;
	/* The swap cache's and the caller's. */
	if (page_test(page, PG_swapcache) &&
	    (uint64_t)READ_ONCE(page->_refcount) != page_mapcount(page) + 2)
		return SWAP_FAIL;
	return SWAP_SUCCESS;
}

/*
 * Take the entry's page away: the swap entry of an anonymous page in its
 * place, which counts; the mapping's reference is put, and never the last one,
 * as the caller has his. The scheme forgets the mapping itself.
 */
static inline void unmap_entry(struct mm_struct *mm, struct swap_area *swap,
			       struct page *page, x86_64_pte_t *ptep)
{
	x86_64_pte_t old = x86_64_get_and_clear(ptep);

	if (old.v & PAGE_DIRTY)
		page_set(page, PG_dirty);
	if (page_test(page, PG_swapcache)) {
		swap_duplicate(swap, page->private);
		x86_64_set(ptep, swap_entry(page->private));
	}
	mm_add_rss(mm, -1);
	fetch_add_relaxed(&page->_refcount, -1);
}

#endif
