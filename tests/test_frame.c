/*
 * test_frame.c - every strategy of family frame against the naive model, and
 * what is free_area's own: directions, LIFO, merging; and pair_bitmap's: the
 * other direction, and its bits; and hierarchical's: classes and best fit.
 */
#include "frame_model.h"

#include <pthread.h>

#define NR_STRESS_THREADS 4

static int (*frame_groups[32])(void);
static unsigned nr_frame_groups;

#define STRATEGY_TEMPLATE "../../tests/frame_checks.h"
#include "../kernels/frame/strategies.h"

/* Zone 1 is [1024, 4096): three blocks of 1024, the highest first out. */
static void expand_lists_the_high_half_and_keeps_the_low(void **unused)
{
	struct free_area_allocator *a = free_area_begin(1);
	struct frame_stats stats;

	(void)unused;
	assert_int_equal(free_area_alloc(a, 0, 0), 3072);
	free_area_stats(a, &stats);
	assert_int_equal(stats.nr_free[MAX_PAGE_ORDER], 2);
	for (unsigned o = 0; o < MAX_PAGE_ORDER; o++) {
		struct page *page =
			list_first_entry(&a->area[o].list, struct page, lru);

		assert_int_equal(stats.nr_free[o], 1);
		assert_int_equal(page_to_pfn(&frame_mem, page),
				 3072 + (1u << o));
	}
	for (pfn_t pfn = 3073; pfn < 3088; pfn++)
		assert_int_equal(free_area_alloc(a, 0, 0), pfn);
	for (pfn_t pfn = 3072; pfn < 3088; pfn++)
		free_area_free(a, 0, pfn, 0);
	free_area_end(a, 1);
}

static void a_freed_block_is_the_next_one_out(void **unused)
{
	struct free_area_allocator *a = free_area_begin(1);

	(void)unused;
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(free_area_alloc(a, 0, 0), 3072 + i);
	/* Their buddies are busy: no merging. */
	free_area_free(a, 0, 3074, 0);
	free_area_free(a, 0, 3072, 0);
	free_area_free(a, 0, 3077, 0);
	assert_int_equal(free_area_alloc(a, 0, 0), 3077);
	assert_int_equal(free_area_alloc(a, 0, 0), 3072);
	assert_int_equal(free_area_alloc(a, 0, 0), 3074);
	for (unsigned i = 0; i < 8; i++)
		free_area_free(a, 0, 3072 + i, 0);
	free_area_end(a, 1);
}

static void buddies_merge_as_far_as_they_go(void **unused)
{
	struct free_area_allocator *a = free_area_begin(1);
	struct frame_stats stats;

	(void)unused;
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(free_area_alloc(a, 0, 0), 3072 + i);
	free_area_free(a, 0, 3075, 0);
	free_area_free(a, 0, 3073, 0);
	free_area_free(a, 0, 3074, 0);
	free_area_stats(a, &stats);
	assert_int_equal(stats.nr_free[0], 1); /* 3073 */
	assert_int_equal(stats.nr_free[1], 1); /* 3074 */
	free_area_free(a, 0, 3072, 0);
	free_area_stats(a, &stats);
	assert_int_equal(stats.nr_free[2], 1); /* 3072 */
	assert_int_equal(free_area_alloc(a, 0, 2), 3072);
	free_area_free(a, 0, 3072, 2);
	for (unsigned i = 4; i < 8; i++)
		free_area_free(a, 0, 3072 + i, 0);
	free_area_stats(a, &stats);
	assert_int_equal(stats.nr_free[MAX_PAGE_ORDER], 3);
	free_area_end(a, 1);
}

/* The lists themselves, not validate()'s word: exactly the model's free frames,
 * each once. */
