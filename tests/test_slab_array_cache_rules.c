/*
 * test_slab_array_cache_rules.c - 2.6.11's SLAB by its numbers: what is decided
 * from the size of an object.
 */
#include "test.h"

#include "../kernels/slab/array_cache.h"

#define I386 24 /* bytes of struct slab */
#define BITS_64 40

/* Of kmalloc's sizes and some between, on 64 bits and with 64-byte lines. */
static void a_slab_holds_as_many_objects_as_in_2_6_11(void **unused)
{
	static const struct {
		uint32_t size, align;
		unsigned order;
		uint32_t num, mgmt;
		bool off_slab;
		uint32_t colours;
	} t[] = {
		{ 8, 8, 0, 405, 856, false, 0 },
		{ 16, 16, 0, 225, 496, false, 0 },
		{ 24, 8, 0, 156, 352, false, 0 },
		{ 32, 32, 0, 119, 288, false, 0 },
		{ 40, 8, 0, 96, 232, false, 0 },
		{ 64, 64, 0, 61, 192, false, 0 },
		{ 72, 8, 0, 54, 152, false, 0 },
		{ 96, 8, 0, 41, 128, false, 0 },
		{ 96, 64, 0, 31, 128, false, 0 },
		{ 128, 64, 0, 31, 128, false, 0 },
		{ 136, 64, 0, 20, 128, false, 2 },
		{ 192, 64, 0, 20, 128, false, 2 },
		{ 200, 8, 0, 20, 80, false, 0 },
		{ 256, 64, 0, 15, 128, false, 2 },
		{ 264, 8, 0, 15, 72, false, 1 },
		{ 384, 64, 0, 10, 64, false, 3 },
		/* Just below an eighth of a page: on-slab, an object fewer. */
		{ 504, 64, 0, 7, 64, false, 7 },
		{ 512, 64, 0, 8, 56, true, 0 },
		/* What is left over holds the management after all. */
		{ 520, 64, 0, 7, 64, false, 0 },
		{ 640, 64, 0, 6, 64, false, 3 },
		{ 1000, 64, 0, 4, 48, true, 0 },
		{ 1000, 8, 0, 4, 48, false, 0 },
		{ 1024, 64, 0, 4, 48, true, 0 },
		{ 1032, 64, 1, 7, 64, false, 8 },
		{ 1280, 64, 0, 3, 64, false, 3 },
		{ 1536, 64, 1, 5, 64, false, 7 },
		{ 2048, 64, 0, 2, 44, true, 0 },
		{ 2056, 64, 1, 3, 64, false, 28 },
		{ 3000, 64, 1, 2, 64, false, 33 },
		{ 3000, 4096, 0, 1, 42, true, 0 },
		/* Up to an eighth of a page may be left over. */
		{ 3576, 8, 1, 2, 48, false, 15 },
		{ 3584, 8, 0, 1, 48, false, 7 },
		{ 4096, 64, 0, 1, 42, true, 0 },
		{ 4104, 64, 1, 1, 64, false, 62 },
		{ 8192, 64, 1, 1, 42, true, 0 },
		{ 12288, 64, 2, 1, 64, false, 63 },
		{ 16384, 64, 2, 1, 42, true, 0 },
		{ 32768, 64, 3, 1, 42, true, 0 },
		{ 65536, 64, 4, 1, 42, true, 0 },
		{ 131072, 64, 5, 1, 42, true, 0 },
		{ 262144, 64, 6, 1, 42, true, 0 },
		{ 4190208, 64, 10, 1, 64, false, 63 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		struct array_cache_layout l = array_cache_layout(
			t[i].size, t[i].align, 0, BITS_64, 1);

		check(l.order == t[i].order && l.num == t[i].num &&
			      l.mgmt_bytes == t[i].mgmt &&
			      l.off_slab == t[i].off_slab &&
			      l.colours == t[i].colours && l.colour_off >= 64,
		      "%u bytes: order %u, %u objects, %u of management, "
		      "off-slab %d, %u colours",
		      t[i].size, l.order, l.num, l.mgmt_bytes, l.off_slab,
		      l.colours);
	}
}

static void i386_differs_where_its_struct_slab_is_smaller(void **unused)
{
	static const struct {
		uint32_t size, num, mgmt, colours;
	} t[] = {
		{ 32, 119, 288, 0 },  { 64, 61, 192, 0 }, { 128, 31, 128, 0 },
		{ 192, 20, 64, 3 },   { 256, 15, 64, 3 }, { 512, 8, 40, 0 },
		{ 1024, 4, 32, 0 },   { 2048, 2, 28, 0 }, { 4096, 1, 26, 0 },
		{ 131072, 1, 26, 0 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		struct array_cache_layout l = array_cache_layout(
			t[i].size, t[i].size < 64 ? 32 : 64, 0, I386, 1);

		assert_int_equal(l.num, t[i].num);
		assert_int_equal(l.mgmt_bytes, t[i].mgmt);
		assert_int_equal(l.off_slab, t[i].size >= 512);
		assert_int_equal(l.colours, t[i].colours);
	}
}

/* Up to 32 MiB the first order will do, as for what can be had back. */
static void orders_are_low_where_memory_is(void **unused)
{
	static const struct {
		uint32_t size;
		unsigned order, low, reclaimable;
	} t[] = {
		{ 64, 0, 0, 0 },   { 1032, 1, 0, 0 }, { 1280, 0, 0, 0 },
		{ 1536, 1, 0, 0 }, { 2056, 1, 0, 0 }, { 3000, 1, 0, 0 },
		{ 4096, 0, 0, 0 }, { 4104, 1, 1, 1 }, { 12288, 2, 2, 2 },
	};
	struct physmem mem = { .nr_pages = 8192 };
	struct page_source pages = { .mem = &mem };
	struct array_cache_cache c = { .cache.pages = &pages };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		const uint32_t size = t[i].size;

		assert_int_equal(
			array_cache_layout(size, 64, 0, BITS_64, 1).order,
			t[i].order);
		assert_int_equal(
			array_cache_layout(size, 64, 0, BITS_64, 0).order,
			t[i].low);
		assert_int_equal(array_cache_layout(size, 64,
						    SLAB_RECLAIM_ACCOUNT,
						    BITS_64, 1)
					 .order,
				 t[i].reclaimable);
	}
	assert_int_equal(array_cache_break_order(&c), 0);
	mem.nr_pages++;
	assert_int_equal(array_cache_break_order(&c), 1);
}

static void limits_and_batches_go_by_size(void **unused)
{
	static const struct {
		uint32_t size, limit, batch, shared;
	} t[] = {
		{ 8, 120, 60, 480 },  { 256, 120, 60, 480 },
		{ 257, 54, 27, 216 }, { 1024, 54, 27, 216 },
		{ 1025, 24, 12, 96 }, { 4096, 24, 12, 96 },
		{ 4097, 8, 4, 0 },    { 131072, 8, 4, 0 },
		{ 131073, 1, 1, 0 },  { 4190208, 1, 1, 0 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		struct array_cache_tune tune = array_cache_tune(t[i].size);

		assert_int_equal(tune.limit, t[i].limit);
		assert_int_equal(tune.batch, t[i].batch);
		assert_int_equal(tune.shared * tune.batch, t[i].shared);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slab_holds_as_many_objects_as_in_2_6_11),
		cmocka_unit_test(i386_differs_where_its_struct_slab_is_smaller),
		cmocka_unit_test(orders_are_low_where_memory_is),
		cmocka_unit_test(limits_and_batches_go_by_size),
	};

	return cmocka_run_group_tests_name("slab/array_cache rules", tests,
					   NULL, NULL);
}
