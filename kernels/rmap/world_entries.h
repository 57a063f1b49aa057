/*
 * world_entries.h - template: pages and the entries that map them, with their
 * references, counts and the scheme told.
 *
 * The caller holds the process's page_table_lock wherever an entry changes.
 */

/* 2^order pages, each with one reference, of no mapping; NULL: none. */
static inline struct page *S(new_page)(struct S(world) * w, unsigned cpu,
				       unsigned order)
{
	struct page *page = w->pages->alloc_pages(w->pages->self, cpu, order);

	if (!page)
		return NULL;
	for (struct page *p = page; p < page + (1ul << order); p++) {
		p->mapping = NULL;
		p->index = p->private = 0;
		p->chain = NULL;
		p->_mapcount = -1;
		set_page_count(p, 1);
	}
	return page;
}

/* The same as 512 pages that are one block, which is free when they all are. */
static inline struct page *S(new_huge_page)(struct S(world) * w, unsigned cpu)
{
	struct page *page = S(new_page)(w, cpu, RMAP_HUGE_ORDER);

	if (!page)
		return NULL;
	for (unsigned i = 0; i < RMAP_HUGE_PAGES; i++)
		page_set(page + i, PG_huge);
	page->huge_pages = RMAP_HUGE_PAGES;
	return page;
}

static coldpath void S(free_huge_part)(struct S(world) * w, unsigned cpu,
				       struct page *page)
{
	pfn_t pfn = page_to_pfn(w->mem, page);
	struct page *head =
		pfn_to_page(w->mem, align_down(pfn, RMAP_HUGE_PAGES));

	page_clear(page, PG_huge);
	if (fetch_add_full(&head->huge_pages, -1) == 1)
		w->pages->free_pages(w->pages->self, cpu, head,
				     RMAP_HUGE_ORDER);
}

/* A reference less; the last one frees it. */
forceinline void S(put_page)(struct S(world) * w, unsigned cpu,
			     struct page *page)
{
	if (!put_page_testzero(page))
		return;
	page->mapping = NULL;
	page_clear(page, PG_referenced | PG_dirty | PG_mlocked);
	if (unlikely(page_test(page, PG_huge)))
		S(free_huge_part)(w, cpu, page);
	else
		w->pages->free_pages(w->pages->self, cpu, page, 0);
}

/* The first page that an entry maps, if its mappings are counted; NULL: zeros.
 */
forceinline struct page *S(entry_page)(const struct S(world) * w,
				       x86_64_pte_t pte)
{
	struct page *page = pfn_to_page(w->mem, x86_64_pte_pfn(pte));

	return page == w->zero ||
			       (uint64_t)(page - w->huge_zero) < RMAP_HUGE_PAGES
		       ? NULL
		       : page;
}

/*
 * Write into a table's page whose it is and where, unless it is there: reclaim
 * reads that without page_table_lock, once the table has an entry that it can
 * come from.
 */
static inline void S(own_table)(struct mm_struct *mm, x86_64_pte_t *ptep,
				uint64_t addr, unsigned level)
{
	const struct physmem *mem = mm->tables.mem;
	struct page *table = pfn_to_page(mem, virt_to_pfn(mem, ptep));
	uint64_t index =
		addr &
		~((x86_64_level_size(level) << x86_64_level_bits(level)) - 1);

	if (likely(table->mapping == mm && table->index == index &&
		   table->private == level))
		return;
	table->mapping = mm;
	table->index = index;
	table->private = level;
}

/* The entry of an address, with all tables made; NULL: -ENOMEM or -EEXIST. */
static inline x86_64_pte_t *S(make_entry)(struct mm_struct *mm, unsigned cpu,
					  uint64_t addr, unsigned level,
					  int *err)
{
	x86_64_pte_t *ptep =
		x86_64_alloc_path(&mm->tables, cpu, addr, level, err);

	if (ptep) {
		*err = 0;
		S(own_table)(mm, ptep, addr, level);
	}
	return ptep;
}

