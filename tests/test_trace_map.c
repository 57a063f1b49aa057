/* test_trace_map.c - addresses to objects, against an array. */
#include "test.h"

#include "../harness/trace_map.h"
#include "../kernels/base/random.h"

/* Runs of neighbours, as pfns are, and a stride, as slab objects are. */
#define NR_KEYS 6000
#define NR_STEPS 200000

static uint64_t key_of(unsigned i)
{
	return i < NR_KEYS / 2 ? i : UINT64_C(0xff11000000000000) + i * 192;
}

static void finds_what_was_put_and_not_removed(void **unused)
{
	struct trace_map map = { 0 };
	static uint32_t value[NR_KEYS]; /* 0: not there */
	struct random r = { test_seed() };
	size_t used = 0;

	(void)unused;
	assert_null(trace_map_find(&map, 0));
	for (unsigned step = 1; step <= NR_STEPS; step++) {
		const unsigned i = (unsigned)random_below(&r, NR_KEYS);
		struct trace_map_entry *e = trace_map_find(&map, key_of(i));

		check((e != NULL) == (value[i] != 0), "step %u, key %u", step,
		      i);
		if (!e) {
			assert_int_equal(
				trace_map_put(&map, key_of(i), i, step), 0);
			value[i] = step;
			used++;
			continue;
		}
		check(e->key == key_of(i) && e->object == i &&
			      e->value == value[i],
		      "step %u, key %u", step, i);
		trace_map_remove(&map, e);
		value[i] = 0;
		used--;
	}
	assert_int_equal(map.used, used);
	for (unsigned i = 0; i < NR_KEYS; i++)
		assert_int_equal(trace_map_find(&map, key_of(i)) != NULL,
				 value[i] != 0);
	assert_true(map.nr_slots <= 4 * NR_KEYS);
	trace_map_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_put_and_not_removed),
	};

	return cmocka_run_group_tests_name("trace_map", tests, NULL, NULL);
}
