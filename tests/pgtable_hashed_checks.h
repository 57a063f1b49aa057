/*
 * pgtable_hashed_checks.h - template: memory, loads, growth and collisions of
 * one STRATEGY over one FORMAT, a hash table or what it is compared with. Adds
 * its tests to hashed_tests[].
 *
 * Parameters, undefined at the end:
 *   HASHED_LOADS   lines that each lookup in a table reads; 0: that varies
 *   HASHED_TESTS   how many of the tests are for it, from the first on
 */

static struct P(space) P(space_under_test);

static struct P(space) * P(begin)(void)
{
	struct P(space) *s = &P(space_under_test);

	assert_int_equal(
		P(create)(s, counting_begin(0), 1, 1, counting_cpu_node), 0);
	return s;
}

static void P(end)(struct P(space) * s)
{
	assert_true(P(validate)(s));
	P(destroy)(s);
	counting_end();
}

static int P(map_page)(struct P(space) * s, uint64_t i, unsigned shift)
{
	return P(map)(s, 0, i << shift, i + 1, LEVEL_PTE, PAGE_PRESENT);
}

/* Pages [start, end) are mapped as map_page() does. */
static void P(check_pages)(struct P(space) * s, uint64_t start, uint64_t end,
			   unsigned shift)
{
	for (uint64_t i = start; i < end; i++)
		assert_int_equal(P(walk)(s, 0, i << shift), i + 1);
}

static struct pgtable_stats P(get_stats)(struct P(space) * s)
{
	struct pgtable_stats stats;

	P(stats)(s, &stats);
	return stats;
}

/* Of a walk to each of the first pages. */
static uint64_t P(sum_loads)(struct P(space) * s, uint64_t nr, unsigned shift)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < nr; i++)
		sum += P(loads)(s, 0, i << shift);
	return sum;
}

static void P(memory_is_as_said)(void **unused)
{
	(void)unused;
	for (unsigned n = 0; n < ARRAY_SIZE(memory_cases); n++) {
		const struct memory_case *c = &memory_cases[n];
		const struct {
			const char *name;
			uint64_t pages;
		} want[] = { { "walk", c->walk },
			     { "hashed", c->hashed },
			     { "cuckoo", c->cuckoo } };
		struct P(space) *s = P(begin)();

		for (uint64_t i = 0; i < c->nr; i++)
			assert_int_equal(P(map_page)(s, i, c->shift), 0);
		assert_int_equal(P(get_stats)(s).table_bytes,
				 counting.nr_pages * PAGE_SIZE);
		for (unsigned i = 0; i < ARRAY_SIZE(want); i++)
			if (!strcmp(want[i].name, STRATEGY_NAME))
				check(counting.nr_pages == want[i].pages,
				      "%s: %llu pages, not %llu", c->name,
				      (unsigned long long)counting.nr_pages,
				      (unsigned long long)want[i].pages);
		P(end)(s);
	}
}

/* At every size on the way, so at the fullest that the tables ever are. */
static void P(loads_are_bounded)(void **unused)
{
	const unsigned shifts[] = { 15, 21, 30 };
	const uint64_t nr = 1 << 14;

	(void)unused;
	for (unsigned n = 0; n < ARRAY_SIZE(shifts); n++) {
		struct P(space) *s = P(begin)();

		for (uint64_t i = 0; i < nr; i++) {
			uint64_t loads;

			assert_int_equal(P(map_page)(s, i, shifts[n]), 0);
			if ((i + 1) % (nr / 32) || i < nr / 4)
				continue;
			loads = P(sum_loads)(s, i + 1, shifts[n]);
			if (HASHED_LOADS)
				assert_int_equal(loads, HASHED_LOADS * (i + 1));
			else
				assert_in_range(loads, i + 1,
						13 * (i + 1) / 10);
		}
		P(check_pages)(s, 0, nr, shifts[n]);
		P(end)(s);
	}
}

