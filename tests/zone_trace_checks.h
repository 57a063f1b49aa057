/*
 * zone_trace_checks.h - template: random requests on two nodes of three zones
 * for one STRATEGY. A success at level L had the formula true for what was free
 * before, which is worked out anew from the frames' own state.
 */
static struct S(zones) S(traced);

/*
 * The formula in another shape: blocks of at least order k must hold more than
 * min >> k beside the request, k = 1..order.
 */
static bool S(model_ok)(const struct frame_stats *was,
			const struct zone_state *state, unsigned order,
			uint64_t mark, enum zone_type classzone, bool harder,
			bool high)
{
	int64_t request = (1ll << order) - 1, min = (int64_t)mark;

	min = high ? min - min / 2 : min;
	min = harder ? min - min / 4 : min;
	if ((int64_t)was->free_pages - request <=
	    min + (int64_t)state->marks.reserve[classzone])
		return false;
#ifdef ZONE_ANY_BLOCK
	for (unsigned o = order; o < NR_PAGE_ORDERS; o++)
		if (was->nr_free[o])
			return true;
	return false;
#else
	for (unsigned k = 1; k <= order; k++) {
		int64_t large = 0;

		for (unsigned o = k; o < NR_PAGE_ORDERS; o++)
			large += (int64_t)(was->nr_free[o] << o);
		if (large - request <= min >> k)
			return false;
	}
	return true;
#endif
}

/* What the strategy's formula sees. */
static void S(look)(struct frame_stats stats[TRACE_ZONES])
{
	for (unsigned id = 0; id < TRACE_ZONES; id++)
		if (S(traced).zones.zone[id])
			ZONE_COUNTED(S(zone_of)(S(traced).zones.zone[id]),
				     &stats[id]);
}

static enum zone_path S(path_of)(const struct zone_counters *before)
{
	struct zone_counters after;

	zones_sum(&S(traced).zones, &after);
	for (unsigned p = 0; p < NR_ZONE_PATHS; p++)
		if (after.path[p] != before->path[p])
			return (enum zone_path)p;
	return NR_ZONE_PATHS;
}

static void S(check_success)(const struct frame_stats *was,
			     const struct zone_state *state, gfp_t gfp,
			     const struct zone_task *task, unsigned order,
			     enum zone_type classzone, enum zone_path path)
{
	const struct zone_marks *m = &state->marks;
	bool harder = !(gfp & GFP_WAIT) || task->flags & TASK_REALTIME;

	assert_true(state->zone->type <= classzone);
	if (path == ZONE_FAST)
		assert_true(S(model_ok)(was, state, order, m->low, classzone,
					false, false));
	if (path == ZONE_WOKEN)
		assert_true(S(model_ok)(was, state, order, m->min, classzone,
					false, false));
	if (path != ZONE_RESERVE || task->flags & TIF_MEMDIE)
		return;
	assert_false(S(model_ok)(was, state, order, m->min, classzone, false,
				 false));
	assert_true(S(model_ok)(was, state, order, m->min, classzone, harder,
				gfp & GFP_HIGH));
}

struct S(trace) {
	struct random random;
	uint64_t held[5 * 1024], nr_held; /* pfn << 4 | order */
	pfn_t slots[1024];
	uint64_t paths[NR_ZONE_PATHS];
};

static struct S(trace) S(trace);

static void S(trace_begin)(struct S(trace) * t)
{
	static const unsigned blocks[] = { 3, 2 };
	struct zones_config config = { .nr_cpus = 4, .hooks = &machine_hooks };

	*t = (struct S(trace)){ .random = { test_seed() } };
	for (unsigned i = 0; i < ARRAY_SIZE(t->slots); i++)
		t->slots[i] = PFN_NONE;
	machine_init(2, blocks, 1, 2, S(zones_boot_bytes)(4096, 4));
	assert_int_equal(S(zones_create)(&S(traced), &machine.mem, &config), 0);
	ZONE_CREATED(&S(traced));
	machine.zones = &S(traced);
}

/* One that is in use until it is freed; or page cache, if there is a slot. */
static void S(trace_keep)(struct S(trace) * t, pfn_t pfn, unsigned order,
			  pfn_t *slot)
{
	struct page *page = pfn_to_page(&machine.mem, pfn);

	if (order || !slot || *slot != PFN_NONE) {
		t->held[t->nr_held++] = pfn << 4 | order;
		return;
	}
	*slot = pfn;
	zone_lru_add(&page_zone(&S(traced).zones, page)->lru, page, slot);
}