static void look_at_free_lists(struct free_area_allocator *a,
			       const struct frame_model *model)
{
	const struct zone *zone = model->zone;
	uint8_t listed[4096] = { 0 }; /* order + 1 of a block's first frame */
	uint8_t covered[4096] = { 0 };

	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		struct list_head *pos;

		list_for_each (pos, &a->area[o].list) {
			pfn_t pfn = page_to_pfn(
				&frame_mem, list_entry(pos, struct page, lru));
			uint64_t i = pfn - zone->start_pfn;

			assert_int_equal(pfn % (1u << o), 0);
			assert_true(i + (1u << o) <= zone->nr_pages);
			assert_null(memchr(covered + i, 1, 1u << o));
			memset(covered + i, 1, 1u << o);
			listed[i] = (uint8_t)(o + 1);
		}
	}
	for (uint64_t i = 0; i < zone->nr_pages; i++) {
		unsigned o = listed[i] - 1u;

		assert_int_equal(covered[i], !model->busy[i]);
		if (listed[i] && o < MAX_PAGE_ORDER)
			assert_int_not_equal(listed[i ^ 1ull << o], o + 1);
	}
}

static void blocks_aligned_disjoint_no_two_free_buddies_unmerged(void **unused)
{
	(void)unused;
	free_area_trace(20000, 16, look_at_free_lists);
}

static void validate_sees_a_broken_free_area(void **unused)
{
	struct free_area_allocator *a = free_area_begin(1);
	struct page *page = pfn_to_page(&frame_mem, 3072);

	(void)unused;
	a->area[MAX_PAGE_ORDER].nr_free++; /* not what is listed */
	assert_false(free_area_validate(a));
	a->area[MAX_PAGE_ORDER].nr_free--;
	page->private = 3; /* not the list's order */
	assert_false(free_area_validate(a));
	page->private = MAX_PAGE_ORDER;
	page[8].flags |= PG_private; /* a block inside a block */
	assert_false(free_area_validate(a));
	page[8].flags &= ~(uint64_t)PG_private;
	/* Two free buddies. */
	free_area_unlist(a, page, MAX_PAGE_ORDER);
	free_area_list(a, page, 9);
	free_area_list(a, page + 512, 9);
	assert_false(free_area_validate(a));
	free_area_unlist(a, page, 9);
	free_area_unlist(a, page + 512, 9);
	free_area_list(a, page, MAX_PAGE_ORDER);
	free_area_end(a, 1);
}

/* The other half, downwards: 4095 first. */
static void expand_lists_the_low_half_and_keeps_the_high(void **unused)
{
	struct pair_bitmap_allocator *a = pair_bitmap_begin(1);

	(void)unused;
	assert_int_equal(pair_bitmap_alloc(a, 0, 0), 4095);
	for (unsigned o = 0; o < MAX_PAGE_ORDER; o++) {
		struct page *page =
			list_first_entry(&a->area[o].list, struct page, lru);

		assert_int_equal(a->area[o].nr_free, 1);
		assert_int_equal(page_to_pfn(&frame_mem, page),
				 4096 - (2u << o));
	}
	for (pfn_t pfn = 4094; pfn > 4080; pfn--)
		assert_int_equal(pair_bitmap_alloc(a, 0, 0), pfn);
	assert_int_equal(pair_bitmap_alloc(a, 0, 3), 4072);
	assert_int_equal(pair_bitmap_alloc(a, 0, 3), 4064);
	pair_bitmap_free(a, 0, 4072, 3);
	pair_bitmap_free(a, 0, 4064, 3);
	for (pfn_t pfn = 4095; pfn > 4080; pfn--)
		pair_bitmap_free(a, 0, pfn, 0);
	pair_bitmap_end(a, 1);
}