/* Memory follows what is mapped, down to nothing. */
static void P(grows_and_shrinks)(void **unused)
{
	const uint64_t nr = 1 << 13, rest = nr / 32;
	struct P(space) *s = P(begin)();
	uint64_t bytes;

	(void)unused;
	for (unsigned round = 0; round < 2; round++) {
		for (uint64_t i = 0; i < nr; i++)
			assert_int_equal(P(map_page)(s, i, 21), 0);
		bytes = P(get_stats)(s).table_bytes;
		assert_true(bytes > nr * 2 * sizeof(struct pte_line));
		/* By a look at each line, and then by one at each of a few. */
		assert_int_equal(P(unmap)(s, 0, rest << 21, nr << 20),
				 nr / 2 - rest);
		P(check_pages)(s, nr / 2, nr, 21);
		for (uint64_t i = nr / 2; i < nr; i++)
			assert_int_equal(
				P(unmap)(s, 0, i << 21, (i << 21) + PAGE_SIZE),
				1);
		P(check_pages)(s, 0, rest, 21);
		for (uint64_t i = rest; i < nr; i++)
			assert_int_equal(P(walk)(s, 0, i << 21), PFN_NONE);
		assert_true(P(get_stats)(s).table_bytes < bytes / 10);
		assert_int_equal(P(get_stats)(s).mapped_pages, rest);
		assert_int_equal(P(unmap)(s, 0, 0, 1ull << 40), rest);
		assert_int_equal(P(get_stats)(s).table_bytes, 0);
		assert_int_equal(counting.nr_pages, 0);
	}
	P(end)(s);
}

/* No memory at any point of its growth: nothing that is mapped is lost. */
static void P(no_memory_to_grow)(void **unused)
{
	struct P(space) *s = P(begin)();
	uint64_t nr = 0, failed_at;
	int err = 0;

	(void)unused;
	for (unsigned n = 0; n < 40; n++) {
		counting.left = n % 5;
		for (unsigned i = 0; i < 400 && !err; i++, nr += !err)
			err = P(map_page)(s, nr, 21);
		assert_true(!err || err == -ENOMEM);
		failed_at = nr;
		P(check_pages)(s, 0, nr, 21);
		assert_int_equal(P(walk)(s, 0, failed_at << 21), PFN_NONE);
		assert_int_equal(P(get_stats)(s).mapped_pages, nr);
		assert_true(P(validate)(s));
		err = 0;
	}
	assert_true(nr > 100);
	/* With memory it catches up. */
	counting.left = UINT64_MAX;
	for (uint64_t end = 4 * nr; nr < end; nr++)
		assert_int_equal(P(map_page)(s, nr, 21), 0);
	P(check_pages)(s, 0, nr, 21);
	assert_true(P(sum_loads)(s, nr, 21) <= nr * 2);
	P(end)(s);
}

/* Lines whose keys collide, mapped in turn and unmapped in another. */
static void P(check_alike)(const uint64_t *line, unsigned nr)
{
	struct P(space) *s = P(begin)();

	for (unsigned i = 0; i < nr; i++) {
		assert_int_equal(P(map)(s, 0, line[i] << LINE_BYTES_SHIFT,
					i + 1, LEVEL_PTE, PAGE_PRESENT),
				 0);
		assert_true(P(validate)(s));
	}
	for (unsigned gone = 0; gone <= nr; gone++) {
		uint64_t addr = line[gone * 5 % nr] << LINE_BYTES_SHIFT;

		for (unsigned k = 0; k < nr; k++)
			assert_int_equal(
				P(walk)(s, 0,
					line[k * 5 % nr] << LINE_BYTES_SHIFT),
				k < gone ? PFN_NONE : k * 5 % nr + 1);
		assert_true(P(validate)(s));
		if (gone < nr)
			assert_int_equal(P(unmap)(s, 0, addr, addr + PAGE_SIZE),
					 1);
	}
	P(end)(s);
}

static void P(keys_that_collide)(void **unused)
{
	(void)unused;
	P(check_alike)(alike_9, 3);
	P(check_alike)(chained_16, ARRAY_SIZE(chained_16));
}

