/*
 * test_first_fit.c - bootmem's bitmap by the byte, each of its five quirks:
 * present in first_fit_2_6_11, absent in first_fit; and next_fit's hint.
 */
#include "frame_model.h"

#include "../kernels/frame/first_fit.h"
#include "../kernels/frame/first_fit_2_6_11.h"
#include "../kernels/frame/next_fit.h"

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

#define STRATEGY next_fit
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

static void hint_goes_behind_what_was_allocated(void **unused)
{
	struct next_fit_allocator *a = next_fit_begin();

	(void)unused;
	assert_int_equal(next_fit_alloc(a, 0, 0), 1024);
	assert_int_equal(next_fit_alloc(a, 0, 3), 1032);
	assert_int_equal(a->boot.hint, 16);
	/* Past the seven frames that order 3 could not use. */
	assert_int_equal(next_fit_alloc(a, 0, 0), 1040);
	assert_int_equal(next_fit_alloc(a, 0, 1), 1042);
	next_fit_end(a);
}

static void a_free_lowers_the_hint_and_never_raises_it(void **unused)
{
	struct next_fit_allocator *a = next_fit_begin();

	(void)unused;
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(next_fit_alloc(a, 0, 0), 1024 + i);
	next_fit_free(a, 0, 1026, 0);
	next_fit_free(a, 0, 1030, 0);
	assert_int_equal(a->boot.hint, 2);
	assert_int_equal(next_fit_alloc(a, 0, 0), 1026);
	assert_int_equal(next_fit_alloc(a, 0, 0), 1030);
	/* A part of a page is not freed, but page 3 is where it would begin. */
	next_fit_free_bytes(a, PAGE(2) + 1, 100);
	assert_int_equal(a->boot.hint, 3);
	assert_int_equal(next_fit_alloc(a, 0, 0), 1032);
	next_fit_end(a);
}

/* Nothing behind the hint; then nothing at all. */
static void a_search_starts_over_once(void **unused)
{
	struct next_fit_allocator *a = next_fit_begin();

	(void)unused;
	assert_int_equal(next_fit_alloc(a, 0, 0), 1024);
	for (pfn_t pfn = 2048; pfn < 4096; pfn += 1024)
		assert_int_equal(next_fit_alloc(a, 0, 10), pfn);
	assert_int_equal(a->boot.hint, 3072);
	assert_int_equal(next_fit_alloc(a, 0, 10), PFN_NONE);
	assert_int_equal(a->boot.hint, 3072);
	assert_int_equal(next_fit_alloc(a, 0, 0), 1025);
	/* One that lies across the hint. */
	next_fit_free(a, 0, 2048, 10);
	next_fit_free(a, 0, 3072, 10);
	next_fit_alloc_bytes(a, PAGE_SIZE, PAGE_SIZE, PAGE(2500));
	next_fit_free(a, 0, 1024 + 2500, 0);
	assert_int_equal(a->boot.hint, 2500);
	next_fit_reserve_bytes(a, PAGE(2560), 512 * PAGE_SIZE);
	next_fit_reserve_bytes(a, PAGE(0), 2048 * PAGE_SIZE);
	assert_int_equal(next_fit_alloc(a, 0, 9), 1024 + 2048);
	next_fit_end(a);
}

/* Behind the hint, then from the goal, then from page 0. */
static void a_goal_loses_to_a_higher_hint(void **unused)
{
	struct next_fit_allocator *a = next_fit_begin();

	(void)unused;
	next_fit_alloc_bytes(a, 1, PAGE_SIZE, PAGE(200));
	assert_int_equal(next_fit_alloc_bytes(a, 1, PAGE_SIZE, PAGE(50)),
			 PAGE(201));
	next_fit_reserve_bytes(a, PAGE(202), ZONE_BYTES - 202 * PAGE_SIZE);
	assert_int_equal(next_fit_alloc_bytes(a, 1, PAGE_SIZE, PAGE(50)),
			 PAGE(50));
	next_fit_reserve_bytes(a, PAGE(51), ZONE_BYTES - 51 * PAGE_SIZE);
	assert_int_equal(next_fit_alloc_bytes(a, 1, PAGE_SIZE, PAGE(50)),
			 PAGE(0));
	next_fit_end(a);
}

