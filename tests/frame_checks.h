/*
 * frame_checks.h - template: the contract of kernels/frame/frame.h, checked for
 * one STRATEGY against the naive model. Adds the group to frame_groups[].
 */

static struct S(allocator) S(allocator_under_test);

/* A fresh memory and an allocator over one of its zones. */
static struct S(allocator) * S(begin)(unsigned zone)
{
	struct S(allocator) *a = &S(allocator_under_test);

	assert_int_equal(frame_mem_init(S(boot_bytes)(4096, NR_STRESS_THREADS)),
			 0);
	assert_int_equal(
		S(create)(a, &frame_mem, frame_zone(zone), NR_STRESS_THREADS),
		0);
	return a;
}

/* Everything was given back: the state is valid and nothing is missing. */
static void S(end)(struct S(allocator) * a, unsigned zone)
{
	struct frame_stats stats;

	S(stats)(a, &stats);
	assert_true(S(validate)(a));
	assert_int_equal(stats.free_pages, frame_zone(zone)->nr_pages);
	S(destroy)(a);
	physmem_destroy(&frame_mem);
}

/* Of any type, where there are types: the contract is the same. */
static pfn_t S(alloc_any)(struct S(allocator) * a, unsigned cpu, unsigned order,
			  struct random *r)
{
#ifdef STRATEGY_MIGRATETYPES
	return S(alloc_mt)(a, cpu, order,
			   (enum migratetype)random_below(r, MIGRATE_RESERVE));
#else
	(void)r;
	return S(alloc)(a, cpu, order);
#endif
}

typedef void (*S(look_fn))(struct S(allocator) *, const struct frame_model *);

/*
 * nr_ops random operations on one zone against the model, filling and emptying
 * it in turns; `look` (may be NULL) is called after each of `every`.
 */
static void S(trace_zone)(unsigned zone, uint64_t nr_ops, uint64_t every,
			  S(look_fn) look)
{
	struct S(allocator) *a = S(begin)(zone);
	struct random r = { test_seed() + zone };
	struct frame_model model;
	uint64_t held[4096], nr = 0;

	model_init(&model, frame_zone(zone));
	for (uint64_t op = 0; op < nr_ops; op++) {
		/* Mostly up for 4096 operations, then mostly down. */
		uint64_t up = op / 4096 % 2 ? 3 : 5;

		if (random_below(&r, 8) < up) {
			unsigned order = random_order(&r);
			pfn_t pfn = S(alloc_any)(a, 0, order, &r);

			if (pfn != PFN_NONE) {
				model_alloc(&model, pfn, order);
				held[nr++] = pfn << 4 | order;
			} else if (S(traits) &
				   (FRAME_EXACT | FRAME_CPU_EXACT)) {
				/* There is but this CPU. */
				assert_int_equal(model_lowest(&model, order),
						 PFN_NONE);
			}
		} else if (nr) {
			uint64_t i = random_below(&r, nr), block = held[i];

			held[i] = held[--nr];
			model_free(&model, block >> 4, block & 15);
			S(free)(a, 0, block >> 4, block & 15);
		}
		if (look && op % every == 0)
			look(a, &model);
	}
	while (nr--)
		S(free)(a, 0, held[nr] >> 4, held[nr] & 15);
	S(end)(a, zone);
}

static void S(trace)(uint64_t nr_ops, uint64_t every, S(look_fn) look)
{
	for (unsigned zone = 0; zone < FRAME_NR_ZONES; zone++)
		S(trace_zone)(zone, nr_ops / FRAME_NR_ZONES, every, look);
}

static void S(no_overlap_alignment_and_bounds)(void **unused)
{
	(void)unused;
	S(trace)(FRAME_TRACE_OPS, 1, NULL);
}

