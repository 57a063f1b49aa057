/*
 * first_fit_checks.h - template: bootmem's allocator by the byte, checked for
 * one STRATEGY against a byte and a page model.
 */

static struct S(allocator) * S(begin)(void)
{
	static struct S(allocator) a;

	assert_int_equal(frame_mem_init(S(boot_bytes)(4096, 1)), 0);
	assert_int_equal(S(create)(&a, &frame_mem, frame_zone(1), 1), 0);
	return &a;
}

static void S(end)(struct S(allocator) * a)
{
	assert_true(S(validate)(a));
	S(destroy)(a);
	physmem_destroy(&frame_mem);
}

/* Small ones mostly, some of several pages; alignments up to four pages. */
static uint64_t S(random_alloc)(struct S(allocator) * a, struct random *r,
				uint64_t *size, uint64_t *align)
{
	*size = 1 + random_below(r, random_below(r, 4) ? 300 : 3 * PAGE_SIZE);
	*align = 1ull << random_below(r, random_below(r, 4) ? 8 : 15);
	return S(alloc_bytes)(a, *size, *align, 0);
}

/* Until nothing fits; each byte is the caller's alone, and zero. */
static void S(merged_blocks_never_share_bytes)(void **unused)
{
	struct S(allocator) *a = S(begin)();
	const uint64_t start = ZONE_START, end = start + ZONE_BYTES;
	struct random r = { test_seed() };
	uint64_t size, align, addr, nr = 0, bytes = 0;

	(void)unused;
	/* Whoever gets a block fills it with ones. */
	memset(frame_mem.base + start, 0, end - start);
	while ((addr = S(random_alloc)(a, &r, &size, &align)) != BOOTMEM_NONE) {
		assert_int_equal(addr % align, 0);
		assert_true(addr >= start && addr + size <= end);
		for (uint64_t i = addr - start; i < addr - start + size; i++) {
			assert_int_equal(byte_owner[i], 0);
			byte_owner[i] = 1;
			assert_int_equal(frame_mem.base[start + i], 0);
			frame_mem.base[start + i] = 1;
		}
		nr++;
		bytes += size;
	}
	/* A page each would have been full with 3072. */
	assert_true(nr > 4000 && bytes > ZONE_BYTES / 2);
	memset(byte_owner, 0, sizeof(byte_owner));
	S(end)(a);
}

/* Mark the pages that [addr, addr + size) touches, or frees as a whole. */
static void S(model_mark)(struct frame_model *m, uint64_t addr, uint64_t size,
			  bool busy)
{
	uint64_t inwards = busy ? 0 : PAGE_SIZE - 1;
	uint64_t first = (addr - ZONE_START + inwards) / PAGE_SIZE;
	uint64_t last = (addr - ZONE_START + size + PAGE_SIZE - 1 - inwards) /
			PAGE_SIZE;

	for (uint64_t i = first; i < last; i++)
		m->busy[i] = busy;
}

static void S(compare_bits)(struct S(allocator) * a,
			    const struct frame_model *m)
{
	for (uint64_t i = 0; i < m->zone->nr_pages; i++)
		assert_int_equal(test_bit(a->boot.map, i), m->busy[i]);
}

/*
 * Allocations, frees of what was allocated, and reservations of whole pages in
 * the upper half, where no allocation gets to.
 */
static void S(busy_bits_equal_reserved_and_allocated)(void **unused)
{
	struct S(allocator) *a = S(begin)();
	struct random r = { test_seed() };
	struct {
		uint64_t addr, size;
	} held[512];
	struct frame_model model;
	unsigned nr = 0;

	(void)unused;
	model_init(&model, frame_zone(1));
	for (unsigned op = 0; op < 4000; op++) {
		uint64_t what = random_below(&r, 8), align, size, addr;

		if (what == 0) {
			addr = ZONE_START + ZONE_BYTES / 2 +
			       random_below(&r, ZONE_BYTES / 2 - 8192);
			size = 1 + random_below(&r, 8192);
			S(reserve_bytes)(a, addr, size);
			S(reserve_bytes)(a, addr, size); /* is no error */
			S(model_mark)(&model, addr, size, true);
		} else if (what < 5 && nr < 512) {
			addr = S(random_alloc)(a, &r, &size, &align);
			assert_int_not_equal(addr, BOOTMEM_NONE);
			S(model_mark)(&model, addr, size, true);
			held[nr].addr = addr;
			held[nr++].size = size;
		} else if (nr) {
			unsigned i = (unsigned)random_below(&r, nr);

			S(free_bytes)(a, held[i].addr, held[i].size);
			S(model_mark)
			(&model, held[i].addr, held[i].size, false);
			held[i] = held[--nr];
		}
		if (op % 16 == 0)
			S(compare_bits)(a, &model);
	}
	S(end)(a);
}

