/*
 * zone_checks.h - template: the sequence of kernels/zone/zone.h, step by step,
 * for one STRATEGY on a machine that is scripted to the page.
 *
 * The machine has DMA [0, 1024) and NORMAL [1024, 3072), and marks that are
 * easy on the eye:
 *
 *             min  low  high   reserve from NORMAL
 *     DMA       8   12    16   100
 *     NORMAL   40   60    80
 *
 * ZONE_CREATED(s): what is to be done with new zones.
 */
static struct S(zones) S(under_test);

static void S(free_held)(struct machine *m, unsigned type, unsigned nr)
{
	while (nr--) {
		assert_true(m->nr_held[type] > 0);
		S(free_pages)
		(m->zones, &m->task, m->held[type][--m->nr_held[type]], 0);
	}
}

/* All pages of a zone leave the machine, the highest first to come back. */
static void S(take_all)(unsigned type, gfp_t gfp)
{
	struct zone_task taker = { .flags = PF_MEMALLOC };
	pfn_t pfn;

	while ((pfn = S(alloc_pages)(&S(under_test), &taker, gfp, 0)) !=
	       PFN_NONE)
		machine.held[type][machine.nr_held[type]++] = pfn;
}

static struct S(zones) * S(begin_machine)(unsigned nr_nodes,
					  const unsigned *blocks,
					  unsigned dma_end, unsigned normal_end,
					  const uint8_t *distance)
{
	struct zones_config config = { .nr_cpus = 4,
				       .distance = distance,
				       .hooks = &machine_hooks };

	machine_init(nr_nodes, blocks, dma_end, normal_end,
		     S(zones_boot_bytes)(MACHINE_PAGES, config.nr_cpus));
	assert_int_equal(S(zones_create)(&S(under_test), &machine.mem, &config),
			 0);
	ZONE_CREATED(&S(under_test));
	machine.zones = &S(under_test);
	machine.free_held = S(free_held);
	return &S(under_test);
}

static void S(reset_counters)(void)
{
	struct zones *zones = &S(under_test).zones;

	memset(zones->counters, 0, zones->nr_cpus * sizeof(*zones->counters));
	machine.wakes = 0;
}

/* The machine above with just so many free pages. */
static struct S(zones) * S(begin)(unsigned dma_free, unsigned normal_free)
{
	static const unsigned blocks[] = { 3 };
	struct S(zones) *s = S(begin_machine)(1, blocks, 1, 0, NULL);

	S(take_all)(ZONE_DMA, GFP_DMA);
	S(take_all)(ZONE_NORMAL, GFP_KERNEL);
	assert_int_equal(machine.nr_held[ZONE_DMA], 1024);
	assert_int_equal(machine.nr_held[ZONE_NORMAL], 2048);
	s->zones.zone[ZONE_DMA]->marks =
		(struct zone_marks){ 8, 12, 16, { 0, 100, 100 } };
	s->zones.zone[ZONE_NORMAL]->marks =
		(struct zone_marks){ 40, 60, 80, { 0, 0, 0 } };
	S(free_held)(&machine, ZONE_DMA, dma_free);
	S(free_held)(&machine, ZONE_NORMAL, normal_free);
	S(reset_counters)();
	return s;
}

static void S(end)(void)
{
	assert_true(S(zones_validate)(&S(under_test)));
	S(zones_destroy)(&S(under_test));
	physmem_destroy(&machine.mem);
}

static uint64_t S(free_of)(unsigned id)
{
	struct frame_stats stats;

	S(zone_stats)(&S(under_test), id, &stats);
	return stats.free_pages;
}

