/*
 * pgtable_fork_checks.h - template: each rule of fork, of the first write after
 * it and of unmapping, for one FORMAT.
 */

static struct F(mm) F(child_mm);

/* A child of the area's address space, empty. */
static struct F(mm) * F(child_begin)(void)
{
	struct F(mm) *child = &F(child_mm);

	assert_int_equal(F(mm_init)(child, 0, &counting.source), 0);
	child->zero_pfn = AREA_ZERO_PFN;
	child->hooks = &area_hooks;
	return child;
}

static void F(child_end)(struct F(mm) * child)
{
	assert_true(F(mm_validate)(child));
	F(mm_destroy)(child, 0);
}

static int F(fork_area)(struct F(mm) * child, const struct vm_area_struct *vma)
{
	return F(copy_page_range)(child, &F(area_mm), 0, vma);
}

static void F(zap_area)(struct F(mm) * mm, const struct vm_area_struct *vma)
{
	assert_true(F(zap_page_range)(mm, 0, vma, vma->vm_start, vma->vm_end) >=
		    0);
}

static uint64_t F(flags_at)(struct F(mm) * mm, uint64_t i)
{
	return F(pte_flags)(F(lookup)(mm, i << PAGE_SHIFT).pte);
}

static pfn_t F(pfn_at)(struct F(mm) * mm, uint64_t i)
{
	return F(walk_pfn)(mm->mem, mm->pgd, i << PAGE_SHIFT);
}

static void F(fork_protects_private_pages_in_both)(void **unused)
{
	const uint64_t used = PAGE_USER | PAGE_ACCESSED | PAGE_DIRTY;
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)(), *child = F(child_begin)();

	(void)unused;
	F(area_map)(mm, 1, PAGE_RW | used);
	F(area_map)(mm, 2, PAGE_USER);
	assert_int_equal(F(fork_area)(child, &vma), 0);
	assert_int_equal(F(pfn_at)(child, 1), AREA_PFN + 1);
	assert_int_equal(F(flags_at)(mm, 1), PAGE_PRESENT | used);
	assert_int_equal(F(flags_at)(child, 1),
			 PAGE_PRESENT | PAGE_USER | PAGE_DIRTY);
	assert_int_equal(area_page(1)->_refcount, 2);
	assert_int_equal(F(pfn_at)(child, 2), AREA_PFN + 2);
	assert_int_equal(area_page(2)->_refcount, 2);
	assert_int_equal(area_page(3)->_refcount, 1);
	assert_int_equal(F(pfn_at)(child, 3), PFN_NONE);
	assert_int_equal(F(fork_area)(child, &vma), -EEXIST);
	F(zap_area)(child, &vma);
	assert_int_equal(area_page(1)->_refcount, 1);
	F(child_end)(child);
	F(area_end)(mm);
}

/* Nor are those of an area that may never be written. */
static void F(fork_leaves_shared_pages_writable)(void **unused)
{
	const uint64_t flags = PAGE_RW | PAGE_ACCESSED | PAGE_DIRTY;
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)(), *child = F(child_begin)();

	(void)unused;
	vma.vm_flags |= VM_SHARED;
	F(area_map)(mm, 1, flags);
	assert_int_equal(F(fork_area)(child, &vma), 0);
	assert_int_equal(F(flags_at)(mm, 1), PAGE_PRESENT | flags);
	assert_int_equal(F(flags_at)(child, 1), PAGE_PRESENT | PAGE_RW);
	assert_int_equal(area_page(1)->_refcount, 2);
	F(zap_area)(child, &vma);
	vma.vm_flags = VM_READ;
	assert_int_equal(F(fork_area)(child, &vma), 0);
	assert_int_equal(F(flags_at)(mm, 1), PAGE_PRESENT | flags);
	F(zap_area)(child, &vma);
	F(child_end)(child);
	F(area_end)(mm);
}

