/*
 * pgtable_follow_checks.h - template: each rule of follow_page() by itself, for
 * one FORMAT; those of huge pages are in pgtable_follow_huge_checks.h.
 */

static struct page *F(follow)(const struct vm_area_struct *vma, uint64_t i,
			      unsigned flags)
{
	return F(follow_page)(&F(area_mm), 0, vma,
			      (i << PAGE_SHIFT) + i % PAGE_SIZE, flags);
}

static void F(a_mapped_page_is_found)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	uint64_t before = area_page(0)->flags;

	(void)unused;
	for (uint64_t i = 0; i < AREA_FRAMES; i += 37)
		F(area_map)(mm, i, 0);
	for (uint64_t i = 0; i < AREA_FRAMES; i += 37) {
		const unsigned others =
			FOLL_FORCE | FOLL_NOWAIT | FOLL_HWPOISON;

		assert_ptr_equal(F(follow)(&vma, i, 0), area_page(i));
		assert_ptr_equal(F(follow)(&vma, i, others), area_page(i));
		assert_int_equal(area_page(i)->_refcount, 1);
		assert_int_equal(area_page(i)->flags, before);
		assert_null(F(follow)(&vma, i + 1, 0));
	}
	assert_ptr_equal(F(follow_page)(mm, 0, &vma, 1ull << 60, 0), NO_PAGE);
	F(area_end)(mm);
}

/* Exactly one more, and only when a page is returned. */
static void F(get_counts_once)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	F(area_map)(mm, 1, 0);
	F(area_map)(mm, 2, PAGE_SPECIAL);
	F(area_map_huge)(mm, huge, 0);
	assert_ptr_equal(F(follow)(&vma, 1, FOLL_GET), area_page(1));
	assert_int_equal(area_page(1)->_refcount, 2);
	assert_ptr_equal(F(follow)(&vma, 1, FOLL_GET | FOLL_TOUCH),
			 area_page(1));
	assert_int_equal(area_page(1)->_refcount, 3);
	assert_null(F(follow)(&vma, 1, FOLL_GET | FOLL_WRITE));
	assert_int_equal(area_page(1)->_refcount, 3);
	assert_ptr_equal(F(follow)(&vma, 2, FOLL_GET), NO_PAGE);
	assert_int_equal(area_page(2)->_refcount, 1);
	assert_ptr_equal(F(follow)(&vma, huge + 5, FOLL_GET),
			 area_page(huge + 5));
	assert_null(F(follow)(&vma, huge + 6, FOLL_GET | FOLL_WRITE));
	for (uint64_t i = 0; i < huge; i++)
		assert_int_equal(area_page(huge + i)->_refcount, 1 + (i == 5));
	F(area_end)(mm);
}

static void F(write_wants_a_writable_entry)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	F(area_map)(mm, 1, 0);
	F(area_map)(mm, 2, PAGE_RW);
	F(area_map_huge)(mm, huge, 0);
	F(area_map_huge)(mm, 2 * huge, PAGE_RW);
	assert_null(F(follow)(&vma, 1, FOLL_WRITE));
	assert_ptr_equal(F(follow)(&vma, 2, FOLL_WRITE), area_page(2));
	assert_null(F(follow)(&vma, huge + 1, FOLL_WRITE));
	assert_ptr_equal(F(follow)(&vma, 2 * huge + 1, FOLL_WRITE),
			 area_page(2 * huge + 1));
	F(area_end)(mm);
}

static void F(touch_marks_the_page)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	const unsigned marks = PG_referenced | PG_dirty;
	F(pte_t) *ptep = F(area_map)(mm, 1, PAGE_RW);

	(void)unused;
	F(area_map)(mm, 2, PAGE_RW | PAGE_DIRTY);
	F(area_map)(mm, 3, PAGE_RW);
	page_set(area_page(3), PG_dirty);
	F(follow)(&vma, 1, FOLL_TOUCH);
	assert_int_equal(area_page(1)->flags & marks, PG_referenced);
	F(follow)(&vma, 1, FOLL_TOUCH | FOLL_WRITE);
	assert_int_equal(area_page(1)->flags & marks, marks);
	F(follow)(&vma, 2, FOLL_TOUCH | FOLL_WRITE);
	assert_int_equal(area_page(2)->flags & marks, PG_referenced);
	F(follow)(&vma, 3, FOLL_TOUCH | FOLL_WRITE);
	assert_int_equal(area_page(3)->flags & marks, marks);
	/* The entry's own bits are the hardware's. */
	assert_int_equal(F(pte_flags)(F(read)(ptep)), PAGE_PRESENT | PAGE_RW);
	F(area_end)(mm);
}

