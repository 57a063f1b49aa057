/* test_summary.c - samples made by hand, the summary worked out by hand. */
#include "test.h"
#include "samples.h"

#include <errno.h>
#include <math.h>

/* Rows as they stand in the file. */
/* clang-format off */
#define HEADER \
"schema,run_id,host,family,strategy,workload,isa,threads,size,size_unit," \
"pages,place,cpus,mem_policy,nodes_requested,nodes_actual,metric,unit," \
"processes,n,median,ci_lo,ci_hi,min,q1,q3,cv,floor_ratio,status,reason," \
"arm,cv_within,outliers,variant,version\n"

/* The common point's row, from nodes_actual on. */
#define ROW(strategy, rest) \
"4,r,h,frame," strategy ",pair,scalar,1,0,order,4k,compact,0,local,0," rest ",NA,NA,0,NA,NA\n"

static void assert_summary(const char *expected)
{
	char *text;

	check(!summary_write(samples_run.dir, &samples_params, samples_error,
			     sizeof(samples_error)),
	      "%s", samples_error);
	text = scratch_read(scratch_path("run/summary.csv"));
	assert_string_equal(text, expected);
	free(text);
}

static void nothing_gives_a_header(void **unused)
{
	(void)unused;
	assert_summary(HEADER);
}

/*
 * Processes 0: {1, 2, 9}, 1: {4}, 2: {6, 8}; their medians are 2, 4, 7.
 * cv: mean 13/3, variance 19/3. Within: sqrt(19)/4 and sqrt(2)/7; their median. q1 lies a quarter of the way from 2 to 4.
 * Interval: 9 is the median of 3 draws of {1, 2, 9} in 7 of 27, so a draw of
 * processes gives 9 with p = 7/81, and two of three do in 2.1 %: too seldom
 * for the 97.5 % quantile, which is the next value, 8. The same for 1 and 2.
 */
static void medians_are_of_processes(void **unused)
{
	static const double values[] = { 1, 2, 9, 4, 6, 8 };
	static const unsigned process[] = { 0, 0, 0, 1, 2, 2 };

	(void)unused;
	/* As they come home: shuffled. */
	for (unsigned i = 0; i < 6; i++) {
		const unsigned k = (5 * i + 3) % 6;
		struct sample sample = sample_of("free_area", values[k]);

		sample.process = process[k];
		sample.seq = i;
		samples_add(sample);
	}
	assert_summary(
HEADER
"4,r,h,frame,free_area,pair,scalar,1,0,order,4k,compact,0,local,0,"
	"0,ns_per_op,ns,3,6,4,2,8,1,2.5,7.5,0.580756495020827,NA,budget,NA,"
	"NA,0.6458776223978053,0,NA,NA\n");
}

static void two_processes_have_no_interval(void **unused)
{
	(void)unused;
	samples_add_processes(sample_of("free_area", 0), 2,
			      (double[]){ 10, 10 });
	assert_summary(
HEADER
ROW("free_area", "0,ns_per_op,ns,2,2,10,NA,NA,10,10,10,0,NA,few-processes,NA"));
}

/* The floor has the same axes but any isa; it is matched per metric. */
static void floors_are_found(void **unused)
{
	struct sample sample = sample_of("floor", 0);

	(void)unused;
	sample.isa = "avx2";
	samples_add_processes(sample, 3, (double[]){ 2, 2, 2 });
	samples_add_processes(sample_of("free_area", 0), 3,
			      (double[]){ 5, 5, 5 });
	sample = sample_of("free_area", 0);
	sample.threads = 2;
	samples_add_processes(sample, 3, (double[]){ 6, 6, 6 });
	sample = sample_of("free_area", 0);
	sample.metric = "ops_per_s";
	sample.unit = "1/s";
	samples_add_processes(sample, 3, (double[]){ 3, 3, 3 });
	assert_summary(
HEADER
"4,r,h,frame,floor,pair,avx2,1,0,order,4k,compact,0,local,0,"
	"0,ns_per_op,ns,3,3,2,2,2,2,2,2,0,1,converged,NA,NA,NA,0,NA,NA\n"
ROW("free_area", "0,ns_per_op,ns,3,3,5,5,5,5,5,5,0,2.5,converged,NA")
ROW("free_area", "0,ops_per_s,1/s,3,3,3,3,3,3,3,3,0,NA,converged,NA")
"4,r,h,frame,free_area,pair,scalar,2,0,order,4k,compact,0,local,0,"
	"0,ns_per_op,ns,3,3,6,6,6,6,6,6,0,NA,converged,NA,NA,NA,0,NA,NA\n");
}

/* A process that failed late does not count, though its first rows are ok. */
static void failed_processes_do_not_count(void **unused)
{
	struct sample late = sample_of("free_area", 1000);

	(void)unused;
	samples_add_processes(sample_of("free_area", 0), 3,
			      (double[]){ 5, 5, 5 });
	samples_add_failure(sample_of("free_area", 0), 3, "timeout",
			    "no end in 60 s");
	late.process = 4;
	samples_add(late);
	samples_add_failure(late, 4, "crashed", "signal SEGV");
	assert_summary(
HEADER
ROW("free_area", "0,ns_per_op,ns,3,3,5,5,5,5,5,5,0,NA,converged,"
		 "2 of 5 processes failed: no end in 60 s"));
}