static void F(fork_copies_a_huge_entry)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)(), *child = F(child_begin)();
	uint64_t huge = F(huge_pages)();
	F(pmd_t) *pmdp = F(area_map_huge)(mm, huge, PAGE_RW | PAGE_DIRTY);

	(void)unused;
	F(set_bits)(pmdp, PAGE_SPLITTING);
	assert_int_equal(F(fork_area)(child, &vma), 0);
	assert_int_equal(F(lookup)(child, huge << PAGE_SHIFT).level, LEVEL_PMD);
	assert_int_equal(child->nr_tables[LEVEL_PTE], 0);
	assert_int_equal(F(pte_flags)(*pmdp),
			 PAGE_PRESENT | PAGE_PSE | PAGE_DIRTY | PAGE_SPLITTING);
	assert_int_equal(F(flags_at)(child, huge),
			 PAGE_PRESENT | PAGE_PSE | PAGE_DIRTY);
	for (uint64_t i = 0; i < huge; i++) {
		assert_int_equal(F(pfn_at)(child, huge + i),
				 AREA_PFN + huge + i);
		assert_int_equal(area_page(huge + i)->_refcount, 2);
	}
	F(zap_area)(child, &vma);
	for (uint64_t i = 0; i < huge; i++)
		assert_int_equal(area_page(huge + i)->_refcount, 1);
	F(clear_bits)(pmdp, PAGE_SPLITTING);
	F(child_end)(child);
	F(area_end)(mm);
}

/* The page of zeros, special frames, frames that are none, swap. */
static void F(fork_counts_what_is_counted)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)(), *child = F(child_begin)();
	F(pte_t) *swap = F(area_set)(mm, 5 << PAGE_SHIFT, F(area_swap)(5));
	F(pte_t) before = *swap;

	(void)unused;
	F(area_set)
	(mm, 1 << PAGE_SHIFT,
	 F(pfn_pte)(AREA_ZERO_PFN, PAGE_PRESENT | PAGE_SPECIAL));
	F(area_map)(mm, 2, PAGE_SPECIAL | PAGE_RW);
	F(area_set)
	(mm, 3 << PAGE_SHIFT, F(pfn_pte)(mm->mem->nr_pages + 3, PAGE_PRESENT));
	F(area_set)
	(mm, 4 << PAGE_SHIFT, F(pfn_pte)(AREA_PFN + 4, PAGE_PROTNONE));
	assert_int_equal(F(fork_area)(child, &vma), 0);
	assert_int_equal(F(pfn_at)(child, 1), AREA_ZERO_PFN);
	assert_int_equal(area_page(AREA_FRAMES)->_refcount, 1);
	assert_int_equal(F(pfn_at)(child, 2), AREA_PFN + 2);
	assert_int_equal(F(flags_at)(child, 2), PAGE_PRESENT | PAGE_SPECIAL);
	assert_int_equal(area_page(2)->_refcount, 1);
	assert_int_equal(F(pfn_at)(child, 3), mm->mem->nr_pages + 3);
	assert_int_equal(F(pfn_at)(child, 4), AREA_PFN + 4);
	assert_int_equal(area_page(4)->_refcount, 2);
	assert_true(swap->v == before.v);
	assert_true(F(lookup)(child, 5 << PAGE_SHIFT).pte.v == before.v);
	assert_int_equal(F(zap_page_range)(child, 0, &vma, 0, 6 << PAGE_SHIFT),
			 4);
	assert_int_equal(area_page(AREA_FRAMES)->_refcount, 1);
	assert_int_equal(area_page(2)->_refcount, 1);
	assert_int_equal(area_page(4)->_refcount, 1);
	F(child_end)(child);
	F(area_end)(mm);
}

/* A bit that the hardware sets in the parent meanwhile stays there. */
static void F(fork_loses_no_dirty_bit)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, 16 << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	struct F(mmu) mmu = { .mm = mm, .nr_pages = 16, .bits = PAGE_DIRTY };
	uint64_t nr_found = 0;

	(void)unused;
	for (uint64_t i = 0; i < 16; i++)
		F(area_map)(mm, i, PAGE_RW);
	F(mmu_begin)(&mmu);
	for (unsigned round = 0; round < NR_FORK_ROUNDS; round++) {
		struct F(mm) *child = F(child_begin)();

		F(mmu_wait)(&mmu);
		assert_int_equal(F(fork_area)(child, &vma), 0);
		nr_found += F(mmu_collect)(&mmu);
		for (uint64_t i = 0; i < 16; i++)
			F(set_bits)
		(F(lookup)(mm, i << PAGE_SHIFT).ptep, PAGE_RW);
		F(zap_area)(child, &vma);
		F(child_end)(child);
	}
	F(mmu_end)(&mmu);
	nr_found += F(mmu_collect)(&mmu);
	assert_int_equal(nr_found, mmu.nr_set);
	F(area_end)(mm);
}

