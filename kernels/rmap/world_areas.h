/*
 * world_areas.h - template: areas made, split, merged and taken away
 * (mm/mmap.c). The caller holds the process's mmap_lock.
 */

/* A new area like `like`, in no process's tree yet; NULL: no memory. */
static inline struct vm_area_struct *
S(new_vma)(struct S(world) * w, unsigned cpu, const struct vm_area_struct *like)
{
	struct S(vma) *vma = rmap_cache_alloc(&w->vmas, cpu);

	if (!vma)
		return NULL;
	*vma = (struct S(vma)){ .vma = *like };
	S(vma_init)(vma);
	return &vma->vma;
}

/* Tell its file, if it has one, of a new area. */
forceinline void S(link_file)(struct S(world) * w, unsigned cpu,
			      struct vm_area_struct *vma)
{
	if (vma->vm_mapping)
		S(vma_link_file)(&w->rmap, cpu, S(vma_of)(vma));
}

/* Neither a page nor the tree of its process knows it any more. */
static inline void S(free_vma)(struct S(world) * w, unsigned cpu,
			       struct vm_area_struct *vma)
{
	S(vma_unlink)(&w->rmap, cpu, S(vma_of)(vma));
	rmap_cache_free(&w->vmas, cpu, S(vma_of)(vma));
}

