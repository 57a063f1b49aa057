/*
 * pgtable_vmap_checks.h - template: arrays of pages mapped into ranges, for one
 * FORMAT; and the list of its checks.
 */

/* Where the kernel's addresses begin, or a good way behind. */
static uint64_t F(vmap_start)(void)
{
	uint64_t top = F(level_size)(LEVEL_PGD) << F(level_bits)(LEVEL_PGD);

	return F(address_ok)(top - PAGE_SIZE) ? F(user_top) : -(top / 2);
}

static struct page *F(vmap_pages)[AREA_FRAMES];

static struct F(mm) * F(vmap_begin)(void)
{
	struct F(mm) *mm = F(area_begin)();

	for (uint64_t i = 0; i < AREA_FRAMES; i++)
		F(vmap_pages)[i] = area_page(i);
	return mm;
}

static pfn_t F(vmap_pfn)(struct F(mm) * mm, uint64_t i)
{
	return F(walk_pfn)(mm->mem, mm->pgd,
			   F(vmap_start)() + (i << PAGE_SHIFT));
}

/* Pages [i, end) from vmap_start() on are the array's from `from` on. */
static int F(vmap)(struct F(mm) * mm, uint64_t i, uint64_t end, uint64_t from)
{
	return F(vmap_page_range)(mm, 0, F(vmap_start)() + (i << PAGE_SHIFT),
				  F(vmap_start)() + (end << PAGE_SHIFT),
				  PAGE_PRESENT | PAGE_RW | PAGE_GLOBAL,
				  F(vmap_pages) + from);
}

/* Across the border between two tables, in the array's order. */
static void F(vmap_maps_the_array)(void **unused)
{
	struct F(mm) *mm = F(vmap_begin)();
	uint64_t huge = F(huge_pages)();

	(void)unused;
	F(vmap_pages)[3] = area_page(77);
	assert_int_equal(F(vmap)(mm, huge - 2, huge + 2, 0), 0);
	assert_int_equal(F(vmap_pfn)(mm, huge - 3), PFN_NONE);
	assert_int_equal(F(vmap_pfn)(mm, huge - 2), AREA_PFN);
	assert_int_equal(F(vmap_pfn)(mm, huge - 1), AREA_PFN + 1);
	assert_int_equal(F(vmap_pfn)(mm, huge), AREA_PFN + 2);
	assert_int_equal(F(vmap_pfn)(mm, huge + 1), AREA_PFN + 77);
	assert_int_equal(F(vmap_pfn)(mm, huge + 2), PFN_NONE);
	assert_int_equal(
		F(pte_flags)(
			F(lookup)(mm, F(vmap_start)() + (huge << PAGE_SHIFT))
				.pte),
		PAGE_PRESENT | PAGE_RW | PAGE_GLOBAL);
	assert_int_equal(area_page(0)->_refcount, 1);
	F(area_end)(mm);
}

static void F(vmap_refuses)(void **unused)
{
	struct F(mm) *mm = F(vmap_begin)();
	uint64_t huge = F(huge_pages)(), start = F(vmap_start)();

	(void)unused;
	/* A slot that is in use: what lies before it is mapped by then. */
	assert_int_equal(F(vmap)(mm, 5, 6, 9), 0);
	assert_int_equal(F(vmap)(mm, 3, 8, 0), -EBUSY);
	assert_int_equal(F(vmap_pfn)(mm, 3), AREA_PFN);
	assert_int_equal(F(vmap_pfn)(mm, 4), AREA_PFN + 1);
	assert_int_equal(F(vmap_pfn)(mm, 5), AREA_PFN + 9);
	assert_int_equal(F(vmap_pfn)(mm, 6), PFN_NONE);
	/* A page that is missing; a slot in use is seen first. */
	F(vmap_pages)[1] = NULL;
	assert_int_equal(F(vmap)(mm, 10, 13, 0), -ENOMEM);
	assert_int_equal(F(vmap_pfn)(mm, 10), AREA_PFN);
	assert_int_equal(F(vmap_pfn)(mm, 11), PFN_NONE);
	assert_int_equal(F(vmap)(mm, 5, 6, 1), -EBUSY);
	/* A huge page in the way. */
	assert_int_equal(F(map_page)(mm, 0, start + (huge << PAGE_SHIFT),
				     AREA_PFN, LEVEL_PMD, PAGE_PRESENT),
			 0);
	assert_int_equal(F(vmap)(mm, huge + 1, huge + 2, 2), -EBUSY);
	assert_int_equal(F(vmap)(mm, 20, 20, 2), -EINVAL);
	assert_int_equal(F(vmap_page_range)(mm, 0, start + 1, start + PAGE_SIZE,
					    PAGE_PRESENT, F(vmap_pages)),
			 -EINVAL);
	assert_int_equal(F(vmap_page_range)(mm, 0, start - PAGE_SIZE,
					    start + PAGE_SIZE, PAGE_PRESENT,
					    F(vmap_pages)),
			 -EFAULT);
	F(area_end)(mm);
}