/* What is dirty or young when it is unmapped is so by its page then. */
static void F(zap_keeps_the_bits)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	const unsigned marks = PG_referenced | PG_dirty;
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	F(area_map)(mm, 1, PAGE_DIRTY);
	F(area_map)(mm, 2, PAGE_ACCESSED);
	F(area_map)(mm, 3, 0);
	F(area_map_huge)(mm, huge, PAGE_DIRTY);
	assert_int_equal(
		F(zap_page_range)(mm, 0, &vma, 0, (huge + 8) << PAGE_SHIFT),
		3 + 8);
	assert_int_equal(area_page(1)->flags & marks, PG_dirty);
	assert_int_equal(area_page(2)->flags & marks, PG_referenced);
	assert_int_equal(area_page(3)->flags & marks, 0);
	for (uint64_t i = 0; i < huge; i++) {
		const struct page *page = area_page(huge + i);

		assert_int_equal(page->flags & marks, i < 8 ? PG_dirty : 0);
		assert_int_equal(page->private,
				 i < 8 ? FRAME_FREE : FRAME_IN_USE);
	}
	assert_int_equal(F(pfn_at)(mm, huge + 7), PFN_NONE);
	assert_int_equal(F(pfn_at)(mm, huge + 8), AREA_PFN + huge + 8);
	F(area_end)(mm);
}

static uint64_t *F(word_at)(struct F(mm) * mm, uint64_t i)
{
	return pfn_to_virt(mm->mem, F(pfn_at)(mm, i));
}

/* The second to write has the page for himself by then, and no copy. */
static void F(a_write_is_not_seen_by_the_other)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)(), *child = F(child_begin)();

	(void)unused;
	F(area_map)(mm, 1, PAGE_RW);
	*F(word_at)(mm, 1) = 17;
	assert_int_equal(F(fork_area)(child, &vma), 0);
	assert_int_equal(F(do_wp_page)(mm, 0, &vma, 1 << PAGE_SHIFT), 0);
	assert_int_equal(F(flags_at)(mm, 1),
			 PAGE_PRESENT | PAGE_RW | PAGE_ACCESSED | PAGE_DIRTY);
	assert_int_not_equal(F(pfn_at)(mm, 1), AREA_PFN + 1);
	assert_int_equal(*F(word_at)(mm, 1), 17);
	*F(word_at)(mm, 1) = 18;
	assert_int_equal(*F(word_at)(child, 1), 17);
	assert_int_equal(area_page(1)->_refcount, 1);
	assert_int_equal(F(do_wp_page)(child, 0, &vma, 1 << PAGE_SHIFT), 0);
	assert_int_equal(F(pfn_at)(child, 1), AREA_PFN + 1);
	assert_true(F(flags_at)(child, 1) & PAGE_RW);
	/* Once it may be written there is nothing to do. */
	assert_int_equal(F(do_wp_page)(child, 0, &vma, 1 << PAGE_SHIFT), 0);
	assert_int_equal(F(pfn_at)(child, 1), AREA_PFN + 1);
	F(zap_area)(child, &vma);
	F(zap_area)(mm, &vma);
	F(child_end)(child);
	F(area_end)(mm);
}

static void F(a_write_to_each_kind_of_page)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	memset(pfn_to_virt(mm->mem, AREA_ZERO_PFN), 0, PAGE_SIZE);
	F(area_set)
	(mm, 1 << PAGE_SHIFT,
	 F(pfn_pte)(AREA_ZERO_PFN, PAGE_PRESENT | PAGE_SPECIAL));
	F(area_set)
	(mm, 2 << PAGE_SHIFT, F(pfn_pte)(mm->mem->nr_pages, PAGE_PRESENT));
	F(area_set)(mm, 3 << PAGE_SHIFT, F(area_swap)(5));
	F(area_map)(mm, 4, PAGE_SPECIAL);
	F(area_map_huge)(mm, huge, 0);
