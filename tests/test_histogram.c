/* test_histogram.c - slots by hand, quantiles against all values sorted. */
#include "test.h"

#include "../bench/histogram.h"
#include "../kernels/base/random.h"

#define NR_VALUES 1000000

static struct histogram *new_histogram(void)
{
	struct histogram *h = histogram_new();

	assert_non_null(h);
	return h;
}

/* The examples of HdrHistogram's own tests at 3 digits, and the ends. */
static void slots_by_hand(void **unused)
{
	static const struct {
		uint64_t value, lowest, highest;
	} cases[] = {
		{ 0, 0, 0 },
		{ 1, 1, 1 },
		{ 2047, 2047, 2047 },
		{ 2048, 2048, 2049 },
		{ 4095, 4094, 4095 },
		{ 4096, 4096, 4099 },
		{ 8180, 8180, 8183 },
		{ 8191, 8188, 8191 },
		{ 8193, 8192, 8199 },
		{ 9995, 9992, 9999 },
		{ 10007, 10000, 10007 },
		{ 10008, 10008, 10015 },
		{ 1ull << 39, 1ull << 39, (1ull << 39) + (1 << 29) - 1 },
		{ HISTOGRAM_MAX, HISTOGRAM_MAX - (1 << 29) + 1, HISTOGRAM_MAX },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned slot = histogram_slot(cases[i].value);

		assert_int_equal(histogram_slot_lowest(slot), cases[i].lowest);
		assert_int_equal(histogram_slot_highest(slot),
				 cases[i].highest);
	}
	assert_int_equal(histogram_slot(HISTOGRAM_MAX), HISTOGRAM_SLOTS - 1);
}

/* No gap, no overlap, and narrow enough for 3 digits. */
static void slots_cover_the_range(void **unused)
{
	uint64_t next = 0;

	(void)unused;
	for (unsigned slot = 0; slot < HISTOGRAM_SLOTS; slot++) {
		uint64_t lowest = histogram_slot_lowest(slot);
		uint64_t highest = histogram_slot_highest(slot);

		assert_int_equal(lowest, next);
		assert_true(highest >= lowest);
		assert_true(1000 * (highest - lowest) <= lowest);
		assert_int_equal(histogram_slot(lowest), slot);
		assert_int_equal(histogram_slot(highest), slot);
		next = highest + 1;
	}
	assert_int_equal(next, HISTOGRAM_MAX + 1);
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* As likely from any doubling of the range. */
static uint64_t random_value(struct random *r)
{
	return random_next(r) >> (64 - HISTOGRAM_VALUE_BITS +
				  random_below(r, HISTOGRAM_VALUE_BITS));
}

/* q as parts of 10000, so that the model needs no doubles. */
static void quantiles_are_those_of_sorted_values(void **unused)
{
	static const unsigned parts[] = { 1,	100,  2500, 5000, 9000,
					  9900, 9990, 9999, 10000 };
	struct random r = { test_seed() };
	struct histogram *h = new_histogram();
	uint64_t *values = calloc(NR_VALUES, sizeof(*values));

	(void)unused;
	assert_non_null(values);
	for (unsigned i = 0; i < NR_VALUES; i++) {
		values[i] = random_value(&r);
		histogram_record(h, values[i]);
	}
	qsort(values, NR_VALUES, sizeof(*values), compare);
	assert_int_equal(h->count, NR_VALUES);
	assert_int_equal(h->max, values[NR_VALUES - 1]);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		uint64_t rank = (uint64_t)NR_VALUES / 10000 * parts[i];
		uint64_t expected = values[rank - 1];
		uint64_t got = histogram_quantile(h, parts[i] / 10000.0);

		check(got >= expected && 1000 * (got - expected) <= expected,
		      "q %u/10000: %llu, not %llu", parts[i],
		      (unsigned long long)got, (unsigned long long)expected);
	}
	free(values);
	free(h);
}

/* The k-th of n values is the quantile k/n, for each k. */
static void ranks_are_exact(void **unused)
{
	struct histogram *h = new_histogram();

	(void)unused;
	for (uint64_t value = 1; value <= 1000; value++)
		histogram_record(h, value);
	for (unsigned k = 1; k <= 1000; k++)
		assert_int_equal(histogram_quantile(h, k / 1000.0), k);
	assert_int_equal(histogram_quantile(h, 0), 1);
	assert_int_equal(histogram_quantile(h, 0.9991), 1000);
	free(h);
}

/* The highest value of the slot, but none that never came. */
static void a_quantile_is_not_above_the_maximum(void **unused)
{
	struct histogram *h = new_histogram();

	(void)unused;
	histogram_record(h, 10001);
	assert_int_equal(histogram_quantile(h, 0.5), 10001);
	histogram_record(h, 20000);
	assert_int_equal(histogram_quantile(h, 0.5), 10007);
	assert_int_equal(histogram_quantile(h, 1), 20000);
	free(h);
}

static void an_empty_one_has_nothing(void **unused)
{
	struct histogram *h = new_histogram();

	(void)unused;
	assert_int_equal(h->count, 0);
	assert_int_equal(h->max, 0);
	assert_int_equal(histogram_quantile(h, 0.5), 0);
	free(h);
}

static void values_beyond_the_range_are_counted(void **unused)
{
	struct histogram *h = new_histogram();

	(void)unused;
	histogram_record(h, 5);
	histogram_record(h, HISTOGRAM_MAX);
	assert_int_equal(h->nr_beyond, 0);
	histogram_record(h, HISTOGRAM_MAX + 1);
	histogram_record(h, UINT64_MAX);
	assert_int_equal(h->count, 4);
	assert_int_equal(h->nr_beyond, 2);
	assert_int_equal(h->max, UINT64_MAX);
	assert_int_equal(h->slot[HISTOGRAM_SLOTS - 1], 3);
	assert_int_equal(histogram_quantile(h, 0.25), 5);
	assert_int_equal(histogram_quantile(h, 1), HISTOGRAM_MAX);
	free(h);
}

static void merged_is_as_if_recorded_in_one(void **unused)
{
	struct random r = { test_seed() };
	struct histogram *all = new_histogram();
	struct histogram *part[3] = { new_histogram(), new_histogram(),
				      new_histogram() };

	(void)unused;
	for (unsigned i = 0; i < 30000; i++) {
		/* The third stays empty; now and then one is out of range. */
		uint64_t value = random_value(&r) << (i % 100 == 99);

		histogram_record(all, value);
		histogram_record(part[i % 2], value);
	}
	assert_true(all->nr_beyond > 0);
	histogram_merge(part[0], part[2]);
	histogram_merge(part[0], part[1]);
	assert_memory_equal(part[0], all, sizeof(*all));
	for (unsigned i = 0; i < 3; i++)
		free(part[i]);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_by_hand),
		cmocka_unit_test(slots_cover_the_range),
		cmocka_unit_test(quantiles_are_those_of_sorted_values),
		cmocka_unit_test(ranks_are_exact),
		cmocka_unit_test(a_quantile_is_not_above_the_maximum),
		cmocka_unit_test(an_empty_one_has_nothing),
		cmocka_unit_test(values_beyond_the_range_are_counted),
		cmocka_unit_test(merged_is_as_if_recorded_in_one),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
