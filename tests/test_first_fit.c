/*
 * test_first_fit.c - bootmem's bitmap by the byte, and each of its five quirks:
 * present in first_fit_2_6_11, absent in first_fit.
 */
#include "frame_model.h"

#include "../kernels/frame/first_fit.h"
#include "../kernels/frame/first_fit_2_6_11.h"

/* Zone 1 is [1024, 4096): 12 MiB from 4 MiB. */
#define ZONE_START (1024 * PAGE_SIZE)
#define ZONE_BYTES (3072 * PAGE_SIZE)
#define PAGE(i) (ZONE_START + (i)*PAGE_SIZE)

static uint8_t byte_owner[ZONE_BYTES];

#define STRATEGY first_fit
#include "first_fit_checks.h"
#undef STRATEGY

#define STRATEGY first_fit_2_6_11
#include "first_fit_checks.h"
#undef STRATEGY

/* Both strategies, fresh, over the same zone of two equal memories. */
static struct first_fit_allocator *now;
static struct first_fit_2_6_11_allocator *then;
static struct physmem now_mem;

static int begin_both(void **unused)
{
	(void)unused;
	now = first_fit_begin();
	now_mem = frame_mem;
	now->mem = &now_mem;
	then = first_fit_2_6_11_begin();
	return 0;
}

static int end_both(void **unused)
{
	(void)unused;
	physmem_destroy(&now_mem);
	physmem_destroy(&frame_mem);
	return 0;
}

/* Of two pages aligned to two: page 1 is busy, so pages 2 and 3 are first. */
static void quirk_1_the_next_aligned_candidate_is_skipped(void **unused)
{
	(void)unused;
	first_fit_reserve_bytes(now, PAGE(1), 1);
	first_fit_2_6_11_reserve_bytes(then, PAGE(1), 1);
	assert_int_equal(first_fit_alloc(now, 0, 1), 1024 + 2);
	assert_int_equal(first_fit_2_6_11_alloc(then, 0, 1), 1024 + 4);
}

/* Nothing is free, but the bits behind the last page's are clear. */
static void quirk_2_a_bit_past_the_end_is_tested(void **unused)
{
	uint64_t *past;

	(void)unused;
	first_fit_reserve_bytes(now, ZONE_START, ZONE_BYTES);
	first_fit_2_6_11_reserve_bytes(then, ZONE_START, ZONE_BYTES);
	assert_int_equal(first_fit_2_6_11_alloc(then, 0, 0), PFN_NONE);
	past = &then->boot.map[3072 / 64];
	assert_int_equal(*past, ~0ull);
	*past = 0;
	assert_int_equal(first_fit_2_6_11_alloc(then, 0, 0), 1024 + 3072);

	/* The corrected map ends with the zone. */
	assert_int_equal(first_fit_boot_bytes(3072, 1), 3072 / 8);
	assert_int_equal(first_fit_alloc(now, 0, 0), PFN_NONE);
}

/* Page 0 is half used and freed; then a small block starts behind it. */
static void quirk_3_a_merge_lands_in_a_freed_page(void **unused)
{
	(void)unused;
	assert_int_equal(first_fit_alloc_bytes(now, 100, 64, 0), PAGE(0));
	assert_int_equal(first_fit_2_6_11_alloc_bytes(then, 100, 64, 0),
			 PAGE(0));
	first_fit_free_bytes(now, PAGE(0), PAGE_SIZE);
	first_fit_2_6_11_free_bytes(then, PAGE(0), PAGE_SIZE);

	assert_int_equal(first_fit_alloc_bytes(now, 50, 64, PAGE(1)), PAGE(1));
	assert_int_equal(first_fit_2_6_11_alloc_bytes(then, 50, 64, PAGE(1)),
			 PAGE(0) + 128);
	/* And the page is handed out once more. */
	assert_int_equal(first_fit_2_6_11_alloc(then, 0, 0), 1024);
}

