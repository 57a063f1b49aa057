/*
 * pgtable_format_checks.h - template: entries and tables of one FORMAT by
 * themselves: what a split keeps, what the hardware may write at any time, and
 * what a reader without a lock may see. Adds the group to format_groups[].
 */

static struct F(mm) F(mm_under_test);

static struct F(mm) * F(begin)(void)
{
	struct F(mm) *mm = &F(mm_under_test);

	assert_int_equal(F(mm_init)(mm, 0, counting_begin(0)[0]), 0);
	return mm;
}

static void F(end)(struct F(mm) * mm)
{
	assert_true(F(mm_validate)(mm));
	F(mm_destroy)(mm, 0);
	counting_end();
}

/* Each entry of the next lower level translates as the huge page did. */
static void F(split_keeps_all_translations)(void **unused)
{
	const uint64_t flags = PAGE_PRESENT | PAGE_RW | PAGE_DIRTY | F(nx);
	struct F(mm) *mm = F(begin)();

	(void)unused;
	for (unsigned level = LEVEL_PMD; level <= LEVEL_PUD; level++) {
		uint64_t size = F(level_size)(level), addr = size, nr, part;

		if (!F(level_has_leaf)(level))
			continue;
		nr = 1ull << F(level_bits)(level - 1);
		part = size / nr;
		assert_int_equal(nr, strcmp(FORMAT_NAME, "i386") ? 512 : 1024);
		assert_int_equal(F(map_page)(mm, 0, addr, size >> PAGE_SHIFT,
					     level, flags),
				 0);
		assert_int_equal(F(lookup)(mm, addr).level, level);
		assert_int_equal(F(split_huge)(mm, 0, addr + size / 2), 0);
		for (uint64_t i = 0; i < nr; i++) {
			struct F(leaf) leaf = F(lookup)(mm, addr + i * part);
			uint64_t pse = leaf.level == LEVEL_PTE ? 0 : PAGE_PSE;

			assert_int_equal(leaf.level, level - 1);
			assert_int_equal(F(pte_pfn)(leaf.pte),
					 (size + i * part) >> PAGE_SHIFT);
			assert_int_equal(F(pte_flags)(leaf.pte), flags | pse);
		}
		assert_int_equal(F(unmap_range)(mm, 0, addr, addr + size),
				 size >> PAGE_SHIFT);
		assert_int_equal(F(split_huge)(mm, 0, addr), -ENOENT);
		F(free_tables)(mm, 0, addr, addr + size);
	}
	F(end)(mm);
}

/* mprotect(PROT_NONE) of a huge page: it is there, and parts can go. */
static void F(protnone_is_a_mapping_of_each_size)(void **unused)
{
	struct F(mm) *mm = F(begin)();

	(void)unused;
	for (unsigned level = LEVEL_PMD; level <= LEVEL_PUD; level++) {
		uint64_t size = F(level_size)(level), addr = size;
		uint64_t end = addr + size, half = addr + size / 2;
		pfn_t pfn = size >> PAGE_SHIFT;

		if (!F(level_has_leaf)(level))
			continue;
		assert_int_equal(F(map_page)(mm, 0, addr, pfn, level,
					     PAGE_PRESENT | PAGE_RW),
				 0);
		assert_int_equal(F(protect_range)(mm, 0, addr, end,
						  PAGE_PROTNONE, PAGE_PRESENT),
				 0);
		assert_int_equal(F(lookup)(mm, half).level, level);
		assert_int_equal(F(mm_flags)(mm, half),
				 PAGE_RW | PAGE_PROTNONE);
		assert_int_equal(F(walk_pfn)(mm->mem, mm->pgd, end - 1),
				 2 * pfn - 1);
		assert_int_equal(F(unmap_range)(mm, 0, addr, half), pfn / 2);
		assert_int_equal(F(walk_pfn)(mm->mem, mm->pgd, half - 1),
				 PFN_NONE);
		assert_int_equal(F(walk_pfn)(mm->mem, mm->pgd, half),
				 pfn + pfn / 2);
		assert_true(F(mm_validate)(mm));
		assert_int_equal(F(unmap_range)(mm, 0, addr, end), pfn / 2);
		F(free_tables)(mm, 0, addr, end);
	}
	F(end)(mm);
}