/* Partly covered pages stay busy: the leak of 2.6.11 that both keep. */
static void S(free_all_returns_whole_pages)(void **unused)
{
	struct S(allocator) *a = S(begin)();
	struct frame_stats stats;
	uint64_t one, two;

	(void)unused;
	one = S(alloc_bytes)(a, 3 * PAGE_SIZE + 1, PAGE_SIZE, 0);
	two = S(alloc_bytes)(a, 3 * PAGE_SIZE, 64, 0);
	assert_int_equal(one, ZONE_START);
	assert_int_equal(two, ZONE_START + 3 * PAGE_SIZE + 64);
	S(free_bytes)(a, one, 3 * PAGE_SIZE + 1); /* pages 0, 1, 2 */
	S(free_bytes)(a, two, 3 * PAGE_SIZE);	  /* pages 4, 5 */
	S(stats)(a, &stats);
	assert_int_equal(stats.free_pages, frame_zone(1)->nr_pages - 2);
	assert_true(test_bit(a->boot.map, 3) && test_bit(a->boot.map, 6));
	S(end)(a);
}

static void S(small_blocks_merge_into_the_last_page)(void **unused)
{
	struct S(allocator) *a = S(begin)();

	(void)unused;
	assert_int_equal(S(alloc_bytes)(a, 100, 64, 0), ZONE_START);
	assert_int_equal(S(alloc_bytes)(a, 100, 64, 0), ZONE_START + 128);
	assert_int_equal(S(alloc_bytes)(a, 1, 1, 0), ZONE_START + 228);
	assert_int_equal(a->boot.map[0], 1);
	/* Overflows by 229 + 4000 - 4096 = 133 bytes. */
	assert_int_equal(S(alloc_bytes)(a, 4000, 1, 0), ZONE_START + 229);
	assert_int_equal(a->boot.map[0], 3);
	/* Fills page 1 to its end: the next one starts a page. */
	assert_int_equal(S(alloc_bytes)(a, PAGE_SIZE - 133, 1, 0),
			 ZONE_START + PAGE_SIZE + 133);
	assert_int_equal(a->boot.map[0], 3);
	assert_int_equal(S(alloc_bytes)(a, 8, 8, 0),
			 ZONE_START + 2 * PAGE_SIZE);
	/* Page alignment never merges. */
	assert_int_equal(S(alloc_bytes)(a, 8, PAGE_SIZE, 0),
			 ZONE_START + 3 * PAGE_SIZE);
	/* Not behind the last page: no merge. */
	S(reserve_bytes)(a, ZONE_START + 4 * PAGE_SIZE, 1);
	assert_int_equal(S(alloc_bytes)(a, 8, 8, 0),
			 ZONE_START + 5 * PAGE_SIZE);
	S(end)(a);
}

static void S(goal_is_honoured_then_given_up)(void **unused)
{
	struct S(allocator) *a = S(begin)();
	const uint64_t last = ZONE_START + ZONE_BYTES - PAGE_SIZE;

	(void)unused;
	assert_int_equal(S(alloc_bytes)(a, 8, PAGE_SIZE, last - 5), last);
	assert_int_equal(S(alloc_bytes)(a, 8, PAGE_SIZE, last), ZONE_START);
	/* Outside the zone it is no goal. */
	assert_int_equal(S(alloc_bytes)(a, 8, PAGE_SIZE, last + PAGE_SIZE),
			 ZONE_START + PAGE_SIZE);
	assert_int_equal(S(alloc_bytes)(a, ZONE_BYTES, 1, 0), BOOTMEM_NONE);
	S(end)(a);
}

static int S(run_checks)(void)
{
#define FIRST_FIT_CHECK(check_name)                     \
	{                                               \
		.name = STRATEGY_NAME ": " #check_name, \
		.test_func = S(check_name)              \
	}
	const struct CMUnitTest tests[] = {
		FIRST_FIT_CHECK(merged_blocks_never_share_bytes),
		FIRST_FIT_CHECK(busy_bits_equal_reserved_and_allocated),
		FIRST_FIT_CHECK(free_all_returns_whole_pages),
		FIRST_FIT_CHECK(small_blocks_merge_into_the_last_page),
		FIRST_FIT_CHECK(goal_is_honoured_then_given_up),
	};
#undef FIRST_FIT_CHECK

	return cmocka_run_group_tests_name("first_fit/" STRATEGY_NAME, tests,
					   NULL, NULL);
}
