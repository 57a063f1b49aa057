/*
 * frame_trace_checks.h - template: a trace replayed through one STRATEGY, each
 * frame that it hands out held against a map of all of them.
 */

static void S(end_replay)(struct S(allocator) * a, struct trace_map *map)
{
	struct frame_stats stats;

	S(stats)(a, &stats);
	check(stats.free_pages == map->nr_pages,
	      STRATEGY_NAME ": %llu of %llu frames are free at the end",
	      (unsigned long long)stats.free_pages,
	      (unsigned long long)map->nr_pages);
	assert_true(S(validate)(a));
	S(destroy)(a);
}

/*
 * What is live is what the model says, no more and no less: all else can still
 * be had, and is given back.
 */
static void S(check_live_set)(struct S(allocator) * a, struct trace_map *map,
			      unsigned nr_cpus)
{
	struct frame_stats stats;
	uint64_t nr = 0, before;
	pfn_t pfn, *held = calloc(map->nr_pages, sizeof(*held));

	assert_non_null(held);
	S(stats)(a, &stats);
	assert_int_equal(stats.free_pages, map->nr_pages - map->nr_busy);
	assert_true(S(validate)(a));
	/* Twice in vain: what other CPUs cached came in between. */
	for (unsigned vain = 0; vain < 2; vain = nr == before ? vain + 1 : 0) {
		before = nr;
		for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
			while ((pfn = S(alloc)(a, cpu, 0)) != PFN_NONE) {
				trace_map_take(map, pfn, 0);
				held[nr++] = pfn;
			}
	}
	if (S(traits) & (FRAME_EXACT | FRAME_CPU_EXACT))
		assert_int_equal(map->nr_busy, map->nr_pages);
	while (nr--) {
		trace_map_give(map, held[nr], 0);
		S(free)(a, 0, held[nr], 0);
	}
	free(held);
}

static struct S(allocator) S(replayed);

static void S(replay_against_a_map)(const struct trace_subject *t)
{
	const unsigned nr_cpus =
		S(max_threads) == 1 || (S(traits) & FRAME_CPU_LOCAL) != 0 ? 1
									  : 4;
	struct trace_map map;
	struct S(allocator) *a = &S(replayed);
	pfn_t *held = calloc(t->header.page_objects + 1, sizeof(*held));
	uint64_t failed = 0, implied = 0;

	assert_non_null(held);
	trace_map_init(&map, t, S(boot_bytes)(trace_map_pages(t), nr_cpus));
	assert_int_equal(S(create)(a, &map.mem, map.zone, nr_cpus), 0);
	for (uint64_t i = 0; i < t->header.nr_events; i++) {
		const struct trace_event *e = &t->events[i];
		pfn_t *pfn = &held[e->object];

		if (!trace_is_page(e->kind))
			continue;
		implied += e->flags & TRACE_IMPLIED;
		if (e->kind == TRACE_PAGE_ALLOC) {
			*pfn = S(alloc)(a, e->cpu % nr_cpus, e->order);
			failed += *pfn == PFN_NONE;
			if (*pfn != PFN_NONE)
				trace_map_take(&map, *pfn, e->order);
		} else if (*pfn != PFN_NONE) {
			trace_map_give(&map, *pfn, e->order);
			S(free)(a, e->cpu % nr_cpus, *pfn, e->order);
			*pfn = PFN_NONE;
		}
	}
	assert_int_equal(failed, 0);
	assert_int_equal(implied, t->implied_pages);
	assert_int_equal(map.nr_busy, t->live_pages);
	S(check_live_set)(a, &map, nr_cpus);
	for (uint32_t o = 0; o < t->header.page_objects; o++)
		if (t->live_order[o]) {
			trace_map_give(&map, held[o], t->live_order[o] - 1u);
			S(free)(a, 0, held[o], t->live_order[o] - 1u);
		}
	S(end_replay)(a, &map);
	trace_map_destroy(&map);
	free(held);
}

static __attribute__((constructor)) void S(add_replay)(void)
{
	/* What hands out one frame to all has nothing to be held against. */
	if (!(S(traits) & FRAME_NULL))
		replays[nr_replays++] = S(replay_against_a_map);
}
