/*
 * rmap_checks.h - template: what every STRATEGY of reverse mapping must do.
 * Adds its tests to the list.
 */
#include "rmap_churn.h"

/* Nothing is kept of processes that are gone: "memory all returned after the
 * last exit". */
static void S(check_empty)(void)
{
	struct rmap_stats stats;

	assert_true(S(validate)(&S(tested).rmap));
	S(exit_all)();
	S(check_all)();
	assert_int_equal(nr_truth, 0);
	S(stats)(&S(tested).rmap, &stats);
	assert_int_equal(stats.anon_vmas, 0);
	/* But for chains that CPUs have ready. */
	check(stats.links <= 2 * RMAP_TEST_CPUS, "%llu links",
	      (unsigned long long)stats.links);
	S(revive)();
}

static void S(churn_world)(struct rmap_random r, uint64_t nr, uint64_t swap)
{
	r.r.state = test_seed() + r.area_pages;
	r.reclaims = S(reclaims);
	S(begin)(swap);
	for (unsigned round = 0; round < 8; round++) {
		S(churn)(&r, nr / 8 + 1, S(check_all));
		S(check_empty)();
	}
	S(end)();
}

/* What looks at everything for each page, or at each look writes down what is
 * there, does less; null, for which nobody looks, keeps nothing either. */
static uint64_t S(nr_ops)(uint64_t nr)
{
	return S(traits) & RMAP_SCAN	    ? nr / (KMB_DEBUG ? 8 : 64)
	       : S(traits) & RMAP_REFERENCE ? nr / 16
					    : nr;
}

/* "the found set equals the true set": small pages, and a swap that is full
 * now and then. */
static void S(finds_all)(void **unused)
{
	(void)unused;
	S(churn_world)
	((struct rmap_random){ .area_pages = 48, .processes = 6 },
	 S(nr_ops)(NR_OPS), 96);
}

/* Of so many processes that no chain's head is all there is. */
static void S(finds_all_crowd)(void **unused)
{
	(void)unused;
	S(churn_world)
	((struct rmap_random){ .area_pages = 6, .kinds = RMAP_CROWD_KINDS },
	 S(nr_ops)(NR_CROWD_OPS), 12);
}

static void S(finds_all_huge)(void **unused)
{
	(void)unused;
	S(churn_world)
	((struct rmap_random){ .area_pages = 4 * 512,
			       .processes = 4,
			       .kinds = RMAP_HUGE_KINDS },
	 S(nr_ops)(NR_HUGE_OPS), 4096);
}

/* The k-th page is not to be had, and so many after it: whatever could not be
 * done, what is mapped is found, and all is given back. False: there were not
 * that many. */
static bool S(fails_at)(uint64_t area_pages, uint64_t k, uint64_t nr)
{
	struct rmap_random r = { .r = { test_seed() + nr },
				 .area_pages = area_pages,
				 .processes = 6,
				 .reclaims = S(reclaims) };
	const struct rmap_world_config config = {
		.slab = &source.slab,
		.nr_files = TEST_FILES,
		.file_pages = TEST_FILE_PAGES,
		.swap_slots = 16,
	};
	bool reached;

	source_begin(8192);
	source.left = k;
	source.fail = nr;
	if (!S(world_create)(&S(tested), &config)) {
		S(revive)();
		S(churn)(&r, NR_FAILING_OPS, NULL);
		reached = source.fail != nr;
		source.fail = 0;
		S(check_all)();
		S(end)();
	} else {
		reached = true;
		source_end();
	}
	return reached;
}

/* One page, and all from there on. */
static void S(no_memory)(void **unused)
{
	(void)unused;
	for (uint64_t k = 0; S(fails_at)(48, k, 1); k += FAILING_STEP)
		continue;
	for (uint64_t k = 0; S(fails_at)(48, k, UINT64_MAX); k += FAILING_STEP)
		continue;
	for (uint64_t k = 0; S(fails_at)(3 * 512, k, 1); k += 16 * FAILING_STEP)
		continue;
}

#include "rmap_reclaim_checks.h"

static __attribute__((constructor)) void S(add_tests)(void)
{
	add_test(STRATEGY_NAME ": finds all", S(finds_all));
	add_test(STRATEGY_NAME ": finds all, crowd", S(finds_all_crowd));
	add_test(STRATEGY_NAME ": finds all, huge pages", S(finds_all_huge));
	add_test(STRATEGY_NAME ": no memory", S(no_memory));
	if (!S(reclaims))
		return;
	add_test(STRATEGY_NAME ": referenced", S(referenced));
	add_test(STRATEGY_NAME ": unmapped, and back", S(unmapped_and_back));
	add_test(STRATEGY_NAME ": may not go", S(may_not_go));
	add_test(STRATEGY_NAME ": shared", S(shared));
	add_test(STRATEGY_NAME ": a file's page", S(file_page));
	add_test(STRATEGY_NAME ": moved and merged", S(moved_and_merged));
}
