/*
 * test_pcp.c - per-CPU page lists: batch and marks by zone size, and when pages
 * move between a list and the buddy.
 */
#include "frame_model.h"

#include <pthread.h>

#define NR_STRESS_THREADS 4
static int (*frame_groups[16])(void);
static unsigned nr_frame_groups;

#include "../kernels/frame/pcp_2_6_11.h"
#define STRATEGY pcp_2_6_11
#include "frame_checks.h"
#include "pcp_dry_checks.h"
#undef STRATEGY

#include "../kernels/frame/pcp.h"
#define STRATEGY pcp
#include "frame_checks.h"
#include "pcp_dry_checks.h"
#include "pcp_checks.h"
#undef STRATEGY

#include "../kernels/frame/pcp_nolock.h"
#define STRATEGY pcp_nolock
#include "frame_checks.h"
#include "pcp_dry_checks.h"
#include "pcp_checks.h"
#undef STRATEGY

#define MIB(n) ((n) << (20 - PAGE_SHIFT))

static void batch_of_2_6_11_is_at_most_16(void **unused)
{
	(void)unused;
	assert_int_equal(pcp_2_6_11_batch(MIB(4)), 1);
	assert_int_equal(pcp_2_6_11_batch(MIB(16)), 1);
	assert_int_equal(pcp_2_6_11_batch(MIB(64)), 4);
	assert_int_equal(pcp_2_6_11_batch(MIB(255)), 15);
	assert_int_equal(pcp_2_6_11_batch(MIB(256)), 16);
	assert_int_equal(pcp_2_6_11_batch(MIB(65536ull)), 16);
}

/* Zone 1 is 12 MiB, so a batch of 1; this is what 64 MiB would have. */
static struct pcp_2_6_11_allocator *begin_2_6_11_with_batch_4(void)
{
	struct pcp_2_6_11_allocator *a = pcp_2_6_11_begin(1);

	for (unsigned c = 0; c < a->nr_cpus; c++) {
		struct pcp_2_6_11_pages *pages = a->cpu[c].pages;

		pages[PCP_HOT].batch = pages[PCP_COLD].batch = 4;
		pages[PCP_HOT].low = pages[PCP_COLD].high = 8;
		pages[PCP_HOT].high = 24;
	}
	return a;
}

static void marks_of_2_6_11_are_2b_6b_and_0_2b(void **unused)
{
	struct pcp_2_6_11_allocator *a = pcp_2_6_11_begin(1);

	(void)unused;
	assert_int_equal(a->cpu[3].pages[PCP_HOT].low, 2);
	assert_int_equal(a->cpu[3].pages[PCP_HOT].high, 6);
	assert_int_equal(a->cpu[3].pages[PCP_COLD].low, 0);
	assert_int_equal(a->cpu[3].pages[PCP_COLD].high, 2);
	pcp_2_6_11_end(a, 1);
}

/* At 8 or fewer pages 4 more are appended; pops come from the head. */
static void hot_list_is_refilled_at_the_low_mark(void **unused)
{
	const uint32_t count[] = { 3, 6, 9, 8, 11, 10, 9, 8, 11 };
	struct pcp_2_6_11_allocator *a = begin_2_6_11_with_batch_4();

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(count); i++) {
		assert_int_equal(pcp_2_6_11_alloc(a, 0, 0), 3072 + i);
		assert_int_equal(a->cpu[0].pages[PCP_HOT].count, count[i]);
	}
	assert_true(pcp_2_6_11_validate(a));
	for (unsigned i = 0; i < ARRAY_SIZE(count); i++)
		pcp_2_6_11_free(a, 0, 3072 + i, 0);
	pcp_2_6_11_end(a, 1);
}

