/*
 * zone_stress_checks.h - template: threads that ask for more than there is,
 * with kswapd of both nodes at work, for one STRATEGY. What one thread holds no
 * other gets, and reclaim takes nothing but what lies on the LRU.
 */
static struct S(zones) S(stressed);

static void S(stress_give)(struct stress_thread *t, uint64_t i)
{
	uint64_t block = t->held[i];
	pfn_t pfn = block >> 4;

	t->held[i] = t->held[--t->nr_held];
	for (pfn_t p = pfn; p < pfn + (1u << (block & 15)); p++)
		t->bad += pfn_to_page(&machine.mem, p)->index != stamp(t);
	S(free_pages)(&S(stressed), &t->task, pfn, block & 15);
}

/* The killer's victim is who asks. */
static bool S(stress_kill)(void *self, struct zone_task *task, gfp_t gfp,
			   unsigned order)
{
	struct stress_thread *t = &stress_threads[task->cpu];
	bool any = t->nr_held;

	(void)self, (void)gfp, (void)order;
	while (t->nr_held)
		S(stress_give)(t, t->nr_held - 1);
	return any;
}

static void S(stress_take)(struct stress_thread *t, struct random *r)
{
	static const gfp_t kinds[] = { GFP_KERNEL,  GFP_HIGHUSER,
				       GFP_ATOMIC,  GFP_KERNEL | GFP_NORETRY,
				       GFP_HIGHMEM, GFP_DMA | GFP_ATOMIC };
	gfp_t gfp = kinds[random_below(r, ARRAY_SIZE(kinds))];
	unsigned order = (unsigned)random_below(r, 6) / 2;
	pfn_t pfn, *slot = &t->slots[random_below(r, STRESS_SLOTS)];

	pfn = S(alloc_pages)(&S(stressed), &t->task, gfp, order);
	if (pfn == PFN_NONE)
		return;
	for (pfn_t p = pfn; p < pfn + (1u << order); p++)
		pfn_to_page(&machine.mem, p)->index = stamp(t);
	if (!order && READ_ONCE(*slot) == PFN_NONE) {
		struct page *page = pfn_to_page(&machine.mem, pfn);

		WRITE_ONCE(*slot, pfn);
		zone_lru_add(&page_zone(&S(stressed).zones, page)->lru, page,
			     slot);
	} else {
		t->held[t->nr_held++] = pfn << 4 | order;
	}
}

static void S(stress_forget)(struct stress_thread *t, pfn_t *slot)
{
	pfn_t pfn = zones_forget(&S(stressed).zones, slot);

	if (pfn == PFN_NONE)
		return;
	t->bad += pfn_to_page(&machine.mem, pfn)->index != stamp(t);
	S(free_pages)(&S(stressed), &t->task, pfn, 0);
}

static void *S(stress)(void *arg)
{
	struct stress_thread *t = arg;
	struct random r = { test_seed() ^ t->task.cpu };

	for (; !READ_ONCE(stress_over); t->nr_ops++) {
		unsigned what = (unsigned)random_below(&r, 16);

		if (what < 10 && t->nr_held < STRESS_HELD)
			S(stress_take)(t, &r);
		else if (what < 14 && t->nr_held)
			S(stress_give)(t, random_below(&r, t->nr_held));
		else if (what == 14)
			zones_touch(&S(stressed).zones,
				    &t->slots[random_below(&r, STRESS_SLOTS)]);
		else
			S(stress_forget)
		(t, &t->slots[random_below(&r, STRESS_SLOTS)]);
	}
	while (t->nr_held)
		S(stress_give)(t, t->nr_held - 1);
	for (unsigned i = 0; i < STRESS_SLOTS; i++)
		S(stress_forget)(t, &t->slots[i]);
	return NULL;
}

static void *S(stress_kswapd)(void *arg)
{
	S(kswapd)(&S(stressed), arg);
	return NULL;
}

/* Memory is short from the first request on: 256 pages above min. */
static uint64_t S(stress_fill)(uint64_t *filled)
{
	struct zone_task task = { .node = 0 };
	uint64_t nr = 0;
	pfn_t pfn;

	while ((pfn = S(alloc_pages)(&S(stressed), &task,
				     GFP_HIGHUSER | GFP_NORETRY, 0)) !=
	       PFN_NONE)
		filled[nr++] = pfn;
	for (unsigned i = 0; i < 256; i++)
		S(free_pages)(&S(stressed), &task, filled[--nr], 0);
	return nr;
}

static void S(threads_and_kswapd_never_share_a_page)(void **unused)
{
	static const unsigned blocks[] = { 3, 2 };
	const struct zone_hooks hooks = { .wake = stress_wake,
					  .wait = stress_wait,
					  .congestion_wait = stress_nap,
					  .out_of_memory = S(stress_kill) };
	struct zones_config config = { .nr_cpus = STRESS_CPUS,
				       .hooks = &hooks };
	struct zone_task kswapd[2] = { { .cpu = STRESS_THREADS },
				       { .cpu = STRESS_THREADS + 1,
					 .node = 1 } };
	pthread_t thread[STRESS_CPUS];
	static uint64_t filled[5 * 1024];
	uint64_t nr;

	(void)unused;
	machine_init(2, blocks, 1, 2, S(zones_boot_bytes)(4096, STRESS_CPUS));
	assert_int_equal(S(zones_create)(&S(stressed), &machine.mem, &config),
			 0);
	ZONE_CREATED(&S(stressed));
	nr = S(stress_fill)(filled);
	stress_begin();
	for (unsigned n = 0; n < 2; n++)
		assert_int_equal(pthread_create(&thread[STRESS_THREADS + n],
						NULL, S(stress_kswapd),
						&kswapd[n]),
				 0);
	for (unsigned t = 0; t < STRESS_THREADS; t++)
		assert_int_equal(pthread_create(&thread[t], NULL, S(stress),
						&stress_threads[t]),
				 0);
	stress_sleep();
	for (unsigned t = 0; t < STRESS_THREADS; t++) {
		assert_int_equal(pthread_join(thread[t], NULL), 0);
		assert_int_equal(stress_threads[t].bad, 0);
		assert_true(stress_threads[t].nr_ops > 0);
	}
	stress_stop_kswapds();
	for (unsigned n = 0; n < 2; n++)
		assert_int_equal(pthread_join(thread[STRESS_THREADS + n], NULL),
				 0);
	while (nr--)
		S(free_pages)(&S(stressed), &kswapd[0], filled[nr], 0);
	assert_true(S(zones_validate)(&S(stressed)));
	for (unsigned id = 0; id < 6; id++) {
		struct zone_state *state = S(stressed).zones.zone[id];
		struct frame_stats stats;

		S(zone_stats)(&S(stressed), id, &stats);
		assert_int_equal(stats.free_pages,
				 state ? state->zone->nr_pages : 0);
	}
	S(zones_destroy)(&S(stressed));
	physmem_destroy(&machine.mem);
}
