/*
 * test_plot_share.c - what is drawn of memory beside the time: huge frames that
 * are left, tables for each page.
 */
#include "plot_summary.h"

/* Is the text in the picture? */
static void check_svg(const char *chart, const char *expected)
{
	char *text = chart_file(chart, "svg");

	check(strstr(text, expected), "%s.svg has no %s", chart, expected);
	free(text);
}

/* A row of one thread at order 0, as summary.csv has it. */
static void add_row(FILE *file, const char *strategy, const char *workload,
		    const char *metric, const char *value, const char *interval)
{
	fprintf(file,
		"1,r,h,frame,%s,%s,scalar,1,0,order,4k,compact,0,local,0,0,"
		"%s,1,5,5,%s,%s,NA,NA,NA,0.01,NA,ok,NA\n",
		strategy, workload, metric, value, interval);
}

/* One strategy's aging. */
static void add_rows(FILE *file, const char *strategy, const char *time,
		     const char *share, const char *interval)
{
	add_row(file, strategy, "aging", "ns_per_op", time, "NA,NA");
	if (!share)
		return;
	add_row(file, strategy, "aging", "huge_free_share", share, interval);
	add_row(file, strategy, "aging", "huge_free_share_round_000", "1",
		"NA,NA");
	add_row(file, strategy, "aging", "huge_free_share_round_010", share,
		"NA,NA");
	add_row(file, strategy, "aging", "free_blocks_order_00_round_000", "7",
		"NA,NA");
}

/* To append to what the summary has. */
static FILE *open_summary(void)
{
	FILE *file = fopen(scratch_path("summary.csv"), "a");

	assert_non_null(file);
	return file;
}

static void write_aging(const char *other_share)
{
	FILE *file = open_summary();

	add_rows(file, "first_fit", "300", "0.75", "0.5,1");
	add_rows(file, "free_area", "30", other_share, "0,0");
	add_rows(file, "floor", "3", "0.25", "NA,NA");
	add_rows(file, "null", "1", NULL, NULL);
	fclose(file);
	write_charts();
}

static void test_huge_frames_are_drawn_over_rounds(void **state)
{
	(void)state;
	write_aging("0");
	check_data("frame-aging-fragmentation",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "aging,first_fit,0,1,NA,NA\n"
		   "aging,first_fit,10,0.75,NA,NA\n"
		   "aging,free_area,0,1,NA,NA\n"
		   "aging,free_area,10,0,NA,NA\n"
		   "aging,floor,0,1,NA,NA\n"
		   "aging,floor,10,0.25,NA,NA\n");
	check_script("frame-aging-fragmentation", "array share = [1]\n");
}

/* A panel for each trace. */
static void test_huge_frames_are_drawn_over_traces(void **state)
{
	static const char *const traces[] = { "trace:a", "trace:b" };
	FILE *file = open_summary();

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(traces); i++) {
		add_row(file, "pcp", traces[i], "huge_free_share_at_000", "1",
			"NA,NA");
		add_row(file, "pcp", traces[i], "huge_free_share_at_100",
			i ? "0.25" : "0.5", "NA,NA");
	}
	fclose(file);
	write_charts();
	check_data("frame-trace-fragmentation",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "trace:a,pcp,0,1,NA,NA\n"
		   "trace:a,pcp,100,0.5,NA,NA\n"
		   "trace:b,pcp,0,1,NA,NA\n"
		   "trace:b,pcp,100,0.25,NA,NA\n");
	check_script("frame-trace-fragmentation",
		     "x_unit = '% of the trace'\n");
	if (gnuplot_is_here)
		assert_int_equal(plot_run(scratch_dir, error, sizeof(error)),
				 NR_CHARTS + 1);
}

/* x is the time of the same point; null has no share. */
static void test_huge_frames_are_drawn_against_time(void **state)
{
	(void)state;
	write_aging("0");
	check_data("frame-aging-pareto", "panel,series,x,median,ci_lo,ci_hi\n"
					 "aging,first_fit,300,0.75,0.5,1\n"
					 "aging,free_area,30,0,0,0\n"
					 "aging,floor,3,0.25,NA,NA\n");
	if (gnuplot_is_here)
		assert_int_equal(plot_run(scratch_dir, error, sizeof(error)),
				 NR_CHARTS + 3);
}

