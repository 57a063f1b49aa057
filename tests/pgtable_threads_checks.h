/*
 * pgtable_threads_checks.h - template: one STRATEGY over one FORMAT, walked by
 * some threads while others map, unmap, protect and split. Adds the group to
 * threads_groups[].
 *
 * Each mapper has a window of its own, which it unmaps as a whole now and then,
 * so that tables of every level come and go; and every other page of a window
 * that they share, where they meet in one table. A page is mapped to a frame
 * equal to it modulo NR_GROUPS, which is used again, maybe for another page, as
 * soon as the last reference on it is dropped. So of every frame that a walker
 * is given it can tell whether it may be the address's, and of every reference
 * whether the frame was free, or another page's. Pages that stay mapped while
 * they are protected must be found at any time.
 */
#define NR_MAPPERS 2
#define NR_WALKERS 2
#define NR_SLOTS 16
#define NR_GROUPS 4
#define NR_FRAMES (NR_GROUPS * 6)

static struct P(space) P(space_of_threads);

struct P(mapper) {
	struct random r;
	unsigned cpu;
	pfn_t mapped[NR_SLOTS]; /* PFN_NONE: not */
	uint64_t nr_unmapped;
};

/* Whose a slot is; those of the second half are in the shared window. */
static bool P(slot_of)(unsigned mapper, unsigned slot)
{
	return slot % NR_MAPPERS == mapper;
}

/* A mapper's own window is what one entry of the pgd maps, or four of them. */
static uint64_t P(window_size)(void)
{
	uint64_t size = F(level_size)(LEVEL_PGD);

	return F(level_folded)(LEVEL_PMD) ? 4 * size : size;
}

static uint64_t P(slot_addr)(unsigned slot)
{
	unsigned i = slot / NR_MAPPERS;

	if (slot >= NR_SLOTS / 2)
		return NR_MAPPERS * P(window_size)() + slot * PAGE_SIZE;
	/* Two pages in each of two tables. */
	return slot % NR_MAPPERS * P(window_size)() +
	       i / 2 * F(level_size)(LEVEL_PMD) + i % 2 * PAGE_SIZE;
}

/* Behind the shared window: always mapped, by 4 KiB and by a huge page. */
static uint64_t P(pinned_addr)(void)
{
	return NR_MAPPERS * P(window_size)() + F(level_size)(LEVEL_PMD);
}

static uint64_t P(huge_addr)(void)
{
	return P(pinned_addr)() + F(level_size)(LEVEL_PMD);
}

/* Frames that are no memory here, so that there is no reference to take. */
#define PINNED_PFN (1u << 18)
#define HUGE_PFN (1u << 19)

static void P(map_slot)(struct P(mapper) * m, unsigned slot)
{
	struct P(space) *s = &P(space_of_threads);
	pfn_t pfn = PGTABLE_TABLE_FRAMES + slot % NR_GROUPS +
		    NR_GROUPS * random_below(&m->r, NR_FRAMES / NR_GROUPS);
	struct page *page = pfn_to_page(&counting.mem, pfn);
	uint64_t state = FRAME_FREE;

	if (m->mapped[slot] != PFN_NONE ||
	    !cmpxchg_acquire(&page->private, &state, FRAME_IN_USE))
		return;
	WRITE_ONCE(page->index, slot);
	set_page_count(page, 1);
	check(!P(map)(s, m->cpu, P(slot_addr)(slot), pfn, LEVEL_PTE,
		      PAGE_PRESENT | PAGE_USER | PAGE_RW),
	      "slot %u could not be mapped", slot);
	m->mapped[slot] = pfn;
}

/* Its mapping is gone, and the reference that it held. */
static void P(drop_slot)(struct P(mapper) * m, unsigned slot)
{
	pfn_t pfn = m->mapped[slot];

	if (pfn == PFN_NONE)
		return;
	check(READ_ONCE(pfn_to_page(&counting.mem, pfn)->private) ==
		      FRAME_IN_USE,
	      "slot %u: its frame was freed", slot);
	m->mapped[slot] = PFN_NONE;
	m->nr_unmapped++;
	put_pages(&counting.source, m->cpu, pfn_to_page(&counting.mem, pfn), 0);
}

