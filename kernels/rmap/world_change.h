/*
 * world_change.h - template: areas changed where they are, emptied, moved
 * (mm/mprotect.c, madvise.c, mlock.c, mremap.c). The caller holds mmap_lock.
 */

/* An entry's bits for an area of such flags; RW is left to the next fault. */
forceinline uint64_t S(protection)(uint64_t vm_flags)
{
	return vm_flags & VM_READ ? PAGE_PRESENT : PAGE_PROTNONE;
}

static inline int S(protect_leaf)(struct x86_64_mm *tables, x86_64_pte_t *ptep,
				  uint64_t addr, unsigned level, void *arg)
{
	const struct S(range) *range = arg;
	const uint64_t all = PAGE_PRESENT | PAGE_RW | PAGE_PROTNONE;
	x86_64_pte_t pte = x86_64_get_and_clear(ptep);

	(void)tables, (void)addr, (void)level;
	if (x86_64_pte_present(pte))
		pte.v = (pte.v & ~all) | range->flags;
	x86_64_set(ptep, pte);
	return 0;
}

static inline int S(protect)(struct S(world) * w, unsigned cpu,
			     struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	struct S(range) range = { .flags = S(protection)(vma->vm_flags) };
	int err;

	spin_lock(&mm->tables.page_table_lock);
	err = S(split_at)(w, mm, cpu, vma->vm_start);
	if (!err)
		err = S(split_at)(w, mm, cpu, vma->vm_end);
	if (!err)
		x86_64_walk_page_range(&mm->tables, vma->vm_start, vma->vm_end,
				       S(protect_leaf), &range);
	spin_unlock(&mm->tables.page_table_lock);
	return err;
}

/*
 * Set and clear flags of all areas in [start, end): they are cut and merged as
 * needed, and their entries follow VM_READ and VM_WRITE. -ENOMEM also: there is
 * a hole; what lies before it was changed.
 */
static inline int S(change)(struct S(world) * w, struct mm_struct *mm,
			    unsigned cpu, uint64_t start, uint64_t end,
			    uint64_t set, uint64_t clear)
{
	int err = x86_64_check_range(start, end);

	while (!err && start < end) {
		struct vm_area_struct *vma = find_vma(mm, start);
		uint64_t flags;

		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		flags = (vma->vm_flags & ~clear) | set;
		if (flags == vma->vm_flags) {
			start = vma->vm_end;
			continue;
		}
		vma = S(cut)(w, cpu, vma, start, end);
		if (!vma)
			return -ENOMEM;
		/* Reclaim looks at them under this lock. */
		spin_lock(&mm->tables.page_table_lock);
		vma->vm_flags = flags;
		spin_unlock(&mm->tables.page_table_lock);
		if ((set | clear) & (VM_READ | VM_WRITE))
			err = S(protect)(w, cpu, vma);
		start = vma->vm_end;
		S(merge)(w, cpu, vma);
	}
	return err;
}

/* flags: VM_READ and VM_WRITE, as the areas are to have them. */
static inline int S(mprotect)(struct S(world) * w, struct mm_struct *mm,
			      unsigned cpu, uint64_t start, uint64_t end,
			      uint64_t flags)
{
	const uint64_t all = VM_READ | VM_WRITE;

	return S(change)(w, mm, cpu, start, end, flags & all, all & ~flags);
}

/* MADV_HUGEPAGE: huge pages where a whole one fits from now on. */
static inline int S(madvise_hugepage)(struct S(world) * w, struct mm_struct *mm,
				      unsigned cpu, uint64_t start,
				      uint64_t end)
{
	return S(change)(w, mm, cpu, start, end, VM_HUGEPAGE, 0);
}

/* mlock2(MLOCK_ONFAULT): of what is there and what comes; nothing is faulted
 * in. */
static inline int S(mlock)(struct S(world) * w, struct mm_struct *mm,
			   unsigned cpu, uint64_t start, uint64_t end)
{
	return S(change)(w, mm, cpu, start, end, VM_LOCKED, 0);
}

