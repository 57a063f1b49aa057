/*
 * fork.h - template: the tables of an area copied for a child, to share all
 * pages until either writes (copy_page_range(): mm/memory.c of 2.6.11, huge
 * pmds as of 2.6.38).
 *
 * The caller holds both page_table_locks, the child's first; nobody else has
 * the child's tables yet. The hardware may use the parent's all the time.
 */
struct F(fork) {
	struct F(mm) * child;
	const struct vm_area_struct *vma;
	unsigned cpu;
	/* The child's table for this part of the addresses: the last one. */
	F(pte_t) * table;
	uint64_t part;
};

/* The child's entry for an address; NULL with *err set. */
forceinline F(pte_t) * F(fork_entry)(struct F(fork) * fork, uint64_t addr,
				     unsigned level, int *err)
{
	uint64_t part = addr >> F(level_shift)(LEVEL_PMD);
	F(pte_t) * ptep;

	if (level == LEVEL_PTE && likely(fork->part == part))
		return F(table_index)(fork->table, LEVEL_PTE, addr);
	ptep = F(alloc_path)(fork->child, fork->cpu, addr, level, err);
	if (ptep && level == LEVEL_PTE) {
		fork->part = part;
		fork->table = ptep - (F(table_index)(NULL, LEVEL_PTE, addr) -
				      F(table_index)(NULL, LEVEL_PTE, 0));
	}
	return ptep;
}

/*
 * What a child gets of a present entry: young and, where pages are shared with
 * a file, dirty are the parent's to tell. A split under way is the parent's,
 * too.
 */
forceinline F(pte_t) F(child_pte)(F(pte_t) pte, unsigned level,
				  const struct vm_area_struct *vma)
{
	uint64_t clear = PAGE_ACCESSED;

	if (vma->vm_flags & VM_SHARED)
		clear |= PAGE_DIRTY;
	if (level > LEVEL_PTE)
		clear |= PAGE_SPLITTING;
	pte.v &= (__typeof__(pte.v))~clear;
	return pte;
}

static inline int F(copy_leaf)(struct F(mm) * parent, F(pte_t) * ptep,
			       uint64_t addr, unsigned level, void *arg)
{
	struct F(fork) *fork = arg;
	int err = 0;
	F(pte_t) *to = F(fork_entry)(fork, addr, level, &err);
	F(pte_t) pte = F(read)(ptep);
	struct page *page;

	if (unlikely(!to))
		return err;
	if (unlikely(!F(pte_none)(F(read)(to))))
		return -EEXIST;
	if (likely(F(pte_present)(pte))) {
		if (is_cow_mapping(fork->vma) && pte.v & PAGE_RW) {
			F(clear_bits)(ptep, PAGE_RW);
			pte = F(read)(ptep);
		}
		page = F(leaf_page)(parent, fork->vma, pte, level);
		pte = F(child_pte)(pte, level, fork->vma);
		F(get_leaf)(page, level);
	}
	F(set)(to, pte);
	return 0;
}

/*
 * Copy what an area maps into a child that maps nothing there: pages that will
 * be copied on write are write-protected in both, and each gets a reference for
 * the child but those that are not counted. 0, -ENOMEM, -EEXIST or what a range
 * that is none gets. What was copied before an error stays, to be zapped.
 */
static inline int F(copy_page_range)(struct F(mm) * child,
				     struct F(mm) * parent, unsigned cpu,
				     const struct vm_area_struct *vma)
{
	struct F(fork) fork = {
		.child = child,
		.vma = vma,
		.cpu = cpu,
		.part = UINT64_MAX,
	};
	int err = F(split_ends)(parent, cpu, vma->vm_start, vma->vm_end);

	return err ? err
		   : F(walk_page_range)(parent, vma->vm_start, vma->vm_end,
					F(copy_leaf), &fork);
}