static void P(unmap_slot)(struct P(mapper) * m, unsigned slot)
{
	uint64_t addr = P(slot_addr)(slot);
	int64_t nr =
		P(unmap)(&P(space_of_threads), m->cpu, addr, addr + PAGE_SIZE);

	check(nr == (m->mapped[slot] != PFN_NONE), "slot %u: %lld unmapped",
	      slot, (long long)nr);
	P(drop_slot)(m, slot);
}

/* All of a mapper's own window, with its tables. */
static void P(unmap_window)(struct P(mapper) * m)
{
	uint64_t start = m->cpu * P(window_size)();
	int64_t nr = P(unmap)(&P(space_of_threads), m->cpu, start,
			      start + P(window_size)());

	for (unsigned slot = m->cpu; slot < NR_SLOTS / 2; slot += NR_MAPPERS) {
		nr -= m->mapped[slot] != PFN_NONE;
		P(drop_slot)(m, slot);
	}
	check(nr == 0, "a window unmapped: %lld pages more or less than were",
	      (long long)nr);
}

/* Odd: the huge page is not there; mapper 0's to write. */
static uint64_t P(huge_seq);

/* Mapper 0 alone: what is pinned, and a huge page that is split each time. */
static void P(protect_pinned)(struct P(mapper) * m)
{
	const uint64_t size = F(level_size)(LEVEL_PMD);
	struct P(space) *s = &P(space_of_threads);
	uint64_t addr = P(pinned_addr)(), set = random_next(&m->r) & PAGE_RW;

	check(!P(protect)(s, m->cpu, addr, addr + 8 * PAGE_SIZE, set,
			  PAGE_RW & ~set),
	      "what is pinned cannot be protected");
	if (P(traits) & PGTABLE_SMALL_PAGES || random_below(&m->r, 16))
		return;
	addr = P(huge_addr)();
	check(!P(protect)(s, m->cpu, addr + PAGE_SIZE, addr + 2 * PAGE_SIZE, 0,
			  PAGE_RW),
	      "the huge page cannot be split");
	if (random_below(&m->r, 4))
		return;
	smp_store_release(&P(huge_seq), P(huge_seq) + 1);
	check(P(unmap)(s, m->cpu, addr, addr + size) ==
		      (int64_t)(size >> PAGE_SHIFT),
	      "the huge page was not all there");
	check(!P(map)(s, m->cpu, addr, HUGE_PFN, LEVEL_PMD,
		      PAGE_PRESENT | PAGE_USER | PAGE_RW),
	      "the huge page cannot be mapped again");
	smp_store_release(&P(huge_seq), P(huge_seq) + 1);
}

static void *P(mapper)(void *arg)
{
	struct P(mapper) *m = arg;

	chaos_one_in = 32;
	while (!READ_ONCE(threads_stop)) {
		uint64_t kind = random_below(&m->r, 64);
		unsigned slot = (unsigned)random_below(&m->r, NR_SLOTS);

		if (!P(slot_of)(m->cpu, slot))
			continue;
		if (kind < 32)
			P(map_slot)(m, slot);
		else if (kind < 50)
			P(unmap_slot)(m, slot);
		else if (kind < 54)
			P(unmap_window)(m);
		else if (m->cpu == 0)
			P(protect_pinned)(m);
		if (random_below(&m->r, 4) == 0)
			cpu_relax();
	}
	return NULL;
}

