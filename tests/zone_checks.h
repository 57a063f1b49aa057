/*
 * zone_checks.h - template: all that a STRATEGY of family zone must do: the
 * sequence of kernels/zone/zone.h, which pages it may take, kswapd, counters.
 *
 * ZONE_CREATED(s): what is to be done with new zones.
 */
#include "zone_begin.h"
#include "zone_step_checks.h"
#include "zone_kswapd_checks.h"
#include "zone_numa_checks.h"

static void S(no_zone_or_no_such_order_gives_none)(void **unused)
{
	static const unsigned blocks[] = { 1 };

	(void)unused;
	S(begin_machine)(1, blocks, 0, 0, NULL);
	S(request)(GFP_KERNEL | GFP_DMA, 0, ZONE_FAILED);
	S(request)(GFP_KERNEL | GFP_NOFAIL, MAX_PAGE_ORDER + 1, ZONE_FAILED);
	S(request)(GFP_KERNEL, ~0u, ZONE_FAILED);
	assert_int_equal(machine.naps + machine.kills + machine.shrinks, 0);
	S(end)();
}

static void S(classzone_dma_never_touches_normal)(void **unused)
{
	static const gfp_t how[] = { GFP_DMA | GFP_KERNEL | GFP_NORETRY,
				     GFP_DMA | GFP_ATOMIC, GFP_DMA };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(how); i++) {
		uint64_t got = 0;

		S(begin)(1000, 2000);
		while (S(alloc_pages)(&S(under_test), &machine.task, how[i],
				      0) != PFN_NONE)
			got++;
		assert_int_equal(S(free_of)(ZONE_NORMAL), 2000);
		assert_int_equal(S(free_of)(ZONE_DMA), 1000 - got);
		S(end)();
	}
	/* Not even PF_MEMALLOC does. */
	S(begin)(10, 2000);
	machine.task.flags = TIF_MEMDIE;
	for (unsigned i = 0; i < 10; i++)
		assert_true(S(request)(GFP_DMA | GFP_KERNEL, 0,
				       i < 2 ? ZONE_WOKEN : ZONE_RESERVE) <
			    1024);
	S(request)(GFP_DMA | GFP_KERNEL, 0, ZONE_FAILED);
	S(end)();
}

