/* pgtable_area_parts.h - template: an address space of one FORMAT to test. */

static struct F(mm) F(area_mm);

static struct F(mm) * F(area_begin)(void)
{
	struct F(mm) *mm = &F(area_mm);

	assert_int_equal(F(mm_init)(mm, 0, area_begin()), 0);
	memset(&area_calls, 0, sizeof(area_calls));
	mm->zero_pfn = AREA_ZERO_PFN;
	mm->hooks = &area_hooks;
	return mm;
}

/* No lock is left taken, and all tables come back. */
static void F(area_end)(struct F(mm) * mm)
{
	assert_true(spin_trylock(&mm->page_table_lock));
	assert_true(spin_trylock(&area_calls.anon_vma));
	assert_true(F(mm_validate)(mm));
	F(mm_destroy)(mm, 0);
	counting_end();
}

/* Pages of a huge one. */
static uint64_t F(huge_pages)(void)
{
	return F(level_size)(LEVEL_PMD) >> PAGE_SHIFT;
}

/* Write the entry of a small page, whatever it was. */
static F(pte_t) * F(area_set)(struct F(mm) * mm, uint64_t addr, F(pte_t) pte)
{
	int err = 0;
	F(pte_t) *ptep = F(alloc_path)(mm, 0, addr, LEVEL_PTE, &err);

	assert_non_null(ptep);
	F(get_and_clear)(ptep);
	F(set)(ptep, pte);
	return ptep;
}

/* Page i of the area at its own frame. */
static F(pte_t) * F(area_map)(struct F(mm) * mm, uint64_t i, uint64_t flags)
{
	return F(area_set)(mm, i << PAGE_SHIFT,
			   F(pfn_pte)(AREA_PFN + i, PAGE_PRESENT | flags));
}

/* The same of a whole huge page. */
static F(pte_t) *
	F(area_map_huge)(struct F(mm) * mm, uint64_t i, uint64_t flags)
{
	assert_int_equal(F(map_page)(mm, 0, i << PAGE_SHIFT, AREA_PFN + i,
				     LEVEL_PMD, PAGE_PRESENT | flags),
			 0);
	return F(lookup)(mm, i << PAGE_SHIFT).ptep;
}

/* Of a page that is swapped out, or on its way: no bit of the low word's 0, 6
 * and 8 is set.
 */
static F(pte_t) F(area_swap)(unsigned type)
{
	uint64_t v = F(swap_in_high_word) ? (uint64_t)(type | 123 << 5) << 32
					  : type << 1 | 123 << 9;

	return (F(pte_t)){ (__typeof__(((F(pte_t) *)0)->v))v };
}