#define WRITE_TO(i) F(do_wp_page)(mm, 0, &vma, (i) << PAGE_SHIFT)
	assert_int_equal(WRITE_TO(1ull), 0);
	assert_int_not_equal(F(pfn_at)(mm, 1), AREA_ZERO_PFN);
	assert_int_equal(*F(word_at)(mm, 1), 0);
	assert_false(F(flags_at)(mm, 1) & PAGE_SPECIAL);
	assert_int_equal(area_page(AREA_FRAMES)->_refcount, 1);
	assert_int_equal(WRITE_TO(0ull), -EFAULT);
	assert_int_equal(WRITE_TO(2ull), -EFAULT);
	assert_int_equal(WRITE_TO(3ull), -EFAULT);
	assert_int_equal(WRITE_TO(1ull << 18), -EFAULT);
	assert_int_equal(WRITE_TO(1ull << 50), -EFAULT);
	/* Nobody else has a huge page's frames: it is split, and no more. */
	assert_int_equal(WRITE_TO(huge + 3), 0);
	assert_int_equal(F(pfn_at)(mm, huge + 3), AREA_PFN + huge + 3);
	assert_true(F(flags_at)(mm, huge + 3) & PAGE_RW);
	assert_int_equal(F(flags_at)(mm, huge + 4), PAGE_PRESENT);
	vma.vm_flags |= VM_SHARED;
	assert_int_equal(WRITE_TO(4ull), 0);
	assert_int_equal(F(pfn_at)(mm, 4), AREA_PFN + 4);
	vma.vm_flags &= ~(uint64_t)VM_WRITE;
	assert_int_equal(WRITE_TO(huge + 4), -EFAULT);
#undef WRITE_TO
	F(zap_area)(mm, &vma);
	F(area_end)(mm);
}

/* Without memory the write has to wait, and nothing has changed. */
static void F(a_write_without_memory)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)(), *child = F(child_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	F(area_map)(mm, 1, PAGE_RW);
	F(area_map_huge)(mm, huge, PAGE_RW);
	assert_int_equal(F(fork_area)(child, &vma), 0);
	for (unsigned left = 0; left < 2; left++) {
		counting.left = left;
		assert_int_equal(
			F(do_wp_page)(mm, 0, &vma, (huge + 3) << PAGE_SHIFT),
			-ENOMEM);
		assert_int_equal(area_page(huge + 3)->_refcount, 2);
		assert_int_equal(F(pfn_at)(mm, huge + 3), AREA_PFN + huge + 3);
		assert_false(F(flags_at)(mm, huge + 3) & PAGE_RW);
	}
	assert_int_equal(F(do_wp_page)(mm, 0, &vma, 1 << PAGE_SHIFT), -ENOMEM);
	assert_int_equal(area_page(1)->_refcount, 2);
	counting.left = UINT64_MAX;
	F(zap_area)(child, &vma);
	F(child_end)(child);
	F(area_end)(mm);
}

/* Each allocation fails once: the parent is whole, the child can go. */
static void F(fork_without_memory)(void **unused)
{
	const uint64_t size = F(level_size)(LEVEL_PMD);
	struct vm_area_struct vma = area_vma(8 << PAGE_SHIFT, 4 * size);
	struct F(mm) *mm = F(area_begin)(), *child;
	uint64_t nr_failed = 0;

	(void)unused;
	for (uint64_t i = 1; i < 4; i++)
		F(area_map)(mm, i * F(huge_pages)() + i, PAGE_RW);
	F(area_map_huge)(mm, 0, PAGE_RW);
	for (uint64_t left = 0;; left++) {
		int err;

		child = F(child_begin)();
		counting.left = left;
		err = F(fork_area)(child, &vma);
		counting.left = UINT64_MAX;
		for (uint64_t i = 0; i < 4; i++)
			assert_int_equal(F(pfn_at)(mm, i * F(huge_pages)() + i),
					 AREA_PFN + i * F(huge_pages)() + i);
		F(zap_area)(child, &vma);
		F(child_end)(child);
		for (uint64_t i = 0; i < AREA_FRAMES; i++)
			assert_int_equal(area_page(i)->_refcount, 1);
		if (!err)
			break;
		assert_int_equal(err, -ENOMEM);
		nr_failed++;
	}
	/* The split at the start of the area, three of the child's tables. */
	assert_true(nr_failed >= 4);
	F(area_end)(mm);
}
