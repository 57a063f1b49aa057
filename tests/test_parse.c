/* test_parse.c - numbers, times and lists as users write them. */
#include "test.h"

#include <locale.h>
#include <math.h>

#include "../harness/parse.h"

static void numbers_and_suffixes(void **unused)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 },	      { "17", 17 },	    { "0x10", 16 },
		{ "4k", 4096 },	      { "4K", 4096 },	    { "32m", 32 << 20 },
		{ "2g", 2ull << 30 }, { "1t", 1ull << 40 },
	};
	static const char *const bad[] = { "",	  "k",	"-1", "4kb",
					   "1.5", " 1", "1 ", "16777216t" };
	uint64_t value;

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(parse_uint(good[i].text, &value));
		assert_int_equal(value, good[i].value);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		check(!parse_uint(bad[i], &value), "'%s' was taken", bad[i]);
}

static void times_in_any_locale(void **unused)
{
	double seconds;

	(void)unused;
	setlocale(LC_ALL, "de_DE.UTF-8"); /* where there is one */
	assert_true(parse_seconds("0.25", &seconds));
	assert_true(fabs(seconds - 0.25) < 1e-12);
	assert_true(parse_seconds("10ms", &seconds));
	assert_true(fabs(seconds - 0.01) < 1e-12);
	assert_true(parse_seconds("2m", &seconds));
	assert_true(fabs(seconds - 120) < 1e-12);
	assert_false(parse_seconds("", &seconds));
	assert_false(parse_seconds("1x", &seconds));
	assert_false(parse_seconds("-1", &seconds));
	assert_false(parse_seconds("nan", &seconds));
	setlocale(LC_ALL, "C");
}

static void lists_of_values_and_ranges(void **unused)
{
	unsigned nr;
	const char *bad;
	struct parse_range *list = parse_list("1,4k:1m,7:7", &nr, &bad);

	(void)unused;
	assert_non_null(list);
	assert_int_equal(nr, 3);
	assert_false(list[0].range);
	assert_int_equal(list[1].low, 4096);
	assert_int_equal(list[1].high, 1 << 20);
	assert_true(list[2].range);
	free(list);
}

static void malformed_lists_name_the_item(void **unused)
{
	static const char *const texts[][2] = {
		{ "", "" },	    { "1,", "" },     { "1,,2", ",2" },
		{ "1,x,2", "x,2" }, { "4:2", "4:2" }, { "1:2:3", "1:2:3" },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
		unsigned nr;
		const char *bad = NULL;

		assert_null(parse_list(texts[i][0], &nr, &bad));
		assert_string_equal(bad, texts[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_suffixes),
		cmocka_unit_test(times_in_any_locale),
		cmocka_unit_test(lists_of_values_and_ranges),
		cmocka_unit_test(malformed_lists_name_the_item),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
