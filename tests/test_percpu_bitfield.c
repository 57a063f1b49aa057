/*
 * test_percpu_bitfield.c - what is percpu_bitfield's own: chunks that change
 * hands, frames that come back from other CPUs, bad frees, huge frames that
 * survive; and the vector passes against their scalar twins.
 */
#include "percpu_bitfield_space.h"

static uint64_t nr_whole(struct percpu_bitfield_allocator *a)
{
	struct frame_stats stats;

	percpu_bitfield_stats(a, &stats);
	return stats.nr_free[CHUNK_ORDER] + 2 * stats.nr_free[MAX_PAGE_ORDER];
}

/* ---- taking from others ---- */

/* Each CPU frees a part, which lies in its stacks and chunks; CPU 0 wants it
 * all, of each order and with more CPUs than chunks. */
static void take_all(unsigned nr_cpus, unsigned order)
{
	struct percpu_bitfield_allocator *a = begin(nr_cpus);
	uint64_t nr = a->nr_pages >> order;
	struct frame_model model;
	pfn_t held[3072];

	for (uint64_t i = 0; i < nr; i++)
		held[i] = percpu_bitfield_alloc(a, i % nr_cpus, order);
	for (uint64_t i = 0; i < nr; i++) {
		assert_int_not_equal(held[i], PFN_NONE);
		percpu_bitfield_free(a, i * 7 / 3 % nr_cpus, held[i], order);
	}
	assert_true(percpu_bitfield_validate(a));
	model_init(&model, frame_zone(1));
	for (uint64_t i = 0; i < nr; i++) {
		held[i] = percpu_bitfield_alloc(a, 0, order);
		assert_int_not_equal(held[i], PFN_NONE);
		model_alloc(&model, held[i], order);
		assert_true(i % 64 || percpu_bitfield_validate(a));
	}
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		assert_int_equal(percpu_bitfield_alloc(a, cpu, 0), PFN_NONE);
	assert_int_equal(free_pages(a), 0);
	while (nr--)
		percpu_bitfield_free(a, nr % nr_cpus, held[nr], order);
	end(a);
}

static void one_cpu_gets_all_that_others_cache(void **unused)
{
	(void)unused;
	for (unsigned order = 0; order < NR_PAGE_ORDERS; order++) {
		take_all(NR_CPUS, order);
		take_all(20, order);
	}
}

/* A host without a fence: the slow path is all there is, and all is the same.
 */
static void without_a_fence_nothing_is_plain(void **unused)
{
	void (*fence)(struct host_memory *) = host_plain.fence_others;

	(void)unused;
	host_plain.fence_others = NULL;
	for (unsigned order = 0; order < NR_PAGE_ORDERS; order++)
		take_all(NR_CPUS, order);
	assert_int_equal(under_test.plain, !BRACKET_NEEDS_FENCE);
	host_plain.fence_others = fence;
}

/* Of two chunks with room in another's hands one is taken. */
static void a_thief_takes_every_second_chunk(void **unused)
{
	struct percpu_bitfield_allocator *a = begin(2);
	unsigned nr[3] = { 0 };
	pfn_t held[3072];

	(void)unused;
	a->keep = 6;
	for (unsigned i = 0; i < 3072; i++)
		held[i] = percpu_bitfield_alloc(a, 0, 0);
	for (unsigned i = 0; i < 3072; i++)
		percpu_bitfield_free(a, 0, held[i], 0);
	held[0] = percpu_bitfield_alloc(a, 1, 0);
	assert_int_not_equal(held[0], PFN_NONE);
	for (unsigned i = 0; i < 6; i++)
		nr[a->state[i] >> CHUNK_OWNER_SHIFT]++;
	assert_int_equal(nr[0], 0);
	assert_int_equal(nr[1], 3);
	assert_int_equal(nr[2], 3);
	percpu_bitfield_free(a, 1, held[0], 0);
	end(a);
}

static unsigned nr_fences;

static void count_fence(struct host_memory *host)
{
	(void)host;
	nr_fences++;
}