/* A walk to a huge page asks the table of small pages, if that has any. */
static void P(huge_pages_have_their_own)(void **unused)
{
	const uint64_t size = 1ull << 21, flags = PAGE_PRESENT | PAGE_DIRTY;
	struct P(space) *s = P(begin)();

	(void)unused;
	for (uint64_t i = 0; i < 64; i++)
		assert_int_equal(
			P(map)(s, 0, i * size, i << 9, LEVEL_PMD, flags), 0);
	assert_int_equal(P(map)(s, 0, 1ull << 30, 1 << 18, LEVEL_PUD, flags),
			 0);
	if (HASHED_LOADS) { /* in the second table, in the third */
		assert_int_equal(P(loads)(s, 0, 0), HASHED_LOADS);
		assert_int_equal(P(loads)(s, 0, 1ull << 30), 2 * HASHED_LOADS);
	}
	assert_int_equal(
		P(map)(s, 0, 3 * size + PAGE_SIZE, 1, LEVEL_PTE, flags),
		-EEXIST);
	assert_int_equal(P(map)(s, 0, 0, 0, LEVEL_PUD, flags), -EEXIST);
	assert_int_equal(
		P(protect)(s, 0, 3 * size, 3 * size + PAGE_SIZE, 0, PAGE_DIRTY),
		0);
	for (uint64_t i = 0; i < 64 * 512; i++) {
		assert_int_equal(P(walk)(s, 0, i * PAGE_SIZE), i);
		assert_int_equal(P(flags)(s, i * PAGE_SIZE),
				 i == 3 * 512 ? PAGE_PRESENT : flags);
	}
	if (HASHED_LOADS) {
		assert_int_equal(P(loads)(s, 0, 3 * size), HASHED_LOADS);
		assert_int_equal(P(loads)(s, 0, 0), 2 * HASHED_LOADS);
		assert_int_equal(P(loads)(s, 0, 1ull << 30), 3 * HASHED_LOADS);
	}
	assert_int_equal(P(unmap)(s, 0, 0, 2ull << 30), 64 * 512 + 512 * 512);
	P(end)(s);
}

/* A range of several lines, fewer than there are: each is looked up. */
static void P(ranges_of_huge_pages)(void **unused)
{
	const unsigned levels[] = { LEVEL_PMD, LEVEL_PUD };

	(void)unused;
	for (unsigned n = 0; n < ARRAY_SIZE(levels); n++) {
		const unsigned level = levels[n];
		const unsigned shift = F(level_shift)(level) + LINE_SHIFT;
		const uint64_t pages = 1ull
				       << (shift - LINE_SHIFT - PAGE_SHIFT);
		struct P(space) *s = P(begin)();

		for (uint64_t i = 0; i < 9; i++)
			assert_int_equal(P(map)(s, 0, i << shift, i * pages,
						level, PAGE_PRESENT),
					 0);
		assert_int_equal(P(protect)(s, 0, 2ull << shift, 5ull << shift,
					    PAGE_RW, 0),
				 0);
		assert_int_equal(P(unmap)(s, 0, 3ull << shift, 6ull << shift),
				 3 * pages);
		for (uint64_t i = 0; i < 9; i++) {
			bool gone = i >= 3 && i < 6;

			assert_int_equal(P(walk)(s, 0, i << shift),
					 gone ? PFN_NONE : i * pages);
			assert_int_equal(P(flags)(s, i << shift),
					 gone	  ? 0
					 : i == 2 ? PAGE_PRESENT | PAGE_RW
						  : PAGE_PRESENT);
		}
		P(end)(s);
	}
}

static __attribute__((constructor)) void P(add_hashed_tests)(void)
{
	const struct CMUnitTest tests[] = {
		{ .name = STRATEGY_NAME ": memory is as said",
		  .test_func = P(memory_is_as_said) },
		{ .name = STRATEGY_NAME ": loads are bounded",
		  .test_func = P(loads_are_bounded) },
		{ .name = STRATEGY_NAME ": grows and shrinks",
		  .test_func = P(grows_and_shrinks) },
		{ .name = STRATEGY_NAME ": no memory to grow",
		  .test_func = P(no_memory_to_grow) },
		{ .name = STRATEGY_NAME ": keys that collide",
		  .test_func = P(keys_that_collide) },
		{ .name = STRATEGY_NAME ": huge pages have their own",
		  .test_func = P(huge_pages_have_their_own) },
		{ .name = STRATEGY_NAME ": ranges of huge pages",
		  .test_func = P(ranges_of_huge_pages) },
	};

	for (unsigned i = 0; i < HASHED_TESTS; i++)
		hashed_tests[nr_hashed_tests++] = tests[i];
}

#undef HASHED_LOADS
#undef HASHED_TESTS
