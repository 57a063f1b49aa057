/*
 * test_slab_slub.c - SLUB's numbers, the states of its slabs by name, and what
 * encoding does to a link.
 */
#include "slab_source.h"

#include "../kernels/base/random.h"
#include "../kernels/slab/slub.h"
#include "../kernels/slab/slub_hardened.h"

#define SLUB_CPUS 4

static struct slab_source slub_source;

/* 4 * (fls(CPUs) + 1): 8, 12, 16, 32 and 48 of them, if order 3 has room. */
static void slabs_hold_four_objects_for_each_bit_of_cpus(void **unused)
{
	static const unsigned nr_cpus[] = { 1, 2, 4, 64, 1024 };
	static const struct {
		uint32_t size;
		unsigned order[5], objects[5];
	} t[] = {
		{ 8, { 0, 0, 0, 0, 0 }, { 512, 512, 512, 512, 512 } },
		{ 32, { 0, 0, 0, 0, 0 }, { 128, 128, 128, 128, 128 } },
		{ 64, { 0, 0, 0, 0, 0 }, { 64, 64, 64, 64, 64 } },
		{ 96, { 0, 0, 0, 0, 1 }, { 42, 42, 42, 42, 85 } },
		{ 128, { 0, 0, 0, 0, 1 }, { 32, 32, 32, 32, 64 } },
		{ 192, { 0, 0, 0, 1, 2 }, { 21, 21, 21, 42, 85 } },
		{ 256, { 0, 0, 0, 1, 2 }, { 16, 16, 16, 32, 64 } },
		{ 264, { 0, 0, 1, 2, 2 }, { 15, 15, 31, 62, 62 } },
		{ 512, { 0, 1, 1, 2, 3 }, { 8, 16, 16, 32, 64 } },
		{ 520, { 1, 1, 2, 3, 3 }, { 15, 15, 31, 63, 63 } },
		{ 700, { 1, 2, 2, 3, 3 }, { 11, 23, 23, 46, 46 } },
		{ 1024, { 1, 2, 2, 3, 3 }, { 8, 16, 16, 32, 32 } },
		{ 1032, { 2, 2, 3, 3, 3 }, { 15, 15, 31, 31, 31 } },
		{ 1536, { 2, 3, 3, 3, 3 }, { 10, 21, 21, 21, 21 } },
		{ 2048, { 2, 3, 3, 3, 3 }, { 8, 16, 16, 16, 16 } },
		{ 2056, { 3, 3, 3, 3, 3 }, { 15, 15, 15, 15, 15 } },
		{ 4096, { 3, 3, 3, 3, 3 }, { 8, 8, 8, 8, 8 } },
		{ 4104, { 3, 3, 3, 3, 3 }, { 7, 7, 7, 7, 7 } },
		{ 8192, { 3, 3, 3, 3, 3 }, { 4, 4, 4, 4, 4 } },
		{ 8200, { 3, 3, 3, 3, 3 }, { 3, 3, 3, 3, 3 } },
		{ 16384, { 3, 3, 3, 3, 3 }, { 2, 2, 2, 2, 2 } },
		{ 16392, { 3, 3, 3, 3, 3 }, { 1, 1, 1, 1, 1 } },
		{ 40000, { 4, 4, 4, 4, 4 }, { 1, 1, 1, 1, 1 } },
		{ 1 << 20, { 8, 8, 8, 8, 8 }, { 1, 1, 1, 1, 1 } },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++)
		for (unsigned n = 0; n < ARRAY_SIZE(nr_cpus); n++) {
			unsigned order = slub_order(t[i].size, nr_cpus[n]);

			check(order == t[i].order[n] &&
				      (PAGE_SIZE << order) / t[i].size ==
					      t[i].objects[n],
			      "%u bytes, %u CPUs: order %u", t[i].size,
			      nr_cpus[n], order);
		}
}

/* Of 32 KiB a sixteenth is 2048, an eighth 4096, a quarter 8192. */
static void a_slab_wastes_a_sixteenth_or_else_up_to_a_quarter(void **unused)
{
	static const struct {
		uint32_t size, nr;
		unsigned sixteenth, eighth, quarter, any; /* 4: none */
	} t[] = {
		{ 6200, 5, 3, 3, 3, 3 },  /* 1768 left over */
		{ 6000, 5, 4, 3, 3, 3 },  /* 2768 */
		{ 7000, 4, 4, 4, 3, 3 },  /* 4768 */
		{ 12000, 2, 4, 4, 4, 3 }, /* 8768 */
		{ 5000, 3, 4, 2, 2, 2 },  /* 1384 of 16 KiB */
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		const uint32_t size = t[i].size, nr = t[i].nr;

		assert_int_equal(slub_find_order(size, nr, 3, 16),
				 t[i].sixteenth);
		assert_int_equal(slub_find_order(size, nr, 3, 8), t[i].eighth);
		assert_int_equal(slub_find_order(size, nr, 3, 4), t[i].quarter);
		assert_int_equal(slub_find_order(size, nr, 3, 1), t[i].any);
	}
	/* Then one object less, and then as many pages as one needs. */
	assert_int_equal(slub_order(7000, 4), 3);
	assert_int_equal(slub_order(12000, 4), 2);
}

