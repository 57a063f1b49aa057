/*
 * zone_step_checks.h - template: the sequence of kernels/zone/zone.h, step by
 * step, for one STRATEGY on the machine of zone_begin.h.
 */
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
