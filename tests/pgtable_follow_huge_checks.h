/*
 * pgtable_follow_huge_checks.h - template: the rules of follow_page() for huge
 * pages: hugetlb's, transparent ones, and those that are being split.
 */

static void F(touch_marks_a_huge_entry)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	const uint64_t marks = PAGE_ACCESSED | PAGE_DIRTY;
	F(pmd_t) *pmdp = F(area_map_huge)(mm, 0, PAGE_RW);
	uint64_t before = area_page(3)->flags;

	(void)unused;
	F(follow)(&vma, 3, 0);
	assert_int_equal(pmdp->v & marks, 0);
	F(follow)(&vma, 3, FOLL_TOUCH);
	assert_int_equal(pmdp->v & marks, PAGE_ACCESSED);
	F(follow)(&vma, 3, FOLL_TOUCH | FOLL_WRITE);
	assert_int_equal(pmdp->v & marks, marks);
	assert_int_equal(area_page(3)->flags, before);
	F(area_end)(mm);
}

/* A huge page is mlocked by its head. */
static void F(mlock_marks_the_head_of_a_huge_page)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();

	(void)unused;
	vma.vm_flags |= VM_LOCKED;
	F(area_map_huge)(mm, 0, 0);
	area_page(0)->mapping = &area_calls;
	assert_ptr_equal(F(follow)(&vma, 9, FOLL_MLOCK), area_page(9));
	assert_true(F(is_mlocked)(0));
	assert_false(F(is_mlocked)(9));
	F(area_end)(mm);
}

static void F(hugetlb_pages_of_each_level)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, 8ull << 30);
	struct F(mm) *mm = F(area_begin)();

	(void)unused;
	for (unsigned level = LEVEL_PMD; level <= LEVEL_PUD; level++) {
		uint64_t nr = F(level_size)(level) >> PAGE_SHIFT;
		pfn_t pfn = level == LEVEL_PMD ? AREA_PFN : 0;
		struct page *page = pfn_to_page(mm->mem, pfn);

		if (!F(level_has_leaf)(level))
			continue;
		assert_int_equal(F(map_page)(mm, 0, nr << PAGE_SHIFT, pfn,
					     level, PAGE_PRESENT),
				 0);
		vma.vm_flags |= VM_HUGETLB;
		assert_ptr_equal(F(follow)(&vma, nr, 0), page);
		assert_ptr_equal(F(follow)(&vma, nr + 77, FOLL_TOUCH),
				 page + 77);
		assert_ptr_equal(F(follow)(&vma, nr + 511, FOLL_DUMP),
				 page + 511);
		assert_null(F(follow)(&vma, nr, FOLL_WRITE));
		assert_ptr_equal(F(follow)(&vma, nr, FOLL_GET),
				 ERR_PTR(-EINVAL));
		/* In another area a huge pud is a bad one. */
		vma.vm_flags &= ~(uint64_t)VM_HUGETLB;
		if (level == LEVEL_PUD) {
			assert_ptr_equal(F(follow)(&vma, 2 * nr - 1, 0), NULL);
			vma.has_fault = false;
			assert_ptr_equal(F(follow)(&vma, nr, FOLL_DUMP),
					 NO_PAGE);
		}
		F(unmap_range)(mm, 0, nr << PAGE_SHIFT, nr << (PAGE_SHIFT + 1));
		F(free_tables)(mm, 0, nr << PAGE_SHIFT, nr << (PAGE_SHIFT + 1));
	}
	F(area_end)(mm);
}

/* Each address of it, by the head and its offset. */
static void F(trans_huge_gives_the_subpage)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	for (unsigned locks = 0; locks < 2; locks++) {
		mm->split_locks = locks;
		if (!locks)
			F(area_map_huge)(mm, huge, PAGE_RW);
		for (uint64_t i = huge; i < 2 * huge; i++)
			assert_ptr_equal(F(follow)(&vma, i, FOLL_WRITE),
					 area_page(i));
	}
	assert_int_equal(F(lookup)(mm, huge << PAGE_SHIFT).level, LEVEL_PMD);
	assert_int_equal(area_calls.nr_locked, 0);
	F(area_end)(mm);
}