/* Until a frame is freed; and then what is free is found. */
static void a_failed_search_is_remembered(void **unused)
{
	void (*fence)(struct host_memory *) = host_plain.fence_others;
	struct percpu_bitfield_allocator *a = begin(2);
	pfn_t pfn = 1024, block;

	(void)unused;
	host_plain.fence_others = count_fence;
	for (unsigned i = 0; i < 3072; i++)
		percpu_bitfield_alloc(a, i % 2, 0);
	assert_int_equal(percpu_bitfield_alloc(a, 0, 3), PFN_NONE);
	nr_fences = 0;
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(percpu_bitfield_alloc(a, i % 2, 3), PFN_NONE);
	assert_int_equal(nr_fences, 0);
	for (unsigned i = 0; i < 7; i++) {
		percpu_bitfield_free(a, 1, pfn++, 0);
		assert_false(percpu_bitfield_is_full(a, 3));
		assert_int_equal(percpu_bitfield_alloc(a, 0, 3), PFN_NONE);
		assert_true(percpu_bitfield_is_full(a, 3));
	}
	assert_int_equal(nr_fences, BRACKET_NEEDS_FENCE ? 7 : 0);
	percpu_bitfield_free(a, 1, pfn, 0);
	block = percpu_bitfield_alloc(a, 0, 3);
	assert_int_equal(block, 1024);
	percpu_bitfield_free(a, 0, block, 3);
	for (pfn = 1032; pfn < 4096; pfn++)
		percpu_bitfield_free(a, pfn % 2, pfn, 0);
	host_plain.fence_others = fence;
	end(a);
}

/* ---- frames and chunks that come back ---- */

static void frames_freed_elsewhere_come_back_to_the_owner(void **unused)
{
	struct percpu_bitfield_allocator *a = begin(2);
	uint64_t remote = 0;
	pfn_t held[512];

	(void)unused;
	for (unsigned i = 0; i < 512; i++)
		held[i] = percpu_bitfield_alloc(a, 0, 0);
	assert_int_equal(a->cpu[0].pending, CHUNK_LAST);
	for (unsigned i = 0; i < 512; i++)
		percpu_bitfield_free(a, 1, held[i], 0);
	assert_int_not_equal(a->cpu[0].pending, CHUNK_LAST);
	for (unsigned i = 0; i < 6 * CHUNK_WORDS; i++)
		remote += scan_weight(a->remote[i]);
	/* All but what CPU 1 still has in its stack. */
	assert_int_equal(remote,
			 512 - percpu_bitfield_count(&a->cpu[1].stack[0]));
	assert_true(percpu_bitfield_validate(a));
	assert_int_equal(free_pages(a), 3072);
	/* What is left of the last refill, and then these. */
	for (unsigned i = 0; i < 128; i++)
		held[i] = percpu_bitfield_alloc(a, 0, 0);
	assert_int_equal(a->cpu[0].pending, CHUNK_LAST);
	for (unsigned i = 0; i < 6 * CHUNK_WORDS; i++)
		assert_int_equal(a->remote[i], 0);
	for (unsigned i = 0; i < 128; i++)
		percpu_bitfield_free(a, 0, held[i], 0);
	end(a);
}

/* All free chunks above a CPU's share are nobody's. */
static void a_cpu_keeps_no_more_than_its_share(void **unused)
{
	struct percpu_bitfield_allocator *a = begin(3);
	unsigned owned = 0;
	pfn_t held[6];

	(void)unused;
	assert_int_equal(a->keep, 0); /* an eighth of two chunks */
	a->keep = 2;
	for (unsigned i = 0; i < 6; i++)
		held[i] = percpu_bitfield_alloc(a, 0, 9);
	for (unsigned i = 0; i < 6; i++)
		percpu_bitfield_free(a, 1, held[i], 9);
	for (unsigned i = 0; i < 6; i++)
		owned += a->state[i] != CHUNK_FRAMES;
	assert_int_equal(a->cpu[1].nr_empty, 2);
	assert_int_equal(owned, 2 + percpu_bitfield_count(&a->cpu[1].stack[9]));
	assert_int_equal(a->cpu[0].nr_empty, 0);
	assert_int_equal(a->cpu[0].pending, CHUNK_LAST);
	end(a);
}