/* At 24 pages the 4 that were freed first go, and only then the push. */
static void hot_list_spills_its_tail_at_the_high_mark(void **unused)
{
	struct pcp_2_6_11_allocator *a = begin_2_6_11_with_batch_4();
	struct pcp_2_6_11_pages *hot = &a->cpu[1].pages[PCP_HOT];
	struct frame_stats stats;
	pfn_t held[32];

	(void)unused;
	for (unsigned i = 0; i < 32; i++)
		held[i] = free_area_alloc(&a->buddy, 0, 0);
	for (unsigned i = 0; i < 24; i++)
		pcp_2_6_11_free(a, 1, held[i], 0);
	assert_int_equal(hot->count, 24);
	pcp_2_6_11_free(a, 1, held[24], 0);
	assert_int_equal(hot->count, 21);
	assert_ptr_equal(hot->list.next,
			 &pfn_to_page(&frame_mem, held[24])->lru);
	assert_ptr_equal(hot->list.prev,
			 &pfn_to_page(&frame_mem, held[4])->lru);
	/* held[0..3] are a block of order 2 again. */
	free_area_stats(&a->buddy, &stats);
	assert_int_equal(stats.nr_free[2], 1);
	for (unsigned i = 25; i < 32; i++)
		pcp_2_6_11_free(a, 1, held[i], 0);
	pcp_2_6_11_end(a, 1);
}

static void cold_pages_have_a_list_of_their_own(void **unused)
{
	struct pcp_2_6_11_allocator *a = begin_2_6_11_with_batch_4();
	struct pcp_2_6_11_pages *pages = a->cpu[0].pages;
	pfn_t held[16];

	(void)unused;
	for (unsigned i = 0; i < 16; i++) {
		held[i] = pcp_2_6_11_alloc_cold(a, 0);
		/* Only an empty list is refilled. */
		assert_int_equal(pages[PCP_COLD].count, 3 - i % 4);
	}
	for (unsigned i = 0; i < 8; i++)
		pcp_2_6_11_free_cold(a, 0, held[i]);
	assert_int_equal(pages[PCP_COLD].count, 8);
	pcp_2_6_11_free_cold(a, 0, held[8]);
	assert_int_equal(pages[PCP_COLD].count, 5);
	assert_int_equal(pages[PCP_HOT].count, 0);
	for (unsigned i = 9; i < 16; i++)
		pcp_2_6_11_free(a, 0, held[i], 0);
	assert_int_equal(pages[PCP_HOT].count, 7);
	pcp_2_6_11_end(a, 1);
}

static void validate_sees_a_broken_list_of_2_6_11(void **unused)
{
	struct pcp_2_6_11_allocator *a = pcp_2_6_11_begin(1);
	pfn_t pfn = pcp_2_6_11_alloc(a, 0, 0);
	struct page *page = pfn_to_page(&frame_mem, pfn);

	(void)unused;
	pcp_2_6_11_free(a, 0, pfn, 0);
	assert_true(pcp_2_6_11_validate(a));
	a->cpu[0].pages[PCP_HOT].count++;
	assert_false(pcp_2_6_11_validate(a));
	a->cpu[0].pages[PCP_HOT].count--;
	page->_refcount = 1; /* somebody's, and on the list */
	assert_false(pcp_2_6_11_validate(a));
	page->_refcount = 0;
	page->flags |= PG_private; /* the buddy's, and on the list */
	assert_false(pcp_2_6_11_validate(a));
	page->flags &= ~(uint64_t)PG_private;
	pcp_2_6_11_end(a, 1);
}

static void batch_is_at_most_63(void **unused)
{
	(void)unused;
	assert_int_equal(pcp_batch(MIB(4)), 1);
	assert_int_equal(pcp_batch(MIB(48)), 1);
	assert_int_equal(pcp_batch(MIB(64)), 3);
	assert_int_equal(pcp_batch(MIB(128)), 7);
	assert_int_equal(pcp_batch(MIB(1023)), 31);
	assert_int_equal(pcp_batch(MIB(1024)), 63);
	assert_int_equal(pcp_batch(MIB(65536ull)), 63);
}

