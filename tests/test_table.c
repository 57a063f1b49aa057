/* test_table.c - what people read, for runs made by hand. */
#include "test.h"
#include "samples.h"

#include <errno.h>

#include "../harness/table.h"
#include "../harness/table_text.h"

static void numbers_have_three_digits(void **unused)
{
	static const struct {
		double value;
		const char *digits, *ns;
	} cases[] = {
		{ 0, "0", "0" },
		{ 0.00123, "0.001", "0.001" },
		{ 0.4979, "0.498", "0.498" },
		{ 1, "1.00", "1.00" },
		{ 9.996, "10.0", "10.0" },
		{ 99.96, "100", "100" },
		{ 1234, "1234", "1234" },
		{ 12345, "12345", "12.3us" },
		{ 1.5e6, "1500000", "1500us" },
		{ 1.5e8, "150000000", "150ms" },
	};
	char text[32];

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		text_format(text, sizeof(text), cases[i].value, "");
		assert_string_equal(text, cases[i].digits);
		text_format_ns(text, sizeof(text), cases[i].value);
		assert_string_equal(text, cases[i].ns);
	}
	text_format_half(text, sizeof(text), 0.0123);
	assert_string_equal(text, "±1.2%");
	assert_int_equal(text_width(text), 5);
	text_format_half(text, sizeof(text), 0.0996);
	assert_string_equal(text, "±10%");
	text_format_half(text, sizeof(text), 20);
	assert_string_equal(text, "±>999%");
	text_format_half(text, sizeof(text), NAN);
	assert_string_equal(text, "");
}

/* Tables as they look on a terminal. */
/* clang-format off */
#define HEAD(points) \
"r on h: " points "\n" \
"Medians of 3 processes; ± is the longer half of the 95 % interval " \
"(at a line's end: the line's widest)\n"
#define HEAD_FEW(points, few) \
"r on h: " points "\n" \
"Medians of 1 process\n" \
"Points without an interval, which takes 3 processes: " few "\n"

