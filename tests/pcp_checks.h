/* pcp_checks.h - template: checks of one STRATEGY of pcp_template.h. */

static void S(refill_is_a_batch_scaled_by_order)(void **unused)
{
	const uint32_t blocks[] = { 15, 7, 3, 2, 0 };
	struct S(allocator) *a = S(begin)(1);

	(void)unused;
	a->cpu[0].batch = 15;
	for (unsigned o = 0; o < ARRAY_SIZE(blocks); o++) {
		uint32_t before = a->cpu[0].count, left = 0;
		pfn_t pfn = S(alloc)(a, 0, o);

		if (blocks[o])
			left = (blocks[o] - 1) << o;
		assert_int_equal(a->cpu[0].count - before, left);
		free_area_free(&a->buddy, 0, pfn, o);
	}
	assert_true(S(validate)(a));
	S(end)(a, 1);
}

/* At 12 pages the 3 that were freed first go; the push comes before. */
static void S(spill_begins_with_the_tail_of_the_order_freed)(void **unused)
{
	struct S(allocator) *a = S(begin)(1);
	struct S(cpu) *cpu = &a->cpu[2];
	struct frame_stats stats;
	pfn_t held[16];

	(void)unused;
	cpu->batch = 3;
	cpu->high = 12;
	for (unsigned i = 0; i < 16; i++)
		held[i] = free_area_alloc(&a->buddy, 0, 0);
	for (unsigned i = 0; i < 11; i++)
		S(free)(a, 2, held[i], 0);
	assert_int_equal(cpu->count, 11);
	S(free)(a, 2, held[11], 0);
	assert_int_equal(cpu->count, 9);
	assert_ptr_equal(cpu->list[0].next,
			 &pfn_to_page(&frame_mem, held[11])->lru);
	assert_ptr_equal(cpu->list[0].prev,
			 &pfn_to_page(&frame_mem, held[3])->lru);
	free_area_stats(&a->buddy, &stats);
	assert_int_equal(stats.nr_free[0], 1);
	assert_int_equal(stats.nr_free[1], 1);
	for (unsigned i = 12; i < 16; i++)
		S(free)(a, 2, held[i], 0);
	S(end)(a, 1);
}

/* Frees of all orders, and a refill of each in between: never above the bound.
 */
static void S(pages_of_a_cpu_are_bounded)(void **unused)
{
	struct S(allocator) *a = S(begin)(1);
	struct random r = { test_seed() };
	struct S(cpu) *cpu = &a->cpu[1];
	uint64_t most = pcp_most(cpu->batch, cpu->high), seen = 0;

	(void)unused;
	for (unsigned i = 0; i < 100000; i++) {
		unsigned order = (unsigned)random_below(&r, NR_PCP_ORDERS);
		unsigned from = (unsigned)random_below(&r, 2);
		pfn_t pfn = S(alloc)(a, from, order);

		assert_int_not_equal(pfn, PFN_NONE);
		S(free)(a, 1, pfn, order);
		assert_true(cpu->count <= most);
		if (cpu->count > seen)
			seen = cpu->count;
	}
	assert_true(seen + 1 >= cpu->high);
	S(end)(a, 1);
}

static void S(validate_sees_a_broken_list)(void **unused)
{
	struct S(allocator) *a = S(begin)(1);
	pfn_t pfn = S(alloc)(a, 0, 2);
	struct page *page = pfn_to_page(&frame_mem, pfn);

	(void)unused;
	S(free)(a, 0, pfn, 2);
	assert_true(S(validate)(a));
	a->cpu[0].count--;
	assert_false(S(validate)(a));
	a->cpu[0].count++;
	page->private = 1; /* not the list's order */
	assert_false(S(validate)(a));
	page->private = 2;
	page->_refcount = 1; /* somebody's, and on the list */
	assert_false(S(validate)(a));
	page->_refcount = 0;
	page->flags |= PG_private; /* the buddy's, and on the list */
	assert_false(S(validate)(a));
	page->flags &= ~(uint64_t)PG_private;
	S(end)(a, 1);
}

static int S(run_pcp_checks)(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(S(refill_is_a_batch_scaled_by_order)),
		cmocka_unit_test(
			S(spill_begins_with_the_tail_of_the_order_freed)),
		cmocka_unit_test(S(pages_of_a_cpu_are_bounded)),
		cmocka_unit_test(S(validate_sees_a_broken_list)),
		cmocka_unit_test(S(threads_run_dry_and_drain_each_other)),
	};

	return cmocka_run_group_tests_name(STRATEGY_NAME, tests, NULL, NULL);
}