/* By hand: 16 * KiB, its root, clamped, in pages, times 5/4. */
static void low_watermark_is_five_quarters_of_the_root(void **unused)
{
	(void)unused;
	assert_int_equal(pcp_low_watermark(MIB(1)), 40);
	assert_int_equal(pcp_low_watermark(MIB(4)), 80);
	assert_int_equal(pcp_low_watermark(MIB(16)), 160);
	assert_int_equal(pcp_low_watermark(MIB(1024)), 1280);
	assert_int_equal(pcp_low_watermark(MIB(8192)), 3620);
	assert_int_equal(pcp_low_watermark(MIB(1ull << 20)), 20480);
}

static void high_is_a_share_of_low_or_four_batches(void **unused)
{
	(void)unused;
	assert_int_equal(pcp_high(MIB(8192), 1), 3620);
	assert_int_equal(pcp_high(MIB(8192), 2), 1810);
	assert_int_equal(pcp_high(MIB(8192), 14), 258);
	assert_int_equal(pcp_high(MIB(8192), 15), 252);
	assert_int_equal(pcp_high(MIB(8192), 1024), 252);
	assert_int_equal(pcp_high(MIB(4), 1024), 4);
}

/* The lock is another CPU's: both calls go to the buddy and do not wait. */
static void a_taken_lock_sends_pcp_to_the_buddy(void **unused)
{
	struct pcp_allocator *a = pcp_begin(1);
	pfn_t pfn;

	(void)unused;
	spin_lock(&a->cpu[0].lock);
	pfn = pcp_alloc(a, 0, 0);
	assert_int_equal(pfn, 3072);
	pcp_free(a, 0, pfn, 0);
	assert_int_equal(a->cpu[0].count, 0);
	spin_unlock(&a->cpu[0].lock);
	pcp_end(a, 1);
}

/* CPU 1's lists are emptied by its next call, which leaves nothing on them. */
static void a_request_of_pcp_nolock_is_served_once(void **unused)
{
	struct pcp_nolock_allocator *a = pcp_nolock_begin(1);
	pfn_t pfn = pcp_nolock_alloc(a, 1, 0);

	(void)unused;
	assert_int_not_equal(a->cpu[1].count, 0);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(pcp_nolock_alloc(a, 0, MAX_PAGE_ORDER),
				 1024 * (2 - i));
	assert_false(a->cpu[1].drain);
	assert_int_equal(pcp_nolock_alloc(a, 0, MAX_PAGE_ORDER), PFN_NONE);
	assert_true(a->cpu[1].drain);
	pcp_nolock_free(a, 1, pfn, 0);
	assert_false(a->cpu[1].drain);
	assert_int_equal(a->cpu[1].count, 0);
	assert_int_equal(pcp_nolock_alloc(a, 0, MAX_PAGE_ORDER), 3072);
	for (unsigned i = 1; i <= 3; i++)
		pcp_nolock_free(a, 0, 1024 * i, MAX_PAGE_ORDER);
	pcp_nolock_end(a, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(batch_of_2_6_11_is_at_most_16),
		cmocka_unit_test(marks_of_2_6_11_are_2b_6b_and_0_2b),
		cmocka_unit_test(hot_list_is_refilled_at_the_low_mark),
		cmocka_unit_test(hot_list_spills_its_tail_at_the_high_mark),
		cmocka_unit_test(cold_pages_have_a_list_of_their_own),
		cmocka_unit_test(validate_sees_a_broken_list_of_2_6_11),
		cmocka_unit_test(
			pcp_2_6_11_threads_run_dry_and_drain_each_other),
		cmocka_unit_test(batch_is_at_most_63),
		cmocka_unit_test(low_watermark_is_five_quarters_of_the_root),
		cmocka_unit_test(high_is_a_share_of_low_or_four_batches),
		cmocka_unit_test(a_taken_lock_sends_pcp_to_the_buddy),
		cmocka_unit_test(a_request_of_pcp_nolock_is_served_once),
	};

	return cmocka_run_group_tests_name("marks and lists", tests, NULL,
					   NULL) +
	       pcp_run_pcp_checks() + pcp_nolock_run_pcp_checks();
}
