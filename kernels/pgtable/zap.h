/*
 * zap.h - template: what an area maps unmapped, with the references that its
 * entries hold and the bits that the hardware left in them (zap_page_range():
 * mm/memory.c of 2.6.11).
 */

/* References of an entry on the pages that it maps; NULL: none is counted. */
forceinline void F(get_leaf)(struct page *page, unsigned level)
{
	uint64_t nr = page ? F(level_size)(level) >> PAGE_SHIFT : 0;

	for (uint64_t i = 0; i < nr; i++)
		get_page(page + i);
}

/* They go back, to mm->pages when they were the last. */
forceinline void F(put_leaf)(struct F(mm) * mm, unsigned cpu, struct page *page,
			     unsigned level)
{
	uint64_t nr = page ? F(level_size)(level) >> PAGE_SHIFT : 0;

	for (uint64_t i = 0; i < nr; i++)
		put_pages(mm->pages, cpu, page + i, 0);
}

/* What an entry knew of its pages, which it maps no more. */
forceinline void F(keep_bits)(F(pte_t) pte, struct page *page, unsigned level)
{
	uint64_t nr = page ? F(level_size)(level) >> PAGE_SHIFT : 0;

	for (uint64_t i = 0; i < nr; i++) {
		if (pte.v & PAGE_DIRTY)
			page_set(page + i, PG_dirty);
		if (pte.v & PAGE_ACCESSED)
			page_set(page + i, PG_referenced);
	}
}

struct F(zap) {
	const struct vm_area_struct *vma;
	unsigned cpu;
	int64_t nr; /* pages of 4 KiB that were mapped */
};

static inline int F(zap_leaf)(struct F(mm) * mm, F(pte_t) * ptep, uint64_t addr,
			      unsigned level, void *arg)
{
	struct F(zap) *zap = arg;
	F(pte_t) pte = F(get_and_clear)(ptep);
	struct page *page;

	(void)addr;
	if (!F(pte_present)(pte))
		return 0;
	zap->nr += (int64_t)(F(level_size)(level) >> PAGE_SHIFT);
	page = F(leaf_page)(mm, zap->vma, pte, level);
	F(keep_bits)(pte, page, level);
	F(put_leaf)(mm, zap->cpu, page, level);
	return 0;
}

/*
 * Unmap [start, end) of an area: pages of 4 KiB that were mapped, or -errno.
 * The tables stay. The caller holds page_table_lock.
 */
static inline int64_t F(zap_page_range)(struct F(mm) * mm, unsigned cpu,
					const struct vm_area_struct *vma,
					uint64_t start, uint64_t end)
{
	struct F(zap) zap = { .vma = vma, .cpu = cpu };
	int err = F(split_ends)(mm, cpu, start, end);

	if (!err)
		F(walk_page_range)(mm, start, end, F(zap_leaf), &zap);
	return err ? err : zap.nr;
}
