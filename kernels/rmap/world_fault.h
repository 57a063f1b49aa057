/*
 * world_fault.h - template: page faults, and accesses that may need one
 * (mm/memory.c, mm/huge_memory.c). The caller holds mmap_lock.
 */

/* What a fault is about. */
struct S(fault) {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t addr; /* of the page */
	unsigned cpu;
	bool write;
};

#define RMAP_USED (PAGE_PRESENT | PAGE_USER | PAGE_ACCESSED)
#define RMAP_WRITTEN (RMAP_USED | PAGE_RW | PAGE_DIRTY)

/* Before an area's first page of its own: which neighbour it could be one with
 * but for the protection, and so shares the anon_vma of (6.1). */
static inline bool S(could_share)(const struct vm_area_struct *a,
				  const struct vm_area_struct *b,
				  const struct vm_area_struct *owner)
{
	const uint64_t access = VM_READ | VM_WRITE | VM_EXEC;

	return a && b && owner->anon_links == 1 && a->vm_end == b->vm_start &&
	       !((a->vm_flags ^ b->vm_flags) & ~access) &&
	       a->vm_mapping == b->vm_mapping &&
	       a->vm_pgoff + S(pages_of)(a) == b->vm_pgoff;
}

/* Its first page of its own is coming. 0 or -ENOMEM. */
static inline int S(prepare)(struct S(world) * w, unsigned cpu,
			     struct vm_area_struct *vma)
{
	struct vm_area_struct *near = vma_next(vma);

	if (likely(vma->anon_links))
		return 0;
	if (!near || !S(could_share)(vma, near, near)) {
		near = vma_prev(vma);
		if (!near || !S(could_share)(near, vma, near))
			near = NULL;
	}
	if (S(vma_prepare)(&w->rmap, cpu, S(vma_of)(vma),
			   near ? S(vma_of)(near) : NULL))
		return -ENOMEM;
	vma->anon_id = near ? near->anon_id
			    : fetch_add_relaxed(&w->last_anon_id, 1) + 1;
	vma->anon_links = 1;
	return 0;
}

/*
 * A page of the area's own at an entry that is as it was `seen`: what it mapped
 * is forgotten. 0, also if it is another by now; or -ENOMEM.
 */
static inline int S(own_page)(struct S(world) * w, const struct S(fault) * f,
			      x86_64_pte_t seen)
{
	struct mm_struct *mm = f->mm;
	struct page *page, *old;
	x86_64_pte_t *ptep;
	int err = S(prepare)(w, f->cpu, f->vma);

	if (err)
		return err;
	page = S(new_page)(w, f->cpu, 0);
	if (!page)
		return -ENOMEM;
	spin_lock(&mm->tables.page_table_lock);
	err = S(reserve)(&w->rmap, f->cpu);
	ptep = err ? NULL : S(make_entry)(mm, f->cpu, f->addr, LEVEL_PTE, &err);
	if (ptep && x86_64_read(ptep).v == seen.v) {
		old = x86_64_pte_present(seen) ? S(entry_page)(w, seen) : NULL;
		if (old)
			S(forget)(w, f->cpu, old, ptep, seen);
		else
			mm_add_rss(mm, 1);
		x86_64_set(ptep, x86_64_pfn_pte(page_to_pfn(w->mem, page),
						RMAP_WRITTEN));
		S(page_add_new_anon)
		(&w->rmap, f->cpu, page, S(vma_of)(f->vma), f->addr, ptep);
		page = NULL;
	}
	spin_unlock(&mm->tables.page_table_lock);
	if (page)
		S(put_page)(w, f->cpu, page);
	return err;
}

/* Zeros, or a file's page, at an entry that is none. */
static inline int S(map_shared)(struct S(world) * w, const struct S(fault) * f,
				struct page *page, uint64_t flags)
{
	struct mm_struct *mm = f->mm;
	x86_64_pte_t *ptep;
	int err;

