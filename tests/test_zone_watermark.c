/*
 * test_zone_watermark.c - the watermark formula against a table worked out by
 * hand, and the marks of known machines.
 */
#include "test.h"

#include "../kernels/base/bitops.h"
#include "../kernels/zone/watermark.h"

/*
 * The comment of each row is the formula, worked out with its numbers; "f" is
 * free - 2^order + 1, then what is left of it after each lower order.
 */
/* clang-format off */
static const struct watermark_row {
	int64_t free;
	unsigned order;
	uint64_t mark, reserve;
	bool harder, high, ok;
	uint64_t nr_free[NR_PAGE_ORDERS];
} rows[] = {
	/* Order 0: f == free. */
	{  101, 0, 100,    0, 0, 0, 1, { 0 } }, /* 101 > 100 */
	{  100, 0, 100,    0, 0, 0, 0, { 0 } }, /* 100 <= 100: equal fails */
	{   99, 0, 100,    0, 0, 0, 0, { 0 } }, /* 99 <= 100 */
	{    1, 0,   0,    0, 0, 0, 1, { 0 } }, /* 1 > 0 */
	{    0, 0,   0,    0, 0, 0, 0, { 0 } }, /* 0 <= 0: no mark, nothing free */
	{    0, 0, 100,    0, 0, 0, 0, { 0 } }, /* 0 <= 100 */
	{  101, 0, 100,    0, 0, 0, 1, { 101 } }, /* 101 > 100; no order is looked at */

	/* Negative free, as per-CPU counts in flight can make it. */
	{   -1, 0,   0,    0, 0, 0, 0, { 0 } }, /* -1 <= 0 */
	{   -1, 0,   0, 4080, 0, 0, 0, { 0 } }, /* -1 <= 4080; as unsigned it passed */
	{ -500, 0, 100,    0, 1, 1, 0, { 0 } }, /* -500 <= 38 */
	{   -1, 3,   0,    0, 0, 0, 0, { 0 } }, /* f = -8 <= 0 */

	/* The reserve adds to the mark. */
	{  151, 0, 100,   50, 0, 0, 1, { 0 } }, /* 151 > 150 */
	{  150, 0, 100,   50, 0, 0, 0, { 0 } }, /* 150 <= 150 */
	{  897, 0,  17,  880, 0, 0, 0, { 0 } }, /* 897 <= 17 + 880 */
	{  898, 0,  17,  880, 0, 0, 1, { 0 } }, /* 898 > 897 */
	{   50, 0,   0,   50, 0, 0, 0, { 0 } }, /* 50 <= 0 + 50 */
	{   51, 0,   0,   50, 0, 0, 1, { 0 } }, /* 51 > 50 */

	/* high: less the half, rounded down. */
	{   51, 0, 100,    0, 0, 1, 1, { 0 } }, /* 51 > 100 - 50 */
	{   50, 0, 100,    0, 0, 1, 0, { 0 } }, /* 50 <= 50 */
	{   52, 0, 101,    0, 0, 1, 1, { 0 } }, /* 52 > 101 - 50 */
	{   51, 0, 101,    0, 0, 1, 0, { 0 } }, /* 51 <= 51 */
	{    1, 0,   1,    0, 0, 1, 0, { 0 } }, /* 1 <= 1 - 0 */
	{    2, 0,   1,    0, 0, 1, 1, { 0 } }, /* 2 > 1 */
	{    2, 0,   3,    0, 0, 1, 0, { 0 } }, /* 2 <= 3 - 1 */
	{    3, 0,   3,    0, 0, 1, 1, { 0 } }, /* 3 > 2 */

	/* harder: less a quarter, rounded down. */
	{   76, 0, 100,    0, 1, 0, 1, { 0 } }, /* 76 > 100 - 25 */
	{   75, 0, 100,    0, 1, 0, 0, { 0 } }, /* 75 <= 75 */
	{   77, 0, 101,    0, 1, 0, 1, { 0 } }, /* 77 > 101 - 25 */
	{   76, 0, 101,    0, 1, 0, 0, { 0 } }, /* 76 <= 76 */
	{    3, 0,   3,    0, 1, 0, 0, { 0 } }, /* 3 <= 3 - 0 */
	{    4, 0,   3,    0, 1, 0, 1, { 0 } }, /* 4 > 3 */
	{    6, 0,   7,    0, 1, 0, 0, { 0 } }, /* 6 <= 7 - 1 */
	{    7, 0,   7,    0, 1, 0, 1, { 0 } }, /* 7 > 6 */

	/* Both: first the half, then a quarter of what is left. */
	{   39, 0, 100,    0, 1, 1, 1, { 0 } }, /* 100 - 50 = 50, - 12 = 38 < 39 */
	{   38, 0, 100,    0, 1, 1, 0, { 0 } }, /* 38 <= 38 */
	{   39, 0, 101,    0, 1, 1, 0, { 0 } }, /* 101 - 50 = 51, - 12 = 39; the other way round 38 */
	{   40, 0, 101,    0, 1, 1, 1, { 0 } }, /* 40 > 39 */
	{    1, 0,   2,    0, 1, 1, 0, { 0 } }, /* 2 - 1 = 1, - 0 = 1 >= 1 */
	{    2, 0,   2,    0, 1, 1, 1, { 0 } }, /* 2 > 1 */
	/* The reserve is never cut. */
	{   58, 0, 100,   20, 1, 1, 0, { 0 } }, /* 58 <= 38 + 20 */
	{   59, 0, 100,   20, 1, 1, 1, { 0 } }, /* 59 > 58 */
	{   70, 0, 100,   20, 0, 1, 0, { 0 } }, /* 70 <= 50 + 20 */
	{   95, 0, 100,   20, 1, 0, 0, { 0 } }, /* 95 <= 75 + 20 */

	/* Order 1: f = free - 1; then min 50. */
	{  102, 1, 100,    0, 0, 0, 1, { 0 } },   /* 101 > 100; 101 > 50 */
	{  101, 1, 100,    0, 0, 0, 0, { 0 } },   /* 100 <= 100 */
	{  102, 1, 100,    0, 0, 0, 1, { 50 } },  /* 101 > 100; 101 - 50 = 51 > 50 */
	{  102, 1, 100,    0, 0, 0, 0, { 51 } },  /* 101 - 51 = 50 <= 50 */
	{  102, 1, 100,    0, 0, 0, 0, { 102 } }, /* 101 - 102 = -1 <= 50: all single */
	{    3, 1,   1,    0, 0, 0, 1, { 1 } },   /* 2 > 1; 2 - 1 = 1 > 0 */
	{    3, 1,   1,    0, 0, 0, 0, { 3 } },   /* 2 > 1; 2 - 3 = -1 <= 0 */
	{    2, 1,   0,    0, 0, 0, 1, { 0 } },   /* 1 > 0; 1 > 0: one block, no mark */
	{    2, 1,   0,    0, 0, 0, 0, { 2 } },   /* 1 > 0; 1 - 2 = -1 <= 0 */
	{    1, 1,   0,    0, 0, 0, 0, { 1 } },   /* 1 - 1 = 0 <= 0 */
	/* The reserve does not count in the orders. */
	{  152, 1, 100,   50, 0, 0, 1, { 100 } }, /* 151 > 150; 151 - 100 = 51 > 50 */
	{  152, 1, 100,   50, 0, 0, 0, { 101 } }, /* 151 > 150; 50 <= 50 */

	/* Order 2: f = free - 3; then min 50, 25. */
	{  104, 2, 100,    0, 0, 0, 1, { 0 } },      /* 101 > 100, 50, 25 */
	{  103, 2, 100,    0, 0, 0, 0, { 0 } },      /* 100 <= 100 */
	{  104, 2, 100,    0, 0, 0, 0, { 51 } },     /* 101 - 51 = 50 <= 50 */
	{  104, 2, 100,    0, 0, 0, 1, { 50, 12 } }, /* 51 > 50; 51 - 24 = 27 > 25 */
	{  104, 2, 100,    0, 0, 0, 0, { 50, 13 } }, /* 51 > 50; 51 - 26 = 25 <= 25 */
	{  104, 2, 100,    0, 0, 0, 1, { 0, 37 } },  /* 101 > 50; 101 - 74 = 27 > 25 */
	{  104, 2, 100,    0, 0, 0, 0, { 0, 38 } },  /* 101 > 50; 101 - 76 = 25 <= 25 */

	/* Order 3: f = 208 - 7 = 201; then min 50, 25, 12. */
	{  208, 3, 100,    0, 0, 0, 1, { 100, 25, 9 } },  /* 101 > 50; 51 > 25; 15 > 12 */
	{  208, 3, 100,    0, 0, 0, 0, { 100, 25, 10 } }, /* 101 > 50; 51 > 25; 11 <= 12 */
	/* high: 50; then 25, 12, 6. */
	{  208, 3, 100,    0, 0, 1, 1, { 150, 13, 4 } },  /* 51 > 25; 25 > 12; 9 > 6 */
	{  208, 3, 100,    0, 0, 1, 0, { 150, 13, 5 } },  /* 51 > 25; 25 > 12; 5 <= 6 */
	/* harder: 75; then 37, 18, 9. */
	{  208, 3, 100,    0, 1, 0, 1, { 163, 9, 2 } },   /* 38 > 37; 20 > 18; 12 > 9 */
	{  208, 3, 100,    0, 1, 0, 0, { 163, 10 } },     /* 38 > 37; 18 <= 18 */
	{  208, 3, 100,    0, 1, 0, 0, { 164 } },         /* 37 <= 37 */
	/* both: 38; then 19, 9, 4. */
	{  208, 3, 100,    0, 1, 1, 1, { 181, 5, 1 } },   /* 20 > 19; 10 > 9; 6 > 4 */
	{  208, 3, 100,    0, 1, 1, 0, { 181, 5, 2 } },   /* 20 > 19; 10 > 9; 2 <= 4 */

	/* Order 10: f = free - 1023; then 450, 225, 112, 56, 28, 14, 7, 3, 1, 0. */
	{ 2000, 10, 900,   0, 0, 0, 1, { 0 } },   /* 977 > 900, and all below */
	{ 1923, 10, 900,   0, 0, 0, 0, { 0 } },   /* 900 <= 900 */
	{ 2000, 10, 900,   0, 0, 0, 0, { 976 } }, /* 1 <= 450 */
	{ 2000, 10, 900,   0, 0, 0, 1, { [8] = 1, [9] = 1 } }, /* 721 > 1; 209 > 0 */
	{ 2000, 10, 900,   0, 0, 0, 0, { [9] = 2 } },  /* 977 - 1024 = -47 <= 0 */
	{ 2000, 10, 900,   0, 0, 0, 0, { [7] = 8 } },  /* 977 - 1024 = -47 <= 3 */
	{ 1024, 10,   0,   0, 0, 0, 1, { 0 } },   /* 1 > 0: the last largest block */
	{ 1023, 10,   0,   0, 0, 0, 0, { 0 } },   /* 0 <= 0 */
	{ 2048, 10,   0,   0, 0, 0, 0, { [9] = 4 } }, /* 1025 > 0; -1023 <= 0 */
	/* The largest order is looked at by nobody. */
	{ 1024, 10,   0,   0, 0, 0, 1, { [10] = 1 } }, /* 1 > 0 */

	/* The block is larger than what is free. */
	{    5, 3,   0,    0, 0, 0, 0, { 5 } },   /* 5 - 7 = -2 <= 0 */
	{ 1000, 10,   0,   0, 1, 1, 0, { 0 } },   /* 1000 - 1023 = -23 <= 0 */
	/* 16 TiB: a sum that 32 bits do not hold. */
	{ 1ll << 32, 0, 1ull << 31, 1ull << 31, 0, 0, 0, { 0 } }, /* 2^32 <= 2^31 + 2^31 */
	{ (1ll << 32) + 1, 0, 1ull << 31, 1ull << 31, 0, 0, 1, { 0 } }, /* one more */
};
/* clang-format on */
_Static_assert(ARRAY_SIZE(rows) >= 40, "at least 40 edges");