/* Break the huge page at an address into small ones. 0 or -ENOMEM. */
static inline int S(split)(struct S(world) * w, struct mm_struct *mm,
			   unsigned cpu, uint64_t addr)
{
	struct x86_64_leaf huge = x86_64_lookup(&mm->tables, addr);
	struct page *page = S(entry_page)(w, huge.pte);
	uint64_t start = addr & ~(RMAP_HUGE_SIZE - 1);
	int err = x86_64_split_huge(&mm->tables, cpu, addr);
	x86_64_pte_t *ptep;

	if (err)
		return err;
	ptep = x86_64_lookup(&mm->tables, start).ptep;
	S(own_table)(mm, ptep, start, LEVEL_PTE);
	for (unsigned i = 0; page && i < RMAP_HUGE_PAGES; i++)
		S(page_move)(&w->rmap, cpu, page + i, huge.ptep, ptep + i);
	return 0;
}

forceinline bool S(is_huge)(struct x86_64_leaf leaf)
{
	return leaf.level == LEVEL_PMD && x86_64_pmd_huge(leaf.pte);
}

/* Huge pages that lie across an address are split. 0 or -ENOMEM. */
static inline int S(split_at)(struct S(world) * w, struct mm_struct *mm,
			      unsigned cpu, uint64_t addr)
{
	if (!(addr & (RMAP_HUGE_SIZE - 1)) ||
	    !S(is_huge)(x86_64_lookup(&mm->tables, addr)))
		return 0;
	return S(split)(w, mm, cpu, addr);
}

/* A swap entry is gone; with the last one the page leaves the swap cache, if
 * nobody has it locked: who has will find that out himself. */
static inline void S(free_swap_entry)(struct S(world) * w, unsigned cpu,
				      x86_64_pte_t pte)
{
	struct page *page = swap_free(&w->swap, swap_slot(pte));
	bool dropped = false;

	if (likely(!page))
		return;
	if (trylock_page(page)) {
		if (page_test(page, PG_swapcache) &&
		    swap_unused(&w->swap, page)) {
			delete_from_swap_cache(&w->swap, page);
			dropped = true;
		}
		unlock_page(page);
	}
	if (dropped)
		S(put_page)(w, cpu, page);
	S(put_page)(w, cpu, page);
}

/* What callbacks over a range know. */
struct S(range) {
	struct S(world) * w;
	struct vm_area_struct *vma;
	struct mm_struct *mm;
	unsigned cpu;
	uint64_t delta; /* mremap: from the old address to the new one */
	uint64_t flags; /* mprotect: of PAGE_PRESENT, PAGE_RW, PAGE_PROTNONE */
};

/* Unmap one page that an entry mapped. */
forceinline void S(forget)(struct S(world) * w, unsigned cpu, struct page *page,
			   x86_64_pte_t *ptep, x86_64_pte_t pte)
{
	S(page_remove)(&w->rmap, cpu, page, ptep);
	if (pte.v & PAGE_DIRTY)
		page_set(page, PG_dirty);
	if (pte.v & PAGE_ACCESSED)
		page_set(page, PG_referenced);
	S(put_page)(w, cpu, page);
}

static inline int S(zap_leaf)(struct x86_64_mm *tables, x86_64_pte_t *ptep,
			      uint64_t addr, unsigned level, void *arg)
{
	struct S(range) *range = arg;
	x86_64_pte_t pte = x86_64_get_and_clear(ptep);
	uint64_t nr = x86_64_level_size(level) >> PAGE_SHIFT;
	struct page *page;

	(void)tables, (void)addr;
	if (!x86_64_pte_present(pte)) {
		S(free_swap_entry)(range->w, range->cpu, pte);
		return 0;
	}
	page = S(entry_page)(range->w, pte);
	if (!page)
		return 0;
	mm_add_rss(range->mm, -(int64_t)nr);
	for (uint64_t i = 0; i < nr; i++)
		S(forget)(range->w, range->cpu, page + i, ptep, pte);
	return 0;
}

/* Unmap a part of an area; the tables stay. 0 or -ENOMEM. */
static inline int S(zap)(struct S(world) * w, struct mm_struct *mm,
			 unsigned cpu, uint64_t start, uint64_t end)
{
	struct S(range) range = { .w = w, .mm = mm, .cpu = cpu };
	int err;

	spin_lock(&mm->tables.page_table_lock);
	err = S(split_at)(w, mm, cpu, start);
	if (!err)
		err = S(split_at)(w, mm, cpu, end);
	if (!err)
		x86_64_walk_page_range(&mm->tables, start, end, S(zap_leaf),
				       &range);
	spin_unlock(&mm->tables.page_table_lock);
	return err;
}