static void S(look_at_stats)(struct S(allocator) * a,
			     const struct frame_model *model)
{
	struct frame_stats stats;
	uint64_t sum = 0;

	S(stats)(a, &stats);
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		sum += stats.nr_free[o] << o;
	assert_int_equal(sum, stats.free_pages);
	assert_true(stats.cached_pages <= (S(traits) & FRAME_CACHES ? sum : 0));
	assert_int_equal(sum, model->zone->nr_pages - model->nr_busy);
}

static void S(sum_of_free_lists_equals_free_pages)(void **unused)
{
	(void)unused;
	S(trace)(30000, 16, S(look_at_stats));
}

static void S(look_if_valid)(struct S(allocator) * a,
			     const struct frame_model *model)
{
	(void)model;
	assert_true(S(validate)(a));
}

static void S(state_is_valid_at_any_time)(void **unused)
{
	(void)unused;
	S(trace)(30000, 64, S(look_if_valid));
}

static void S(order_above_max_gives_none)(void **unused)
{
	struct S(allocator) *a = S(begin)(1);

	(void)unused;
	assert_int_equal(S(alloc)(a, 0, MAX_PAGE_ORDER + 1), PFN_NONE);
	assert_int_equal(S(alloc)(a, 0, 63), PFN_NONE);
	assert_int_equal(S(alloc)(a, 0, ~0u), PFN_NONE);
	S(end)(a, 1);
}

/* Of each order: all blocks there are, then PFN_NONE, and all come back. */
static void S(all_frames_reachable_to_the_last)(void **unused)
{
	(void)unused;
	for (unsigned order = 0; order < NR_PAGE_ORDERS; order++) {
		unsigned zone = order % FRAME_NR_ZONES;
		struct S(allocator) *a = S(begin)(zone);
		uint64_t nr = frame_zone(zone)->nr_pages >> order;
		struct frame_model model;
		pfn_t held[4096];

		model_init(&model, frame_zone(zone));
		for (uint64_t i = 0; i < nr; i++) {
			held[i] = S(alloc)(a, 0, order);
			assert_int_not_equal(held[i], PFN_NONE);
			model_alloc(&model, held[i], order);
		}
		for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
			assert_int_equal(S(alloc)(a, 0, o), PFN_NONE);
		while (nr--)
			S(free)(a, 0, held[nr], order);
		S(end)(a, zone);
	}
}

/* All of a zone as largest blocks, there and back: nothing stays cached. */
static void S(take_all_largest)(struct S(allocator) * a, unsigned zone)
{
	uint64_t nr = frame_zone(zone)->nr_pages >> MAX_PAGE_ORDER;
	pfn_t held[4];

	assert_true(nr <= ARRAY_SIZE(held));
	for (uint64_t i = 0; i < nr; i++) {
		held[i] = S(alloc)(a, 0, MAX_PAGE_ORDER);
		assert_int_not_equal(held[i], PFN_NONE);
	}
	while (nr--)
		S(free)(a, 0, held[nr], MAX_PAGE_ORDER);
}

/* Single frames given back at random become the largest blocks again. */
static void S(merged_after_free_all)(void **unused)
{
	struct S(allocator) *a = S(begin)(1);
	uint64_t nr = frame_zone(1)->nr_pages;
	struct random r = { test_seed() };
	struct frame_stats stats;
	pfn_t held[4096];

	(void)unused;
	if (S(traits) & FRAME_REFERENCE) {
		physmem_destroy(&frame_mem);
		skip();
	}
	for (uint64_t i = 0; i < nr; i++)
		held[i] = S(alloc)(a, 0, 0);
	for (uint64_t i = nr; i; i--) {
		uint64_t j = random_below(&r, i);

		S(free)(a, 0, held[j], 0);
		held[j] = held[i - 1];
	}
	if (S(traits) & FRAME_CACHES)
		S(take_all_largest)(a, 1);
	S(stats)(a, &stats);
	assert_int_equal(stats.nr_free[MAX_PAGE_ORDER], nr >> MAX_PAGE_ORDER);
	S(end)(a, 1);
}