static void cpu_partial_and_min_partial_follow_the_size(void **unused)
{
	static const struct {
		uint32_t size, cpu_partial, min_partial;
	} t[] = {
		{ 8, 30, 5 },	    { 255, 30, 5 },	{ 256, 13, 5 },
		{ 1023, 13, 5 },    { 1024, 6, 5 },	{ 2048, 6, 5 },
		{ 4095, 6, 5 },	    { 4096, 2, 6 },	{ 8192, 2, 6 },
		{ 16384, 2, 7 },    { 65536, 2, 8 },	{ 1 << 18, 2, 9 },
		{ 1 << 20, 2, 10 }, { 4190208, 2, 10 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		assert_int_equal(slub_cpu_partial(t[i].size), t[i].cpu_partial);
		assert_int_equal(slub_min_partial(t[i].size), t[i].min_partial);
	}
	assert_int_equal(slub_tid_step(1), 1);
	assert_int_equal(slub_tid_step(2), 2);
	assert_int_equal(slub_tid_step(3), 4);
	assert_int_equal(slub_tid_step(4), 4);
	assert_int_equal(slub_tid_step(5), 8);
	assert_int_equal(slub_tid_step(1024), 1024);
}

/* As the kernel's counters: 16 bits, 15 bits, 1 bit; and a CPU. */
static void the_state_of_a_slab_is_a_double_word(void **unused)
{
	struct slub_state state = { .counters = 0x7bfff1234 };

	(void)unused;
	assert_int_equal(state.inuse, 0x1234);
	assert_int_equal(state.objects, 0x3fff);
	assert_int_equal(state.frozen, 1);
	assert_int_equal(state.cpu, 7);
	state.inuse -= 0x34;
	state.frozen = 0;
	assert_true(state.counters == 0x73fff1200);
}

/* Both words of a page; `local`: as a CPU exchanges its own. */
static bool exchange(struct page *page, bool local, struct slub_state old,
		     struct slub_state new)
{
	if (!local)
		return slub_exchange(page, old, new);
	return cmpxchg_double_local(&page->freelist, &page->counters,
				    old.freelist, old.counters, new.freelist,
				    new.counters);
}

static void a_double_word_is_exchanged_whole_or_not(void **unused)
{
	char a, b, c;
	const struct slub_state is = { &a, { 7 } }, new = { &c, { 8 } };

	(void)unused;
	for (unsigned local = 0; local < 2; local++) {
		_Alignas(64) struct page page = { .freelist = &a,
						  .counters = 7 };

		assert_false(exchange(&page, local,
				      (struct slub_state){ &b, { 7 } }, new));
		assert_false(exchange(&page, local,
				      (struct slub_state){ &a, { 6 } }, new));
		assert_ptr_equal(page.freelist, &a);
		assert_int_equal(page.counters, 7);
		assert_true(exchange(&page, local, is, new));
		assert_ptr_equal(page.freelist, &c);
		assert_int_equal(page.counters, 8);
		assert_false(page_test(&page, PG_locked));
	}
}

static void an_encoded_link_is_three_words_xored(void **unused)
{
	const struct slub_hardened_cache c = { .secret = 0x0123456789abcdef };
	void **slot = (void **)0x00007f0011223340;
	void *next = (void *)0x00007f0011223380;

	(void)unused;
	assert_true((uintptr_t)slub_hardened_encode(&c, next, slot) ==
		    0x4110187698f6fe6f);
	assert_true((uintptr_t)slub_hardened_encode(&c, NULL, slot) ==
		    0x4110677689d4cdef);
}

static struct CMUnitTest tests[64] = {
	cmocka_unit_test(slabs_hold_four_objects_for_each_bit_of_cpus),
	cmocka_unit_test(a_slab_wastes_a_sixteenth_or_else_up_to_a_quarter),
	cmocka_unit_test(cpu_partial_and_min_partial_follow_the_size),
	cmocka_unit_test(the_state_of_a_slab_is_a_double_word),
	cmocka_unit_test(a_double_word_is_exchanged_whole_or_not),
	cmocka_unit_test(an_encoded_link_is_three_words_xored),
};
static unsigned nr_tests = 6;

#define STRATEGY slub
#define SLUB_HARDENED_LINKS 0
#include "slub_checks.h"
#undef SLUB_HARDENED_LINKS
#undef STRATEGY

#define STRATEGY slub_hardened
#define SLUB_HARDENED_LINKS 1
#include "slub_checks.h"
#undef SLUB_HARDENED_LINKS
#undef STRATEGY

int main(void)
{
	return _cmocka_run_group_tests("slab_slub", tests, nr_tests, NULL,
				       NULL);
}