/* A page, by the path expected; or none. */
static pfn_t S(request)(gfp_t gfp, unsigned order, enum zone_path path)
{
	struct zone_counters before, after;
	pfn_t pfn;

	zones_sum(&S(under_test).zones, &before);
	pfn = S(alloc_pages)(&S(under_test), &machine.task, gfp, order);
	zones_sum(&S(under_test).zones, &after);
	for (unsigned p = 0; p < NR_ZONE_PATHS; p++)
		check(after.path[p] - before.path[p] == (p == path),
		      "path %u, not %u", p, path);
	assert_int_equal(pfn == PFN_NONE, path == ZONE_FAILED);
	assert_false(machine.task.flags & PF_MEMALLOC);
	return pfn;
}

/* The same with these flags of the task, on a machine with so much in NORMAL
 * and nothing in DMA. */
static void S(request_at)(unsigned normal_free, unsigned flags, gfp_t gfp,
			  enum zone_path path)
{
	S(begin)(0, normal_free);
	machine.task.flags = flags;
	if (flags & PF_MEMALLOC) {
		struct zone_counters sum;

		S(alloc_pages)(&S(under_test), &machine.task, gfp, 0);
		zones_sum(&S(under_test).zones, &sum);
		assert_int_equal(sum.path[path], 1);
	} else {
		S(request)(gfp, 0, path);
	}
	S(end)();
}

/* So many of the pages held become reclaimable. */
static void S(fill_lru)(unsigned nr)
{
	struct zone_lru *lru = &S(under_test).zones.zone[ZONE_NORMAL]->lru;

	for (unsigned i = 0; i < nr; i++) {
		pfn_t *slot = &machine.held[ZONE_NORMAL]
					   [--machine.nr_held[ZONE_NORMAL]];

		zone_lru_add(lru, pfn_to_page(&machine.mem, *slot), slot);
	}
}

static void S(step_1_all_zones_at_low)(void **unused)
{
	(void)unused;
	S(begin)(0, 61);
	S(request)(GFP_KERNEL, 0, ZONE_FAST); /* 61 > 60 */
	assert_int_equal(machine.wakes, 0);
	S(request)(GFP_KERNEL, 0, ZONE_WOKEN); /* 60 <= 60 */
	S(end)();
	/* DMA serves NORMAL's requests above low and the reserve. */
	S(begin)(113, 60);
	assert_true(S(request)(GFP_KERNEL, 0, ZONE_FAST) < 1024);
	assert_int_equal(S(under_test).zones.counters[0].fallback, 1);
	/* 112 <= 12 + 100: back to NORMAL, at min. */
	assert_true(S(request)(GFP_KERNEL, 0, ZONE_WOKEN) >= 1024);
	assert_int_equal(S(under_test).zones.counters[0].fallback, 1);
	S(end)();
}

static void S(step_2_kswapd_is_woken_once_and_told_the_order)(void **unused)
{
	struct S(zones) *s = S(begin)(0, 60);
	struct kswapd *k = &s->zones.node[0]->kswapd;

	(void)unused;
	/* It is not asleep: it is told, but nobody wakes it. */
	S(request)(GFP_KERNEL, 0, ZONE_WOKEN);
	S(alloc_pages)(s, &machine.task, GFP_ATOMIC, 2);
	assert_int_equal(k->max_order, 2);
	S(request)(GFP_KERNEL, 0, ZONE_WOKEN);
	assert_int_equal(k->max_order, 2); /* the largest */
	assert_int_equal(machine.wakes, 0);
	/* Asleep: the first one wakes it. */
	k->waiting = true;
	S(request)(GFP_KERNEL, 0, ZONE_WOKEN);
	S(request)(GFP_KERNEL, 0, ZONE_WOKEN);
	assert_int_equal(machine.wakes, 1);
	assert_int_equal(s->zones.counters[0].wakeups, 1);
	S(end)();
}