static void quirk_4_goal_0_starts_at_page_0(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(first_fit_alloc(now, 0, 0), 1024 + i);
		assert_int_equal(first_fit_2_6_11_alloc(then, 0, 0), 1024 + i);
	}
	assert_int_equal(bootmem_scan_start(&now->boot, 0, 0), 100);
	assert_int_equal(bootmem_scan_start(&then->boot, 0, BOOTMEM_ALL_QUIRKS),
			 0);
}

/* The other half of it: a goal starts at the last success, if that is higher,
 * past free pages. */
static void quirk_4_a_goal_starts_at_the_last_success(void **unused)
{
	(void)unused;
	first_fit_alloc_bytes(now, 1, PAGE_SIZE, PAGE(200));
	first_fit_2_6_11_alloc_bytes(then, 1, PAGE_SIZE, PAGE(200));
	assert_int_equal(first_fit_alloc_bytes(now, 1, PAGE_SIZE, PAGE(50)),
			 PAGE(50));
	assert_int_equal(
		first_fit_2_6_11_alloc_bytes(then, 1, PAGE_SIZE, PAGE(50)),
		PAGE(201));
}

/* On this zone an address is never below a page's number in it. */
static void quirk_5_free_does_not_lower_the_last_success(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < 4; i++) {
		first_fit_alloc_bytes(now, 1, PAGE_SIZE, PAGE(0));
		first_fit_2_6_11_alloc_bytes(then, 1, PAGE_SIZE, PAGE(0));
	}
	first_fit_free_bytes(now, PAGE(1), PAGE_SIZE);
	first_fit_2_6_11_free_bytes(then, PAGE(1), PAGE_SIZE);
	assert_int_equal(first_fit_alloc_bytes(now, 1, PAGE_SIZE, PAGE(0)),
			 PAGE(1));
	assert_int_equal(
		first_fit_2_6_11_alloc_bytes(then, 1, PAGE_SIZE, PAGE(0)),
		PAGE(4));
}

/* With no quirk, an allocation is the lowest block there is. */
static void first_fit_takes_the_lowest_block(void **unused)
{
	struct random r = { test_seed() };
	uint64_t held[4096], nr = 0;
	struct frame_model model;

	(void)unused;
	model_init(&model, frame_zone(1));
	for (unsigned op = 0; op < 100000; op++) {
		if (random_below(&r, 8) < (op / 8192 % 2 ? 3u : 5u)) {
			unsigned order = random_order(&r);
			pfn_t pfn = first_fit_alloc(now, 0, order);

			assert_int_equal(pfn, model_lowest(&model, order));
			if (pfn == PFN_NONE)
				continue;
			model_alloc(&model, pfn, order);
			held[nr++] = pfn << 4 | order;
		} else if (nr) {
			uint64_t i = random_below(&r, nr), block = held[i];

			held[i] = held[--nr];
			first_fit_free(now, 0, block >> 4, block & 15);
			model_free(&model, block >> 4, block & 15);
		}
	}
	assert_true(first_fit_validate(now));
}

#define QUIRK_TEST(f) cmocka_unit_test_setup_teardown(f, begin_both, end_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		QUIRK_TEST(quirk_1_the_next_aligned_candidate_is_skipped),
		QUIRK_TEST(quirk_2_a_bit_past_the_end_is_tested),
		QUIRK_TEST(quirk_3_a_merge_lands_in_a_freed_page),
		QUIRK_TEST(quirk_4_goal_0_starts_at_page_0),
		QUIRK_TEST(quirk_4_a_goal_starts_at_the_last_success),
		QUIRK_TEST(quirk_5_free_does_not_lower_the_last_success),
		QUIRK_TEST(first_fit_takes_the_lowest_block),
	};

	return first_fit_run_checks() + first_fit_2_6_11_run_checks() +
	       cmocka_run_group_tests_name("quirks", tests, NULL, NULL);
}