/* Free every frame of zone 1 on CPU 1, and take all that CPU 0 then can. */
static uint64_t S(refill_from_another_cpu)(struct S(allocator) * a, pfn_t *held)
{
	uint64_t nr = frame_zone(1)->nr_pages, got = 0;

	for (uint64_t i = 0; i < nr; i++) {
		held[i] = S(alloc)(a, 0, 0);
		assert_int_not_equal(held[i], PFN_NONE);
	}
	for (uint64_t i = 0; i < nr; i++)
		S(free)(a, 1, held[i], 0);
	while (got < nr && (held[got] = S(alloc)(a, 0, 0)) != PFN_NONE)
		got++;
	return got;
}

static void S(all_that_another_cpu_freed_is_had_at_once)(void **unused)
{
	struct S(allocator) *a = S(begin)(1);
	uint64_t nr;
	pfn_t held[4096];

	(void)unused;
	if (!(S(traits) & FRAME_EXACT) || S(max_threads) == 1) {
		physmem_destroy(&frame_mem);
		skip();
	}
	nr = S(refill_from_another_cpu)(a, held);
	assert_int_equal(nr, frame_zone(1)->nr_pages);
	while (nr--)
		S(free)(a, 0, held[nr], 0);
	S(end)(a, 1);
}

/* Whichever call that is: an alloc, of a cached order or not, or a free. */
static void S(what_another_cpu_caches_is_had_after_its_next_call)(void **unused)
{
	enum { ALLOC, ALLOC_LARGEST, FREE, NR_CALLS };

	(void)unused;
	if (!(S(traits) & FRAME_CPU_EXACT))
		skip();
	for (unsigned call = 0; call < NR_CALLS; call++) {
		struct S(allocator) *a = S(begin)(1);
		uint64_t all = frame_zone(1)->nr_pages, nr;
		pfn_t held[4096];

		nr = S(refill_from_another_cpu)(a, held);
		assert_true(nr < all);
		if (call == ALLOC)
			held[--all] = S(alloc)(a, 1, 0);
		else if (call == ALLOC_LARGEST)
			S(alloc)(a, 1, MAX_PAGE_ORDER);
		else
			S(free)(a, 1, held[--nr], 0);
		while (nr < all)
			assert_int_not_equal(held[nr++] = S(alloc)(a, 0, 0),
					     PFN_NONE);
		for (uint64_t i = 0; i < frame_zone(1)->nr_pages; i++)
			S(free)(a, 0, held[i], 0);
		S(end)(a, 1);
	}
}

static void S(no_boot_memory_is_reported)(void **unused)
{
	(void)unused;
	if (!S(boot_bytes)(4096, 1))
		skip();
	assert_int_equal(frame_mem_init(1), 0);
	assert_int_equal(S(create)(&S(allocator_under_test), &frame_mem,
				   frame_zone(1), 1),
			 -ENOMEM);
	physmem_destroy(&frame_mem);
}

/*
 * What one thread holds, no other gets: each frame carries its block's name.
 * 20,000 operations, and on until $KMB_STRESS_SECONDS are over.
 */
static void *S(stress)(void *arg)
{
	unsigned cpu = (unsigned)(uintptr_t)arg;
	struct S(allocator) *a = &S(allocator_under_test);
	struct random r = { test_seed() ^ cpu };
	const uint64_t end = test_stress_end();
	uint64_t held[64], nr = 0, bad = 0;
	bool on = true;

	for (uint64_t op = 0; on || nr; op++) {
		if (op >= 20000 && op % 1000 == 0)
			on = test_now_ns() < end;
		if (on && nr < 64 && random_below(&r, 2)) {
			unsigned order = (unsigned)random_below(&r, 5);
			pfn_t pfn = S(alloc_any)(a, cpu, order, &r);

			if (pfn == PFN_NONE)
				continue;
			held[nr++] = pfn << 4 | order;
			for (pfn_t p = pfn; p < pfn + (1u << order); p++)
				pfn_to_page(&frame_mem, p)->index =
					op << 8 | cpu;
		} else if (nr) {
			uint64_t i = random_below(&r, nr), block = held[i];
			pfn_t pfn = block >> 4;
			uint64_t name = pfn_to_page(&frame_mem, pfn)->index;

			held[i] = held[--nr];
			bad += (name & 255) != cpu;
			for (pfn_t p = pfn; p < pfn + (1u << (block & 15)); p++)
				bad += pfn_to_page(&frame_mem, p)->index !=
				       name;
			S(free)(a, cpu, pfn, block & 15);
		}
	}
	return (void *)(uintptr_t)bad;
}

