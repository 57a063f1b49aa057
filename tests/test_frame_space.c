/*
 * test_frame_space.c - what the loops of family frame are fed and what they
 * tell: draws, groups of slots, sums of free blocks, against literal values.
 */
#include "test.h"

#include <stdlib.h>

#include "../bench/frame_bench.h"
#include "../kernels/base/compiler.h"

static struct frame_stats zone_stats(void)
{
	struct frame_stats stats = { .cached_pages = 3, .metadata_bytes = 100 };

	stats.nr_free[0] = 24;
	stats.nr_free[9] = 1;
	stats.nr_free[10] = 2;
	stats.free_pages = 24 + 512 + 2048;
	return stats;
}

static void zones_add_up(void **unused)
{
	struct frame_stats zone = zone_stats();
	struct frame_space space = { 0 };

	(void)unused;
	frame_space_add(&space, &zone);
	zone = (struct frame_stats){ .nr_free = { 511 }, .free_pages = 511 };
	frame_space_add(&space, &zone);
	assert_int_equal(space.nr_zones, 2);
	assert_int_equal(space.free_pages, 24 + 512 + 2048 + 511);
	assert_int_equal(space.cached_pages, 3);
	assert_int_equal(space.metadata_bytes, 100);
	assert_int_equal(space.nr_free[0], 24 + 511);
	/* One of order 9 and two twice as large; of 2584 pages, 5 * 512. */
	assert_int_equal(space.huge_frames, 5);
	assert_int_equal(space.huge_possible, 5);
	assert_true(frame_space_huge_share(&space) == 1);
}

static void unusable_is_what_lies_in_smaller_blocks(void **unused)
{
	struct frame_stats zone = zone_stats();
	struct frame_space space = { 0 };

	(void)unused;
	assert_true(frame_space_unusable(&space, 9) == 0);
	frame_space_add(&space, &zone);
	assert_true(frame_space_unusable(&space, 0) == 0);
	assert_true(frame_space_unusable(&space, 1) == 24 / 2584.0);
	assert_true(frame_space_unusable(&space, 9) == 24 / 2584.0);
	assert_true(frame_space_unusable(&space, 10) == 536 / 2584.0);
}

/* 169,738 + 59,888 + 849 of 236,007 events were of order 0. */
static void real_requests_are_mostly_small(void **unused)
{
	enum { DRAWS = 1000000 };
	struct random r = { test_seed() };
	unsigned nr[NR_PAGE_ORDERS] = { 0 }, type[MIGRATE_TYPES] = { 0 };

	(void)unused;
	for (unsigned i = 0; i < DRAWS; i++) {
		uint32_t request = frame_draw_real(5, &r);

		nr[frame_request_order(request)]++;
		type[frame_request_type(request)]++;
	}
	assert_in_range(nr[0], 0.9754 * DRAWS, 0.9778 * DRAWS);
	assert_in_range(nr[1], 0.0177 * DRAWS, 0.0196 * DRAWS);
	assert_in_range(nr[9], 70, 210);
	assert_int_equal(nr[10], 0);
	assert_in_range(type[MIGRATE_MOVABLE], 0.716 * DRAWS, 0.722 * DRAWS);
	assert_in_range(type[MIGRATE_UNMOVABLE], 0.271 * DRAWS, 0.277 * DRAWS);
	assert_in_range(type[MIGRATE_RECLAIMABLE], 6200, 7200);
}

static void other_requests_are_movable(void **unused)
{
	struct random r = { test_seed() };
	unsigned seen = 0;

	(void)unused;
	assert_int_equal(frame_draw_same(7, &r),
			 frame_request(7, MIGRATE_MOVABLE));
	for (unsigned i = 0; i < 1000; i++) {
		uint32_t request = frame_draw_uniform(3, &r);

		assert_int_equal(frame_request_type(request), MIGRATE_MOVABLE);
		seen |= 1u << frame_request_order(request);
	}
	assert_int_equal(seen, 0xf);
}

static void groups_have_different_slots(void **unused)
{
	enum { HELD = 10, GROUP = 4, GROUPS = 50 };
	struct bench_env env = { .point = { .seed = test_seed() } };
	struct frame_thread t = { .nr_held = HELD };
	struct bench_thread self = { .local = &t, .env = &env };
	unsigned seen = 0;

	(void)unused;
	assert_int_equal(frame_thread_groups(&self, GROUP, GROUPS), 0);
	assert_int_equal(t.nr_steps, GROUP * GROUPS);
	for (unsigned g = 0; g < GROUPS; g++) {
		unsigned group = 0;

		for (unsigned i = 0; i < GROUP; i++) {
			assert_true(t.indices[g * GROUP + i] < HELD);
			group |= 1u << t.indices[g * GROUP + i];
		}
		assert_int_equal(__builtin_popcount(group), GROUP);
		seen |= group;
	}
	assert_int_equal(seen, (1u << HELD) - 1);
	free(t.indices);
	/* All, where there are fewer than asked for. */
	assert_int_equal(frame_thread_groups(&self, 512, 1), 0);
	assert_int_equal(t.group, HELD);
	free(t.indices);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_add_up),
		cmocka_unit_test(unusable_is_what_lies_in_smaller_blocks),
		cmocka_unit_test(real_requests_are_mostly_small),
		cmocka_unit_test(other_requests_are_movable),
		cmocka_unit_test(groups_have_different_slots),
	};

	return cmocka_run_group_tests_name("frame_space", tests, NULL, NULL);
}
