/*
 * zone_begin.h - template: one STRATEGY on a machine that is scripted to the
 * page, and requests there.
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