static void S(step_2_only_nodes_below_low)(void **unused)
{
	static const unsigned blocks[] = { 1, 1 };
	struct S(zones) *s = S(begin_machine)(2, blocks, 0, 0, NULL);

	(void)unused;
	for (unsigned n = 0; n < 2; n++) {
		s->zones.zone[zone_id(n, ZONE_NORMAL)]->marks =
			(struct zone_marks){
				n ? 100 : 2000, n ? 200 : 2000, 3000, { 0 }
			};
		s->zones.node[n]->kswapd.waiting = true;
	}
	S(reset_counters)();
	/* Node 0 may not, node 1 is above low: nobody needs to be woken. */
	assert_true(S(request)(GFP_KERNEL, 0, ZONE_FAST) >= 1024);
	assert_int_equal(machine.wakes, 0);
	/* Neither may: the one below low is woken, so are both. */
	s->zones.zone[zone_id(1, ZONE_NORMAL)]->marks.low = 2000;
	S(request)(GFP_KERNEL, 0, ZONE_WOKEN);
	assert_int_equal(machine.wakes, 2);
	S(end)();
}

/* NORMAL on node 0 is kept from a request for HIGHMEM by its reserve, and so
 * is not short itself: of two nodes that did not serve, one is woken. */
static void S(step_2_a_reserve_alone_wakes_nobody)(void **unused)
{
	static const unsigned blocks[] = { 1, 1 };
	struct S(zones) *s = S(begin_machine)(2, blocks, 0, 1, NULL);

	(void)unused;
	s->zones.zone[zone_id(0, ZONE_NORMAL)]->marks =
		(struct zone_marks){ 10, 20, 30, { 0, 0, 2000 } };
	s->zones.zone[zone_id(1, ZONE_HIGHMEM)]->marks =
		(struct zone_marks){ 10, 2000, 3000, { 0 } };
	for (unsigned n = 0; n < 2; n++)
		s->zones.node[n]->kswapd.waiting = true;
	S(reset_counters)();
	machine.task.node = 1;
	assert_true(S(request)(GFP_HIGHUSER, 0, ZONE_WOKEN) >= 1024);
	assert_int_equal(machine.wakes, 1);
	assert_true(s->zones.node[0]->kswapd.waiting);
	assert_false(s->zones.node[1]->kswapd.waiting);
	S(end)();
}

static void S(step_3_min_with_harder_and_high)(void **unused)
{
	enum { RT = TASK_REALTIME, IRQ = TASK_INTERRUPT };
	const gfp_t once = GFP_KERNEL | GFP_NORETRY;

	(void)unused;
	/* min is 40; with high 20, harder 30, both 15. */
	S(request_at)(41, 0, GFP_KERNEL, ZONE_WOKEN);
	S(request_at)(40, 0, once, ZONE_FAILED);
	S(request_at)(40, 0, once | GFP_HIGH, ZONE_RESERVE);
	S(request_at)(21, 0, once | GFP_HIGH, ZONE_RESERVE);
	S(request_at)(20, 0, once | GFP_HIGH, ZONE_FAILED);
	S(request_at)(41, 0, once | GFP_HIGH, ZONE_WOKEN);
	S(request_at)(41, 0, 0, ZONE_WOKEN);
	S(request_at)(31, 0, 0, ZONE_RESERVE);
	S(request_at)(30, 0, 0, ZONE_FAILED);
	S(request_at)(16, 0, GFP_ATOMIC, ZONE_RESERVE);
	S(request_at)(15, 0, GFP_ATOMIC, ZONE_FAILED);
	S(request_at)(31, RT, once, ZONE_RESERVE);
	S(request_at)(30, RT, once, ZONE_FAILED);
	S(request_at)(40, RT | IRQ, once, ZONE_FAILED);
	S(request_at)(31, RT | IRQ, 0, ZONE_RESERVE);
}