/* Bit 12 of a huge entry, by which real kernels' tables may choose a cache. */
static void F(pat_is_no_part_of_the_frame)(void **unused)
{
	(void)unused;
	for (unsigned level = LEVEL_PMD; level <= LEVEL_PUD; level++) {
		uint64_t size = F(level_size)(level);
		pfn_t pfn = size >> PAGE_SHIFT;
		F(pte_t)
		huge = F(pfn_pte)(pfn, PAGE_PRESENT | PAGE_PSE | 1 << 12);

		if (!F(level_has_leaf)(level))
			continue;
		assert_int_equal(F(huge_pfn)(huge, level, 5 * size), pfn);
		assert_int_equal(F(huge_pfn)(huge, level, 6 * size - 1),
				 2 * pfn - 1);
	}
}

#define HARDWARE_PAGES 16

/* What plays the MMU of another CPU: marks dirty what it finds clean. */
struct F(hardware) {
	struct F(mm) * mm;
	bool huge; /* of huge pages only */
	bool stop;
	uint64_t nr_set;
};

static void *F(hardware)(void *arg)
{
	struct F(hardware) *h = arg;
	struct random r = { test_seed() };

	chaos_one_in = 64;
	while (!READ_ONCE(h->stop)) {
		uint64_t addr = random_below(&r, HARDWARE_PAGES) << PAGE_SHIFT;
		struct F(leaf) leaf =
			F(walk_leaf)(h->mm->mem, h->mm->pgd, addr);

		if (h->huge ? !F(pmd_huge)(leaf.pte)
			    : !F(pte_present)(leaf.pte))
			continue;
		if (!(leaf.pte.v & PAGE_DIRTY) &&
		    F(touch)(leaf.ptep, leaf.pte, PAGE_ACCESSED | PAGE_DIRTY))
			WRITE_ONCE(h->nr_set, h->nr_set + 1);
	}
	return NULL;
}

/* Let it run for a while: until it has set a bit, or not for long. */
static void F(hardware_wait)(const struct F(hardware) * h)
{
	uint64_t before = READ_ONCE(h->nr_set);

	for (unsigned i = 0; i < 200 && READ_ONCE(h->nr_set) == before; i++)
		cpu_relax();
}

static void F(hardware_begin)(struct F(hardware) * h, pthread_t *thread)
{
	assert_int_equal(pthread_create(thread, NULL, F(hardware), h), 0);
	while (!READ_ONCE(h->nr_set))
		sched_yield();
}