forceinline uint64_t S(pages_of)(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/*
 * Could neighbours be one area, but for their anon_vmas? What is anonymous
 * counts its pages by their first address, so that also these must fit.
 */
static inline bool S(alike)(const struct vm_area_struct *a,
			    const struct vm_area_struct *b)
{
	return a && b && a->vm_end == b->vm_start &&
	       a->vm_flags == b->vm_flags && a->vm_mapping == b->vm_mapping &&
	       a->vm_pgoff + S(pages_of)(a) == b->vm_pgoff;
}

/*
 * May `keep` take in `vma`, as far as their own pages go: each knows of as many
 * anon_vmas as the other, or `vma` of none yet and `keep` of just its own.
 */
static inline bool S(anon_fits)(const struct vm_area_struct *keep,
				const struct vm_area_struct *vma)
{
	if (!vma->anon_links)
		return keep->anon_links <= 1;
	return keep->anon_id == vma->anon_id;
}

/*
 * `keep` covers also what `gone` does, which goes. In this order: reclaim may
 * come from an entry in there, and look up whose area it is (find_vma()).
 */
static inline void S(swallow)(struct S(world) * w, unsigned cpu,
			      struct vm_area_struct *keep,
			      struct vm_area_struct *gone)
{
	bool below = gone->vm_start < keep->vm_start;
	uint64_t start = below ? gone->vm_start : keep->vm_start;
	uint64_t end = below ? keep->vm_end : gone->vm_end;
	uint64_t pgoff = below ? gone->vm_pgoff : keep->vm_pgoff;

	S(vma_resize)(&w->rmap, cpu, S(vma_of)(keep), start, end, pgoff);
	erase_vma(gone);
	S(free_vma)(w, cpu, gone);
}

/* Neighbours on both sides become one with `vma`: the first stays. */
static inline int S(merge_three)(struct S(world) * w, unsigned cpu,
				 struct vm_area_struct *prev,
				 struct vm_area_struct *vma,
				 struct vm_area_struct *next)
{
	if (!prev->anon_links && next->anon_links) {
		if (S(vma_clone)(&w->rmap, cpu, S(vma_of)(prev),
				 S(vma_of)(next)))
			return -ENOMEM;
		prev->anon_id = next->anon_id;
		prev->anon_links = next->anon_links;
	}
	S(swallow)(w, cpu, prev, vma);
	S(swallow)(w, cpu, prev, next);
	return 0;
}

/* Make one area of a new or changed one and its neighbours where that can be
 * (vma_merge() of 6.1). The area that it is now a part of. */
static inline struct vm_area_struct *S(merge)(struct S(world) * w, unsigned cpu,
					      struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma_prev(vma), *next = vma_next(vma);

	if (!S(alike)(prev, vma) || !S(anon_fits)(prev, vma))
		prev = NULL;
	if (!S(alike)(vma, next) || !S(anon_fits)(next, vma))
		next = NULL;
	if (prev && next &&
	    (!prev->anon_links || !next->anon_links ||
	     prev->anon_id == next->anon_id) &&
	    !S(merge_three)(w, cpu, prev, vma, next))
		return prev;
	if (prev) {
		S(swallow)(w, cpu, prev, vma);
		return prev;
	}
	if (next) {
		S(swallow)(w, cpu, next, vma);
		return next;
	}
	return vma;
}

/* Cut an area in two at `addr`, inside it, and a huge page that lies there: it
 * keeps what is below. The other, or NULL: no memory. */
static inline struct vm_area_struct *S(split_vma)(struct S(world) * w,
						  unsigned cpu,
						  struct vm_area_struct *vma,
						  uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *above;
	int err;

	spin_lock(&mm->tables.page_table_lock);
	err = S(split_at)(w, mm, cpu, addr);
	spin_unlock(&mm->tables.page_table_lock);
	above = err ? NULL : S(new_vma)(w, cpu, vma);
	if (!above)
		return NULL;
	above->vm_start = addr;
	above->vm_pgoff = linear_page_index(vma, addr);
	if (S(vma_clone)(&w->rmap, cpu, S(vma_of)(above), S(vma_of)(vma))) {
		rmap_cache_free(&w->vmas, cpu, S(vma_of)(above));
		return NULL;
	}
	S(link_file)(w, cpu, above);
	/* In this order, as in S(swallow): there is always an area for an
	 * entry. */
	insert_vma(mm, above);
	S(vma_resize)
	(&w->rmap, cpu, S(vma_of)(vma), vma->vm_start, addr, vma->vm_pgoff);
	return above;
}

/* Cut an area down to [start, end): the rest is areas like it. The one in the
 * middle, or NULL. */
static inline struct vm_area_struct *S(cut)(struct S(world) * w, unsigned cpu,
					    struct vm_area_struct *vma,
					    uint64_t start, uint64_t end)
{
	if (vma->vm_start < start)
		vma = S(split_vma)(w, cpu, vma, start);
	if (vma && vma->vm_end > end && !S(split_vma)(w, cpu, vma, end))
		return NULL;
	return vma;
}

/*
 * Map `file` (NULL: nothing, zeros) from its page `pgoff` on at [addr, addr +
 * bytes), where nothing may be. flags: VM_READ, VM_WRITE, VM_SHARED.
 */
static inline int S(mmap)(struct S(world) * w, struct mm_struct *mm,
			  unsigned cpu, uint64_t addr, uint64_t bytes,
			  uint64_t flags, struct S(mapping) * file,
			  uint64_t pgoff)
{
	struct vm_area_struct like = {
		.vm_start = addr,
		.vm_end = addr + bytes,
		.vm_flags = flags | VM_MAYWRITE,
		.vm_pgoff = file ? pgoff : addr >> PAGE_SHIFT,
		.vm_mm = mm,
		.vm_mapping = file ? &file->file : NULL,
	};
	struct vm_area_struct *vma = find_vma(mm, addr);

	if (!bytes || x86_64_check_range(addr, addr + bytes) ||
	    (file && pgoff + (bytes >> PAGE_SHIFT) > file->file.nr_pages))
		return -EINVAL;
	if (vma && vma->vm_start < addr + bytes)
		return -EEXIST;
	vma = S(new_vma)(w, cpu, &like);
	if (!vma)
		return -ENOMEM;
	S(link_file)(w, cpu, vma);
	insert_vma(mm, vma);
	S(merge)(w, cpu, vma);
	return 0;
}

/* Free the tables of what was unmapped: also those that it shared only with
 * what is not mapped either, between its neighbours. */
static inline void S(free_pgtables)(struct mm_struct *mm, unsigned cpu,
				    uint64_t start, uint64_t end)
{
	struct vm_area_struct *next = find_vma(mm, start), *prev;
	struct rb_node *last = mm->areas.node;
	uint64_t floor = start & ~(RMAP_HUGE_SIZE - 1);
	uint64_t ceiling = align_up(end, RMAP_HUGE_SIZE);

	while (last && last->right)
		last = last->right;
	prev = next   ? vma_prev(next)
	       : last ? rb_entry(last, struct vm_area_struct, vm_rb)
		      : NULL;
	if (prev && prev->vm_end > floor)
		floor = prev->vm_end;
	if (next && next->vm_start < ceiling)
		ceiling = next->vm_start;
	spin_lock(&mm->tables.page_table_lock);
	x86_64_free_tables(&mm->tables, cpu, floor, ceiling);
	spin_unlock(&mm->tables.page_table_lock);
}

/* Take [start, end) away from whatever areas lie there. */
static inline int S(munmap)(struct S(world) * w, struct mm_struct *mm,
			    unsigned cpu, uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma;
	int err = x86_64_check_range(start, end);

	while (!err && (vma = find_vma(mm, start)) && vma->vm_start < end) {
		vma = S(cut)(w, cpu, vma, start, end);
		if (!vma)
			return -ENOMEM;
		err = S(zap)(w, mm, cpu, vma->vm_start, vma->vm_end);
		if (err)
			return err;
		erase_vma(vma);
		S(free_vma)(w, cpu, vma);
	}
	if (!err)
		S(free_pgtables)(mm, cpu, start, end);
	return err;
}
