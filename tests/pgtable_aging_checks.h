/*
 * pgtable_aging_checks.h - template: accessed and dirty bits over ranges, for
 * one FORMAT.
 */

static void F(young_is_told_once)(void **unused)
{
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();
	F(pte_t) *swap = F(area_set)(mm, 4 << PAGE_SHIFT, F(area_swap)(31));
	F(pte_t) before = *swap;

	(void)unused;
	F(area_map)(mm, 1, PAGE_ACCESSED | PAGE_DIRTY);
	F(area_map)(mm, 2, 0);
	F(area_map)(mm, 3, PAGE_ACCESSED);
	F(area_map_huge)(mm, huge, PAGE_ACCESSED);
#define YOUNG(start, end)       \
	F(test_and_clear_young) \
	(mm, (uint64_t)(start) << PAGE_SHIFT, (uint64_t)(end) << PAGE_SHIFT)
	assert_int_equal(YOUNG(0, 3), 1);
	assert_int_equal(YOUNG(0, 2 * huge), 2);
	assert_int_equal(YOUNG(0, 2 * huge), 0);
	assert_int_equal(F(pte_flags)(F(lookup)(mm, 1 << PAGE_SHIFT).pte),
			 PAGE_PRESENT | PAGE_DIRTY);
	assert_true(swap->v == before.v);
	assert_int_equal(F(test_and_clear_young)(mm, 2 * PAGE_SIZE, PAGE_SIZE),
			 -EINVAL);
	assert_int_equal(F(test_and_clear_young)(mm, 1, PAGE_SIZE), -EINVAL);
	assert_int_equal(YOUNG(1ull << 50, (1ull << 50) + 1), -EFAULT);
#undef YOUNG
	F(area_end)(mm);
}

/* What is clean is write-protected: the next write is a fault. */
static void F(mkclean_protects)(void **unused)
{
	const uint64_t others = PAGE_USER | PAGE_ACCESSED;
	struct F(mm) *mm = F(area_begin)();
	uint64_t huge = F(huge_pages)();
	F(pte_t) *swap = F(area_set)(mm, 4 << PAGE_SHIFT, F(area_swap)(31));
	F(pte_t) before = *swap;

	(void)unused;
	F(area_map)(mm, 1, PAGE_RW | PAGE_DIRTY | others);
	F(area_map)(mm, 2, PAGE_RW | others);
	F(area_map)(mm, 3, PAGE_DIRTY | others);
	assert_int_equal(F(mkclean)(mm, 0, 0, 8 << PAGE_SHIFT), 2);
	assert_int_equal(F(mkclean)(mm, 0, 0, 8 << PAGE_SHIFT), 0);
	for (uint64_t i = 1; i <= 3; i++)
		assert_int_equal(
			F(pte_flags)(F(lookup)(mm, i << PAGE_SHIFT).pte),
			PAGE_PRESENT | others);
	assert_true(swap->v == before.v);
	/* A part of a huge page: split, and without memory nothing is. */
	F(area_map_huge)(mm, huge, PAGE_RW | PAGE_DIRTY);
	counting.left = 0;
	assert_int_equal(
		F(mkclean)(mm, 0, huge << PAGE_SHIFT, (huge + 8) << PAGE_SHIFT),
		-ENOMEM);
	counting.left = UINT64_MAX;
	assert_int_equal(
		F(mkclean)(mm, 0, huge << PAGE_SHIFT, (huge + 8) << PAGE_SHIFT),
		8);
	assert_int_equal(
		F(pte_flags)(F(lookup)(mm, (huge + 8) << PAGE_SHIFT).pte),
		PAGE_PRESENT | PAGE_RW | PAGE_DIRTY);
	assert_int_equal(F(mkclean)(mm, 0, 2 * PAGE_SIZE, PAGE_SIZE), -EINVAL);
	F(area_end)(mm);
}

/* Each bit that the hardware sets is told of once. */
static void F(aging_loses_no_bit)(uint32_t bits)
{
	struct F(mm) *mm = F(area_begin)();
	struct F(mmu) mmu = { .mm = mm, .nr_pages = 16, .bits = bits };
	uint64_t nr_found = 0, end = 16 << PAGE_SHIFT;

	for (uint64_t i = 0; i < 16; i++)
		F(area_map)(mm, i, PAGE_RW);
	F(mmu_begin)(&mmu);
	for (unsigned round = 0; round < NR_AGING_ROUNDS; round++) {
		int64_t nr;

		F(mmu_wait)(&mmu);
		if (bits == PAGE_DIRTY)
			nr = F(mkclean)(mm, 0, 0, end);
		else
			nr = F(test_and_clear_young)(mm, 0, end);
		assert_true(nr >= 0);
		nr_found += (uint64_t)nr;
	}
	F(mmu_end)(&mmu);
	nr_found += F(mmu_collect)(&mmu);
	assert_int_equal(nr_found, mmu.nr_set);
	F(area_end)(mm);
}

static void F(young_is_not_lost)(void **unused)
{
	(void)unused;
	F(aging_loses_no_bit)(PAGE_ACCESSED);
}

static void F(dirty_is_not_lost)(void **unused)
{
	(void)unused;
	F(aging_loses_no_bit)(PAGE_DIRTY);
}

/* Small pages that are used and aged, by ranges. */
static void F(aging_equals_the_flat_model)(void **unused)
{
	static bool young[AREA_FRAMES], dirty[AREA_FRAMES];
	struct F(mm) *mm = F(area_begin)();
	struct random r = { test_seed() };

	(void)unused;
	memset(young, 0, sizeof(young));
	memset(dirty, 0, sizeof(dirty));
	for (uint64_t i = 0; i < AREA_FRAMES; i++)
		F(area_map)(mm, i, 0);
	for (uint64_t op = 0; op < NR_AGING_OPS; op++) {
		uint64_t i = random_below(&r, AREA_FRAMES), nr = 0;
		uint64_t end = i + 1 + random_below(&r, AREA_FRAMES - i);
		uint64_t kind = random_below(&r, 64);
		bool *bit = kind ? young : dirty;

		if (kind > 1) {
			F(set_bits)
			(F(lookup)(mm, i << PAGE_SHIFT).ptep,
			 kind % 2 ? PAGE_ACCESSED : PAGE_DIRTY);
			*(kind % 2 ? &young[i] : &dirty[i]) = true;
			continue;
		}
		for (uint64_t n = i; n < end; n++) {
			nr += bit[n];
			bit[n] = false;
		}
		i <<= PAGE_SHIFT;
		end <<= PAGE_SHIFT;
		assert_int_equal(kind ? F(test_and_clear_young)(mm, i, end)
				      : F(mkclean)(mm, 0, i, end),
				 nr);
	}
	F(area_end)(mm);
}