static void S(threads_never_share_a_frame)(void **unused)
{
	struct S(allocator) *a = S(begin)(1);
	pthread_t thread[NR_STRESS_THREADS];

	(void)unused;
	if (S(max_threads) < NR_STRESS_THREADS) {
		physmem_destroy(&frame_mem);
		skip();
	}
	for (uintptr_t t = 0; t < NR_STRESS_THREADS; t++)
		assert_int_equal(
			pthread_create(&thread[t], NULL, S(stress), (void *)t),
			0);
	for (unsigned t = 0; t < NR_STRESS_THREADS; t++) {
		void *bad;

		assert_int_equal(pthread_join(thread[t], &bad), 0);
		assert_null(bad);
	}
	S(end)(a, 1);
}

static void S(freed_memory_is_poisoned)(void **unused)
{
	struct S(allocator) *a = S(begin)(1);
	pfn_t pfn = S(alloc)(a, 0, 2);
	char *block = pfn_to_virt(&frame_mem, pfn);

	(void)unused;
	memset(block, 1, PAGE_SIZE << 2);
	S(free)(a, 0, pfn, 2);
	for (uint64_t i = 0; i < PAGE_SIZE << 2; i++)
		assert_int_equal(block[i], KMB_DEBUG >= 1 ? POISON_FREE : 1);
	S(end)(a, 1);
}

static void S(free_twice)(void)
{
	struct S(allocator) *a = &S(allocator_under_test);
	pfn_t pfn = S(alloc)(a, 0, 0);

	S(free)(a, 0, pfn, 0);
	S(free)(a, 0, pfn, 0);
}

static void S(double_free_is_fatal_in_debug_builds)(void **unused)
{
	struct S(allocator) * a;

	(void)unused;
	if (KMB_DEBUG < 1 || S(traits) & FRAME_REFERENCE)
		skip();
	a = S(begin)(1);
	assert_true(dies(S(free_twice)));
	S(end)(a, 1);
}

#define FRAME_CHECK(check_name)                         \
	{                                               \
		.name = STRATEGY_NAME ": " #check_name, \
		.test_func = S(check_name)              \
	}

static int S(run_checks)(void)
{
	const struct CMUnitTest tests[] = {
		FRAME_CHECK(no_overlap_alignment_and_bounds),
		FRAME_CHECK(sum_of_free_lists_equals_free_pages),
		FRAME_CHECK(state_is_valid_at_any_time),
		FRAME_CHECK(order_above_max_gives_none),
		FRAME_CHECK(all_frames_reachable_to_the_last),
		FRAME_CHECK(merged_after_free_all),
		FRAME_CHECK(all_that_another_cpu_freed_is_had_at_once),
		FRAME_CHECK(what_another_cpu_caches_is_had_after_its_next_call),
		FRAME_CHECK(no_boot_memory_is_reported),
		FRAME_CHECK(threads_never_share_a_frame),
		FRAME_CHECK(freed_memory_is_poisoned),
		FRAME_CHECK(double_free_is_fatal_in_debug_builds),
	};

	return cmocka_run_group_tests_name("frame/" STRATEGY_NAME, tests, NULL,
					   NULL);
}

static __attribute__((constructor)) void S(add_checks)(void)
{
	/* What hands out nothing keeps no contract. */
	if (!(S(traits) & FRAME_NULL))
		frame_groups[nr_frame_groups++] = S(run_checks);
}

#undef FRAME_CHECK
