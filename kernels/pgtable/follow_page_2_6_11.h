/*
 * follow_page_2_6_11.h - template: follow_page() as 2.6.11 had it
 * (mm/memory.c).
 *
 * The caller holds page_table_lock, knows the area, and takes its reference
 * himself before he lets go. The page is always marked accessed. NULL: not
 * mapped, not to be written, or no struct page; who asks cannot tell which.
 */
static inline struct page *F(follow_page_2_6_11)(struct F(mm) * mm,
						 uint64_t addr, bool write)
{
	struct F(leaf) leaf;
	struct page *page;
	pfn_t pfn;

	if (unlikely(!F(address_ok)(addr)))
		return NULL;
	leaf = F(walk_leaf)(mm->mem, mm->pgd, addr);
	pfn = F(leaf_pfn)(leaf, addr);
	if (pfn >= mm->mem->nr_pages)
		return NULL;
	page = pfn_to_page(mm->mem, pfn);
	if (unlikely(leaf.level != LEVEL_PTE)) /* hugetlb: nothing to mark */
		return page;
	if (write && !(leaf.pte.v & PAGE_RW))
		return NULL;
	if (write && !(leaf.pte.v & PAGE_DIRTY))
		page_set(page, PG_dirty);
	page_set(page, PG_referenced);
	return page;
}
