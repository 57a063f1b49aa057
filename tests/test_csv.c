/* test_csv.c - tables written and read back, whatever the text or locale. */
#include "test.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../harness/csv.h"
#include "../kernels/base/random.h"

static int open_table(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);

	assert_true(fd >= 0);
	return fd;
}

static void assert_file(const char *path, const char *expected)
{
	char *text = scratch_read(path);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void texts_come_back(void **unused)
{
	static const char *const texts[] = {
		"plain", "a,b",	  "say \"so\"", "\"", "two\nlines", "cr\r\nlf",
		"",	 "naïve", " blanks ",	",",  "''",
	};
	const char *path = scratch_path("t.csv");
	struct csv_row row = { 0 };
	struct csv csv;
	char error[256];
	int fd = open_table(path);

	(void)unused;
	csv_add_header(&row, "a,b");
	assert_int_equal(csv_write(&row, fd), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
		csv_add_text(&row, texts[i]);
		csv_add_uint(&row, i);
		assert_int_equal(csv_write(&row, fd), 0);
	}
	close(fd);
	csv_row_free(&row);

	assert_int_equal(csv_read(&csv, path, error, sizeof(error)), 0);
	assert_int_equal(csv.nr_columns, 2);
	assert_int_equal(csv.nr_rows, ARRAY_SIZE(texts));
	assert_int_equal(csv_column(&csv, "b"), 1);
	assert_int_equal(csv_column(&csv, "c"), -1);
	for (unsigned i = 0; i < csv.nr_rows; i++) {
		assert_string_equal(csv_cell(&csv, i, 0), texts[i]);
		assert_true(csv_number(csv_cell(&csv, i, 1)) == i);
		assert_string_equal(csv_cell(&csv, i, -1), "");
	}
	csv_free(&csv);
}

static void quotes_only_where_they_must_be(void **unused)
{
	const char *path = scratch_path("t.csv");
	struct csv_row row = { 0 };
	int fd = open_table(path);

	(void)unused;
	csv_add_text(&row, "x y");
	csv_add_text(&row, "x,y");
	csv_add_text(&row, "x\"y");
	csv_add_text(&row, NULL);
	csv_add_text(&row, "");
	csv_end_row(&row);
	csv_add_uint(&row, 18446744073709551615ull);
	assert_int_equal(csv_write(&row, fd), 0);
	assert_file(path, "x y,\"x,y\",\"x\"\"y\",NA,\n18446744073709551615\n");
	close(fd);
	csv_row_free(&row);
}

/* What a number is written as. */
static void write_number(const char *path, double value)
{
	struct csv_row row = { 0 };
	int fd = open_table(path);

	csv_add_number(&row, value);
	assert_int_equal(csv_write(&row, fd), 0);
	close(fd);
	csv_row_free(&row);
}

static void write_numbers(void)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0, "0\n" },
		{ 1, "1\n" },
		{ -2.5, "-2.5\n" },
		{ 0.1, "0.1\n" },
		{ 0.1 + 0.2, "0.30000000000000004\n" },
		{ 1.0 / 3, "0.3333333333333333\n" },
		{ 1234567890123456, "1234567890123456\n" },
		{ 1e300, "1e+300\n" },
		{ DBL_MAX, "1.7976931348623157e+308\n" },
		{ NAN, "NA\n" },
	};
	const char *path = scratch_path("t.csv");

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		write_number(path, cases[i].value);
		assert_file(path, cases[i].text);
	}
}

static void numbers_as_they_are_written(void **unused)
{
	(void)unused;
	write_numbers();
	assert_true(isnan(csv_number("NA")));
	assert_true(isnan(csv_number("")));
	assert_true(isnan(csv_number("12 apples")));
	assert_true(csv_number("1.5e3") == 1500);
}

static void every_number_reads_back(void **unused)
{
	struct random random = { test_seed() };
	struct csv_row row = { 0 };

	(void)unused;
	for (unsigned i = 0; i < 100000; i++) {
		uint64_t bits = random_next(&random);
		double value, back;

		memcpy(&value, &bits, sizeof(value));
		if (!isfinite(value))
			continue;
		row.used = 0;
		csv_add_number(&row, value);
		row.text[row.used - 1] = '\0';
		back = csv_number(row.text);
		check(!memcmp(&back, &value, sizeof(back)), "%a became %s",
		      value, row.text);
	}
	csv_row_free(&row);
}

/* A locale with a decimal comma: the system's, or one made for the test. */
static bool set_comma_locale(void)
{
	char command[PATH_MAX + 128];

	if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
		snprintf(command, sizeof(command),
			 "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 "
			 ">/dev/null 2>&1",
			 scratch_dir);
		setenv("LOCPATH", scratch_dir, 1);
		if (system(command) || !setlocale(LC_ALL, "de_DE.UTF-8"))
			return false;
	}
	return !strcmp(localeconv()->decimal_point, ",");
}

static void german_numbers_have_points_too(void **unused)
{
	char text[16];

	(void)unused;
	if (!set_comma_locale()) {
		print_message("no de_DE.UTF-8 here, nor a localedef\n");
		skip();
	}
	snprintf(text, sizeof(text), "%.1f", 0.5);
	assert_string_equal(text, "0,5");
	write_numbers();
	assert_true(csv_number("2.5") == 2.5);
	assert_true(isnan(csv_number("2,5")));
	setlocale(LC_ALL, "C");
}

