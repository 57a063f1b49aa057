/*
 * world_fork.h - template: processes made, forked and ended (kernel/fork.c,
 * mm/memory.c).
 */

/* A process with nothing mapped; NULL: no memory. */
static inline struct mm_struct *S(mm_create)(struct S(world) * w, unsigned cpu)
{
	struct mm_struct *mm = rmap_cache_alloc(&w->mms, cpu);

	if (!mm)
		return NULL;
	*mm = (struct mm_struct){
		.id = (unsigned)fetch_add_relaxed(&w->last_id, 1),
	};
	spin_lock_init(&mm->mmap_lock);
	if (x86_64_mm_init(&mm->tables, cpu, w->host.pages)) {
		rmap_cache_free(&w->mms, cpu, mm);
		return NULL;
	}
	spin_lock(&w->mmlist_lock);
	list_add_tail(&mm->mmlist, &w->mmlist);
	spin_unlock(&w->mmlist_lock);
	return mm;
}

/* All its areas and pages are given back. Nobody else uses it. */
static inline void S(exit)(struct S(world) * w, struct mm_struct *mm,
			   unsigned cpu)
{
	struct vm_area_struct *vma;

	spin_lock(&w->mmlist_lock);
	list_del(&mm->mmlist);
	spin_unlock(&w->mmlist_lock);
	while ((vma = find_vma(mm, 0))) {
		/* No huge page lies across an area's end: nothing to split. */
		int err = S(zap)(w, mm, cpu, vma->vm_start, vma->vm_end);

		KMB_BUG_ON(err);
		erase_vma(vma);
		S(free_vma)(w, cpu, vma);
	}
	x86_64_mm_destroy(&mm->tables, cpu);
	rmap_cache_free(&w->mms, cpu, mm);
}

/* References and mappings of the pages of an entry that was copied. All, or
 * none and the entry empty again: -ENOMEM. */
static inline int S(dup_pages)(struct S(range) * range, struct page *page,
			       uint64_t nr, uint64_t addr, x86_64_pte_t *to)
{
	struct S(world) *w = range->w;
	uint64_t i;

	for (i = 0; i < nr; i++) {
		if (unlikely(S(reserve)(&w->rmap, range->cpu)))
			break;
		get_page(page + i);
		S(page_dup)
		(&w->rmap, range->cpu, page + i, S(vma_of)(range->vma),
		 addr + i * PAGE_SIZE, to);
	}
	if (likely(i == nr)) {
		mm_add_rss(range->mm, (int64_t)nr);
		return 0;
	}
	while (i--)
		S(forget)(w, range->cpu, page + i, to, (x86_64_pte_t){ 0 });
	x86_64_get_and_clear(to);
	return -ENOMEM;
}

/* One entry of the parent for the child, under both page_table_locks. */
static inline int S(copy_leaf)(struct x86_64_mm *tables, x86_64_pte_t *ptep,
			       uint64_t addr, unsigned level, void *arg)
{
	struct S(range) *range = arg;
	uint64_t nr = x86_64_level_size(level) >> PAGE_SHIFT;
	int err = 0;
	x86_64_pte_t *to =
		S(make_entry)(range->mm, range->cpu, addr, level, &err);
	x86_64_pte_t pte;
	struct page *page;

	(void)tables;
	if (!to)
		return err;
	if (x86_64_read(ptep).v & PAGE_RW)
		x86_64_clear_bits(ptep, PAGE_RW);
	pte = x86_64_read(ptep);
	if (!x86_64_pte_present(pte)) {
		swap_duplicate(&range->w->swap, swap_slot(pte));
		x86_64_set(to, pte);
		return 0;
	}
	page = S(entry_page)(range->w, pte);
	pte.v &= ~PAGE_ACCESSED;
	x86_64_set(to, pte);
	return page ? S(dup_pages)(range, page, nr, addr, to) : 0;
}

/* Pages of an area that a fault would not bring back are copied: those of
 * private ones with pages of their own. */
static inline int S(copy_pages)(struct S(world) * w, unsigned cpu,
				struct vm_area_struct *child,
				const struct vm_area_struct *parent)
{
	struct S(range) range = {
		.w = w, .vma = child, .mm = child->vm_mm, .cpu = cpu
	};
	struct mm_struct *from = parent->vm_mm;
	int err;

	if (parent->vm_flags & VM_SHARED || !parent->anon_links)
		return 0;
	spin_lock(&range.mm->tables.page_table_lock);
	spin_lock(&from->tables.page_table_lock);
	err = x86_64_walk_page_range(&from->tables, parent->vm_start,
				     parent->vm_end, S(copy_leaf), &range);
	spin_unlock(&from->tables.page_table_lock);
	spin_unlock(&range.mm->tables.page_table_lock);
	return err;
}

static inline int S(fork_vma)(struct S(world) * w, unsigned cpu,
			      struct mm_struct *child,
			      struct vm_area_struct *parent)
{
	struct vm_area_struct *vma = S(new_vma)(w, cpu, parent);

	if (!vma)
		return -ENOMEM;
	vma->vm_mm = child;
	vma->vm_flags &= ~(uint64_t)VM_LOCKED;
	if (parent->anon_links) {
		vma->anon_id = fetch_add_relaxed(&w->last_anon_id, 1) + 1;
		vma->anon_links = parent->anon_links + 1;
	}
	if (S(vma_fork)(&w->rmap, cpu, S(vma_of)(vma), S(vma_of)(parent))) {
		rmap_cache_free(&w->vmas, cpu, S(vma_of)(vma));
		return -ENOMEM;
	}
	S(link_file)(w, cpu, vma);
	insert_vma(child, vma);
	return S(copy_pages)(w, cpu, vma, parent);
}

/* A child with the same areas, and pages shared until either writes; NULL: no
 * memory. The caller holds the parent's mmap_lock. */
static inline struct mm_struct *S(fork)(struct S(world) * w,
					struct mm_struct *parent, unsigned cpu)
{
	struct mm_struct *child = S(mm_create)(w, cpu);
	struct rb_node *node;

	for (node = child ? rb_first(&parent->areas) : NULL; node;
	     node = rb_next(node))
		if (S(fork_vma)(w, cpu, child,
				rb_entry(node, struct vm_area_struct, vm_rb))) {
			S(exit)(w, child, cpu);
			return NULL;
		}
	return child;
}