/* Bytes have an axis of their own values; shrunk, if there is that. */
static void test_memory_held_is_drawn_against_time(void **state)
{
	static const char *const held[] = { "held_per_live_byte",
					    "held_per_live_byte_shrunk" };
	FILE *file = open_summary();

	(void)state;
	add_row(file, "slub", "batch", "ns_per_op", "9", "NA,NA");
	add_row(file, "slub", "batch", held[0], "1.5", "NA,NA");
	add_row(file, "glibc", "batch", "ns_per_op", "18", "NA,NA");
	add_row(file, "glibc", "batch", held[0], "3", "NA,NA");
	for (unsigned i = 0; i < 2; i++) {
		add_row(file, "slub", "shred", held[i], i ? "64" : "1",
			"NA,NA");
		add_row(file, "glibc", "shred", held[i], i ? "72" : "1.5",
			"NA,NA");
	}
	add_row(file, "slub", "shred", "ns_per_op", "20", "NA,NA");
	add_row(file, "glibc", "shred", "ns_per_op", "40", "NA,NA");
	fclose(file);
	write_charts();
	check_data("frame-batch-pareto", "panel,series,x,median,ci_lo,ci_hi\n"
					 "batch,glibc,18,3,NA,NA\n"
					 "batch,slub,9,1.5,NA,NA\n");
	check_script("frame-batch-pareto", "array share = [0]\n");
	check_script("frame-batch-pareto", "v_min = 1.5; v_max = 3\n");
	check_data("frame-shred-pareto", "panel,series,x,median,ci_lo,ci_hi\n"
					 "shred,glibc,40,72,NA,NA\n"
					 "shred,slub,20,64,NA,NA\n");
	if (gnuplot_is_here)
		assert_int_equal(plot_run(scratch_dir, error, sizeof(error)),
				 NR_CHARTS + 4);
}

/* They widen no axis of time. */
static void test_huge_frames_lie_beside_the_speed(void **state)
{
	(void)state;
	write_aging("0");
	check_data("frame-aging-latency",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "aging,first_fit,0,300,NA,NA\n"
		   "aging,free_area,0,30,NA,NA\n"
		   "aging,floor,0,3,NA,NA\n"
		   "aging,null,0,1,NA,NA\n"
		   "huge left: aging,first_fit,0,0.75,0.5,1\n"
		   "huge left: aging,free_area,0,0,0,0\n"
		   "huge left: aging,floor,0,0.25,NA,NA\n");
	check_script("frame-aging-latency", "v_min = 1; v_max = 300\n");
	check_script("frame-aging-latency", "array share = [0, 1]\n");
	check_script("frame-pair-latency", "array share = [0]\n");
}

static void add_walks(FILE *file, const char *strategy, const char *metric,
		      const char *const value[3])
{
	static const uint64_t size[3] = { 1 << 20, 1 << 30, 1ull << 40 };

	for (unsigned i = 0; i < 3; i++)
		fprintf(file,
			"1,r,h,pgtable,%s,random@x86_64,scalar,1,%llu,bytes,4k,"
			"compact,0,local,0,0,%s,1,5,5,%s,NA,NA,NA,NA,NA,0.01,"
			"NA,ok,NA\n",
			strategy, (unsigned long long)size[i], metric,
			value[i]);
}

/* It is addresses that are counted: no cache is marked. Floors are lines. */
static void test_tables_are_drawn_over_the_span(void **state)
{
	static const char *const ns[] = { "2", "20", "200" };
	static const char *const bytes[] = { "64", "8.25", "8.125" };
	FILE *file = open_summary();

	(void)state;
	add_walks(file, "walk", "ns_per_op", ns);
	add_walks(file, "walk", "table_bytes_per_page", bytes);
	add_walks(file, "floor", "ns_per_op", ns);
	add_walks(file, "floor_batch", "ns_per_op", ns);
	fclose(file);
	write_charts();
	check_data("pgtable-random_x86_64-tables",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "random@x86_64,walk,1048576,64,NA,NA\n"
		   "random@x86_64,walk,1073741824,8.25,NA,NA\n"
		   "random@x86_64,walk,1099511627776,8.125,NA,NA\n");
	check_script("pgtable-random_x86_64-tables",
		     "metric = 'table_bytes_per_page'\n"
		     "x_unit = 'span of addresses'\n");
	check_script("pgtable-random_x86_64-size",
		     "x_unit = 'span of addresses'\n");
	check_script("pgtable-random_x86_64-size",
		     "array series = ['walk', 'floor', 'floor_batch']\n"
		     "array slot = [0, -2, -2]\n");
	if (!gnuplot_is_here)
		return;
	assert_int_equal(plot_run(scratch_dir, error, sizeof(error)),
			 NR_CHARTS + 2);
	check_svg("pgtable-random_x86_64-tables", ">bytes/page<");
	check_svg("pgtable-random_x86_64-tables", ">1 TiB<");
	check_svg("pgtable-random_x86_64-size", ">floor_batch<");
}

/* With nothing to choose between there is no such chart. */
static void test_equal_shares_are_not_set_against_time(void **state)
{
	(void)state;
	write_aging("0.75");
	assert_null(scratch_read(scratch_path("plots/frame-aging-pareto.csv")));
	free(chart_file("frame-aging-latency", "csv"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		plot_test(test_huge_frames_are_drawn_over_rounds),
		plot_test(test_huge_frames_are_drawn_over_traces),
		plot_test(test_huge_frames_are_drawn_against_time),
		plot_test(test_huge_frames_lie_beside_the_speed),
		plot_test(test_memory_held_is_drawn_against_time),
		plot_test(test_tables_are_drawn_over_the_span),
		plot_test(test_equal_shares_are_not_set_against_time),
	};

	gnuplot_is_here = !system("gnuplot --version >/dev/null 2>&1");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
