/*
 * test_free_area_mt.c - the buddy by migratetypes: each rule of fallback by its
 * name, and every block against a naive model that knows which is next.
 */
#include "free_area_mt_model.h"

#include "../kernels/frame/free_area_mt.h"

#define U MIGRATE_UNMOVABLE
#define R MIGRATE_RECLAIMABLE
#define M MIGRATE_MOVABLE

/*
 * Zone 1, [1024, 4096): [1024, 2048) is the reserve, the pageblocks from 2048,
 * 2560, 3072 and 3584 are movable.
 */
static struct free_area_mt_allocator *a;

static int begin(void **unused)
{
	static struct free_area_mt_allocator allocator;

	(void)unused;
	a = &allocator;
	assert_int_equal(frame_mem_init(free_area_mt_boot_bytes(4096, 1)), 0);
	assert_int_equal(free_area_mt_create(a, &frame_mem, frame_zone(1), 1),
			 0);
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	assert_true(free_area_mt_validate(a));
	free_area_mt_destroy(a);
	physmem_destroy(&frame_mem);
	return 0;
}

static pfn_t get(unsigned order, enum migratetype type)
{
	return free_area_mt_alloc_mt(a, 0, order, type);
}

/* Free `nr` frames one by one. */
static void put(pfn_t pfn, uint64_t nr)
{
	for (pfn_t p = pfn; p < pfn + nr; p++)
		free_area_mt_free(a, 0, p, 0);
}

/* All frames in use, one by one; the pageblock at pfn is then of a type. */
static void take_all(void)
{
	for (unsigned i = 0; i < MT_PAGES; i++)
		assert_int_not_equal(get(0, M), PFN_NONE);
	assert_int_equal(get(0, M), PFN_NONE);
}

static void set_type(pfn_t pfn, enum migratetype type)
{
	pageblock_set_type(&a->pageblocks, pfn, 512, type);
}

static enum migratetype type_of(pfn_t pfn)
{
	return pageblock_type(&a->pageblocks, pfn);
}

/* The type of the list on which a free block is, or MIGRATE_TYPES. */
static unsigned list_of(pfn_t pfn, unsigned order)
{
	struct list_head *pos;

	for (unsigned t = 0; t < MIGRATE_TYPES; t++)
		list_for_each (pos, &a->area[order].list[t])
			if (pos == &pfn_to_page(&frame_mem, pfn)->lru)
				return t;
	return MIGRATE_TYPES;
}