static void S(step_4_memalloc_and_memdie_ignore_marks)(void **unused)
{
	(void)unused;
	S(request_at)(1, PF_MEMALLOC, GFP_KERNEL, ZONE_RESERVE);
	S(request_at)(1, TIF_MEMDIE, GFP_KERNEL, ZONE_RESERVE);
	S(request_at)(1, TIF_MEMDIE, 0, ZONE_RESERVE);
	S(request_at)(1, TIF_MEMDIE | TASK_INTERRUPT, 0, ZONE_FAILED);
	S(request_at)(1, PF_MEMALLOC | TASK_INTERRUPT, GFP_ATOMIC, ZONE_FAILED);
	/* Nothing at all: it fails, and neither reclaims nor kills. */
	S(begin)(0, 0);
	machine.task.flags = TIF_MEMDIE;
	S(request)(GFP_KERNEL, 0, ZONE_FAILED);
	assert_int_equal(machine.shrinks + machine.kills + machine.naps, 0);
	S(end)();
}

static void S(step_5_who_cannot_wait_fails)(void **unused)
{
	(void)unused;
	S(begin)(0, 5);
	S(fill_lru)(100);
	S(request)(GFP_ATOMIC, 0, ZONE_FAILED);
	S(request)(GFP_ATOMIC | GFP_NOFAIL | GFP_REPEAT, 0, ZONE_FAILED);
	assert_int_equal(machine.shrinks + machine.kills + machine.naps, 0);
	S(end)();
}

static void S(step_6_the_task_reclaims_with_memalloc)(void **unused)
{
	struct S(zones) *s = S(begin)(0, 10);
	struct zone_lru *lru = &s->zones.zone[ZONE_NORMAL]->lru;
	struct zone_counters *c = &s->zones.counters[0];

	(void)unused;
	S(fill_lru)(64);
	S(request)(GFP_KERNEL, 0, ZONE_RECLAIM);
	assert_int_equal(machine.shrink_flags & PF_MEMALLOC, PF_MEMALLOC);
	assert_int_equal(machine.shrinks, 1);
	assert_true(c->reclaimed >= ZONE_CLUSTER);
	assert_int_equal(c->scanned, c->reclaimed);
	assert_int_equal(lru->nr_pages, 64 - c->reclaimed);
	assert_int_equal(S(free_of)(ZONE_NORMAL), 10 + c->reclaimed - 1);
	/* The least recently used ones are gone. */
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(
			machine.held[ZONE_NORMAL][machine.nr_held[ZONE_NORMAL] +
						  63 - i] == PFN_NONE,
			i < c->reclaimed);
	S(end)();
}

static void S(step_7_progress_retries_at_min)(void **unused)
{
	(void)unused;
	/* To 41: above min, far below low. */
	S(begin)(0, 10);
	machine.shrink_at = machine.shrink_says = 1;
	machine.give = 31;
	S(request)(GFP_KERNEL, 0, ZONE_RECLAIM);
	assert_int_equal(machine.naps + machine.kills, 0);
	S(end)();
	/* To 40: not above, so a nap. */
	S(begin)(0, 10);
	machine.shrink_at = machine.nap_at = 1;
	machine.shrink_says = 1;
	machine.give = 30;
	S(request)(GFP_KERNEL, 0, ZONE_RECLAIM);
	assert_int_equal(machine.naps, 1);
	assert_int_equal(machine.kills, 0);
	S(end)();
	/* With high, min is 20 here, too. */
	S(begin)(0, 10);
	machine.shrink_at = machine.shrink_says = 1;
	machine.give = 11;
	S(request)(GFP_KERNEL | GFP_HIGH, 0, ZONE_RECLAIM);
	S(end)();
}

static void S(step_7_no_progress_tries_once_at_high)(void **unused)
{
	(void)unused;
	/* Someone else frees meanwhile: 81 > 80. */
	S(begin)(0, 10);
	machine.shrink_at = 1;
	machine.give = 71;
	S(request)(GFP_KERNEL, 0, ZONE_RECLAIM);
	assert_int_equal(machine.kills, 0);
	S(end)();
	/* 80 <= 80: kill, though min would have done; then (1), 80 > 60. */
	S(begin)(0, 10);
	machine.shrink_at = 1;
	machine.give = 70;
	machine.kill_says = true;
	S(request)(GFP_KERNEL, 0, ZONE_OOM);
	assert_int_equal(machine.kills, 1);
	assert_int_equal(S(under_test).zones.counters[0].kills, 1);
	S(end)();
}