/* As a small page's: given, but to who says that he may not touch it. */
static void F(protnone_huge_pages_are_found)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	F(area_map_huge)(mm, huge, PAGE_RW);
	assert_int_equal(F(protect_range)(mm, 0, huge << PAGE_SHIFT,
					  huge << (PAGE_SHIFT + 1),
					  PAGE_PROTNONE, PAGE_PRESENT),
			 0);
	assert_ptr_equal(F(follow)(&vma, huge + 9, FOLL_WRITE),
			 area_page(huge + 9));
	assert_null(F(follow)(&vma, huge + 9, FOLL_NUMA));
	assert_ptr_equal(F(follow)(&vma, huge + 9, FOLL_SPLIT),
			 area_page(huge + 9));
	assert_null(F(follow)(&vma, huge + 9, FOLL_NUMA));
	F(area_end)(mm);
}

static void F(split_goes_on_at_the_pte)(void **unused)
{
	const uint64_t flags = PAGE_RW | PAGE_USER | PAGE_DIRTY | F(nx);
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	for (unsigned locks = 0; locks < 2; locks++) {
		uint64_t start = (1 + locks) * huge;

		mm->split_locks = locks;
		F(area_map_huge)(mm, start, flags);
		assert_ptr_equal(
			F(follow)(&vma, start + 9, FOLL_SPLIT | FOLL_GET),
			area_page(start + 9));
		assert_int_equal(area_page(start + 9)->_refcount, 2);
		assert_int_equal(area_page(start)->_refcount, 1);
		for (uint64_t i = start; i < start + huge; i++) {
			struct F(leaf) leaf = F(lookup)(mm, i << PAGE_SHIFT);

			assert_int_equal(leaf.level, LEVEL_PTE);
			/* PAGE_SPLITTING would be PAGE_SPECIAL here. */
			assert_true(F(pte_flags)(leaf.pte) ==
				    (PAGE_PRESENT | flags));
			assert_ptr_equal(F(follow)(&vma, i, FOLL_SPLIT),
					 area_page(i));
		}
		assert_int_equal(area_calls.nr_locked, 1 + locks);
	}
	F(area_end)(mm);
}

static void F(split_without_memory_is_enomem)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	F(pmd_t) *pmdp = F(area_map_huge)(mm, 0, 0), before = *pmdp;

	(void)unused;
	counting.left = 0;
	assert_ptr_equal(F(follow)(&vma, 3, FOLL_SPLIT | FOLL_GET),
			 ERR_PTR(-ENOMEM));
	counting.left = UINT64_MAX;
	assert_true(pmdp->v == before.v);
	assert_int_equal(area_page(3)->_refcount, 1);
	assert_ptr_equal(F(follow)(&vma, 3, 0), area_page(3));
	F(area_end)(mm);
}

/* The other CPU, which holds the anon_vma, comes to the end of its split. */
static void F(split_ends_now)(struct area_calls *calls)
{
	struct F(mm) *mm = &F(area_mm);
	struct F(leaf) huge = { .ptep = calls->arg, .level = LEVEL_PMD };

	if (!F(pmd_huge)(F(read)(huge.ptep)))
		return;
	assert_true(spin_trylock(&mm->page_table_lock));
	F(fill_split)
	(mm, huge, F(table_alloc)(mm, 0, LEVEL_PTE), PAGE_SPLITTING);
	spin_unlock(&mm->page_table_lock);
}

/* Unlock, wait for the anon_vma, go on at the PTE level. */
static void F(splitting_is_waited_for)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	for (unsigned locks = 0; locks < 2; locks++) {
		uint64_t start = (1 + locks) * huge;
		F(pmd_t) *pmdp = F(area_map_huge)(mm, start, PAGE_RW);

		mm->split_locks = locks;
		F(set_bits)(pmdp, PAGE_SPLITTING);
		area_calls = (struct area_calls){ .event = F(split_ends_now),
						  .arg = pmdp };
		assert_ptr_equal(
			F(follow)(&vma, start + 8, FOLL_GET | FOLL_WRITE),
			area_page(start + 8));
		assert_int_equal(area_calls.nr_locked, 1);
		assert_int_equal(area_page(start + 8)->_refcount, 2);
		assert_int_equal(F(lookup)(mm, start << PAGE_SHIFT).level,
				 LEVEL_PTE);
	}
	F(area_end)(mm);
}

