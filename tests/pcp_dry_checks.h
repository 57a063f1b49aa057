/*
 * pcp_dry_checks.h - template: threads that hold nearly all of a zone, so that
 * allocs fail all the time and lists are emptied while they are in use.
 */
static void *S(run_dry)(void *arg)
{
	unsigned cpu = (unsigned)(uintptr_t)arg;
	struct S(allocator) *a = &S(allocator_under_test);
	struct random r = { test_seed() ^ cpu };
	uint64_t held[1024], nr = 0, bad = 0;

	for (uint64_t op = 0; op < 30000 || nr; op++) {
		if (op < 30000 && nr < 1024 && random_below(&r, 8) < 5) {
			unsigned order = random_order(&r);
			pfn_t pfn = S(alloc)(a, cpu, order);

			if (pfn == PFN_NONE)
				continue;
			held[nr++] = pfn << 4 | order;
			for (pfn_t p = pfn; p < pfn + (1u << order); p++)
				pfn_to_page(&frame_mem, p)->index = cpu;
		} else if (nr) {
			uint64_t i = random_below(&r, nr), block = held[i];
			pfn_t pfn = block >> 4,
			      end = pfn + (1u << (block & 15));

			held[i] = held[--nr];
			for (pfn_t p = pfn; p < end; p++)
				bad += pfn_to_page(&frame_mem, p)->index != cpu;
			S(free)(a, cpu, pfn, block & 15);
		}
	}
	return (void *)(uintptr_t)bad;
}

static void S(threads_run_dry_and_drain_each_other)(void **unused)
{
	struct S(allocator) *a = S(begin)(1);
	pthread_t thread[NR_STRESS_THREADS];

	(void)unused;
	test_seed(); /* the first call is for one thread */
	for (uintptr_t t = 0; t < NR_STRESS_THREADS; t++)
		assert_int_equal(
			pthread_create(&thread[t], NULL, S(run_dry), (void *)t),
			0);
	for (unsigned t = 0; t < NR_STRESS_THREADS; t++) {
		void *bad;

		assert_int_equal(pthread_join(thread[t], &bad), 0);
		assert_null(bad);
	}
	S(end)(a, 1);
}