static uint64_t P(walk_slots)(unsigned cpu, struct random *r, uint64_t *nr)
{
	uint64_t slot[80], addr[80], bad = 0;
	unsigned n = 1 + (unsigned)random_below(r, ARRAY_SIZE(addr));
	pfn_t pfn[80];

	for (unsigned i = 0; i < n; i++) {
		slot[i] = random_below(r, NR_SLOTS);
		addr[i] = P(slot_addr)((unsigned)slot[i]);
	}
	P(walk_many)(&P(space_of_threads), cpu, addr, pfn, n);
	for (unsigned i = 0; i < n; i++) {
		pfn_t frame = pfn[i] - PGTABLE_TABLE_FRAMES;

		if (pfn[i] == PFN_NONE)
			continue;
		bad += frame % NR_GROUPS != slot[i] % NR_GROUPS ||
		       frame >= NR_FRAMES;
		++*nr;
	}
	return bad;
}

static uint64_t P(walk_pinned)(unsigned cpu, struct random *r)
{
	struct P(space) *s = &P(space_of_threads);
	uint64_t i = random_below(r, 8), seq;
	pfn_t huge;
	uint64_t bad = P(walk)(s, cpu, P(pinned_addr)() + i * PAGE_SIZE) !=
		       PINNED_PFN + i;

	if (P(traits) & PGTABLE_SMALL_PAGES)
		return bad;
	i = random_below(r, F(level_size)(LEVEL_PMD) >> PAGE_SHIFT);
	seq = smp_load_acquire(&P(huge_seq));
	huge = P(walk)(s, cpu, P(huge_addr)() + i * PAGE_SIZE);
	if (seq % 2 || smp_load_acquire(&P(huge_seq)) != seq)
		return bad + (huge != PFN_NONE && huge != HUGE_PFN + i);
	return bad + (huge != HUGE_PFN + i);
}

/* A reference on a frame that is the address's, and not free. */
static uint64_t P(get_slot)(unsigned cpu, struct random *r)
{
#ifdef STRATEGY_GET
	unsigned slot = (unsigned)random_below(r, NR_SLOTS);
	pfn_t pfn = P(get)(&P(space_of_threads), cpu, P(slot_addr)(slot),
			   random_next(r) & 1);
	struct page *page;
	uint64_t bad;

	if (pfn == PFN_NONE)
		return 0;
	if (pfn < PGTABLE_TABLE_FRAMES || pfn >= counting.mem.nr_pages)
		return 1;
	page = pfn_to_page(&counting.mem, pfn);
	bad = READ_ONCE(page->index) != slot;
	for (unsigned i = 0; i < 4; i++) {
		bad += READ_ONCE(page->private) != FRAME_IN_USE;
		bad += READ_ONCE(page->_refcount) < 1;
		cpu_relax();
	}
	put_pages(&counting.source, cpu, page, 0);
	return bad;
#else
	(void)cpu, (void)r;
	return 0;
#endif
}

struct P(walker) {
	struct random r;
	unsigned cpu;
	uint64_t nr_found, nr_bad;
};

static void *P(walker)(void *arg)
{
	struct P(walker) *w = arg;

	chaos_one_in = 32;
	while (!READ_ONCE(threads_stop)) {
		w->nr_bad += P(walk_slots)(w->cpu, &w->r, &w->nr_found);
		for (unsigned i = 0; i < 32; i++) {
			w->nr_bad += P(walk_pinned)(w->cpu, &w->r);
			w->nr_bad += P(get_slot)(w->cpu, &w->r);
		}
	}
	return NULL;
}

static void P(map_pinned)(struct P(space) * s)
{
	const uint64_t flags = PAGE_PRESENT | PAGE_USER;

	for (uint64_t i = 0; i < 8; i++)
		assert_int_equal(P(map)(s, 0, P(pinned_addr)() + i * PAGE_SIZE,
					PINNED_PFN + i, LEVEL_PTE, flags),
				 0);
	if (!(P(traits) & PGTABLE_SMALL_PAGES))
		assert_int_equal(P(map)(s, 0, P(huge_addr)(), HUGE_PFN,
					LEVEL_PMD, flags),
				 0);
}