/* Cut a table anywhere: what was whole is there, the rest is not. */
static void any_prefix_parses(void **unused)
{
	static const char text[] = "a,b\n"
				   "1,\"x\ny\"\n"
				   "\"2\",\"\"\"\"\n"
				   ",\n";
	const char *path = scratch_path("t.csv");

	(void)unused;
	for (size_t bytes = 0; bytes < sizeof(text); bytes++) {
		/* Ends of the header and of each row. */
		unsigned whole = (bytes >= 4) + (bytes >= 12) + (bytes >= 21) +
				 (bytes >= 23);
		struct csv csv;
		char error[256];
		int err;

		scratch_write(path, text, bytes);
		err = csv_read(&csv, path, error, sizeof(error));
		assert_int_equal(err, whole ? 0 : -EINVAL);
		if (err)
			continue;
		assert_int_equal(csv.nr_rows, whole - 1);
		if (whole > 1)
			assert_string_equal(csv_cell(&csv, 0, 1), "x\ny");
		if (whole > 2)
			assert_string_equal(csv_cell(&csv, 1, 1), "\"");
		csv_free(&csv);
	}
}

static void lines_may_end_in_crlf(void **unused)
{
	static const char text[] = "a,b\r\n1,2\r\n\"3\",\"4\"\r\n";
	const char *path = scratch_path("t.csv");
	struct csv csv;
	char error[256];

	(void)unused;
	scratch_write(path, text, sizeof(text) - 1);
	assert_int_equal(csv_read(&csv, path, error, sizeof(error)), 0);
	assert_int_equal(csv.nr_rows, 2);
	assert_string_equal(csv.columns[1], "b");
	assert_string_equal(csv_cell(&csv, 0, 1), "2");
	assert_string_equal(csv_cell(&csv, 1, 1), "4");
	csv_free(&csv);
}

static void bad_tables_are_named(void **unused)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{ "", ": no header line" },
		{ "a,b", ": no header line" },
		{ "a,b\n1,2\n1\n", ":3: 1 fields where the header has 2" },
		{ "a\n\"x\ny\"\n1,2\n", ":4: 2 fields where the header has 1" },
		{ "a\nx\"y\n", ":2: a quote inside a field without quotes" },
		{ "a\n\"x\"y\n", ":2: text behind a closing quote" },
	};
	const char *path = scratch_path("t.csv");
	char error[PATH_MAX + 128], expected[PATH_MAX + 128];
	struct csv csv;

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		scratch_write(path, cases[i].text, strlen(cases[i].text));
		assert_int_equal(csv_read(&csv, path, error, sizeof(error)),
				 -EINVAL);
		snprintf(expected, sizeof(expected), "%s%s", path,
			 cases[i].problem);
		assert_string_equal(error, expected);
	}
	scratch_write(path, "a\n1\0\n", 5);
	assert_int_equal(csv_read(&csv, path, error, sizeof(error)), -EINVAL);
	assert_int_equal(
		csv_read(&csv, scratch_path("none"), error, sizeof(error)),
		-ENOENT);
	assert_non_null(strstr(error, "/none: No such file"));
	assert_int_equal(csv_read(&csv, scratch_dir, error, sizeof(error)),
			 -EISDIR);
}

/* The third row does not fit: the file keeps two whole ones and goes on. */
static void a_row_that_does_not_fit_is_cut_off(void **unused)
{
	const char *path = scratch_path("t.csv");
	struct rlimit old, small;
	struct csv_row row = { 0 };
	int fd = open_table(path);
	int err[4];

	(void)unused;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 8;
	setrlimit(RLIMIT_FSIZE, &small);
	for (int i = 0; i < 3; i++) {
		csv_add_text(&row, i < 2 ? "ab" : "longer");
		err[i] = csv_write(&row, fd);
	}
	csv_add_text(&row, "c");
	err[3] = csv_write(&row, fd);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(err[0], 0);
	assert_int_equal(err[1], 0);
	assert_int_equal(err[2], -EFBIG);
	assert_int_equal(err[3], 0);
	assert_file(path, "ab\nab\nc\n");
	close(fd);
	csv_row_free(&row);
}

static void a_full_disk_is_told(void **unused)
{
	struct csv_row row = { 0 };
	int fd = open("/dev/full", O_WRONLY);

	(void)unused;
	if (fd < 0)
		skip();
	csv_add_text(&row, "x");
	assert_int_equal(csv_write(&row, fd), -ENOSPC);
	assert_int_equal(row.used, 0);
	close(fd);
	csv_row_free(&row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(texts_come_back),
		scratch_test(quotes_only_where_they_must_be),
		scratch_test(numbers_as_they_are_written),
		cmocka_unit_test(every_number_reads_back),
		scratch_test(german_numbers_have_points_too),
		scratch_test(any_prefix_parses),
		scratch_test(lines_may_end_in_crlf),
		scratch_test(bad_tables_are_named),
		scratch_test(a_row_that_does_not_fit_is_cut_off),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