/* A request, and whether it might succeed as it did. */
static pfn_t S(trace_request)(struct S(trace) * t, struct zone_task *task,
			      gfp_t gfp, unsigned order)
{
	struct frame_stats was[TRACE_ZONES] = { 0 };
	const struct zones *zones = &S(traced).zones;
	struct zone_counters before;
	struct page *page;
	enum zone_path path;
	pfn_t pfn;

	S(look)(was);
	zones_sum(zones, &before);
	pfn = S(alloc_pages)(&S(traced), task, gfp, order);
	path = S(path_of)(&before);
	t->paths[path]++;
	assert_int_equal(pfn == PFN_NONE, path == ZONE_FAILED);
	if (pfn == PFN_NONE)
		return PFN_NONE;
	page = pfn_to_page(&machine.mem, pfn);
	S(check_success)
	(&was[zone_id(page_to_nid(page), page_zonenum(page))],
	 page_zone(zones, page), gfp, task, order,
	 zones_list(zones, task->node, gfp)->classzone, path);
	return pfn;
}

/* `what` is 0..69: a third become page cache, some tasks are special. */
static void S(trace_alloc)(struct S(trace) * t, struct zone_task *task,
			   unsigned what)
{
	static const gfp_t kinds[] = {
		GFP_KERNEL | GFP_NORETRY,
		GFP_HIGHUSER | GFP_NORETRY,
		GFP_ATOMIC,
		GFP_ATOMIC | GFP_HIGHMEM,
		GFP_DMA | GFP_ATOMIC,
		GFP_DMA | GFP_KERNEL | GFP_NORETRY,
		GFP_HIGHMEM,
		GFP_NOFS | GFP_NORETRY,
	};
	gfp_t gfp = kinds[random_below(&t->random, ARRAY_SIZE(kinds))];
	unsigned order = (unsigned)random_below(&t->random, 8) / 2;
	pfn_t *slot = &t->slots[random_below(&t->random, 1024)], pfn;

	task->flags = random_below(&t->random, 32) ? 0
		      : what < 35		   ? TIF_MEMDIE
						   : TASK_REALTIME;
	pfn = S(trace_request)(t, task, gfp, order);
	if (pfn != PFN_NONE)
		S(trace_keep)(t, pfn, order, what < 20 ? slot : NULL);
}

static void S(trace_free)(struct S(trace) * t, const struct zone_task *task,
			  uint64_t i)
{
	uint64_t block = t->held[i];

	t->held[i] = t->held[--t->nr_held];
	S(free_pages)(&S(traced), task, block >> 4, block & 15);
}

/* Mostly full. */
static void S(trace_step)(struct S(trace) * t)
{
	unsigned what = (unsigned)random_below(&t->random, 100);
	struct zone_task task = { .cpu = what & 1, .node = what & 1 };

	if (what < 70) {
		S(trace_alloc)(t, &task, what);
	} else if (what < 98) {
		if (t->nr_held)
			S(trace_free)
		(t, &task, random_below(&t->random, t->nr_held));
	} else if (what < 99) {
		task.cpu = 2 + task.node;
		machine.more_rounds = 1;
		S(kswapd)(&S(traced), &task);
	} else {
		zones_touch(&S(traced).zones,
			    &t->slots[random_below(&t->random, 1024)]);
	}
}

/* Everything is freed, and every page there again. */
static void S(trace_end)(struct S(trace) * t)
{
	while (t->nr_held)
		S(trace_free)(t, &machine.task, t->nr_held - 1);
	for (unsigned i = 0; i < ARRAY_SIZE(t->slots); i++) {
		pfn_t pfn = zones_forget(&S(traced).zones, &t->slots[i]);

		if (pfn != PFN_NONE)
			S(free_pages)(&S(traced), &machine.task, pfn, 0);
	}
	assert_true(S(zones_validate)(&S(traced)));
	for (unsigned id = 0; id < TRACE_ZONES; id++) {
		struct zone_state *state = S(traced).zones.zone[id];
		struct frame_stats stats;

		S(zone_stats)(&S(traced), id, &stats);
		assert_int_equal(stats.free_pages,
				 state ? state->zone->nr_pages : 0);
	}
	S(zones_destroy)(&S(traced));
	physmem_destroy(&machine.mem);
}

static void S(success_leaves_the_formula_true)(void **unused)
{
	const unsigned nr_ops = KMB_DEBUG >= 2 ? 15000 : 60000;
	struct S(trace) *t = &S(trace);

	(void)unused;
	S(trace_begin)(t);
	for (unsigned op = 0; op < nr_ops; op++)
		S(trace_step)(t);
	/* None of the ways was left out. */
	for (unsigned p = 0; p < NR_ZONE_PATHS; p++)
		if (p != ZONE_OOM)
			check(t->paths[p] > 0, "path %u was never taken", p);
	S(trace_end)(t);
}