static void a_point_may_fail_altogether(void **unused)
{
	struct sample misplaced = sample_of("first_fit", 3);

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		samples_add_failure(sample_of("free_area", 0), i, "crashed",
				    i ? "exit code 1"
				      : "signal SEGV, address 0");
	misplaced.status = "misplaced";
	samples_add(misplaced);
	misplaced.metric = "ops_per_s";
	samples_add(misplaced);
	assert_summary(
HEADER
ROW("first_fit", "NA,ns_per_op,ns,0,0,NA,NA,NA,NA,NA,NA,NA,NA,misplaced,NA")
ROW("free_area", "NA,ns_per_op,ns,0,0,NA,NA,NA,NA,NA,NA,NA,NA,crashed,"
		 "\"signal SEGV, address 0\""));
}

static void nodes_found_apart_stay_apart(void **unused)
{
	struct sample sample = sample_of("free_area", 7);

	(void)unused;
	samples_add_processes(sample, 3, (double[]){ 5, 5, 5 });
	sample.process = 3;
	sample.nodes_actual = "1";
	samples_add(sample);
	assert_summary(
HEADER
ROW("free_area", "0,ns_per_op,ns,3,3,5,5,5,5,5,5,0,NA,converged,NA")
ROW("free_area", "1,ns_per_op,ns,1,1,7,NA,NA,7,7,7,NA,NA,few-processes,NA"));
}

/* What could not be measured is no 0, and a fall-back is passed on. */
static void missing_values_stay_missing(void **unused)
{
	struct sample sample = sample_of("free_area", NAN);

	(void)unused;
	sample.metric = "dtlb_misses";
	sample.unit = "1";
	sample.reason = "no such counter";
	samples_add(sample);
	sample = sample_of("free_area", 0);
	sample.reason = "no huge pages: 4k";
	samples_add_processes(sample, 3, (double[]){ 5, 5, 5 });
	assert_summary(
HEADER
ROW("free_area", "0,ns_per_op,ns,3,3,5,5,5,5,5,5,0,NA,converged,no huge pages: 4k")
ROW("free_area", "0,dtlb_misses,1,0,0,NA,NA,NA,NA,NA,NA,NA,NA,skipped,"
		 "no such counter"));
}

/* Sizes and threads as numbers, whatever the order of running. */
static void rows_are_sorted(void **unused)
{
	static const unsigned sizes[] = { 1024, 64, 4096, 512 };
	struct csv csv;
	int size, threads;

	(void)unused;
	for (unsigned i = 0; i < 8; i++) {
		struct sample sample = sample_of("free_area", 1);

		sample.size = sizes[i % 4];
		sample.threads = i < 4 ? 16 : 2;
		samples_add(sample);
	}
	assert_int_equal(summary_write(samples_run.dir, &samples_params, samples_error,
				       sizeof(samples_error)),
			 0);
	assert_int_equal(csv_read(&csv, scratch_path("run/summary.csv"),
				  samples_error, sizeof(samples_error)),
			 0);
	size = csv_column(&csv, "size");
	threads = csv_column(&csv, "threads");
	for (unsigned i = 0; i < 8; i++) {
		static const unsigned sorted[] = { 64, 512, 1024, 4096 };

		assert_int_equal(atoi(csv_cell(&csv, i, size)), sorted[i / 2]);
		assert_int_equal(atoi(csv_cell(&csv, i, threads)),
				 i % 2 ? 16 : 2);
	}
	csv_free(&csv);
}

static void the_same_samples_give_the_same_bytes(void **unused)
{
	static const double values[] = { 5, 7, 6.5, 9, 4, 5.5, 8, 6, 7.5 };
	char *first, *second;

	(void)unused;
	samples_add_processes(sample_of("free_area", 0), 9, values);
	assert_int_equal(summary_write(samples_run.dir, &samples_params, samples_error,
				       sizeof(samples_error)),
			 0);
	first = scratch_read(scratch_path("run/summary.csv"));
	assert_int_equal(summary_write(samples_run.dir, &samples_params, samples_error,
				       sizeof(samples_error)),
			 0);
	second = scratch_read(scratch_path("run/summary.csv"));
	assert_string_equal(first, second);
	free(first);
	free(second);
}

static void missing_input_is_named(void **unused)
{
	static const char text[] = "schema,run_id\n";

	(void)unused;
	assert_int_equal(summary_write(scratch_path("none"), &samples_params, samples_error,
				       sizeof(samples_error)),
			 -ENOENT);
	assert_non_null(
		strstr(samples_error, "/none/samples.csv: No such file"));
	scratch_write(scratch_path("run/samples.csv"), text, sizeof(text) - 1);
	assert_int_equal(summary_write(samples_run.dir, &samples_params, samples_error,
				       sizeof(samples_error)),
			 -EINVAL);
	assert_non_null(
		strstr(samples_error, "/samples.csv: no column 'family'"));
}

/* clang-format on */

int main(void)
{
	const struct CMUnitTest tests[] = {
		samples_test(nothing_gives_a_header),
		samples_test(medians_are_of_processes),
		samples_test(two_processes_have_no_interval),
		samples_test(floors_are_found),
		samples_test(failed_processes_do_not_count),
		samples_test(a_point_may_fail_altogether),
		samples_test(nodes_found_apart_stay_apart),
		samples_test(missing_values_stay_missing),
		samples_test(rows_are_sorted),
		samples_test(the_same_samples_give_the_same_bytes),
		samples_test(missing_input_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