/* Each table that may be missing. */
static void F(vmap_without_memory)(void **unused)
{
	struct F(mm) *mm = F(vmap_begin)();
	uint64_t huge = F(huge_pages)(), nr_failed = 0;
	uint64_t start = F(vmap_start)();
	uint64_t end = start + (2 * huge << PAGE_SHIFT);
	int err;

	(void)unused;
	/* All that a pgd maps, so that no table stays. */
	if (end - start < F(level_size)(LEVEL_PGD))
		end = start + F(level_size)(LEVEL_PGD);
	do {
		counting.left = nr_failed;
		err = F(vmap)(mm, huge - 1, huge + 1, 0);
		counting.left = UINT64_MAX;
		assert_true(err == 0 || err == -ENOMEM);
		assert_int_equal(F(vmap_pfn)(mm, huge),
				 err ? PFN_NONE : AREA_PFN + 1);
		assert_true(F(mm_validate)(mm));
		F(unmap_range)(mm, 0, start, end);
		F(free_tables)(mm, 0, start, end);
		nr_failed += err != 0;
	} while (err);
	/* Two tables of ptes, and one of each level between that there is. */
	assert_int_equal(nr_failed, F(nr_levels)());
	F(area_end)(mm);
}

static void F(vmap_equals_the_flat_model)(void **unused)
{
	static pfn_t model[AREA_FRAMES];
	struct F(mm) *mm = F(vmap_begin)();
	struct random r = { test_seed() };
	uint64_t start = F(vmap_start)();

	(void)unused;
	for (uint64_t i = 0; i < AREA_FRAMES; i++)
		model[i] = PFN_NONE;
	for (uint64_t op = 0; op < NR_VMAP_OPS; op++) {
		uint64_t i = random_below(&r, AREA_FRAMES - 64);
		uint64_t end = i + 1 + random_below(&r, 64), n = i, nr = 0;
		uint64_t from = random_below(&r, AREA_FRAMES - 64);

		assert_int_equal(F(vmap_pfn)(mm, i), model[i]);
		if (random_below(&r, 2)) {
			for (; n < end && model[n] == PFN_NONE; n++)
				model[n] = AREA_PFN + from + (n - i);
			assert_int_equal(F(vmap)(mm, i, end, from),
					 n == end ? 0 : -EBUSY);
			continue;
		}
		for (; n < end; n++) {
			nr += model[n] != PFN_NONE;
			model[n] = PFN_NONE;
		}
		i = start + (i << PAGE_SHIFT);
		end = start + (end << PAGE_SHIFT);
		assert_int_equal(F(unmap_range)(mm, 0, i, end), nr);
		F(free_tables)(mm, 0, i, end);
	}
	for (uint64_t i = 0; i < AREA_FRAMES; i++)
		assert_int_equal(F(vmap_pfn)(mm, i), model[i]);
	F(area_end)(mm);
}

#define VMAP_CHECK(check_name)                        \
	{                                             \
		.name = FORMAT_NAME ": " #check_name, \
		.test_func = F(check_name)            \
	}

static int F(run_vmap_checks)(void)
{
	const struct CMUnitTest tests[] = {
		VMAP_CHECK(vmap_maps_the_array),
		VMAP_CHECK(vmap_refuses),
		VMAP_CHECK(vmap_without_memory),
		VMAP_CHECK(vmap_equals_the_flat_model),
		VMAP_CHECK(young_is_told_once),
		VMAP_CHECK(mkclean_protects),
		VMAP_CHECK(young_is_not_lost),
		VMAP_CHECK(dirty_is_not_lost),
		VMAP_CHECK(aging_equals_the_flat_model),
	};

	return cmocka_run_group_tests_name("pgtable/vmap/" FORMAT_NAME, tests,
					   NULL, NULL);
}

static __attribute__((constructor)) void F(add_vmap_checks)(void)
{
	vmap_groups[nr_vmap_groups++] = F(run_vmap_checks);
}

#undef VMAP_CHECK