static void watermark_ok_to_the_letter(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct watermark_row *r = &rows[i];

		check(zone_watermark_ok(r->free, r->nr_free, r->order, r->mark,
					r->reserve, r->harder,
					r->high) == r->ok,
		      "row %u: free %lld order %u mark %llu is not %d", i,
		      (long long)r->free, r->order, (unsigned long long)r->mark,
		      r->ok);
	}
}

static void isqrt_is_the_largest_root(void **unused)
{
	static const struct {
		uint64_t x, root;
	} t[] = {
		{ 0, 0 },
		{ 1, 1 },
		{ 3, 1 },
		{ 4, 2 },
		{ 14680064, 3831 }, /* 3831^2 = 14676561, 3832^2 = 14684224 */
		{ 1ull << 62, 1ull << 31 },
		{ UINT64_MAX, UINT32_MAX },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(isqrt64(t[i].x), t[i].root);
}

static void min_free_is_a_root_within_limits(void **unused)
{
	static const struct {
		uint64_t pages, kib;
	} t[] = {
		{ 0, 128 },
		{ 255, 128 },  /* 1020 KiB: isqrt(16320) = 127 */
		{ 256, 128 },  /* 1 MiB: isqrt(16384) = 128 */
		{ 261, 129 },  /* 1044 KiB: isqrt(16704) = 129, 129^2 = 16641 */
		{ 4096, 512 }, /* 16 MiB: isqrt(262144) */
		{ 16384, 1024 },     /* 64 MiB: isqrt(1048576) */
		{ 229376, 3831 },    /* 896 MiB */
		{ 2097152, 11585 },  /* 8 GiB: isqrt(134217728) */
		{ 67108863, 65535 }, /* 256 GiB less a page */
		{ 67108864, 65536 }, /* 256 GiB: isqrt(2^32) */
		{ 1ull << 30, 65536 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(zone_min_free_kib(t[i].pages), t[i].kib);
}

/* A machine of which only the sizes of the zones are known. */
static void machine(struct physmem *mem, unsigned nr_nodes,
		    const uint64_t pages[][MAX_NR_ZONES])
{
	memset(mem, 0, sizeof(*mem));
	mem->nr_nodes = nr_nodes;
	for (unsigned n = 0; n < nr_nodes; n++)
		for (unsigned z = 0; z < MAX_NR_ZONES; z++) {
			mem->node_data[n].zones[z].nr_pages = pages[n][z];
			mem->node_data[n].zones[z].type = (enum zone_type)z;
		}
}

static void marks_are(const struct physmem *mem, unsigned node,
		      const struct zone_marks expected[MAX_NR_ZONES])
{
	struct zone_marks marks[MAX_NR_ZONES];

	zone_marks_init(marks, mem, node);
	for (unsigned z = 0; z < MAX_NR_ZONES; z++) {
		assert_int_equal(marks[z].min, expected[z].min);
		assert_int_equal(marks[z].low, expected[z].low);
		assert_int_equal(marks[z].high, expected[z].high);
		for (unsigned j = 0; j < MAX_NR_ZONES; j++)
			assert_int_equal(marks[z].reserve[j],
					 expected[z].reserve[j]);
	}
}

/* 4 GiB: min_free 3831 KiB, 957 pages over 229376 of lowmem. */
static void marks_of_i386_with_4_gib(void **unused)
{
	static const uint64_t pages[][MAX_NR_ZONES] = { { 4096, 225280,
							  819200 } };
	static const struct zone_marks expected[] = {
		/* 957 * 4096 / 229376 = 17.09; 225280 / 256; 1044480 / 256 */
		{ 17, 21, 25, { 0, 880, 4080 } },
		/* 957 * 225280 / 229376 = 939.9; 819200 / 32 */
		{ 939, 1173, 1408, { 0, 0, 25600 } },
		/* 819200 / 1024 = 800, at most 128 */
		{ 128, 160, 192, { 0, 0, 0 } },
	};
	struct physmem mem;

	(void)unused;
	machine(&mem, 1, pages);
	marks_are(&mem, 0, expected);
}

/* 64 MiB: min_free 1024 KiB, 256 pages; no HIGHMEM, but its classzone. */
static void marks_of_a_small_machine(void **unused)
{
	static const uint64_t pages[][MAX_NR_ZONES] = { { 4096, 12288, 0 } };
	static const struct zone_marks expected[] = {
		{ 64, 80, 96, { 0, 48, 48 } }, /* 12288 / 256 */
		{ 192, 240, 288, { 0, 0, 0 } },
		{ 0, 0, 0, { 0, 0, 0 } },
	};
	struct physmem mem;

	(void)unused;
	machine(&mem, 1, pages);
	marks_are(&mem, 0, expected);
}

static void min_of_highmem_is_within_32_and_128(void **unused)
{
	static const uint64_t sizes[][2] = {
		{ 1024, 32 },	 { 32768, 32 },	  { 33792, 33 },
		{ 102400, 100 }, { 131072, 128 }, { 1 << 20, 128 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t pages[][MAX_NR_ZONES] = { { 4096, 225280,
						     sizes[i][0] } };
		struct zone_marks marks[MAX_NR_ZONES];
		struct physmem mem;

		machine(&mem, 1, pages);
		zone_marks_init(marks, &mem, 0);
		assert_int_equal(marks[ZONE_HIGHMEM].min, sizes[i][1]);
	}
}

/* Lowmem is the whole machine's: 16 GiB, min_free 16384 KiB, 4096 pages. */
static void marks_of_two_nodes_share_min_free(void **unused)
{
	static const uint64_t pages[][MAX_NR_ZONES] = { { 4096, 2093056, 0 },
							{ 0, 2097152, 0 } };
	static const struct zone_marks first[] = {
		{ 4, 5, 6, { 0, 8176, 8176 } }, /* 2093056 / 256 */
		{ 2044, 2555, 3066, { 0, 0, 0 } },
		{ 0, 0, 0, { 0, 0, 0 } },
	};
	static const struct zone_marks second[] = {
		{ 0, 0, 0, { 0, 0, 0 } },
		{ 2048, 2560, 3072, { 0, 0, 0 } },
		{ 0, 0, 0, { 0, 0, 0 } },
	};
	struct physmem mem;

	(void)unused;
	machine(&mem, 2, pages);
	marks_are(&mem, 0, first);
	marks_are(&mem, 1, second);
}

/* i386 with two nodes of 2 GiB: all lowmem, and its reserve, is on node 0. */
static void marks_of_a_node_with_highmem_alone(void **unused)
{
	static const uint64_t pages[][MAX_NR_ZONES] = {
		{ 4096, 225280, 294912 }, { 0, 0, 524288 }
	};
	static const struct zone_marks first[] = {
		{ 17, 21, 25, { 0, 880, 2032 } },    /* 520192 / 256 */
		{ 939, 1173, 1408, { 0, 0, 9216 } }, /* 294912 / 32 */
		{ 128, 160, 192, { 0, 0, 0 } },
	};
	static const struct zone_marks second[] = {
		{ 0, 0, 0, { 0, 0, 0 } },
		{ 0, 0, 0, { 0, 0, 0 } },
		{ 128, 160, 192, { 0, 0, 0 } },
	};
	struct physmem mem;

	(void)unused;
	machine(&mem, 2, pages);
	marks_are(&mem, 0, first);
	marks_are(&mem, 1, second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watermark_ok_to_the_letter),
		cmocka_unit_test(isqrt_is_the_largest_root),
		cmocka_unit_test(min_free_is_a_root_within_limits),
		cmocka_unit_test(marks_of_i386_with_4_gib),
		cmocka_unit_test(marks_of_a_small_machine),
		cmocka_unit_test(min_of_highmem_is_within_32_and_128),
		cmocka_unit_test(marks_of_two_nodes_share_min_free),
		cmocka_unit_test(marks_of_a_node_with_highmem_alone),
	};

	return cmocka_run_group_tests_name("zone_watermark", tests, NULL, NULL);
}