/* All references are dropped but those of what is mapped still. */
static void P(check_frames)(struct P(mapper) * mappers)
{
	uint64_t nr_used = 0;

	for (unsigned m = 0; m < NR_MAPPERS; m++)
		for (unsigned slot = 0; slot < NR_SLOTS; slot++) {
			pfn_t pfn = mappers[m].mapped[slot];

			if (pfn == PFN_NONE)
				continue;
			assert_int_equal(P(walk)(&P(space_of_threads), 0,
						 P(slot_addr)(slot)),
					 pfn);
			assert_int_equal(
				pfn_to_page(&counting.mem, pfn)->_refcount, 1);
			nr_used++;
		}
	for (unsigned i = 0; i < NR_FRAMES; i++)
		nr_used -= pfn_to_page(&counting.mem, PGTABLE_TABLE_FRAMES + i)
				   ->private == FRAME_IN_USE;
	assert_int_equal(nr_used, 0);
}

static void P(walkers_against_mappers)(void **unused)
{
	struct P(space) *s = &P(space_of_threads);
	struct P(mapper) mappers[NR_MAPPERS];
	struct P(walker) walkers[NR_WALKERS];
	pthread_t thread[NR_MAPPERS + NR_WALKERS];

	(void)unused;
	assert_int_equal(P(create)(s, counting_begin(1024), COUNTING_NODES,
				   NR_MAPPERS + NR_WALKERS, counting_cpu_node),
			 0);
	P(map_pinned)(s);
	threads_stop = false;
	P(huge_seq) = 0;
	for (unsigned i = 0; i < NR_MAPPERS; i++) {
		mappers[i] =
			(struct P(mapper)){ { test_seed() + i }, i, { 0 }, 0 };
		for (unsigned slot = 0; slot < NR_SLOTS; slot++)
			mappers[i].mapped[slot] = PFN_NONE;
		assert_int_equal(pthread_create(&thread[i], NULL, P(mapper),
						&mappers[i]),
				 0);
	}
	for (unsigned i = 0; i < NR_WALKERS; i++) {
		walkers[i] = (struct P(
			walker)){ { test_seed() ^ i }, NR_MAPPERS + i, 0, 0 };
		assert_int_equal(pthread_create(&thread[NR_MAPPERS + i], NULL,
						P(walker), &walkers[i]),
				 0);
	}
	threads_run();
	for (unsigned i = 0; i < ARRAY_SIZE(thread); i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	for (unsigned i = 0; i < NR_WALKERS; i++)
		assert_int_equal(walkers[i].nr_bad, 0);
	print_message("# %llu and %llu found, %llu and %llu unmapped, %llu "
		      "tables freed\n",
		      (unsigned long long)walkers[0].nr_found,
		      (unsigned long long)walkers[1].nr_found,
		      (unsigned long long)mappers[0].nr_unmapped,
		      (unsigned long long)mappers[1].nr_unmapped,
		      (unsigned long long)counting.nr_freed);
	P(check_frames)(mappers);
	assert_true(P(validate)(s));
	P(destroy)(s);
	counting_end();
}

static int P(run_threads)(void)
{
	const struct CMUnitTest tests[] = {
		{ .name = STRATEGY_NAME " " FORMAT_NAME
					": walkers_against_mappers",
		  .test_func = P(walkers_against_mappers) },
	};

	return cmocka_run_group_tests_name(
		"pgtable/" STRATEGY_NAME "/" FORMAT_NAME, tests, NULL, NULL);
}

static __attribute__((constructor)) void P(add_threads)(void)
{
	if (P(max_threads) > 1 &&
	    !(P(traits) & (PGTABLE_READERS_ONLY | PGTABLE_REFERENCE)))
		threads_groups[nr_threads_groups++] = P(run_threads);
}

#undef NR_MAPPERS
#undef NR_WALKERS
#undef NR_SLOTS
#undef NR_GROUPS
#undef NR_FRAMES
#undef PINNED_PFN
#undef HUGE_PFN