/* Of order 0, the pair of frames 4094 and 4095 has bit 1535. */
static void a_bit_of_0_stops_the_merge_a_bit_of_1_goes_on(void **unused)
{
	struct pair_bitmap_allocator *a = pair_bitmap_begin(1);
	const uint64_t *map = a->area[0].map;

	(void)unused;
	assert_false(test_bit(map, 1535)); /* both lie in a larger block */
	assert_int_equal(pair_bitmap_alloc(a, 0, 0), 4095);
	assert_true(test_bit(map, 1535));
	for (unsigned o = 1; o < MAX_PAGE_ORDER; o++)
		assert_true(test_bit(a->area[o].map, (3072u >> (o + 1)) - 1));
	assert_int_equal(pair_bitmap_alloc(a, 0, 0), 4094);
	assert_false(test_bit(map, 1535)); /* both busy */
	pair_bitmap_free(a, 0, 4095, 0);
	assert_int_equal(a->area[0].nr_free, 1);
	assert_true(test_bit(map, 1535));
	pair_bitmap_free(a, 0, 4094, 0);
	assert_false(test_bit(map, 1535));
	for (unsigned o = 0; o < MAX_PAGE_ORDER; o++) {
		assert_int_equal(a->area[o].nr_free, 0);
		assert_false(test_bit(a->area[o].map, (3072u >> (o + 1)) - 1));
	}
	assert_null(a->area[MAX_PAGE_ORDER].map);
	pair_bitmap_end(a, 1);
}

/* The bits against the lists and the lists against the model. */
static void look_at_pair_bits(struct pair_bitmap_allocator *a,
			      const struct frame_model *model)
{
	uint8_t covered[4096] = { 0 };

	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		uint8_t listed[4096] = { 0 }; /* by i >> o */
		struct list_head *pos;

		list_for_each (pos, &a->area[o].list) {
			uint64_t i =
				page_to_pfn(&frame_mem,
					    list_entry(pos, struct page, lru)) -
				model->zone->start_pfn;

			assert_int_equal(i % (1u << o), 0);
			assert_null(memchr(covered + i, 1, 1u << o));
			memset(covered + i, 1, 1u << o);
			listed[i >> o] = 1;
		}
		if (o == MAX_PAGE_ORDER)
			break;
		for (uint64_t i = 0; i < model->zone->nr_pages >> o; i += 2) {
			assert_false(listed[i] && listed[i + 1]);
			assert_int_equal(test_bit(a->area[o].map, i / 2),
					 listed[i] ^ listed[i + 1]);
		}
	}
	for (uint64_t i = 0; i < model->zone->nr_pages; i++)
		assert_int_equal(covered[i], !model->busy[i]);
}

static void bitmap_bit_is_xor_of_pair_state(void **unused)
{
	(void)unused;
	pair_bitmap_trace(20000, 16, look_at_pair_bits);
}

static void validate_sees_a_broken_pair_bitmap(void **unused)
{
	struct pair_bitmap_allocator *a = pair_bitmap_begin(1);
	uint64_t *map = a->area[0].map;

	(void)unused;
	a->area[MAX_PAGE_ORDER].nr_free++; /* not what is listed */
	assert_false(pair_bitmap_validate(a));
	a->area[MAX_PAGE_ORDER].nr_free--;
	for (unsigned o = 0; o < MAX_PAGE_ORDER; o++) { /* a bit of no pair */
		set_bit(a->area[o].map, 1);
		assert_false(pair_bitmap_validate(a));
		clear_bit(a->area[o].map, 1);
	}
	pair_bitmap_list(a, 3080, 0); /* a block inside a block */
	set_bit(map, (3080 - 1024) / 2);
	assert_false(pair_bitmap_validate(a));
	clear_bit(map, (3080 - 1024) / 2);
	pair_bitmap_unlist(a, 3080, 0);
	pair_bitmap_unlist(a, 3072, MAX_PAGE_ORDER); /* two free buddies */
	pair_bitmap_list(a, 3072, 9);
	pair_bitmap_list(a, 3584, 9);
	assert_false(pair_bitmap_validate(a));
	pair_bitmap_unlist(a, 3584, 9);
	pair_bitmap_unlist(a, 3072, 9);
	pair_bitmap_list(a, 3072, MAX_PAGE_ORDER);
	pair_bitmap_end(a, 1);
}

