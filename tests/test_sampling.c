/* test_sampling.c - whether /proc/cpuinfo vouches for the counter. */
#include "test.h"

#include "../harness/sampling.h"

static bool is_steady(const char *cpuinfo)
{
	FILE *file = fmemopen((char *)cpuinfo, strlen(cpuinfo), "r");
	bool steady;

	assert_non_null(file);
	steady = sampling_counter_is_steady(file);
	fclose(file);
	return steady;
}

static void both_flags_are_needed(void **unused)
{
	(void)unused;
	assert_true(is_steady("processor\t: 0\n"
			      "flags\t\t: fpu tsc constant_tsc nonstop_tsc\n"));
	assert_true(is_steady("flags\t\t: nonstop_tsc x constant_tsc y\n"));
	assert_false(is_steady("flags\t\t: fpu tsc constant_tsc\n"));
	assert_false(is_steady("flags\t\t: fpu tsc nonstop_tsc\n"));
	assert_false(is_steady("flags\t\t: fpu tsc\n"));
}

static void part_of_a_word_is_no_flag(void **unused)
{
	(void)unused;
	assert_false(is_steady("flags\t\t: constant_tsc_not nonstop_tsc\n"));
	assert_false(is_steady("flags\t\t: constant_tsc xnonstop_tsc\n"));
}

/* arm64 has other words, and an architected counter. */
static void without_x86_flags_it_is_steady(void **unused)
{
	(void)unused;
	assert_true(is_steady("processor\t: 0\nFeatures\t: fp asimd\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_flags_are_needed),
		cmocka_unit_test(part_of_a_word_is_no_flag),
		cmocka_unit_test(without_x86_flags_it_is_steady),
	};

	return cmocka_run_group_tests_name("sampling", tests, NULL, NULL);
}