static inline int S(munlock)(struct S(world) * w, struct mm_struct *mm,
			     unsigned cpu, uint64_t start, uint64_t end)
{
	return S(change)(w, mm, cpu, start, end, 0, VM_LOCKED);
}

/* MADV_DONTNEED: unmap what is there; holes are none of its business. */
static inline int S(madvise_dontneed)(struct S(world) * w, struct mm_struct *mm,
				      unsigned cpu, uint64_t start,
				      uint64_t end)
{
	int err = x86_64_check_range(start, end);

	while (!err && start < end) {
		struct vm_area_struct *vma = find_vma(mm, start);
		uint64_t stop;

		if (!vma || vma->vm_start >= end)
			break;
		if (vma->vm_flags & (VM_LOCKED | VM_PFNMAP))
			return -EINVAL;
		if (start < vma->vm_start)
			start = vma->vm_start;
		stop = end < vma->vm_end ? end : vma->vm_end;
		err = S(zap)(w, mm, cpu, start, stop);
		start = stop;
	}
	return err;
}

/* One entry to where it belongs now. */
static inline int S(move_entry)(struct S(range) * range, x86_64_pte_t *from,
				uint64_t addr, unsigned level)
{
	uint64_t nr = x86_64_level_size(level) >> PAGE_SHIFT;
	int err = 0;
	x86_64_pte_t *to = S(make_entry)(range->mm, range->cpu,
					 addr + range->delta, level, &err);
	x86_64_pte_t pte;
	struct page *page;

	if (!to)
		return err;
	pte = x86_64_get_and_clear(from);
	x86_64_set(to, pte);
	page = x86_64_pte_present(pte) ? S(entry_page)(range->w, pte) : NULL;
	for (uint64_t i = 0; page && i < nr; i++)
		S(page_move)(&range->w->rmap, range->cpu, page + i, from, to);
	return 0;
}

/* A huge page stays one if that can be. */
static inline int S(move_leaf)(struct x86_64_mm *tables, x86_64_pte_t *ptep,
			       uint64_t addr, unsigned level, void *arg)
{
	struct S(range) *range = arg;
	int err = 0;

	if (level > LEVEL_PTE && range->delta & (RMAP_HUGE_SIZE - 1)) {
		err = S(split)(range->w, range->mm, range->cpu, addr);
		if (err)
			return err;
		ptep = x86_64_lookup(tables, addr).ptep;
		for (unsigned i = 0; !err && i < RMAP_HUGE_PAGES; i++)
			err = S(move_entry)(range, ptep + i,
					    addr + i * PAGE_SIZE, LEVEL_PTE);
		return err;
	}
	return S(move_entry)(range, ptep, addr, level);
}

/* Move what [start, end) maps up by delta. What was moved before an error
 * stays where it is. */
static inline int S(move_entries)(struct S(world) * w, struct mm_struct *mm,
				  unsigned cpu, uint64_t start, uint64_t end,
				  uint64_t delta)
{
	struct S(range)
		range = { .w = w, .mm = mm, .cpu = cpu, .delta = delta };
	int err;

	spin_lock(&mm->tables.page_table_lock);
	err = S(split_at)(w, mm, cpu, start);
	if (!err)
		err = S(split_at)(w, mm, cpu, end);
	/* An entry of the new place, there since it was mapped before, and a
	 * table in the way of a huge page, are empty: nothing is mapped. */
	if (!err) {
		x86_64_free_tables(&mm->tables, cpu, start + delta,
				   end + delta);
		err = x86_64_walk_page_range(&mm->tables, start, end,
					     S(move_leaf), &range);
	}
	spin_unlock(&mm->tables.page_table_lock);
	return err;
}