/* Sets that need one, two and three levels, against one byte a number. */
static void summary_first_is_the_least_number(void **unused)
{
	static const unsigned sizes[] = { 1, 64, 65, 4096, 4097, 20000 };
	static uint64_t words[512];
	static uint8_t in[20000];

	(void)unused;
	for (unsigned n = 0; n < ARRAY_SIZE(sizes); n++) {
		struct random r = { test_seed() + n };
		unsigned nr = 0, least = sizes[n];
		struct summary s;

		assert_true(summary_words(sizes[n]) <= ARRAY_SIZE(words));
		memset(words, 0, sizeof(words));
		memset(in, 0, sizeof(in));
		assert_ptr_equal(summary_init(&s, words, sizes[n]),
				 words + summary_words(sizes[n]));
		for (unsigned op = 0; op < 2000; op++) {
			uint64_t i = random_below(&r, sizes[n]);

			if (nr && random_below(&r, 2))
				i = summary_first(&s);
			in[i] ^= 1;
			if (in[i])
				assert_int_equal(summary_add(&s, i), !nr++);
			else
				assert_int_equal(summary_del(&s, i), !--nr);
			for (least = 0; least < sizes[n] && !in[least];)
				least++;
			if (nr)
				assert_int_equal(summary_first(&s), least);
			assert_true(summary_validate(&s, sizes[n]));
		}
	}
}