/* What each kind of request leaves behind when it can get no more. */
static void S(reserve_is_breached_by_its_owners_alone)(void **unused)
{
	static const struct {
		gfp_t gfp;
		unsigned flags, dma, normal;
	} t[] = {
		{ GFP_KERNEL | GFP_NORETRY, 0, 8 + 100, 40 },
		{ GFP_KERNEL | GFP_NORETRY | GFP_HIGH, 0, 4 + 100, 20 },
		{ 0, 0, 6 + 100, 30 },
		{ GFP_ATOMIC, 0, 3 + 100, 15 },
		{ GFP_KERNEL | GFP_NORETRY, TASK_REALTIME, 6 + 100, 30 },
		{ GFP_KERNEL | GFP_NORETRY, TASK_REALTIME | TASK_INTERRUPT,
		  8 + 100, 40 },
		{ GFP_KERNEL, TIF_MEMDIE, 0, 0 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		S(begin)(500, 1500);
		machine.task.flags = t[i].flags;
		while (S(alloc_pages)(&S(under_test), &machine.task, t[i].gfp,
				      0) != PFN_NONE)
			;
		assert_int_equal(S(free_of)(ZONE_DMA), t[i].dma);
		assert_int_equal(S(free_of)(ZONE_NORMAL), t[i].normal);
		S(end)();
	}
}

/* Which block of 4 MiB, and so which zone, serves as long as nobody is below
 * low; and the first one that serves below. */
static void S(fallback_is_highmem_normal_dma_then_the_next_node)(void **unused)
{
	static const unsigned blocks[] = { 3, 1 };
	static const unsigned order[] = { 2, 1, 0, 3, 2 };
	struct S(zones) *s = S(begin_machine)(2, blocks, 1, 2, NULL);
	const struct zone_counters *c = &s->zones.counters[0];
	unsigned at = 0;

	(void)unused;
	do {
		pfn_t pfn = S(alloc_pages)(s, &machine.task, GFP_HIGHUSER, 0);

		assert_int_not_equal(pfn, PFN_NONE);
		if (pfn / 1024 != order[at])
			at++;
		assert_int_equal(pfn / 1024, order[at]);
		assert_int_equal(at == 4, c->path[ZONE_WOKEN]);
	} while (at < 4);
	/* Left: low, 5/4 of isqrt(16 * 8192) / 4 / 2 = 45 in lowmem and of 32
	 * in HIGHMEM, and from HIGHMEM 1024 / 32 of NORMAL, 2048 / 256 of DMA.
	 */
	assert_int_equal(c->path[ZONE_FAST],
			 4096 - 40 - (56 + 32) - (56 + 8) - 40);
	S(end)();
}

static void S(no_boot_memory_is_reported)(void **unused)
{
	static const unsigned blocks[] = { 1 };
	struct zones_config config = { .nr_cpus = 4, .hooks = &machine_hooks };
	size_t enough = S(zones_boot_bytes)(1024, 4);

	(void)unused;
	for (size_t bytes = CACHE_LINE_BYTES; bytes < enough; bytes *= 2) {
		int err;

		machine_init(1, blocks, 0, 0, bytes);
		err = S(zones_create)(&S(under_test), &machine.mem, &config);
		assert_true(err == 0 || err == -ENOMEM);
		if (bytes < zones_boot_bytes(4))
			assert_int_equal(err, -ENOMEM);
		physmem_destroy(&machine.mem);
	}
}

static int S(run_checks)(void)
{
#define ZONE_CHECK(check_name)                          \
	{                                               \
		.name = STRATEGY_NAME ": " #check_name, \
		.test_func = S(check_name)              \
	}
	const struct CMUnitTest tests[] = {
		ZONE_CHECK(step_1_all_zones_at_low),
		ZONE_CHECK(step_2_kswapd_is_woken_once_and_told_the_order),
		ZONE_CHECK(step_2_only_nodes_below_low),
		ZONE_CHECK(step_2_a_reserve_alone_wakes_nobody),
		ZONE_CHECK(step_3_min_with_harder_and_high),
		ZONE_CHECK(step_4_memalloc_and_memdie_ignore_marks),
		ZONE_CHECK(step_5_who_cannot_wait_fails),
		ZONE_CHECK(step_6_the_task_reclaims_with_memalloc),
		ZONE_CHECK(step_7_progress_retries_at_min),
		ZONE_CHECK(step_7_no_progress_tries_once_at_high),
		ZONE_CHECK(step_7_a_kill_begins_again_at_low),
		ZONE_CHECK(step_7_no_kill_without_fs_or_with_noretry),
		ZONE_CHECK(step_8_small_orders_repeat_and_nofail_retry),
		ZONE_CHECK(no_zone_or_no_such_order_gives_none),
		ZONE_CHECK(classzone_dma_never_touches_normal),
		ZONE_CHECK(reserve_is_breached_by_its_owners_alone),
		ZONE_CHECK(fallback_is_highmem_normal_dma_then_the_next_node),
		ZONE_CHECK(kswapd_reclaims_to_high),
		ZONE_CHECK(kswapd_reclaims_for_the_order_asked_for),
		ZONE_CHECK(kswapd_stays_awake_for_a_larger_order),
		ZONE_CHECK(numastat_counts_where_pages_lie),
		ZONE_CHECK(nodes_run_dry_by_distance),
		ZONE_CHECK(no_boot_memory_is_reported),
	};
#undef ZONE_CHECK

	return cmocka_run_group_tests_name("zone/" STRATEGY_NAME, tests, NULL,
					   NULL);
}
