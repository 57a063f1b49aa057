/*
 * no_areas.h - template: what areas do where a STRATEGY keeps nothing of them.
 */
static inline void S(mapping_init)(struct S(mapping) * mapping)
{
	(void)mapping;
}

static inline void S(vma_init)(struct S(vma) * vma)
{
	(void)vma;
}

static inline int S(vma_prepare)(struct S(rmap) * r, unsigned cpu,
				 struct S(vma) * vma, struct S(vma) * near)
{
	(void)r, (void)cpu, (void)vma, (void)near;
	return 0;
}

static inline int S(vma_fork)(struct S(rmap) * r, unsigned cpu,
			      struct S(vma) * child, struct S(vma) * parent)
{
	(void)r, (void)cpu, (void)child, (void)parent;
	return 0;
}

static inline int S(vma_clone)(struct S(rmap) * r, unsigned cpu,
			       struct S(vma) * to, struct S(vma) * from)
{
	(void)r, (void)cpu, (void)to, (void)from;
	return 0;
}

/* Reclaim looks areas up under page_table_lock. */
static inline void S(vma_resize)(struct S(rmap) * r, unsigned cpu,
				 struct S(vma) * vma, uint64_t start,
				 uint64_t end, uint64_t pgoff)
{
	struct mm_struct *mm = vma->vma.vm_mm;

	(void)r, (void)cpu;
	spin_lock(&mm->tables.page_table_lock);
	vma->vma.vm_start = start;
	vma->vma.vm_end = end;
	vma->vma.vm_pgoff = pgoff;
	spin_unlock(&mm->tables.page_table_lock);
}

static inline void S(vma_unlink)(struct S(rmap) * r, unsigned cpu,
				 struct S(vma) * vma)
{
	(void)r, (void)cpu, (void)vma;
}

static inline void S(vma_link_file)(struct S(rmap) * r, unsigned cpu,
				    struct S(vma) * vma)
{
	(void)r, (void)cpu, (void)vma;
}