static void a_word_is_classed_by_its_largest_aligned_run(void **unused)
{
	static const struct {
		uint64_t word;
		unsigned class;
	} t[] = {
		{ 0, HIERARCHICAL_NONE },
		{ 1, 0 },
		{ 1ull << 63, 0 },
		{ 0x6, 0 }, /* two, across a boundary */
		{ 0xc, 1 },
		{ 0x3c, 1 },
		{ 0xf0, 2 },
		{ 0xff0, 2 },
		{ 0xff00, 3 },
		{ 0xffff0000ull, 4 },
		{ 0xffffffff0000ull, 4 },
		{ 0xffffffff00000000, 5 },
		{ ~1ull, 5 },
		{ ~0ull, HIERARCHICAL_FULL },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(hierarchical_classify(t[i].word), t[i].class);
}

/* Best fit: the hole of just that order, not a piece of a larger block. */
static void the_smallest_block_that_will_do_is_taken(void **unused)
{
	struct hierarchical_allocator *a = hierarchical_begin(1);
	pfn_t word[3];

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		word[i] = hierarchical_alloc(a, 0, 5);
	assert_int_equal(word[0], 1024);
	assert_int_equal(word[1], 1024 + 32);
	assert_int_equal(word[2], 1024 + 64); /* held, with 32 frames */
	hierarchical_free(a, 0, 1024, 5);
	assert_int_equal(hierarchical_alloc(a, 0, 2), 1024);
	assert_int_equal(hierarchical_alloc(a, 0, 10), 2048);
	assert_int_equal(hierarchical_alloc(a, 0, 9), 1024 + 512);
	assert_int_equal(hierarchical_alloc(a, 0, 6), 1024 + 128);
	assert_true(hierarchical_validate(a));
	hierarchical_free(a, 0, 1024 + 128, 6);
	hierarchical_free(a, 0, 1024 + 512, 9);
	hierarchical_free(a, 0, 2048, 10);
	hierarchical_free(a, 0, 1024, 2);
	hierarchical_free(a, 0, word[1], 5);
	hierarchical_free(a, 0, word[2], 5);
	hierarchical_end(a, 1);
}

/* 208 words in four groups, the last one short: more than one level. */
static void hierarchical_over_many_groups(void **unused)
{
	enum { NR_PAGES = 13 * 1024 };
	struct physmem_config config = {
		.nr_nodes = 1,
		.node_pages = { NR_PAGES },
		.boot_bytes = hierarchical_boot_bytes(NR_PAGES, 1),
	};
	static uint8_t busy[NR_PAGES];
	static uint64_t held[NR_PAGES];
	struct hierarchical_allocator a;
	struct random r = { test_seed() };
	uint64_t nr = 0;
	struct frame_stats stats;

	(void)unused;
	assert_int_equal(physmem_init(&frame_mem, &config, &host_plain), 0);
	assert_int_equal(hierarchical_create(&a, &frame_mem, frame_zone(1), 1),
			 0);
	memset(busy, 0, sizeof(busy));
	for (unsigned op = 0; op < 60000; op++) {
		unsigned order = random_order(&r);
		uint64_t size = 1ull << order;

		if (random_below(&r, 8) < (op / 8192 % 2 ? 3 : 5)) {
			pfn_t pfn = hierarchical_alloc(&a, 0, order);

			if (pfn == PFN_NONE) {
				for (uint64_t i = 0; i < NR_PAGES; i += size)
					assert_non_null(
						memchr(busy + i, 1, size));
				continue;
			}
			assert_true(pfn % size == 0 && pfn + size <= NR_PAGES);
			assert_null(memchr(busy + pfn, 1, size));
			memset(busy + pfn, 1, size);
			held[nr++] = pfn << 4 | order;
		} else if (nr) {
			uint64_t i = random_below(&r, nr), block = held[i];

			held[i] = held[--nr];
			memset(busy + (block >> 4), 0, 1u << (block & 15));
			hierarchical_free(&a, 0, block >> 4, block & 15);
		}
		if (op % 512 == 0)
			assert_true(hierarchical_validate(&a));
	}
	while (nr--)
		hierarchical_free(&a, 0, held[nr] >> 4, held[nr] & 15);
	assert_true(hierarchical_validate(&a));
	hierarchical_stats(&a, &stats);
	assert_int_equal(stats.nr_free[MAX_PAGE_ORDER], 13);
	physmem_destroy(&frame_mem);
}

static void validate_sees_a_broken_hierarchical(void **unused)
{
	struct hierarchical_allocator *a = hierarchical_begin(1);
	uint64_t *const words[] = {
		&a->map[5],  &a->map[a->nr_words],	&a->nonempty,
		&a->held[3], &a->class[10].level[0][0],
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		*words[i] ^= 2;
		assert_false(hierarchical_validate(a));
		*words[i] ^= 2;
	}
	a->full[0] ^= 1ull << 48; /* behind the last word */
	assert_false(hierarchical_validate(a));
	a->full[0] ^= 1ull << 48;
	a->class_of[5]++;
	assert_false(hierarchical_validate(a));
	a->class_of[5]--;
	hierarchical_end(a, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expand_lists_the_high_half_and_keeps_the_low),
		cmocka_unit_test(a_freed_block_is_the_next_one_out),
		cmocka_unit_test(buddies_merge_as_far_as_they_go),
		cmocka_unit_test(
			blocks_aligned_disjoint_no_two_free_buddies_unmerged),
		cmocka_unit_test(validate_sees_a_broken_free_area),
	};
	const struct CMUnitTest pair_bitmap_tests[] = {
		cmocka_unit_test(expand_lists_the_low_half_and_keeps_the_high),
		cmocka_unit_test(a_bit_of_0_stops_the_merge_a_bit_of_1_goes_on),
		cmocka_unit_test(bitmap_bit_is_xor_of_pair_state),
		cmocka_unit_test(validate_sees_a_broken_pair_bitmap),
	};
	const struct CMUnitTest hierarchical_tests[] = {
		cmocka_unit_test(summary_first_is_the_least_number),
		cmocka_unit_test(a_word_is_classed_by_its_largest_aligned_run),
		cmocka_unit_test(the_smallest_block_that_will_do_is_taken),
		cmocka_unit_test(hierarchical_over_many_groups),
		cmocka_unit_test(validate_sees_a_broken_hierarchical),
	};
	int failed =
		cmocka_run_group_tests_name("free_area", tests, NULL, NULL);

	failed += cmocka_run_group_tests_name("pair_bitmap", pair_bitmap_tests,
					      NULL, NULL);
	failed += cmocka_run_group_tests_name("hierarchical",
					      hierarchical_tests, NULL, NULL);

	for (unsigned i = 0; i < nr_frame_groups; i++)
		failed += frame_groups[i]();
	return failed;
}