	spin_lock(&mm->tables.page_table_lock);
	err = S(reserve)(&w->rmap, f->cpu);
	ptep = err ? NULL : S(make_entry)(mm, f->cpu, f->addr, LEVEL_PTE, &err);
	if (ptep && x86_64_pte_none(x86_64_read(ptep))) {
		x86_64_set(ptep,
			   x86_64_pfn_pte(page_to_pfn(w->mem, page), flags));
		if (page != w->zero) {
			get_page(page);
			mm_add_rss(mm, 1);
			S(page_add_file)
			(&w->rmap, f->cpu, page, S(vma_of)(f->vma), f->addr,
			 ptep);
		}
	}
	spin_unlock(&mm->tables.page_table_lock);
	return err;
}

/* A whole huge page fits here, and nothing is here yet, not even a table. */
static inline bool S(huge_fits)(const struct S(fault) * f)
{
	uint64_t start = f->addr & ~(RMAP_HUGE_SIZE - 1);
	struct x86_64_leaf leaf =
		x86_64_find(&f->mm->tables, f->addr, LEVEL_PMD);

	return f->vma->vm_flags & VM_HUGEPAGE && !f->vma->vm_mapping &&
	       start >= f->vma->vm_start &&
	       start + RMAP_HUGE_SIZE <= f->vma->vm_end &&
	       x86_64_pte_none(leaf.pte);
}

/* -EAGAIN: there is none to be had, or no place; small ones will do. */
static inline int S(map_huge)(struct S(world) * w, const struct S(fault) * f)
{
	struct mm_struct *mm = f->mm;
	uint64_t start = f->addr & ~(RMAP_HUGE_SIZE - 1);
	struct page *page = w->huge_zero;
	x86_64_pte_t *ptep;
	int err = f->write ? S(prepare)(w, f->cpu, f->vma) : 0;

	if (!err && f->write)
		page = S(new_huge_page)(w, f->cpu);
	if (err || !page)
		return -EAGAIN;
	spin_lock(&mm->tables.page_table_lock);
	ptep = S(make_entry)(mm, f->cpu, start, LEVEL_PMD, &err);
	if (ptep)
		x86_64_set(ptep, x86_64_pfn_pte(
					 page_to_pfn(w->mem, page),
					 (f->write ? RMAP_WRITTEN : RMAP_USED) |
						 PAGE_PSE));
	for (unsigned i = 0; ptep && f->write && i < RMAP_HUGE_PAGES; i++)
		S(page_add_new_anon)
	(&w->rmap, f->cpu, page + i, S(vma_of)(f->vma), start + i * PAGE_SIZE,
	 ptep);
	if (ptep && f->write)
		mm_add_rss(mm, RMAP_HUGE_PAGES);
	spin_unlock(&mm->tables.page_table_lock);
	for (unsigned i = 0; !ptep && f->write && i < RMAP_HUGE_PAGES; i++)
		S(put_page)(w, f->cpu, page + i);
	return ptep ? 0 : -EAGAIN;
}

/* Nothing is mapped there. */
static inline int S(no_page)(struct S(world) * w, const struct S(fault) * f)
{
	const struct vm_area_struct *vma = f->vma;
	struct page *page = w->zero;
	bool shared = vma->vm_flags & VM_SHARED;

	if (S(huge_fits)(f)) {
		int err = S(map_huge)(w, f);

		if (err != -EAGAIN)
			return err;
	}
	if (f->write && !shared)
		return S(own_page)(w, f, (x86_64_pte_t){ 0 });
	if (vma->vm_mapping)
		page = vma->vm_mapping->pages[linear_page_index(vma, f->addr)];
	return S(map_shared)(w, f, page, f->write ? RMAP_WRITTEN : RMAP_USED);
}

/* Make an entry that may be written so; false: it is another by now. */
static inline bool S(make_writable)(struct mm_struct *mm, x86_64_pte_t *ptep,
				    x86_64_pte_t seen)
{
	bool same;

	spin_lock(&mm->tables.page_table_lock);
	same = x86_64_read(ptep).v == seen.v;
	if (same)
		x86_64_set_bits(ptep, PAGE_RW | PAGE_ACCESSED | PAGE_DIRTY);
	spin_unlock(&mm->tables.page_table_lock);
	return same;
}