/* ---- bad frees ---- */

static void fill_stack(struct percpu_bitfield_allocator *a, pfn_t again)
{
	pfn_t held[512];

	for (unsigned i = 0; i < 512; i++)
		held[i] = percpu_bitfield_alloc(a, 0, 0);
	percpu_bitfield_free(a, 0, again ? again : held[0], 0);
	for (unsigned i = 0; i < 512; i++)
		percpu_bitfield_free(a, 0, held[i], 0);
	percpu_bitfield_flush(a, &a->cpu[0]);
}

static void free_twice(void)
{
	fill_stack(&under_test, 0);
}

static void free_foreign(void)
{
	fill_stack(&under_test, 5000);
}

static void free_whole_twice(void)
{
	pfn_t pfn = percpu_bitfield_alloc(&under_test, 0, 9);

	percpu_bitfield_free(&under_test, 0, pfn, 9);
	percpu_bitfield_free(&under_test, 0, pfn, 9);
	percpu_bitfield_flush(&under_test, &under_test.cpu[0]);
}

/* One frame of nobody's chunk, by another CPU than the owner of the rest. */
static void free_nobodys(void)
{
	fill_stack(&under_test, 1024 + 5 * 512 + 7);
}

static void bad_frees_are_found(void **unused)
{
	static const struct {
		void (*fn)(void);
		uint64_t nr;
	} bad[] = {
		{ free_twice, 1 },
		{ free_foreign, 1 },
		{ free_whole_twice, 512 },
		{ free_nobodys, 1 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		struct percpu_bitfield_allocator *a = begin(2);

		assert_true(percpu_bitfield_validate(a));
		if (KMB_DEBUG >= 1) {
			assert_true(dies(bad[i].fn));
		} else {
			bad[i].fn();
			assert_int_equal(a->cpu[0].bad_frees, bad[i].nr);
			assert_false(percpu_bitfield_validate(a));
			a->cpu[0].bad_frees = 0; /* and nothing else is wrong */
			assert_true(percpu_bitfield_validate(a));
			assert_int_equal(free_pages(a), a->nr_pages);
		}
		physmem_destroy(&frame_mem);
	}
}

static void validate_sees_a_broken_state(void **unused)
{
	struct percpu_bitfield_allocator *a = begin(2);
	pfn_t pfn = percpu_bitfield_alloc(a, 0, 0);
	struct percpu_bitfield_stack *s = &a->cpu[0].stack[0];
	uint32_t *top;

	(void)unused;
	assert_true(percpu_bitfield_validate(a));
	a->bits[CHUNK_WORDS - 1] ^= 1; /* not counted */
	assert_false(percpu_bitfield_validate(a));
	a->bits[CHUNK_WORDS - 1] ^= 1;
	a->remote[CHUNK_WORDS] = 2; /* free twice, and not queued */
	assert_false(percpu_bitfield_validate(a));
	a->remote[CHUNK_WORDS] = 0;
	top = (uint32_t *)s->top;
	*top += 512; /* free in the bits, too */
	assert_false(percpu_bitfield_validate(a));
	*top -= 512;
	top[-1] ^= top[0], top[0] ^= top[-1]; /* now not in order, but all */
	top[-1] ^= top[0];
	assert_true(percpu_bitfield_validate(a));
	a->cpu[1].nr_empty++;
	assert_false(percpu_bitfield_validate(a));
	a->cpu[1].nr_empty--;
	percpu_bitfield_free(a, 0, pfn, 0);
	end(a);
}

/* ---- has_block ---- */

static void has_block_agrees_with_the_model(void **unused)
{
	struct percpu_bitfield_allocator *a = begin(1);
	struct random r = { test_seed() };
	struct frame_model model;
	uint64_t held[3072], nr = 0;

	(void)unused;
	model_init(&model, frame_zone(1));
	for (unsigned op = 0; op < 5000; op++) {
		unsigned order = random_order(&r);
		pfn_t pfn = random_below(&r, 16) < 9 + op / 512 % 2
				    ? percpu_bitfield_alloc(a, 0, order)
				    : PFN_NONE;

		if (pfn != PFN_NONE) {
			model_alloc(&model, pfn, order);
			held[nr++] = pfn << 4 | order;
		} else if (nr) {
			uint64_t i = random_below(&r, nr), block = held[i];

			held[i] = held[--nr];
			model_free(&model, block >> 4, block & 15);
			percpu_bitfield_free(a, 0, block >> 4, block & 15);
		}
		if (op % 16)
			continue;
		percpu_bitfield_flush(a, &a->cpu[0]);
		for (unsigned o = 0; o <= NR_PAGE_ORDERS; o++)
			assert_int_equal(percpu_bitfield_has_block(a, o),
					 o < NR_PAGE_ORDERS &&
						 model_lowest(&model, o) !=
							 PFN_NONE);
	}
	while (nr--)
		percpu_bitfield_free(a, 0, held[nr] >> 4, held[nr] & 15);
	end(a);
}

/* ---- huge frames ---- */

/* 256 MiB; all numbers are by seed, so this is the same on every machine. */
#define AGING_PAGES (1u << 16)

static void aging_keeps_huge_frames(void **unused)
{
	struct physmem_config config = {
		.nr_nodes = 1,
		.node_pages = { AGING_PAGES },
		.boot_bytes = percpu_bitfield_boot_bytes(AGING_PAGES, 1),
	};
	struct percpu_bitfield_allocator *a = &under_test;
	uint32_t nr = AGING_PAGES / 10 * 9, *held = calloc(nr, sizeof(*held));
	struct random r = { 1 };

	(void)unused;
	assert_int_equal(physmem_init(&frame_mem, &config, &host_plain), 0);
	assert_int_equal(percpu_bitfield_create(
				 a, &frame_mem,
				 &frame_mem.node_data[0].zones[ZONE_NORMAL], 1),
			 0);
	for (uint32_t i = 0; i < nr; i++)
		held[i] = (uint32_t)percpu_bitfield_alloc(a, 0, 0);
	for (unsigned round = 0; round <= 100; round++) {
		uint32_t many = round ? nr / 10 : nr / 2;

		for (uint32_t i = 0; i < many; i++) {
			uint64_t j = random_below(&r, nr - i);
			uint32_t pfn = held[j];

			held[j] = held[nr - 1 - i];
			held[nr - 1 - i] = pfn;
			percpu_bitfield_free(a, 0, pfn, 0);
		}
		if (!round) {
			nr -= many;
			continue;
		}
		for (uint32_t i = nr - many; i < nr; i++)
			held[i] = (uint32_t)percpu_bitfield_alloc(a, 0, 0);
	}
	check(nr_whole(a) * 100 >= (AGING_PAGES - nr) / 512 * 95,
	      "%u huge frames of %u", (unsigned)nr_whole(a),
	      (unsigned)(AGING_PAGES - nr) / 512);
	while (nr--)
		percpu_bitfield_free(a, 0, held[nr], 0);
	free(held);
	end(a);
}

/* ---- vectors ---- */

static uint32_t random_state(struct random *r)
{
	static const uint32_t count[] = { 0, 1, 2, 8, 511, 512 };
	uint64_t x = random_next(r);
	uint32_t owner = (uint32_t)(x >> 8 & 3) * (x >> 10 & 1 ? 1 : 0x155);

	return owner << CHUNK_OWNER_SHIFT |
	       (x & 1 ? (uint32_t)(x >> 16 & 15) << CHUNK_TIGHT_SHIFT : 0) |
	       (x & 2 ? count[x >> 20 & 3] : (uint32_t)(x >> 32) % 513);
}

static void vector_passes_equal_scalar(void **unused)
{
	const struct chunk_scan *scalar = chunk_scans;
	uint32_t state[256], found[2][CHUNK_CANDIDATES], out[2][96];
	struct random r = { test_seed() };

	(void)unused;
	for (unsigned t = 0; t < 20000; t++) {
		uint32_t nr = 16 * (1 + (uint32_t)random_below(&r, 16));
		uint32_t from = 16 * (uint32_t)random_below(&r, nr / 16);
		uint32_t mine = 1u + (uint32_t)random_below(&r, 3);
		unsigned order = (unsigned)random_below(&r, 10);
		unsigned max = 1 + (unsigned)random_below(&r, 64);
		uint32_t enough = (uint32_t)random_below(&r, 2000) + 1;
		uint64_t word = random_next(&r) & random_next(&r);
		uint32_t least, n;

		mine <<= CHUNK_OWNER_SHIFT;
		for (uint32_t i = 0; i < nr; i++)
			state[i] = random_state(&r);
		word = t % 8 ? word : (t % 16 ? ~0ull : 0);
		least = scalar->least(state, nr, mine, order);
		n = scalar->collect(state, from, nr, mine, order, least % 600,
				    enough, found[0], max);
		scalar->expand(word, t, out[0]);
		for (unsigned v = 1; v < nr_chunk_scans; v++) {
			const struct chunk_scan *scan = &chunk_scans[v];
			unsigned nr_out = (unsigned)scan_weight(word);

			if (scan->unsupported && scan->unsupported())
				continue;
			assert_int_equal(scan->least(state, nr, mine, order),
					 least);
			assert_int_equal(scan->collect(state, from, nr, mine,
						       order, least % 600,
						       enough, found[1], max),
					 n);
			assert_memory_equal(found[0], found[1],
					    n * sizeof(**found));
			assert_int_equal(scan->expand(word, t, out[1]), nr_out);
			assert_memory_equal(out[0], out[1],
					    nr_out * sizeof(**out));
		}
	}
}

/* The scalar twin against the words of chunk_scan.h, by hand. */
static void room_is_what_the_state_says(void **unused)
{
	const uint32_t me = 3u << CHUNK_OWNER_SHIFT;

	(void)unused;
	assert_int_equal(chunk_room(512, me, 0), 511);
	assert_int_equal(chunk_room(512, me, 9), 0);
	assert_int_equal(chunk_room(me | 512, me, 9), 0);
	assert_int_equal(chunk_room(me | 8, me, 3), 0);
	assert_int_equal(chunk_room(me | 9, me, 3), 1);
	assert_true(chunk_room(me | 7, me, 3) > CHUNK_FRAMES);
	assert_true(chunk_room(me, me, 0) > CHUNK_FRAMES);
	assert_true(chunk_room(0, me, 0) > CHUNK_FRAMES);
	for (uint32_t owner = 1; owner <= KMB_MAX_THREADS; owner++)
		if (owner != 3)
			assert_true(chunk_room(owner << CHUNK_OWNER_SHIFT | 512,
					       me, 0) > CHUNK_FRAMES);
	assert_true(chunk_room(CHUNK_NEVER, me, 0) > CHUNK_FRAMES);
	/* Tight from order 2 on. */
	assert_int_equal(chunk_room(me | 2 << 12 | 100, me, 1), 98);
	assert_true(chunk_room(me | 2 << 12 | 100, me, 2) > CHUNK_FRAMES);
	assert_true(chunk_room(me | 2 << 12 | 100, me, 5) > CHUNK_FRAMES);
	assert_int_equal(chunk_room(me | 2 << 12 | 100, me, 0), 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_cpu_gets_all_that_others_cache),
		cmocka_unit_test(without_a_fence_nothing_is_plain),
		cmocka_unit_test(a_thief_takes_every_second_chunk),
		cmocka_unit_test(a_failed_search_is_remembered),
		cmocka_unit_test(frames_freed_elsewhere_come_back_to_the_owner),
		cmocka_unit_test(a_cpu_keeps_no_more_than_its_share),
		cmocka_unit_test(bad_frees_are_found),
		cmocka_unit_test(validate_sees_a_broken_state),
		cmocka_unit_test(has_block_agrees_with_the_model),
		cmocka_unit_test(aging_keeps_huge_frames),
		cmocka_unit_test(vector_passes_equal_scalar),
		cmocka_unit_test(room_is_what_the_state_says),
	};

	return cmocka_run_group_tests_name("percpu_bitfield", tests, NULL,
					   NULL);
}