static void reserve_is_pages_min_in_largest_blocks(void **unused)
{
	static const struct {
		uint64_t pages, reserve;
	} t[] = {
		{ 1024, 0 },	    /* one block: no half of it */
		{ 2048, 1024 },	    /* 8 MiB: 362 KiB */
		{ 3072, 1024 },	    /* 12 MiB: 443 KiB */
		{ 65536, 1024 },    /* 256 MiB: 2 MiB */
		{ 262144, 1024 },   /* 1 GiB: 4 MiB, just one */
		{ 263168, 2048 },   /* a block more: 4104 KiB */
		{ 2097152, 3072 },  /* 8 GiB: 11585 KiB */
		{ 1u << 30, 16384 } /* 4 TiB: 64 MiB are the most */
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(free_area_mt_reserve(t[i].pages),
				 t[i].reserve);
}

static void at_boot_all_is_movable_but_the_reserve(void **unused)
{
	(void)unused;
	for (pfn_t pfn = 1024; pfn < 4096; pfn += 512)
		assert_int_equal(type_of(pfn),
				 pfn < 2048 ? MIGRATE_RESERVE : M);
	assert_int_equal(list_of(1024, 10), MIGRATE_RESERVE);
	assert_int_equal(list_of(2048, 10), M);
	assert_int_equal(list_of(3072, 10), M);
}

/* The zone's top block first; of a block the low half, so pfns ascend. */
static void expand_lists_the_high_half_and_keeps_the_low(void **unused)
{
	(void)unused;
	assert_int_equal(get(0, M), 3072);
	for (unsigned o = 0; o < 10; o++)
		assert_int_equal(list_of(3072 + (1u << o), o), M);
	assert_int_equal(get(0, M), 3073);
	assert_int_equal(get(0, M), 3074);
	assert_int_equal(get(3, M), 3080);
	free_area_mt_free(a, 0, 3080, 3);
	put(3072, 3);
	assert_int_equal(a->area[10].nr_free, 3);
}

static void a_plain_alloc_is_movable(void **unused)
{
	(void)unused;
	assert_int_equal(free_area_mt_alloc(a, 0, 0), 3072);
	assert_int_equal(list_of(3073, 0), M);
	assert_int_equal(type_of(3072), M);
	put(3072, 1);
}

/* Frees go to the list of the pageblock's type, whoever had the frames. */
static void a_freed_block_goes_to_its_pageblocks_list(void **unused)
{
	(void)unused;
	take_all();
	set_type(2560, U);
	set_type(3072, R);
	for (pfn_t pfn = 1024; pfn < 4096; pfn += 512)
		put(pfn, 1);
	assert_int_equal(list_of(1024, 0), MIGRATE_RESERVE);
	assert_int_equal(list_of(1536, 0), MIGRATE_RESERVE);
	assert_int_equal(list_of(2048, 0), M);
	assert_int_equal(list_of(2560, 0), U);
	assert_int_equal(list_of(3072, 0), R);
	assert_int_equal(list_of(3584, 0), M);
}

/* One frame of each other type: which is taken first, second, then the
 * reserve's, then none. */
static void fallback_order(enum migratetype type, enum migratetype first,
			   enum migratetype second)
{
	take_all();
	set_type(2048, first);
	set_type(2560, second);
	put(2048, 1);
	put(2560, 1);
	put(1024, 1);
	assert_int_equal(get(0, type), 2048);
	assert_int_equal(get(0, type), 2560);
	assert_int_equal(get(0, type), 1024);
	assert_int_equal(get(0, type), PFN_NONE);
	/* A single frame is no half of a pageblock: nothing was claimed. */
	assert_int_equal(type_of(2048), first);
	assert_int_equal(type_of(2560), second);
}

static void unmovable_takes_of_reclaimable_then_movable(void **unused)
{
	(void)unused;
	fallback_order(U, R, M);
}

static void reclaimable_takes_of_unmovable_then_movable(void **unused)
{
	(void)unused;
	fallback_order(R, U, M);
}

static void movable_takes_of_reclaimable_then_unmovable(void **unused)
{
	(void)unused;
	fallback_order(M, R, U);
}

/* Though the reserve's block is larger; and of its blocks the smallest goes. */
static void reserve_is_last_and_its_smallest_block_first(void **unused)
{
	(void)unused;
	take_all();
	put(1024, 16);
	put(1536, 2);
	put(2049, 1);
	assert_int_equal(get(0, U), 2049);
	assert_int_equal(get(0, U), 1536);
	assert_int_equal(list_of(1537, 0), MIGRATE_RESERVE);
	assert_int_equal(get(2, R), 1024);
	assert_int_equal(list_of(1028, 2), MIGRATE_RESERVE);
	assert_int_equal(list_of(1032, 3), MIGRATE_RESERVE);
	/* What is freed there is the reserve's again. */
	put(1536, 1);
	assert_int_equal(list_of(1536, 1), MIGRATE_RESERVE);
	assert_int_equal(type_of(1024), MIGRATE_RESERVE);
}

/* Of one's own list the smallest that will do, of another's the largest; the
 * size counts before the order of types. */
static void fallback_takes_the_largest_block(void **unused)
{
	(void)unused;
	take_all();
	set_type(2560, R);
	put(2048, 2); /* movable, order 1 */
	put(2056, 8); /* movable, order 3 */
	put(2560, 1); /* reclaimable, order 0 */
	assert_int_equal(get(0, U), 2056);
	assert_int_equal(get(0, M), 2057);
	assert_int_equal(get(0, U), 2060);
	assert_int_equal(get(1, U), 2062);
	assert_int_equal(get(1, U), 2058);
	assert_int_equal(get(1, U), 2048);
	assert_int_equal(get(0, U), 2560);
	assert_int_equal(get(0, U), 2061);
}

/* Order 3: the rest of the block stays the other type's. */
static void a_small_block_is_taken_alone(void **unused)
{
	(void)unused;
	take_all();
	put(2048, 8);
	put(2064, 4);
	assert_int_equal(get(0, U), 2048);
	assert_int_equal(list_of(2049, 0), M);
	assert_int_equal(list_of(2050, 1), M);
	assert_int_equal(list_of(2052, 2), M);
	assert_int_equal(list_of(2064, 2), M);
}

/* Order 4 is half of 9: all that is free in the pageblock comes along. */
static void from_half_a_pageblocks_order_on_all_free_pages_move(void **unused)
{
	(void)unused;
	take_all();
	put(2048, 16);
	put(2080, 4);
	put(2559, 1);
	put(2560, 4); /* of another pageblock */
	assert_int_equal(get(0, U), 2048);
	for (unsigned o = 0; o < 4; o++)
		assert_int_equal(list_of(2048 + (1u << o), o), U);
	assert_int_equal(list_of(2080, 2), U);
	assert_int_equal(list_of(2559, 0), U);
	assert_int_equal(list_of(2560, 2), M);
	/* 21 of 512 frames: not claimed, so that frees go back to movable. */
	assert_int_equal(type_of(2048), M);
	put(2100, 1);
	assert_int_equal(list_of(2100, 0), M);
}

static void reclaimable_moves_all_free_pages_whatever_the_order(void **unused)
{
	(void)unused;
	take_all();
	put(2048, 2);
	put(2080, 1);
	put(2559, 1);
	assert_int_equal(get(0, R), 2048);
	assert_int_equal(list_of(2049, 0), R);
	assert_int_equal(list_of(2080, 0), R);
	assert_int_equal(list_of(2559, 0), R);
	assert_int_equal(type_of(2048), M);
}

static void half_a_pageblock_moved_claims_it(void **unused)
{
	(void)unused;
	take_all();
	put(2048, 255);
	assert_int_equal(get(7, U), 2048); /* 255 were free */
	assert_int_equal(type_of(2048), M);
	put(2560, 256);
	assert_int_equal(get(8, U), 2560);
	assert_int_equal(type_of(2560), U);
	assert_int_equal(type_of(2048), M);
	assert_int_equal(type_of(3072), M);
	/* What is still in use there is freed to its new type. */
	put(3000, 1);
	assert_int_equal(list_of(3000, 0), U);
}

static void a_largest_block_is_claimed_as_two_pageblocks(void **unused)
{
	(void)unused;
	assert_int_equal(get(0, U), 3072);
	assert_int_equal(type_of(3072), U);
	assert_int_equal(type_of(3584), U);
	assert_int_equal(type_of(2048), M);
	assert_int_equal(list_of(3584, 9), U);
	put(3072, 1);
	assert_int_equal(list_of(3072, 10), U);
	/* Movable has another to take; then it takes this one back. */
	assert_int_equal(get(10, M), 2048);
	assert_int_equal(get(10, M), 3072);
	assert_int_equal(type_of(3584), M);
}

/* Buddies merge across pageblocks of two types, on the last one's list. */
static void merging_asks_for_no_type(void **unused)
{
	(void)unused;
	take_all();
	set_type(2048, U);
	put(2048, 512);
	put(2560, 512);
	assert_int_equal(list_of(2048, 10), M);
	assert_int_equal(get(10, M), 2048);
	free_area_mt_free(a, 0, 2048, 10);
	assert_int_equal(list_of(2048, 10), U);
}

/* Bit fields of neighbours stay apart: 40 pageblocks in three words. */
static void a_pageblocks_type_is_its_own(void **unused)
{
	uint64_t map[3] = { 0 };
	struct pageblocks b = { map, 4096 };
	unsigned type[40] = { 0 };
	struct random r = { test_seed() };

	(void)unused;
	assert_int_equal(pageblock_map_words(40 * 512), 3);
	for (unsigned op = 0; op < 2000; op++) {
		unsigned i = (unsigned)random_below(&r, 40);
		unsigned nr = 1 + (unsigned)random_below(&r, 40 - i);
		unsigned t = (unsigned)random_below(&r, MIGRATE_TYPES);

		pageblock_set_type(&b, 4096 + i * 512, nr * 512,
				   (enum migratetype)t);
		for (unsigned k = i; k < i + nr; k++)
			type[k] = t;
		for (unsigned k = 0; k < 40; k++)
			assert_int_equal(
				pageblock_type(&b,
					       4096 + k * 512 +
						       random_below(&r, 512)),
				type[k]);
	}
}

/* Lists, orders and pageblocks are those of the model. */
static void compare_with(const struct mt_model *m)
{
	uint64_t nr[NR_PAGE_ORDERS] = { 0 };
	struct list_head *pos;

	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		for (unsigned t = 0; t < MIGRATE_TYPES; t++)
			list_for_each (pos, &a->area[o].list[t]) {
				struct page *page =
					list_entry(pos, struct page, lru);
				const struct mt_block *b =
					&m->block[page_to_pfn(&frame_mem,
							      page) -
						  MT_START];

				assert_true(b->free && b->order == o);
				assert_int_equal(b->type, t);
				nr[o]++;
			}
	for (uint64_t at = 0; at < MT_PAGES; at++)
		if (m->block[at].free)
			nr[m->block[at].order]--;
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		assert_int_equal(nr[o], 0);
	for (uint64_t at = 0; at < MT_PAGES; at += MT_PAGEBLOCK)
		assert_int_equal(type_of(MT_START + at),
				 m->pageblock[at / MT_PAGEBLOCK]);
}

/* Movable often, in blocks; the others in runs of one type, mostly small. */
static void every_block_is_the_one_that_the_model_names(void **unused)
{
	struct random r = { test_seed() };
	static struct mt_model m;
	static uint64_t held[MT_PAGES];
	uint64_t nr = 0;

	(void)unused;
	mt_model_init(&m);
	for (unsigned op = 0; op < 100000; op++) {
		if (random_below(&r, 16) < (op / 4096 % 2 ? 4u : 11u)) {
			enum migratetype type =
				(enum migratetype)(op / 512 % 3);
			unsigned order = random_order(&r);
			pfn_t pfn;

			if (random_below(&r, 4) == 0)
				type = (enum migratetype)random_below(&r, 3);
			pfn = get(order, type);
			assert_int_equal(pfn, mt_alloc(&m, order, type));
			if (pfn != PFN_NONE)
				held[nr++] = pfn << 4 | order;
		} else if (nr) {
			uint64_t i = random_below(&r, nr), block = held[i];

			held[i] = held[--nr];
			free_area_mt_free(a, 0, block >> 4, block & 15);
			mt_free(&m, block >> 4, block & 15);
		}
		if (op % 64 == 0) {
			compare_with(&m);
			assert_true(free_area_mt_validate(a));
		}
	}
	/* Else it is no test of the rules. */
	check(m.nr_alone > 50 && m.nr_moved > 50 && m.nr_claimed > 50 &&
		      m.nr_reserve > 50,
	      "%u alone, %u moved, %u claimed, %u of the reserve", m.nr_alone,
	      m.nr_moved, m.nr_claimed, m.nr_reserve);
}

static void validate_sees_what_is_broken(void **unused)
{
	struct page *page = pfn_to_page(&frame_mem, 3072);

	(void)unused;
	a->area[10].nr_free++;
	assert_false(free_area_mt_validate(a));
	a->area[10].nr_free--;
	page->private = 3; /* not the list's order */
	assert_false(free_area_mt_validate(a));
	page->private = 10;
	page[8].flags |= PG_private; /* a block inside a block */
	assert_false(free_area_mt_validate(a));
	page[8].flags &= ~(uint64_t)PG_private;
	set_type(1536, M); /* a part of the reserve is lost */
	assert_false(free_area_mt_validate(a));
	set_type(1536, MIGRATE_RESERVE);
	set_type(3584, MIGRATE_ISOLATE);
	assert_false(free_area_mt_validate(a));
	set_type(3584, M);
	/* On a list that is not for it. */
	for (unsigned t = MIGRATE_RESERVE; t < MIGRATE_TYPES; t++) {
		free_area_mt_unlist(a, page, 10);
		free_area_mt_list(a, page, 10, (enum migratetype)t);
		assert_false(free_area_mt_validate(a));
	}
	free_area_mt_unlist(a, page, 10);
	/* Two free buddies. */
	free_area_mt_list(a, page, 9, M);
	free_area_mt_list(a, page + 512, 9, U);
	assert_false(free_area_mt_validate(a));
	free_area_mt_unlist(a, page, 9);
	free_area_mt_unlist(a, page + 512, 9);
	free_area_mt_list(a, page, 10, M);
}

#define MT_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reserve_is_pages_min_in_largest_blocks),
		cmocka_unit_test(a_pageblocks_type_is_its_own),
		MT_TEST(at_boot_all_is_movable_but_the_reserve),
		MT_TEST(expand_lists_the_high_half_and_keeps_the_low),
		MT_TEST(a_plain_alloc_is_movable),
		MT_TEST(a_freed_block_goes_to_its_pageblocks_list),
		MT_TEST(unmovable_takes_of_reclaimable_then_movable),
		MT_TEST(reclaimable_takes_of_unmovable_then_movable),
		MT_TEST(movable_takes_of_reclaimable_then_unmovable),
		MT_TEST(reserve_is_last_and_its_smallest_block_first),
		MT_TEST(fallback_takes_the_largest_block),
		MT_TEST(a_small_block_is_taken_alone),
		MT_TEST(from_half_a_pageblocks_order_on_all_free_pages_move),
		MT_TEST(reclaimable_moves_all_free_pages_whatever_the_order),
		MT_TEST(half_a_pageblock_moved_claims_it),
		MT_TEST(a_largest_block_is_claimed_as_two_pageblocks),
		MT_TEST(merging_asks_for_no_type),
		MT_TEST(every_block_is_the_one_that_the_model_names),
		MT_TEST(validate_sees_what_is_broken),
	};

	return cmocka_run_group_tests_name("free_area_mt", tests, NULL, NULL);
}