static void S(step_7_a_kill_begins_again_at_low)(void **unused)
{
	struct S(zones) *s = S(begin)(0, 10);

	(void)unused;
	/* The third one frees enough for min, not for low. */
	machine.kill_says = true;
	machine.kill_at = 3;
	machine.give = 40;
	s->zones.node[0]->kswapd.waiting = true;
	S(request)(GFP_KERNEL, 0, ZONE_OOM);
	assert_int_equal(machine.kills, 3);
	assert_int_equal(machine.naps, 0);
	assert_int_equal(machine.wakes, 1);
	assert_int_equal(machine.kill_flags, 0);
	S(end)();
	/* The task itself is killed: it may take the last page. */
	S(begin)(0, 1);
	machine.kill_says = machine.kill_marks_task = true;
	S(request)(GFP_KERNEL, 0, ZONE_OOM);
	assert_int_equal(machine.kills, 1);
	assert_int_equal(S(free_of)(ZONE_NORMAL), 0);
	S(end)();
	/* Nobody is left to kill. */
	S(begin)(0, 10);
	S(request)(GFP_KERNEL, 0, ZONE_FAILED);
	S(request)(GFP_KERNEL | GFP_NOFAIL, 0, ZONE_FAILED);
	assert_int_equal(machine.kills, 2);
	S(end)();
}

static void S(step_7_no_kill_without_fs_or_with_noretry)(void **unused)
{
	(void)unused;
	S(begin)(0, 10);
	machine.kill_says = true;
	S(request)(GFP_KERNEL | GFP_NORETRY, 0, ZONE_FAILED);
	S(request)(GFP_NOFS | GFP_NORETRY, 0, ZONE_FAILED);
	S(request)(GFP_NOFS, 4, ZONE_FAILED);
	assert_int_equal(machine.kills + machine.naps, 0);
	S(end)();
	/* NOFS naps until reclaim helps again, however long that takes. */
	S(begin)(0, 10);
	machine.kill_says = true;
	machine.nap_at = 500;
	machine.give = 31;
	S(request)(GFP_NOFS, 0, ZONE_RECLAIM);
	assert_int_equal(machine.naps, 500);
	assert_int_equal(machine.kills, 0);
	S(end)();
}

/* How a request of this order ends that reclaim helps, but not enough. */
static void S(retry_is)(gfp_t gfp, unsigned order, bool retried)
{
	S(begin)(0, 10);
	machine.shrink_says = 1;
	machine.nap_at = 3;
	machine.give = 1200;
	S(request)(gfp, order, retried ? ZONE_RECLAIM : ZONE_FAILED);
	assert_int_equal(machine.naps, retried ? 3 : 0);
	assert_int_equal(S(under_test).zones.counters[0].waits, machine.naps);
	assert_int_equal(machine.shrinks, retried ? 4 : 1);
	assert_int_equal(machine.nap_flags, 0);
	assert_int_equal(machine.kills, 0);
	S(end)();
}

static void S(step_8_small_orders_repeat_and_nofail_retry)(void **unused)
{
	(void)unused;
	S(retry_is)(GFP_KERNEL, 0, true);
	S(retry_is)(GFP_KERNEL, 3, true);
	S(retry_is)(GFP_KERNEL, 4, false);
	S(retry_is)(GFP_KERNEL | GFP_REPEAT, 4, true);
	S(retry_is)(GFP_KERNEL | GFP_NOFAIL, 4, true);
	S(retry_is)(GFP_NOIO, 3, true);
	S(retry_is)(GFP_NOFS, 4, false);
	/* NORETRY is stronger than all of them. */
	S(retry_is)(GFP_KERNEL | GFP_NORETRY, 0, false);
	S(retry_is)(GFP_KERNEL | GFP_NORETRY | GFP_REPEAT, 0, false);
	S(retry_is)(GFP_KERNEL | GFP_NORETRY | GFP_NOFAIL, 0, false);
}

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

