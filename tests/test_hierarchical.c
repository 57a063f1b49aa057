/*
 * test_hierarchical.c - the stacks before hierarchical's words: what they keep,
 * and that nobody is refused because of them.
 */
#include "frame_model.h"

#include "../kernels/frame/hierarchical.h"

/* Zone 1 is [1024, 4096): 48 words of 64 frames. */
static struct hierarchical_allocator *a;

static int begin(void **unused)
{
	static struct hierarchical_allocator allocator;

	(void)unused;
	a = &allocator;
	assert_int_equal(frame_mem_init(hierarchical_boot_bytes(4096, 1)), 0);
	assert_int_equal(hierarchical_create(a, &frame_mem, frame_zone(1), 1),
			 0);
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	assert_true(hierarchical_validate(a));
	hierarchical_destroy(a);
	physmem_destroy(&frame_mem);
	return 0;
}

static pfn_t get(unsigned order)
{
	return hierarchical_alloc(a, 0, order);
}

static void put(pfn_t pfn, unsigned order)
{
	hierarchical_free(a, 0, pfn, order);
}

static void take_all(unsigned order)
{
	for (unsigned i = 0; i < 3072u >> order; i++)
		assert_int_not_equal(get(order), PFN_NONE);
	assert_int_equal(get(order), PFN_NONE);
}

static void the_last_freed_is_the_next_out(void **unused)
{
	(void)unused;
	take_all(0);
	put(1030, 0);
	put(4000, 0);
	put(2000, 0);
	assert_int_equal(a->stack[0].nr, 3);
	assert_int_equal(get(0), 2000);
	assert_int_equal(get(0), 4000);
	assert_int_equal(get(0), 1030);
	assert_int_equal(get(0), PFN_NONE);
}

/* Each order has its own; sixteen blocks, and orders from 4 have none. */
static void a_stack_holds_sixteen_blocks_of_its_order(void **unused)
{
	struct frame_stats stats;

	(void)unused;
	for (unsigned order = 0; order < 6; order++) {
		pfn_t pfn[20];

		for (unsigned i = 0; i < 20; i++)
			pfn[i] = get(order);
		for (unsigned i = 0; i < 20; i++)
			put(pfn[i], order);
		if (order < 4)
			assert_int_equal(a->stack[order].nr, 16);
		assert_true(hierarchical_validate(a));
	}
	hierarchical_stats(a, &stats);
	assert_int_equal(stats.nr_free[10], 3);
	assert_int_equal(a->stack[3].nr, 0);
}

/* Two frames on the stack of order 0 are the only block of order 1. */
static void a_request_that_would_fail_empties_the_stacks(void **unused)
{
	(void)unused;
	take_all(0);
	put(1024, 0);
	put(1026, 0);
	assert_int_equal(get(1), PFN_NONE);
	assert_int_equal(a->stack[0].nr, 0);
	put(1025, 0);
	assert_int_equal(get(1), 1024);
	assert_int_equal(get(0), 1026);
	/* The other way round: a large block on a stack, small ones wanted. */
	put(1024, 1);
	assert_int_equal(a->stack[1].nr, 1);
	assert_int_equal(get(0), 1024);
	assert_int_equal(get(0), 1025);
	assert_int_equal(get(0), PFN_NONE);
}

/* The last frames of a zone, one by one through the stack: it is whole again.
 */
static void a_largest_block_is_had_again(void **unused)
{
	(void)unused;
	take_all(0);
	for (pfn_t pfn = 4096; pfn-- > 1024;)
		put(pfn, 0);
	for (pfn_t pfn = 1024; pfn < 4096; pfn += 1024)
		assert_int_not_equal(get(10), PFN_NONE);
	assert_int_equal(get(0), PFN_NONE);
}

static void free_a_stacked_frame(void)
{
	put(1030, 0);
	put(1030, 0);
}

static void free_a_part_of_a_stacked_block(void)
{
	put(1032, 3);
	put(1036, 2);
}

static void freeing_what_is_stacked_is_fatal_in_debug_builds(void **unused)
{
	(void)unused;
	if (KMB_DEBUG < 1)
		skip();
	take_all(0);
	assert_true(dies(free_a_stacked_frame));
	assert_true(dies(free_a_part_of_a_stacked_block));
}

static void validate_sees_a_broken_stack(void **unused)
{
	struct hierarchical_stack *stack = &a->stack[1];

	(void)unused;
	take_all(0);
	put(1030, 1);
	assert_true(hierarchical_validate(a));
	stack->pfn[0] = 1031; /* not aligned */
	assert_false(hierarchical_validate(a));
	stack->pfn[0] = 4096; /* not inside */
	assert_false(hierarchical_validate(a));
	stack->pfn[0] = 1030;
	stack->pfn[1] = 1030; /* twice */
	stack->nr = 2;
	assert_false(hierarchical_validate(a));
	stack->nr = 17; /* above the bound */
	assert_false(hierarchical_validate(a));
	stack->nr = 1;
	hierarchical_write(a, 1031 - 1024, 0); /* in its word as well */
	assert_false(hierarchical_validate(a));
	stack->nr = 0;
}

#define STACK_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STACK_TEST(the_last_freed_is_the_next_out),
		STACK_TEST(a_stack_holds_sixteen_blocks_of_its_order),
		STACK_TEST(a_request_that_would_fail_empties_the_stacks),
		STACK_TEST(a_largest_block_is_had_again),
		STACK_TEST(freeing_what_is_stacked_is_fatal_in_debug_builds),
		STACK_TEST(validate_sees_a_broken_stack),
	};

	return cmocka_run_group_tests_name("hierarchical", tests, NULL, NULL);
}
