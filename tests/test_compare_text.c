/* test_compare_text.c - what compare prints, to the letter. */
#include "test.h"

#include "comparison.h"

#include "../harness/compare_text.h"

static char *print(const struct comparison *x, enum compare_format format)
{
	const struct compare_view view = { .format = format,
					   .metric = "ns_per_op",
					   .name_a = "a",
					   .name_b = "b" };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(compare_print(&x->c, &view, out), 0);
	if (format != FORMAT_CSV) {
		compare_print_counts(&x->c, out);
		compare_print_thresholds(&x->c, out);
		compare_print_only(&x->c, out);
	}
	fclose(out);
	return text;
}

static void assert_prints(const struct comparison *x,
			  enum compare_format format, const char *expected)
{
	char *text = print(x, format);

	assert_string_equal(text, expected);
	free(text);
}

static void test_printed_runs(void **state)
{
	static const double tens[] = { 10, 10, 10 }, eights[] = { 8, 8, 8 };
	struct sample wide = sample_of("free_area", 0);
	struct comparison x;

	(void)state;
	wide.isa = "avx2";
	wide.threads = 2;
	wide.size_unit = "bytes";
	wide.size = 4096;
	begin_run("a");
	write_manifest("a", manifest_of("a"));
	samples_add_processes(sample_of("free_area", 0), 3, tens);
	samples_add_processes(wide, 2, tens);
	samples_add_processes(sample_of("gone", 0), 3, tens);
	begin_run("b");
	write_manifest("b", manifest_of("b"));
	samples_add_processes(sample_of("free_area", 0), 3, eights);
	samples_add_processes(wide, 2, tens);
	compare_a_b(&x, &plain);
	assert_prints(
		&x, FORMAT_TABLE,
		"ns_per_op                                      A     B  ratio"
		"   95 % interval  verdict\n"
		"frame/free_area/pair order 0, 1 thread      10.0  8.00  0.800"
		"  0.800 .. 0.800  FASTER\n"
		"frame/free_area/pair avx2 4 KiB, 2 threads  10.0  10.0  1.000"
		"                  AMBIGUOUS\n"
		"2 compared: 0 SAME, 1 FASTER, 0 SLOWER, 1 AMBIGUOUS; "
		"geometric mean of the ratios 0.894\n"
		"an effect counts above: frame 3.0 %\n"
		"only in the first: 1 point: frame/gone/pair order 0, 1 "
		"thread\n");
	end(&x);
}

static void test_printed_strategies(void **state)
{
	static const double tens[] = { 10, 10, 10 }, fives[] = { 5, 5, 5 };
	static const double fifteens[] = { 15, 15, 15 };
	const struct contrast_params params = { .by = BY_STRATEGY,
						.min_effect = 0.03 };
	struct comparison x;

	(void)state;
	begin_run("a");
	write_manifest("a", manifest_of("a"));
	samples_add_processes(sample_of("slow", 0), 3, fifteens);
	samples_add_processes(sample_of("fast", 0), 3, tens);
	samples_add_processes(sample_of("floor", 0), 3, fives);
	compare_within(&x, "ns_per_op", &params);
	assert_prints(&x, FORMAT_MARKDOWN,
		      "| ns_per_op | base | median | ratio | 95 % interval | "
		      "verdict |\n"
		      "|---|---:|---:|---:|---:|---|\n"
		      "| **frame/pair order 0, 1 thread** | | | | | |\n"
		      "| fast | 10.0 | 10.0 | 1.000 | | base |\n"
		      "| slow | 10.0 | 15.0 | 1.500 | 1.500 .. 1.500 | SLOWER "
		      "|\n"
		      "| floor | 10.0 | 5.00 | 0.500 | 0.500 .. 0.500 | "
		      "reference |\n"
		      "1 compared: 0 SAME, 0 FASTER, 1 SLOWER, 0 AMBIGUOUS; "
		      "geometric mean of the ratios 1.500\n"
		      "an effect counts above: frame 3.0 %\n");
	assert_prints(
		&x, FORMAT_CSV,
		"family,strategy,workload,isa,threads,size,size_unit,pages,"
		"place,cpus,mem_policy,nodes_requested,nodes_actual,metric,"
		"unit,a,b,processes_a,processes_b,median_a,median_b,ratio,"
		"ci_lo,ci_hi,min_effect,verdict\n"
		"frame,fast,pair,scalar,1,0,order,4k,compact,0,local,0,0,"
		"ns_per_op,ns,fast,fast,3,3,10,10,1,1,1,0.03,base\n"
		"frame,slow,pair,scalar,1,0,order,4k,compact,0,local,0,0,"
		"ns_per_op,ns,fast,slow,3,3,10,15,1.5,1.5,1.5,0.03,SLOWER\n"
		"frame,floor,pair,scalar,1,0,order,4k,compact,0,local,0,0,"
		"ns_per_op,ns,fast,floor,3,3,10,5,0.5,0.5,0.5,0.03,"
		"reference\n");
	end(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		samples_test(test_printed_runs),
		samples_test(test_printed_strategies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
