/*
 * zone_kswapd_checks.h - template: how far kswapd reclaims, and when it sleeps,
 * for one STRATEGY on the machine of zone_begin.h.
 */
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