/* A copy of `vma` for [start, start + bytes) elsewhere; NULL: no memory. */
static inline struct vm_area_struct *
S(copy_vma)(struct S(world) * w, unsigned cpu, struct vm_area_struct *vma,
	    uint64_t from, uint64_t start, uint64_t bytes)
{
	struct vm_area_struct *copy = S(new_vma)(w, cpu, vma);

	if (!copy)
		return NULL;
	copy->vm_start = start;
	copy->vm_end = start + bytes;
	/* What has no page yet may count from its address again. */
	copy->vm_pgoff = vma->vm_mapping || vma->anon_links
				 ? linear_page_index(vma, from)
				 : start >> PAGE_SHIFT;
	if (S(vma_clone)(&w->rmap, cpu, S(vma_of)(copy), S(vma_of)(vma))) {
		rmap_cache_free(&w->vmas, cpu, S(vma_of)(copy));
		return NULL;
	}
	S(link_file)(w, cpu, copy);
	insert_vma(vma->vm_mm, copy);
	return copy;
}

/* The area [from, from + bytes) grows where it is, into a hole. */
static inline int S(expand)(struct S(world) * w, struct mm_struct *mm,
			    unsigned cpu, uint64_t from, uint64_t bytes,
			    uint64_t new_bytes)
{
	struct vm_area_struct *vma = find_vma(mm, from);
	struct vm_area_struct *next = vma ? vma_next(vma) : NULL;
	uint64_t pages =
		(from + new_bytes - (vma ? vma->vm_start : 0)) >> PAGE_SHIFT;

	if (!vma || vma->vm_start > from || vma->vm_end < from + bytes)
		return -EFAULT;
	if (vma->vm_end != from + bytes ||
	    (next && next->vm_start < from + new_bytes))
		return -ENOMEM;
	if (vma->vm_mapping &&
	    vma->vm_pgoff + pages > vma->vm_mapping->nr_pages)
		return -EINVAL;
	S(vma_resize)
	(&w->rmap, cpu, S(vma_of)(vma), vma->vm_start, from + new_bytes,
	 vma->vm_pgoff);
	S(merge)(w, cpu, vma);
	return 0;
}

/* Move [from, from + bytes), inside one area, to `to`, where nothing is, as
 * new_bytes, which are not fewer. */
static inline int S(move)(struct S(world) * w, struct mm_struct *mm,
			  unsigned cpu, uint64_t from, uint64_t bytes,
			  uint64_t to, uint64_t new_bytes)
{
	struct vm_area_struct *vma = find_vma(mm, from);
	int err;

	if (!vma || vma->vm_start > from || vma->vm_end < from + bytes)
		return -EFAULT;
	if (vma->vm_mapping && linear_page_index(vma, from + new_bytes) >
				       vma->vm_mapping->nr_pages)
		return -EINVAL;
	vma = S(copy_vma)(w, cpu, vma, from, to, new_bytes);
	if (!vma)
		return -ENOMEM;
	err = S(move_entries)(w, mm, cpu, from, from + bytes, to - from);
	if (err)
		return err;
	S(merge)(w, cpu, vma);
	return S(munmap)(w, mm, cpu, from, from + bytes);
}

/*
 * [from, from + bytes), inside one area, becomes new_bytes: at `to`, where
 * whatever was there is unmapped first (MREMAP_FIXED), or where it is if that
 * is `from`. -EINVAL: the two overlap, or the file has not as many pages.
 */
static inline int S(mremap)(struct S(world) * w, struct mm_struct *mm,
			    unsigned cpu, uint64_t from, uint64_t bytes,
			    uint64_t to, uint64_t new_bytes)
{
	int err = x86_64_check_range(from, from + bytes);

	if (!err)
		err = x86_64_check_range(to, to + new_bytes);
	if (!err && to != from) {
		if (to < from + bytes && from < to + new_bytes)
			return -EINVAL;
		err = S(munmap)(w, mm, cpu, to, to + new_bytes);
	}
	if (!err && new_bytes < bytes) {
		err = S(munmap)(w, mm, cpu, from + new_bytes, from + bytes);
		bytes = new_bytes;
	}
	if (err)
		return err;
	if (to != from)
		return S(move)(w, mm, cpu, from, bytes, to, new_bytes);
	return new_bytes > bytes ? S(expand)(w, mm, cpu, from, bytes, new_bytes)
				 : 0;
}