/* FOLL_SPLIT while another splits: his split is the one. */
static void F(split_of_what_is_split_already)(void **unused)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	struct F(mm) *mm = F(area_begin)();
	F(pmd_t) *pmdp = F(area_map_huge)(mm, 0, 0);

	(void)unused;
	F(set_bits)(pmdp, PAGE_SPLITTING);
	area_calls.event = F(split_ends_now);
	area_calls.arg = pmdp;
	assert_ptr_equal(F(follow)(&vma, 8, FOLL_SPLIT), area_page(8));
	assert_int_equal(area_calls.nr_locked, 1);
	F(area_end)(mm);
}

#define NR_SPLIT_PAGES 64

struct F(splitter) {
	struct F(mm) * mm;
	struct vm_area_struct vma;
	uint64_t at;	  /* the huge page that is next, or on its way */
	uint64_t nr_seen; /* lookups, of who follows */
};

/* Splits one huge page after the other, most while somebody looks. */
static void *F(splitter)(void *arg)
{
	struct F(splitter) *s = arg;

	chaos_one_in = 8;
	for (uint64_t n = 0; n < NR_SPLIT_PAGES; n++) {
		uint64_t addr = n * F(level_size)(LEVEL_PMD);
		uint64_t seen = READ_ONCE(s->nr_seen);

		WRITE_ONCE(s->at, n);
		for (unsigned i = 0; i < 200 && READ_ONCE(s->nr_seen) == seen;
		     i++)
			cpu_relax();
		assert_int_equal(F(split_huge_page)(
					 s->mm, 1, &s->vma,
					 F(find)(s->mm, addr, LEVEL_PMD).ptep),
				 0);
	}
	WRITE_ONCE(s->at, NR_SPLIT_PAGES);
	return NULL;
}

/* All huge pages map the same frames; those are counted. */
static uint64_t F(follow_splits)(struct F(mm) * mm, struct random *r)
{
	const uint64_t size = F(level_size)(LEVEL_PMD);
	struct F(splitter) s = {
		.mm = mm,
		.vma = area_vma(0, NR_SPLIT_PAGES * size),
	};
	pthread_t thread;

	s.vma.has_fault = false;
	for (uint64_t n = 0; n < NR_SPLIT_PAGES; n++)
		assert_int_equal(F(map_page)(mm, 0, n * size, AREA_PFN,
					     LEVEL_PMD, PAGE_PRESENT),
				 0);
	assert_int_equal(pthread_create(&thread, NULL, F(splitter), &s), 0);
	chaos_one_in = 8;
	for (uint64_t n; (n = READ_ONCE(s.at)) < NR_SPLIT_PAGES;) {
		uint64_t i = random_below(r, F(huge_pages)());

		assert_ptr_equal(F(follow)(&s.vma, n * F(huge_pages)() + i,
					   FOLL_GET | FOLL_DUMP),
				 area_page(i));
		WRITE_ONCE(s.nr_seen, s.nr_seen + 1);
	}
	chaos_one_in = 0;
	assert_int_equal(pthread_join(thread, NULL), 0);
	F(unmap_range)(mm, 0, 0, NR_SPLIT_PAGES * size);
	F(free_tables)(mm, 0, 0, NR_SPLIT_PAGES * size);
	return s.nr_seen;
}

/* Whatever moment of a split it meets, the page is found, and counted once. */
static void F(follow_races_with_split)(struct F(mm) * mm)
{
	uint64_t nr = 0, counted = 0;
	struct random r = { test_seed() };

	for (unsigned round = 0; round < NR_SPLIT_ROUNDS; round++)
		nr += F(follow_splits)(mm, &r);
	for (uint64_t i = 0; i < F(huge_pages)(); i++)
		counted += (uint64_t)area_page(i)->_refcount - 1;
	assert_int_equal(counted, nr);
	F(area_end)(mm);
}

static void F(follow_races_with_split_mm_lock)(void **unused)
{
	(void)unused;
	F(follow_races_with_split)(F(area_begin)());
}

static void F(follow_races_with_split_split_lock)(void **unused)
{
	struct F(mm) *mm = F(area_begin)();

	(void)unused;
	mm->split_locks = true;
	F(follow_races_with_split)(mm);
}

#undef NR_SPLIT_PAGES