/* Is all of a huge page nobody else's? */
static inline bool S(huge_is_own)(const struct page *page)
{
	for (unsigned i = 0; page && i < RMAP_HUGE_PAGES; i++)
		if (READ_ONCE(page[i]._refcount) != 1)
			return false;
	return page;
}

/* It is mapped, but not to be written. */
static inline int S(wp_page)(struct S(world) * w, const struct S(fault) * f,
			     struct x86_64_leaf leaf)
{
	struct mm_struct *mm = f->mm;
	struct page *page = S(entry_page)(w, leaf.pte);
	int err;

	if (S(is_huge)(leaf) && !S(huge_is_own)(page)) {
		spin_lock(&mm->tables.page_table_lock);
		err = S(is_huge)(x86_64_lookup(&mm->tables, f->addr))
			      ? S(split)(w, mm, f->cpu, f->addr)
			      : 0;
		spin_unlock(&mm->tables.page_table_lock);
		return err;
	}
	if (S(is_huge)(leaf) || f->vma->vm_flags & VM_SHARED ||
	    (page && !page_is_file(page) && READ_ONCE(page->_refcount) == 1)) {
		S(make_writable)(mm, leaf.ptep, leaf.pte);
		return 0;
	}
	return S(own_page)(w, f, leaf.pte);
}

/* The page is in swap, or in its cache. */
static inline int S(swap_in)(struct S(world) * w, const struct S(fault) * f,
			     struct x86_64_leaf leaf)
{
	struct mm_struct *mm = f->mm;
	uint64_t slot = swap_slot(leaf.pte);
	struct page *page = lookup_swap_cache(&w->swap, slot);
	int err;

	if (!page) {
		struct page *fresh = S(new_page)(w, f->cpu, 0);

		if (!fresh)
			return -ENOMEM;
		page = swap_cache_insert(&w->swap, slot, fresh);
		if (page != fresh)
			S(put_page)(w, f->cpu, fresh);
	}
	spin_lock(&mm->tables.page_table_lock);
	err = S(reserve)(&w->rmap, f->cpu);
	if (!err && x86_64_read(leaf.ptep).v == leaf.pte.v) {
		x86_64_set(leaf.ptep, x86_64_pfn_pte(page_to_pfn(w->mem, page),
						     RMAP_USED));
		S(page_add_anon)
		(&w->rmap, f->cpu, page, S(vma_of)(f->vma), f->addr, leaf.ptep);
		mm_add_rss(mm, 1);
		S(free_swap_entry)(w, f->cpu, leaf.pte);
		page = NULL;
	}
	spin_unlock(&mm->tables.page_table_lock);
	if (page)
		S(put_page)(w, f->cpu, page);
	return err;
}

/* One step on the way; true: the access can be made. */
static inline bool S(fault_step)(struct S(world) * w, const struct S(fault) * f,
				 int *err)
{
	struct x86_64_leaf leaf = x86_64_lookup(&f->mm->tables, f->addr);

	if (x86_64_pte_none(leaf.pte))
		*err = S(no_page)(w, f);
	else if (!x86_64_pte_present(leaf.pte))
		*err = S(swap_in)(w, f, leaf);
	else if (f->write && !(leaf.pte.v & PAGE_RW))
		*err = S(wp_page)(w, f, leaf);
	else
		return x86_64_touch(leaf.ptep, leaf.pte,
				    PAGE_ACCESSED |
					    (f->write ? PAGE_DIRTY : 0));
	return false;
}

/* Read or write at an address. -EFAULT: no area, or it may not. */
static inline int S(access)(struct S(world) * w, struct mm_struct *mm,
			    unsigned cpu, uint64_t addr, bool write)
{
	struct S(fault) f = {
		.mm = mm,
		.vma = find_vma(mm, addr),
		.addr = addr & ~(PAGE_SIZE - 1),
		.cpu = cpu,
		.write = write,
	};
	int err = 0;

	if (!f.vma || f.vma->vm_start > addr ||
	    !(f.vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		return -EFAULT;
	while (!err && !S(fault_step)(w, &f, &err))
		continue;
	return err;
}