static void S(kswapd_reclaims_to_high)(void **unused)
{
	struct S(zones) *s = S(begin)(14, 50);
	struct zone_task task = { .cpu = 3 };

	(void)unused;
	S(fill_lru)(500);
	machine.more_rounds = 1;
	S(kswapd)(s, &task);
	assert_int_equal(machine.sleeps, 2);
	/* More than 80, but not a cluster more; DMA had no page to give. */
	assert_in_range(S(free_of)(ZONE_NORMAL), 81, 80 + ZONE_CLUSTER);
	assert_int_equal(S(free_of)(ZONE_DMA), 14);
	assert_int_equal(s->zones.counters[3].reclaimed,
			 S(free_of)(ZONE_NORMAL) - 50);
	assert_false(s->zones.node[0]->kswapd.waiting);
	S(end)();
	/* Above high in all zones it does nothing. */
	s = S(begin)(17, 81);
	S(fill_lru)(500);
	machine.more_rounds = 3;
	S(kswapd)(s, &task);
	assert_int_equal(s->zones.counters[3].scanned, 0);
	assert_int_equal(machine.sleeps, 4);
	S(end)();
	/* Nothing to reclaim: it goes back to sleep. */
	s = S(begin)(0, 5);
	machine.more_rounds = 1;
	S(kswapd)(s, &task);
	assert_int_equal(machine.sleeps, 2);
	S(end)();
}

/* 500 single pages in order, every other one freed first: no block of two. */
static void S(kswapd_reclaims_for_the_order_asked_for)(void **unused)
{
	struct S(zones) *s = S(begin)(1024, 0);
	struct zone_state *state = s->zones.zone[ZONE_NORMAL];
	struct zone_task task = { .cpu = 3 };
	pfn_t pfn;

	(void)unused;
	/* held[] ends with the pages that were taken last; make it by pfn. */
	for (unsigned i = 0; i < 2048; i++)
		machine.held[ZONE_NORMAL][i] = 1024 + i;
	S(fill_lru)(2048);
	for (pfn = 0; pfn < 400; pfn += 2) {
		pfn_t *slot = &machine.held[ZONE_NORMAL][pfn];
		pfn_t mine = zones_forget(&s->zones, slot);

		assert_int_equal(mine, 1024 + pfn);
		S(free_pages)(s, &task, mine, 0);
	}
	/* 200 are free, far above high, and none is a block of 8. */
	assert_false(
		S(above)(S(zone_of)(state), 3, WMARK_HIGH, ZONE_NORMAL, 0, 0));
	machine.more_rounds = 1;
	machine.ask_in_wait = 3;
	S(kswapd)(s, &task);
	assert_true(
		S(above)(S(zone_of)(state), 3, WMARK_HIGH, ZONE_NORMAL, 0, 0));
	assert_true(s->zones.counters[3].reclaimed > 0);
	assert_int_equal(machine.sleeps, 2);
	machine.nr_held[ZONE_NORMAL] = 0;
	S(request)(GFP_KERNEL, 3, ZONE_FAST);
	S(end)();
}

static void S(kswapd_stays_awake_for_a_larger_order)(void **unused)
{
	struct S(zones) *s = S(begin)(1000, 2000);
	struct zone_task task = { .cpu = 3 };

	(void)unused;
	/* Asked for before it ever slept: no sleep between. */
	s->zones.node[0]->kswapd.max_order = 3;
	S(kswapd)(s, &task);
	assert_int_equal(machine.sleeps, 1);
	assert_int_equal(s->zones.node[0]->kswapd.max_order, 0);
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
		ZONE_CHECK(no_boot_memory_is_reported),
	};
#undef ZONE_CHECK

	return cmocka_run_group_tests_name("zone/" STRATEGY_NAME, tests, NULL,
					   NULL);
}