/* At the PTE level, and where a table is missing. */
static void F(dump_of_a_hole)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, 3ull << 30);
	struct F(mm) *mm = F(area_begin)();
	const uint64_t holes[] = { 0, 2, 4096, 1ull << 18, 1ull << 19 };

	(void)unused;
	F(area_map)(mm, 1, 0);
	for (unsigned n = 0; n < ARRAY_SIZE(holes); n++) {
		vma.has_fault = true;
		assert_null(F(follow)(&vma, holes[n], 0));
		assert_null(F(follow)(&vma, holes[n], FOLL_DUMP));
		vma.has_fault = false;
		assert_null(F(follow)(&vma, holes[n], 0));
		assert_ptr_equal(F(follow)(&vma, holes[n], FOLL_DUMP), NO_PAGE);
	}
	assert_ptr_equal(F(follow)(&vma, 1, FOLL_DUMP), area_page(1));
	F(area_end)(mm);
}

static void F(zero_page_is_found_but_not_dumped)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	struct page *zero = pfn_to_page(mm->mem, AREA_ZERO_PFN);

	(void)unused;
	F(area_set)
	(mm, 0, F(pfn_pte)(AREA_ZERO_PFN, PAGE_PRESENT | PAGE_SPECIAL));
	F(area_set)(mm, PAGE_SIZE, F(pfn_pte)(AREA_ZERO_PFN, PAGE_PRESENT));
	for (uint64_t i = 0; i < 2; i++) {
		assert_ptr_equal(F(follow)(&vma, i, 0), zero);
		assert_ptr_equal(F(follow)(&vma, i, FOLL_DUMP), NO_PAGE);
		assert_ptr_equal(F(follow)(&vma, i, FOLL_DUMP | FOLL_GET),
				 NO_PAGE);
		assert_int_equal(zero->_refcount, 1 + (int)i);
		assert_ptr_equal(F(follow)(&vma, i, FOLL_GET), zero);
		assert_null(F(follow)(&vma, i, FOLL_DUMP | FOLL_WRITE));
	}
	F(area_end)(mm);
}

static void F(no_struct_page_is_efault)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();

	(void)unused;
	F(area_map)(mm, 1, PAGE_SPECIAL);
	F(area_set)
	(mm, 2 << PAGE_SHIFT, F(pfn_pte)(mm->mem->nr_pages, PAGE_PRESENT));
	F(area_set)
	(mm, 3 << PAGE_SHIFT, F(pfn_pte)(F(pfn_limit) - 1, PAGE_PRESENT));
	for (uint64_t i = 1; i <= 3; i++) {
		assert_ptr_equal(F(follow)(&vma, i, 0), NO_PAGE);
		assert_ptr_equal(F(follow)(&vma, i, FOLL_GET | FOLL_TOUCH),
				 NO_PAGE);
		assert_null(F(follow)(&vma, i, FOLL_WRITE));
	}
	F(area_end)(mm);
}

/* Whatever is there and not present is no hole. */
static void F(swap_and_prot_none_are_not_dumped)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();

	(void)unused;
	vma.has_fault = false;
	F(area_set)(mm, 0, F(area_swap)(5));
	F(area_set)(mm, PAGE_SIZE, F(pfn_pte)(AREA_PFN + 1, PAGE_PROTNONE));
	assert_null(F(follow)(&vma, 0, 0));
	assert_null(F(follow)(&vma, 0, FOLL_DUMP));
	assert_null(F(follow)(&vma, 0, FOLL_DUMP | FOLL_MIGRATION));
	assert_null(F(follow)(&vma, 1, FOLL_NUMA));
	assert_null(F(follow)(&vma, 1, FOLL_NUMA | FOLL_DUMP | FOLL_GET));
	assert_int_equal(area_page(1)->_refcount, 1);
	/* To the kernel it is present: ptrace() reads it by FOLL_FORCE. */
	assert_ptr_equal(F(follow)(&vma, 1, 0), area_page(1));
	assert_null(F(follow)(&vma, 1, FOLL_WRITE));
	F(area_end)(mm);
}

static void F(page_arrives)(struct area_calls *calls)
{
	F(pte_t) *ptep = calls->arg;

	/* The wait is without the lock. */
	assert_true(spin_trylock(&F(area_mm).page_table_lock));
	F(get_and_clear)(ptep);
	F(set)(ptep, F(pfn_pte)(AREA_PFN + 7, PAGE_PRESENT));
	spin_unlock(&F(area_mm).page_table_lock);
}

