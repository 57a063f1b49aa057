/* test_compare_run.c - runs by their names, their differences, broken files. */
#include "test.h"

#include <errno.h>

#include "comparison.h"

#include "../harness/noise_floor.h"

static void test_differences(void **state)
{
	struct manifest m = manifest_of("b");
	struct compare_difference d[COMPARE_MAX_DIFFERENCES];
	struct compare_run a, b;

	(void)state;
	begin_run("a");
	begin_run("b");
	write_manifest("a", manifest_of("a"));
	/* Another revision is what comparing is for. */
	m.revision = "fghij";
	write_manifest("b", m);
	a = open_run("a", NULL);
	b = open_run("b", NULL);
	assert_int_equal(compare_run_differences(&a, &b, d), 0);
	compare_run_close(&b);

	m.host = "g";
	m.compiler = "Clang 14";
	m.memory = 2048;
	write_manifest("b", m);
	b = open_run("b", NULL);
	assert_int_equal(compare_run_differences(&a, &b, d), 3);
	assert_int_equal(d[0].allow, ALLOW_MACHINE);
	assert_string_equal(d[0].text, "host: \"h\" and \"g\"");
	assert_int_equal(d[1].allow, ALLOW_BUILD);
	assert_string_equal(d[1].word, "build");
	assert_string_equal(d[1].text,
			    "compiler.version: \"GNU 12\" and \"Clang 14\"");
	assert_int_equal(d[2].allow, ALLOW_AXES);
	assert_string_equal(d[2].text, "effort.memory_bytes: 1024 and 2048");
	compare_run_close(&a);
	compare_run_close(&b);
}

static void check_found(const char *name, const char *run_id)
{
	struct compare_run run;
	int err = compare_run_open(&run, scratch_dir, name, comparison_error,
				   sizeof(comparison_error));

	check(!err, "%s", comparison_error);
	assert_string_equal(compare_run_text(&run, "run_id"), run_id);
	compare_run_close(&run);
}

static void test_runs_are_found(void **state)
{
	struct manifest m = manifest_of("first");
	struct compare_run run;

	(void)state;
	begin_run("one");
	m.label = "old";
	write_manifest("one", m);
	begin_run("two");
	m.run_id = "second";
	m.started = "2026-01-03T00:00:00Z";
	write_manifest("two", m);
	begin_run("three");
	m.run_id = "third";
	m.started = "2026-01-02T00:00:00Z";
	write_manifest("three", m);

	check_found(scratch_path("one"), "first");
	check_found("three", "third");
	check_found("first", "first");
	/* The newest of those with the label. */
	check_found("build=old", "second");
	assert_int_equal(compare_run_open(&run, scratch_dir, "build=new",
					  comparison_error,
					  sizeof(comparison_error)),
			 -ENOENT);
	assert_non_null(strstr(comparison_error, "'build=new' is no run"));
	assert_int_equal(compare_run_open(&run, scratch_dir, "",
					  comparison_error,
					  sizeof(comparison_error)),
			 -ENOENT);
	assert_int_equal(compare_run_open(&run, scratch_path("none"), "x",
					  comparison_error,
					  sizeof(comparison_error)),
			 -ENOENT);
}

static void test_broken_files(void **state)
{
	struct compare_run run;

	(void)state;
	begin_run("a");
	assert_int_equal(compare_run_open(&run, scratch_dir, "a",
					  comparison_error,
					  sizeof(comparison_error)),
			 -EINVAL);
	assert_non_null(strstr(comparison_error, "a/manifest.json"));
	scratch_write(scratch_path("a/manifest.json"), "{\n\"x\": 1", 8);
	assert_int_equal(compare_run_open(&run, scratch_dir, "a",
					  comparison_error,
					  sizeof(comparison_error)),
			 -EINVAL);
	assert_non_null(strstr(comparison_error, "a/manifest.json:2: "));
	scratch_write(scratch_path("a/manifest.json"), "[]", 2);
	assert_int_equal(compare_run_open(&run, scratch_dir, "a",
					  comparison_error,
					  sizeof(comparison_error)),
			 -EINVAL);
	compare_run_close(&run);

	write_manifest("a", manifest_of("a"));
	remove(scratch_path("a/samples.csv"));
	compare_run_open(&run, scratch_dir, "a", comparison_error,
			 sizeof(comparison_error));
	assert_int_equal(compare_run_read(&run, NULL, comparison_error,
					  sizeof(comparison_error)),
			 -ENOENT);
	assert_non_null(strstr(comparison_error, "a/samples.csv"));
	compare_run_close(&run);

	scratch_write(scratch_path("noise-floor.json"), "[]", 2);
	assert_null(noise_floor_load(scratch_dir, comparison_error,
				     sizeof(comparison_error)));
	assert_non_null(strstr(comparison_error, "noise-floor.json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		samples_test(test_differences),
		samples_test(test_runs_are_found),
		samples_test(test_broken_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