static void assert_table(unsigned width, bool colour, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(summary_write(samples_run.dir, &samples_params, samples_error,
				       sizeof(samples_error)),
			 0);
	assert_int_equal(summary_print(samples_run.dir, out, colour, width,
				       samples_error, sizeof(samples_error)),
			 0);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

/* Two orders by two numbers of threads; free_area is 5 times floor. */
static void add_orders(void)
{
	for (unsigned i = 0; i < 4; i++) {
		const double ns = 1 + 10 * i;
		struct sample sample = sample_of("null", 0);

		sample.size = i % 2;
		sample.threads = 1 + i / 2;
		samples_add_processes(sample, 3, (double[]){ 0.5, 0.5, 0.5 });
		sample.strategy = "floor";
		samples_add_processes(sample, 3, (double[]){ ns, ns, ns });
		sample.strategy = "free_area";
		samples_add_processes(sample, 3,
				      (double[]){ 4.9 * ns, 5 * ns, 5.2 * ns });
	}
}

static void cells_have_what_fits(void **unused)
{
	(void)unused;
	add_orders();
	assert_table(100, false, HEAD("12 points")
"\n"
"frame pair: ns per operation by order\n"
"           1 thread                              2 threads\n"
"               0                  1                  0                  1\n"
"null       0.500 ±0.0%        0.500 ±0.0%        0.500 ±0.0%        0.500 ±0.0%\n"
"floor       1.00 ±0.0% 1.00x   11.0 ±0.0% 1.00x   21.0 ±0.0% 1.00x   31.0 ±0.0% 1.00x\n"
"free_area   5.00 ±4.0% 5.00x   55.0 ±4.0% 5.00x    105 ±4.0% 5.00x    155 ±4.0% 5.00x\n");
	assert_table(80, false, HEAD("12 points")
"\n"
"frame pair: ns per operation by order\n"
"           1 thread                  2 threads\n"
"               0            1            0            1            x floor\n"
"null       0.500 ±0.0%  0.500 ±0.0%  0.500 ±0.0%  0.500 ±0.0%\n"
"floor       1.00 ±0.0%   11.0 ±0.0%   21.0 ±0.0%   31.0 ±0.0%        1.00x\n"
"free_area   5.00 ±4.0%   55.0 ±4.0%    105 ±4.0%    155 ±4.0%        5.00x\n");
}

/* A panel for each number of threads, then one for each column. */
static void panels_divide_what_does_not_fit(void **unused)
{
	(void)unused;
	add_orders();
	assert_table(40, false, HEAD("12 points")
"\n"
"frame pair: ns per operation by order, 1 thread\n"
"               0            1\n"
"null       0.500 ±0.0%  0.500 ±0.0%\n"
"floor       1.00 ±0.0%   11.0 ±0.0%\n"
"free_area   5.00 ±4.0%   55.0 ±4.0%\n"
"\n"
"frame pair: ns per operation by order, 2 threads\n"
"               0            1\n"
"null       0.500 ±0.0%  0.500 ±0.0%\n"
"floor       21.0 ±0.0%   31.0 ±0.0%\n"
"free_area    105 ±4.0%    155 ±4.0%\n");
}

static void throughput_is_told_instead_of_time(void **unused)
{
	struct sample sample = sample_of("word", 0);

	(void)unused;
	sample.family = "scan";
	sample.workload = "run";
	sample.size_unit = "bytes";
	for (unsigned i = 0; i < 2; i++) {
		sample.size = i ? 32 << 20 : 512;
		sample.isa = i ? "avx2" : "scalar";
		sample.metric = "ns_per_op";
		samples_add_processes(sample, 3, (double[]){ 8e4, 8e4, 8e4 });
		sample.metric = "bytes_per_s";
		samples_add_processes(sample, 3, (double[]){ 3e9, 3e9, 3e9 });
	}
	assert_table(100, false, HEAD("2 points")
"\n"
"scan run: GB/s by bytes, 1 thread\n"
"              512         32M\n"
"word scalar  3.00 ±0.0%\n"
"word avx2                3.00 ±0.0%\n");
}

/* Workloads of one size share a table; pages tell lines apart. */
static void small_workloads_share_a_table(void **unused)
{
	struct sample sample = sample_of("rdtsc", 0);

	(void)unused;
	sample.family = "machine";
	sample.workload = "clock";
	sample.size_unit = NULL;
	samples_add_processes(sample, 1, (double[]){ 12 });
	sample.strategy = "cas";
	sample.workload = "atomic";
	samples_add_processes(sample, 1, (double[]){ 5 });
	sample.pages = "thp";
	samples_add_processes(sample, 1, (double[]){ 5.5 });
	sample.threads = 2;
	samples_add_processes(sample, 1, (double[]){ 50 });
	assert_table(100, false, HEAD_FEW("4 points", "4")
"\n"
"machine: ns per operation\n"
"                 1 thread  2 threads\n"
"atomic cas 4k        5.00\n"
"atomic cas thp       5.50       50.0\n"
"clock rdtsc 4k       12.0\n");
}

/* Each trouble once, with the first point that has it and a count. */
static void troubles_are_listed(void **unused)
{
	struct sample sample = sample_of("free_area", 0);

	(void)unused;
	for (unsigned i = 0; i < 3; i++) {
		sample.size = i;
		sample.strategy = "free_area";
		sample.reason = i ? "no huge pages: 4k" : NULL;
		samples_add_processes(sample, 3, (double[]){ 5, 5, 5 });
		sample.strategy = "first_fit";
		samples_add_failure(sample, 0, i ? "timeout" : "crashed",
				    i ? NULL : "signal SEGV");
		sample.strategy = "pair_bitmap";
		samples_add_failure(sample, 0, "skipped", "no avx512f");
	}
	assert_table(100, false, HEAD("9 points, 6 of them not measured")
"\n"
"frame pair: ns per operation by order, 1 thread\n"
"              0           1           2\n"
"first_fit  fail        fail        fail\n"
"free_area  5.00 ±0.0%  5.00 ±0.0%  5.00 ±0.0%\n"
"\n"
"With reservations:\n"
"  no huge pages: 4k\n"
"      frame/free_area/pair, order 1, 1 thread and 1 more\n"
"\n"
"Not measured:\n"
"  crashed: signal SEGV\n"
"      frame/first_fit/pair, order 0, 1 thread\n"
"  skipped: no avx512f\n"
"      frame/pair_bitmap/pair, order 0, 1 thread and 2 more\n"
"  timeout\n"
"      frame/first_fit/pair, order 1, 1 thread and 1 more\n");
}

/* The best that is no reference in green, what failed in red. */
static void colours_only_when_asked(void **unused)
{
	struct sample sample = sample_of("a", 0);

	(void)unused;
	samples_add_processes(sample, 1, (double[]){ 5 });
	sample.strategy = "b";
	samples_add_processes(sample, 1, (double[]){ 6 });
	sample.strategy = "c";
	samples_add_failure(sample, 0, "oom", NULL);
	sample.strategy = "floor";
	samples_add_processes(sample, 1, (double[]){ 1 });
	assert_table(100, true, HEAD_FEW("4 points, 1 of them not measured", "3")
"\n"
"\033[1mframe pair: ns per operation, order 0\033[0m\n"
"       1 thread\n"
"floor      \033[2m1.00\033[0m 1.00x\n"
"a          \033[1;32m5.00\033[0m 5.00x\n"
"b          6.00 6.00x\n"
"c          \033[31mfail\033[0m\n"
"\n"
"Not measured:\n"
"  oom\n"
"      frame/c/pair, order 0, 1 thread\n");
}

static void a_missing_summary_is_named(void **unused)
{
	(void)unused;
	assert_int_equal(summary_print(samples_run.dir, stderr, false, 80,
				       samples_error, sizeof(samples_error)),
			 -ENOENT);
	assert_non_null(strstr(samples_error, "/summary.csv: No such file"));
}

/* clang-format on */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_three_digits),
		samples_test(cells_have_what_fits),
		samples_test(panels_divide_what_does_not_fit),
		samples_test(throughput_is_told_instead_of_time),
		samples_test(small_workloads_share_a_table),
		samples_test(troubles_are_listed),
		samples_test(colours_only_when_asked),
		samples_test(a_missing_summary_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