static void F(migration_is_waited_for)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();

	(void)unused;
	for (unsigned type = 30; type <= 31; type++) {
		F(pte_t) *ptep = F(area_set)(mm, 0, F(area_swap)(type));

		area_calls = (struct area_calls){ .event = F(page_arrives),
						  .arg = ptep };
		assert_null(F(follow)(&vma, 0, 0));
		assert_int_equal(area_calls.nr_waited, 0);
		assert_ptr_equal(F(follow)(&vma, 0, FOLL_MIGRATION),
				 area_page(7));
		assert_int_equal(area_calls.nr_waited, 1);
	}
	F(area_set)(mm, 0, F(area_swap)(29));
	assert_null(F(follow)(&vma, 0, FOLL_MIGRATION));
	assert_int_equal(area_calls.nr_waited, 1);
	F(area_end)(mm);
}

static void F(page_is_truncated)(struct area_calls *calls)
{
	struct page *page = calls->arg;

	assert_true(page->flags & PG_locked);
	page->mapping = NULL;
}

static bool F(is_mlocked)(uint64_t i)
{
	assert_false(area_page(i)->flags & PG_locked);
	return area_page(i)->flags & PG_mlocked;
}

static void F(mlock_marks_what_it_can_lock)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();

	(void)unused;
	for (uint64_t i = 0; i < 4; i++) {
		F(area_map)(mm, i, 0);
		area_page(i)->mapping = &area_calls;
	}
	/* Its area is not locked. */
	assert_ptr_equal(F(follow)(&vma, 0, FOLL_MLOCK), area_page(0));
	assert_false(F(is_mlocked)(0));
	vma.vm_flags |= VM_LOCKED;
	assert_ptr_equal(F(follow)(&vma, 0, 0), area_page(0));
	assert_false(F(is_mlocked)(0));
	assert_int_equal(area_calls.nr_drained, 0);
	assert_ptr_equal(F(follow)(&vma, 0, FOLL_MLOCK), area_page(0));
	assert_true(F(is_mlocked)(0));
	assert_int_equal(area_calls.nr_drained, 1);
	/* It has no mapping. */
	area_page(1)->mapping = NULL;
	assert_ptr_equal(F(follow)(&vma, 1, FOLL_MLOCK), area_page(1));
	assert_false(F(is_mlocked)(1));
	assert_int_equal(area_calls.nr_drained, 1);
	/* Somebody else has locked it: left as it is, and the page is given. */
	assert_true(trylock_page(area_page(2)));
	assert_ptr_equal(F(follow)(&vma, 2, FOLL_MLOCK), area_page(2));
	assert_int_equal(area_page(2)->flags & (PG_locked | PG_mlocked),
			 PG_locked);
	assert_int_equal(area_calls.nr_drained, 1);
	/* It loses its mapping before it is locked. */
	area_calls.event = F(page_is_truncated);
	area_calls.arg = area_page(3);
	assert_ptr_equal(F(follow)(&vma, 3, FOLL_MLOCK), area_page(3));
	assert_false(F(is_mlocked)(3));
	assert_int_equal(area_calls.nr_drained, 2);
	F(area_end)(mm);
}

static void F(as_of_2_6_11)(void **unused)
{
	struct F(mm) *mm = F(area_begin)();
	const unsigned marks = PG_referenced | PG_dirty;

	(void)unused;
	F(area_map)(mm, 1, 0);
	F(area_map)(mm, 2, PAGE_RW);
	F(area_map)(mm, 3, PAGE_RW | PAGE_DIRTY);
	F(area_set)
	(mm, 4 << PAGE_SHIFT, F(pfn_pte)(mm->mem->nr_pages, PAGE_PRESENT));
	F(area_set)(mm, 5 << PAGE_SHIFT, F(area_swap)(5));
	spin_lock(&mm->page_table_lock);
#define FOLLOW(i, write) F(follow_page_2_6_11)(mm, (i) << PAGE_SHIFT, write)
	assert_null(FOLLOW(0ull, false));
	assert_null(FOLLOW(1ull << 18, false));
	assert_null(FOLLOW(1ull, true));
	assert_int_equal(area_page(1)->flags & marks, 0);
	assert_ptr_equal(FOLLOW(1ull, false), area_page(1));
	assert_int_equal(area_page(1)->flags & marks, PG_referenced);
	assert_ptr_equal(FOLLOW(2ull, true), area_page(2));
	assert_int_equal(area_page(2)->flags & marks, marks);
	assert_ptr_equal(FOLLOW(3ull, true), area_page(3));
	assert_int_equal(area_page(3)->flags & marks, PG_referenced);
	assert_null(FOLLOW(4ull, false));
	assert_null(FOLLOW(5ull, false));
	assert_null(FOLLOW(1ull << 50, false));
#undef FOLLOW
	assert_int_equal(area_page(1)->_refcount, 1);
	spin_unlock(&mm->page_table_lock);
	F(area_end)(mm);
}