static void F(hardware_end)(struct F(hardware) * h, pthread_t thread)
{
	WRITE_ONCE(h->stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void F(map_hardware_pages)(struct F(mm) * mm)
{
	for (uint64_t i = 0; i < HARDWARE_PAGES; i++)
		assert_int_equal(F(map_page)(mm, 0, i << PAGE_SHIFT, i,
					     LEVEL_PTE, PAGE_PRESENT),
				 0);
}

/* Each bit that was set is found set once, and cleared so. */
static void F(dirty_is_not_lost_in_protect)(void **unused)
{
	struct F(mm) *mm = F(begin)();
	struct F(hardware) h = { .mm = mm };
	uint64_t nr_found = 0;
	pthread_t thread;

	(void)unused;
	F(map_hardware_pages)(mm);
	F(hardware_begin)(&h, &thread);
	for (unsigned round = 0; round < NR_HARDWARE_ROUNDS; round++) {
		F(hardware_wait)(&h);
		for (unsigned i = 0; i < 8; i++)
			F(protect_range)
		(mm, 0, 0, HARDWARE_PAGES << PAGE_SHIFT, i % 2 ? PAGE_RW : 0,
		 i % 2 ? 0 : PAGE_RW);
		for (uint64_t i = 0; i < HARDWARE_PAGES; i++)
			nr_found += !!F(clear_bits)(
				F(lookup)(mm, i << PAGE_SHIFT).ptep,
				PAGE_DIRTY);
	}
	F(hardware_end)(&h, thread);
	for (uint64_t i = 0; i < HARDWARE_PAGES; i++)
		nr_found +=
			!!(F(lookup)(mm, i << PAGE_SHIFT).pte.v & PAGE_DIRTY);
	assert_int_equal(nr_found, h.nr_set);
	F(end)(mm);
}

/* Nor is one set in what is not mapped any more. */
static void F(dirty_is_not_lost_in_unmap)(void **unused)
{
	struct F(mm) *mm = F(begin)();
	struct F(hardware) h = { .mm = mm };
	uint64_t nr_found = 0;
	pthread_t thread;

	(void)unused;
	F(map_hardware_pages)(mm);
	F(hardware_begin)(&h, &thread);
	for (unsigned round = 0; round < NR_HARDWARE_ROUNDS; round++) {
		F(hardware_wait)(&h);
		for (uint64_t i = 0; i < HARDWARE_PAGES; i++) {
			F(pte_t) *ptep = F(lookup)(mm, i << PAGE_SHIFT).ptep;
			F(pte_t) pte = F(get_and_clear)(ptep);

			nr_found += !!(pte.v & PAGE_DIRTY);
			assert_true(F(pte_none)(F(read)(ptep)));
			F(set)(ptep, F(pfn_pte)(i, PAGE_PRESENT));
		}
	}
	F(hardware_end)(&h, thread);
	for (uint64_t i = 0; i < HARDWARE_PAGES; i++)
		nr_found +=
			!!(F(lookup)(mm, i << PAGE_SHIFT).pte.v & PAGE_DIRTY);
	assert_int_equal(nr_found, h.nr_set);
	F(end)(mm);
}

/* All entries of a table are dirty, or none. */
static bool F(all_dirty)(const F(pte_t) * table)
{
	uint64_t nr = 1ull << F(level_bits)(LEVEL_PTE), nr_dirty = 0;

	for (uint64_t i = 0; i < nr; i++)
		nr_dirty += !!(F(read)(&table[i]).v & PAGE_DIRTY);
	assert_true(nr_dirty == 0 || nr_dirty == nr);
	return nr_dirty;
}

static void F(dirty_is_not_lost_in_split)(void **unused)
{
	static void *tables[NR_HARDWARE_ROUNDS];
	struct F(mm) *mm = F(begin)();
	struct F(hardware) h = { .mm = mm, .huge = true };
	uint64_t nr_found = 0;
	F(pte_t) clean, *ptep;
	pthread_t thread;

	(void)unused;
	assert_int_equal(F(map_page)(mm, 0, 0, 0, LEVEL_PMD, PAGE_PRESENT), 0);
	ptep = F(lookup)(mm, 0).ptep;
	clean = F(read)(ptep);
	F(hardware_begin)(&h, &thread);
	for (unsigned round = 0; round < NR_HARDWARE_ROUNDS; round++) {
		if (round % 2)
			F(hardware_wait)(&h);
		assert_int_equal(F(split_huge)(mm, 0, 0), 0);
		tables[round] = pfn_to_virt(mm->mem,
					    F(pte_pfn)(F(get_and_clear)(ptep)));
		nr_found += F(all_dirty)(tables[round]);
		F(set)(ptep, clean);
	}
	F(hardware_end)(&h, thread);
	nr_found += !!(F(read)(ptep).v & PAGE_DIRTY);
	assert_int_equal(nr_found, h.nr_set);
	for (unsigned round = 0; round < NR_HARDWARE_ROUNDS; round++)
		F(table_free)(mm, 0, tables[round], LEVEL_PTE);
	F(end)(mm);
}

/* An entry whose halves tell which half belongs to it, where it has two. */
static F(pte_t) F(whole_entry)(uint64_t n)
{
	pfn_t pfn = n & 0xfffff;

	if (F(pfn_limit) > 1ull << 20)
		pfn |= pfn << 20;
	return F(pfn_pte)(pfn, PAGE_PRESENT | (n & 1 ? F(nx) : 0));
}

struct F(shared_entry) {
	F(pte_t) pte;
	bool stop;
	uint64_t nr_read;
};

static void *F(read_entry)(void *arg)
{
	struct F(shared_entry) *e = arg;
	uint64_t bad = 0;

	chaos_one_in = 4;
	while (!READ_ONCE(e->stop)) {
		F(pte_t) pte = F(read)(&e->pte);
		pfn_t pfn = F(pte_pfn)(pte) & 0xfffff;

		WRITE_ONCE(e->nr_read, e->nr_read + 1);
		/* Its lowest bit is n's. */
		if (F(pte_present)(pte))
			bad += pte.v != F(whole_entry)(pfn).v;
	}
	return (void *)(uintptr_t)bad;
}

/* PAE: two halves, and a writer between a reader's loads of them. */
static void F(no_entry_is_read_in_parts)(void **unused)
{
	struct F(shared_entry) e = { { 0 }, false, 0 };
	struct random r = { test_seed() };
	pthread_t thread;
	void *bad;

	(void)unused;
	chaos_one_in = 64;
	assert_int_equal(pthread_create(&thread, NULL, F(read_entry), &e), 0);
	for (unsigned i = 0; READ_ONCE(e.nr_read) < 100 * NR_HARDWARE_ROUNDS;
	     i++) {
		F(pte_t) pte = F(whole_entry)(random_next(&r));

		F(set)(&e.pte, pte);
		if (i % 64 == 0)
			cpu_relax();
		assert_true(F(get_and_clear)(&e.pte).v == pte.v);
	}
	chaos_one_in = 0;
	WRITE_ONCE(e.stop, true);
	assert_int_equal(pthread_join(thread, &bad), 0);
	assert_null(bad);
}

/* FNV-1a of all that a trace answered. */
static void F(digest_add)(uint64_t *digest, uint64_t value)
{
	*digest = (*digest ^ value) * 0x100000001b3ull;
}

/* One trace below 3 GiB with leaves up to `largest`, whatever the format. */
static uint64_t F(trace_digest)(unsigned largest)
{
	struct F(mm) *mm = F(begin)();
	struct random r = { test_seed() };
	uint64_t digest = 0xcbf29ce484222325ull;

	for (unsigned op = 0; op < NR_DIGEST_OPS; op++) {
		uint64_t page =
			random_below(&r, 3) << 18 | random_below(&r, 4096);
		uint64_t addr = page << PAGE_SHIFT;
		uint64_t end =
			addr + ((1 + random_below(&r, 700)) << PAGE_SHIFT);
		pfn_t pfn = random_below(&r, 1 << 20);
		unsigned level = random_below(&r, 8) ? LEVEL_PTE : largest;
		uint64_t kind = random_below(&r, 16);

		if (level == LEVEL_PMD) {
			addr = align_down(addr, 2 << 20);
			pfn = align_down(pfn, 512);
		}
		if (kind < 12) {
			F(digest_add)
			(&digest, (uint64_t)F(map_page)(mm, 0, addr, pfn, level,
							PAGE_PRESENT));
		} else if (kind < 13) {
			F(digest_add)
			(&digest, (uint64_t)F(unmap_range)(mm, 0, addr, end));
			F(free_tables)(mm, 0, addr, end);
		} else if (kind < 14) {
			F(protect_range)(mm, 0, addr, end, PAGE_RW, 0);
		}
		for (unsigned i = 0; i < 4; i++) {
			addr = random_below(&r, 3) << 30 |
			       random_below(&r, 4096 << PAGE_SHIFT);
			F(digest_add)
			(&digest, F(walk_pfn)(mm->mem, mm->pgd, addr));
			F(digest_add)
			(&digest,
			 F(pte_flags)(F(lookup)(mm, addr).pte) & PAGE_RW);
		}
	}
	F(end)(mm);
	return digest;
}

/* The same answers as on x86_64, whose levels but one are all there. */
static void F(folded_equals_unfolded)(void **unused)
{
	(void)unused;
	assert_true(F(trace_digest)(LEVEL_PTE) ==
		    x86_64_trace_digest(LEVEL_PTE));
	if (F(level_size)(LEVEL_PMD) == 2 << 20)
		assert_true(F(trace_digest)(LEVEL_PMD) ==
			    x86_64_trace_digest(LEVEL_PMD));
}

#define FORMAT_CHECK(check_name)                      \
	{                                             \
		.name = FORMAT_NAME ": " #check_name, \
		.test_func = F(check_name)            \
	}

static int F(run_checks)(void)
{
	const struct CMUnitTest tests[] = {
		FORMAT_CHECK(split_keeps_all_translations),
		FORMAT_CHECK(protnone_is_a_mapping_of_each_size),
		FORMAT_CHECK(pat_is_no_part_of_the_frame),
		FORMAT_CHECK(dirty_is_not_lost_in_protect),
		FORMAT_CHECK(dirty_is_not_lost_in_unmap),
		FORMAT_CHECK(dirty_is_not_lost_in_split),
		FORMAT_CHECK(no_entry_is_read_in_parts),
		FORMAT_CHECK(folded_equals_unfolded),
	};

	return cmocka_run_group_tests_name("pgtable/" FORMAT_NAME, tests, NULL,
					   NULL);
}

static __attribute__((constructor)) void F(add_checks)(void)
{
	format_groups[nr_format_groups++] = F(run_checks);
}

#undef FORMAT_CHECK
#undef HARDWARE_PAGES