/* 1, 2 and 5 as in first_fit, 3 as in first_fit_2_6_11. */
static void quirks_that_3_13_mended_and_the_one_it_kept(void **unused)
{
	struct next_fit_allocator *a = next_fit_begin();

	(void)unused;
	next_fit_reserve_bytes(a, PAGE(1), 1);
	assert_int_equal(next_fit_alloc(a, 0, 1), 1024 + 2);
	next_fit_free(a, 0, 1024 + 2, 1);
	assert_int_equal(next_fit_alloc_bytes(a, 100, 64, 0), PAGE(2));
	next_fit_free_bytes(a, PAGE(2), PAGE_SIZE);
	assert_int_equal(a->boot.hint, 2);
	assert_int_equal(next_fit_alloc_bytes(a, 50, 64, PAGE(3)),
			 PAGE(2) + 128);
	assert_false(test_bit(a->boot.map, 2));

	assert_int_equal(next_fit_boot_bytes(3072, 1), 3072 / 8);
	next_fit_reserve_bytes(a, ZONE_START, ZONE_BYTES);
	assert_int_equal(next_fit_alloc(a, 0, 0), PFN_NONE);
	next_fit_end(a);
}

/* The lowest aligned free block from `hint` on, or PFN_NONE. */
static pfn_t model_next(const struct frame_model *m, uint64_t hint,
			unsigned order)
{
	uint64_t nr = 1ull << order;

	for (uint64_t i = 0; i < m->zone->nr_pages; i += nr)
		if (i >= hint && !memchr(m->busy + i, 1, nr))
			return m->zone->start_pfn + i;
	return PFN_NONE;
}

/* Every block is where a byte a page and a number say it must be. */
static void next_fit_takes_the_next_block(void **unused)
{
	struct next_fit_allocator *a = next_fit_begin();
	struct random r = { test_seed() };
	uint64_t held[4096], nr = 0, hint = 0, passed = 0;
	struct frame_model model;

	(void)unused;
	model_init(&model, frame_zone(1));
	for (unsigned op = 0; op < 100000; op++) {
		if (random_below(&r, 8) < (op / 8192 % 2 ? 3u : 5u)) {
			unsigned order = random_order(&r);
			pfn_t pfn = next_fit_alloc(a, 0, order);
			pfn_t lowest = model_lowest(&model, order);
			pfn_t next = model_next(&model, hint, order);

			assert_int_equal(pfn, next == PFN_NONE ? lowest : next);
			if (pfn == PFN_NONE)
				continue;
			passed += pfn != lowest;
			model_alloc(&model, pfn, order);
			held[nr++] = pfn << 4 | order;
			hint = pfn - 1024 + (1u << order);
		} else if (nr) {
			uint64_t i = random_below(&r, nr), block = held[i];

			held[i] = held[--nr];
			next_fit_free(a, 0, block >> 4, block & 15);
			model_free(&model, block >> 4, block & 15);
			if (hint > (block >> 4) - 1024)
				hint = (block >> 4) - 1024;
		}
		assert_int_equal(a->boot.hint, hint);
	}
	assert_true(passed > 1000); /* else it is no test of the hint */
	next_fit_end(a);
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

	const struct CMUnitTest next_fit_tests[] = {
		cmocka_unit_test(hint_goes_behind_what_was_allocated),
		cmocka_unit_test(a_free_lowers_the_hint_and_never_raises_it),
		cmocka_unit_test(a_search_starts_over_once),
		cmocka_unit_test(a_goal_loses_to_a_higher_hint),
		cmocka_unit_test(quirks_that_3_13_mended_and_the_one_it_kept),
		cmocka_unit_test(next_fit_takes_the_next_block),
	};

	return first_fit_run_checks() + first_fit_2_6_11_run_checks() +
	       next_fit_run_checks() +
	       cmocka_run_group_tests_name("quirks", tests, NULL, NULL) +
	       cmocka_run_group_tests_name("next_fit", next_fit_tests, NULL,
					   NULL);
}
