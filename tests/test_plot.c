/* test_plot.c - a small summary's charts: which, with what in them, drawn. */
#include "test.h"
#include "scratch.h"

#include <errno.h>
#include <glob.h>
#include <locale.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "../harness/plot.h"

static const char manifest[] =
	"{\"cpu_model\": \"A CPU's name\", \"command\": \"./run.sh --size "
	"0:2\","
	" \"started\": \"2026-01-02T03:04:05Z\", \"run_id\": \"r\"}";

static const char *const charts[] = {
	"frame-pair-latency",
	"frame-pair-scaling",
	"frame-pair-size",
	"machine-latency-numa",
};
#define NR_CHARTS (sizeof(charts) / sizeof(*charts))

static char error[PATH_MAX + 256];
static bool gnuplot_is_here;

static void write_text(const char *name, const char *text)
{
	scratch_write(scratch_path(name), text, strlen(text));
}

/* A run's directory, as far as charts need it. */
static int begin(void **state)
{
	char *text = scratch_read(KMB_TEST_DATA "/plot_summary.csv");

	if (!text || scratch_make(state))
		return -1;
	write_text("summary.csv", text);
	write_text("manifest.json", manifest);
	free(text);
	return 0;
}

static char *chart_file(const char *chart, const char *suffix)
{
	char name[64];
	char *text;

	snprintf(name, sizeof(name), "plots/%s.%s", chart, suffix);
	text = scratch_read(scratch_path(name));
	check(text, "%s is missing", name);
	return text;
}

/* Data and scripts alone: they are written without gnuplot, too. */
static void write_charts(void)
{
	char *path = strdup(getenv("PATH"));
	int nr;

	setenv("PATH", scratch_dir, 1);
	nr = plot_run(scratch_dir, error, sizeof(error));
	setenv("PATH", path, 1);
	free(path);
	check(nr == -ENOENT, "%d: %s", nr, error);
}

static void draw_charts(void)
{
	int nr = plot_run(scratch_dir, error, sizeof(error));

	check(nr == (int)NR_CHARTS, "%d: %s", nr, error);
}

static void check_data(const char *chart, const char *expected)
{
	char *text = chart_file(chart, "csv");

	assert_string_equal(text, expected);
	free(text);
}

static void check_script(const char *chart, const char *expected)
{
	char *text = chart_file(chart, "gp");

	check(strstr(text, expected), "%s.gp has no line %s", chart, expected);
	free(text);
}

/* Is the text in the picture? */
static void check_svg(const char *chart, const char *expected)
{
	char *text = chart_file(chart, "svg");

	check(strstr(text, expected), "%s.svg has no %s", chart, expected);
	free(text);
}

static void test_charts_are_those_the_data_is_worth(void **state)
{
	glob_t found;

	(void)state;
	write_charts();
	assert_int_equal(glob(scratch_path("plots/*.csv"), 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, NR_CHARTS);
	for (unsigned i = 0; i < NR_CHARTS; i++)
		assert_non_null(strstr(found.gl_pathv[i], charts[i]));
	globfree(&found);
}

static void test_latency_is_at_the_smallest_size(void **state)
{
	(void)state;
	write_charts();
	check_data("frame-pair-latency",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "pair (1 thread; order 0),first_fit,0,180,NA,NA\n"
		   "pair (1 thread; order 0),free_area,0,22,21,23\n"
		   "pair (1 thread; order 0),floor,0,2,1.9,2.1\n"
		   "pair (1 thread; order 0),null,0,0.5,0.4,0.6\n");
	check_script(
		"frame-pair-latency",
		"array series = ['first_fit', 'free_area', 'floor', 'null']"
		"\narray slot = [0, 1, -2, -1]\n");
}

/* The misplaced 7777 and the crashed NA are nowhere. */
static void test_sizes_ascend(void **state)
{
	(void)state;
	write_charts();
	check_data("frame-pair-size",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "pair (1 thread),first_fit,0,180,NA,NA\n"
		   "pair (1 thread),free_area,0,22,21,23\n"
		   "pair (1 thread),free_area,1,24.5,23.5,25.5\n"
		   "pair (1 thread),free_area,2,26,25,27\n"
		   "pair (1 thread),floor,0,2,1.9,2.1\n"
		   "pair (1 thread),null,0,0.5,0.4,0.6\n");
	check_script("frame-pair-size",
		     "array x_values = [0, 1, 2]\nv_min = 0.4; v_max = 180\n");
}

static void test_scaling_is_of_one_size(void **state)
{
	(void)state;
	write_charts();
	check_data("frame-pair-scaling",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "pair (order 0),free_area,1,40000000,36000000,44000000\n"
		   "pair (order 0),free_area,2,70000000,63000000,77000000\n"
		   "pair (order 0),free_area,4,100000000,90000000,110000000\n"
		   "pair (order 0),free_area,8,90000000,81000000,99000000\n");
	/* The strategy looks here as it does beside first_fit. */
	check_script("frame-pair-scaling", "array slot = [1]\n");
}

/* Of null too; the interval of the slowest widens nothing. */
static void test_distribution_is_by_strategy(void **state)
{
	static const char *const metrics[] = {
		"max_ns,ns,5,5,900,800,99999", "p50_ns,ns,5,5,60,50,60",
		"p90_ns,ns,5,5,70,70,70",      "p99_9_ns,ns,5,5,90,90,90",
		"p99_ns,ns,5,5,80,80,80",      "timer_ns,ns,5,5,23,23,23",
	};
	char *text = scratch_read(scratch_path("summary.csv"));
	FILE *file = fopen(scratch_path("summary.csv"), "w");

	(void)state;
	assert_true(text && file);
	fputs(text, file);
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; k < 6; k++)
			fprintf(file,
				"1,r,h,frame,%s,pair,scalar,1,0,order,4k,"
				"compact,0,local,0,0,latency_%s,"
				"NA,NA,NA,0.01,NA,ok,NA\n",
				i ? "null" : "free_area", metrics[k]);
	fclose(file);
	free(text);
	write_charts();
	check_data("frame-pair-distribution",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "pair (1 thread; order 0),free_area,0,23,23,23\n"
		   "pair (1 thread; order 0),free_area,50,60,50,60\n"
		   "pair (1 thread; order 0),free_area,90,70,70,70\n"
		   "pair (1 thread; order 0),free_area,99,80,80,80\n"
		   "pair (1 thread; order 0),free_area,99.900000000000006,90,"
		   "90,90\n"
		   "pair (1 thread; order 0),free_area,100,900,800,99999\n"
		   "pair (1 thread; order 0),null,0,23,23,23\n"
		   "pair (1 thread; order 0),null,50,60,50,60\n"
		   "pair (1 thread; order 0),null,90,70,70,70\n"
		   "pair (1 thread; order 0),null,99,80,80,80\n"
		   "pair (1 thread; order 0),null,99.900000000000006,90,90,"
		   "90\n"
		   "pair (1 thread; order 0),null,100,900,800,99999\n");
	check_script("frame-pair-distribution", "v_min = 23; v_max = 900\n");
	if (gnuplot_is_here)
		assert_int_equal(plot_run(scratch_dir, error, sizeof(error)),
				 NR_CHARTS + 1);
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

static void test_node_pairs_become_cells(void **state)
{
	(void)state;
	write_charts();
	check_data("machine-latency-numa",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "chase scalar (4k pages),0,0,90,NA,NA\n"
		   "chase scalar (4k pages),1,0,150,NA,NA\n"
		   "chase scalar (4k pages),0,1,150,NA,NA\n"
		   "chase scalar (4k pages),1,1,90,NA,NA\n");
}

static void test_caption_is_quoted_for_gnuplot(void **state)
{
	(void)state;
	write_charts();
	check_script("frame-pair-size",
		     "machine = 'A CPU''s name, 2026-01-02T03:04:05Z, run r'\n"
		     "command = './run.sh --size 0:2'\n");
}

static void test_locale_changes_nothing(void **state)
{
	char *script;

	(void)state;
	if (!setlocale(LC_ALL, "de_DE.UTF-8"))
		skip();
	write_charts();
	setlocale(LC_ALL, "C");
	script = chart_file("frame-pair-size", "gp");
	assert_non_null(strstr(script, "v_min = 0.4;"));
	free(script);
}

static void test_same_input_same_pictures(void **state)
{
	static const char *const suffixes[] = { "csv", "gp", "svg", "png" };
	char *first[NR_CHARTS][4];

	(void)state;
	if (!gnuplot_is_here)
		skip();
	draw_charts();
	for (unsigned i = 0; i < NR_CHARTS; i++)
		for (unsigned k = 0; k < 4; k++)
			first[i][k] = chart_file(charts[i], suffixes[k]);
	draw_charts();
	for (unsigned i = 0; i < NR_CHARTS; i++)
		for (unsigned k = 0; k < 4; k++) {
			char *again = chart_file(charts[i], suffixes[k]);

			/* A png's text ends at its first zero byte. */
			assert_string_equal(again, first[i][k]);
			free(again);
			free(first[i][k]);
		}
}

static void test_pictures_are_whole(void **state)
{
	(void)state;
	if (!gnuplot_is_here)
		skip();
	draw_charts();
	for (unsigned i = 0; i < NR_CHARTS; i++) {
		char *svg = chart_file(charts[i], "svg");
		char *png = chart_file(charts[i], "png");

		assert_non_null(strstr(svg, "</svg>"));
		assert_non_null(strstr(svg, "A CPU's name"));
		assert_memory_equal(png, "\211PNG", 4);
		free(svg);
		free(png);
	}
}

static void test_script_alone_draws_the_same(void **state)
{
	char command[PATH_MAX + 128];
	char *before, *after;

	(void)state;
	if (!gnuplot_is_here)
		skip();
	draw_charts();
	before = chart_file("frame-pair-scaling", "svg");
	snprintf(command, sizeof(command),
		 "cd '%s/plots' && rm frame-pair-scaling.svg && "
		 "gnuplot -d frame-pair-scaling.gp",
		 scratch_dir);
	assert_int_equal(system(command), 0);
	after = chart_file("frame-pair-scaling", "svg");
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void test_nothing_to_draw_is_no_chart(void **state)
{
	char *text = scratch_read(scratch_path("summary.csv"));

	(void)state;
	strchr(text, '\n')[1] = '\0';
	write_text("summary.csv", text);
	free(text);
	assert_int_equal(plot_run(scratch_dir, error, sizeof(error)), 0);
}

static void expect_error(int code, const char *word)
{
	int result = plot_run(scratch_dir, error, sizeof(error));

	assert_int_equal(result, code);
	check(strstr(error, word) && !strchr(error, '\n'), "%s", error);
}

static void test_missing_gnuplot_names_the_package(void **state)
{
	(void)state;
	write_charts();
	check(strstr(error, "gnuplot-nox"), "%s", error);
	/* What it would have drawn is there. */
	free(chart_file("frame-pair-size", "gp"));
}

static void test_failing_gnuplot_names_the_chart(void **state)
{
	static const char script[] = "#!/bin/sh\n"
				     "printf '\\n\"x.gp\" line 3: oh no\\n'\n"
				     "exit 1\n";
	char *path = strdup(getenv("PATH"));

	(void)state;
	write_text("gnuplot", script);
	assert_int_equal(chmod(scratch_path("gnuplot"), 0755), 0);
	setenv("PATH", scratch_dir, 1);
	expect_error(-EIO,
		     "frame-pair-latency: gnuplot: \"x.gp\" line 3: oh no");
	setenv("PATH", path, 1);
	free(path);
}

static void test_bad_input_costs_one_line(void **state)
{
	(void)state;
	setenv("KMB_PLOTS_DIR", "/nowhere", 1);
	expect_error(-ENOENT, "/nowhere/common.gp");
	unsetenv("KMB_PLOTS_DIR");
	write_text("summary.csv", "family,strategy\nframe,null\n");
	expect_error(-EINVAL, "no column workload");
	write_text("summary.csv", "family,strategy\nframe\n");
	expect_error(-EINVAL, "summary.csv");
	assert_int_equal(remove(scratch_path("summary.csv")), 0);
	expect_error(-ENOENT, "summary.csv");
}

#define plot_test(name) \
	cmocka_unit_test_setup_teardown(name, begin, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		plot_test(test_charts_are_those_the_data_is_worth),
		plot_test(test_latency_is_at_the_smallest_size),
		plot_test(test_sizes_ascend),
		plot_test(test_scaling_is_of_one_size),
		plot_test(test_distribution_is_by_strategy),
		plot_test(test_huge_frames_are_drawn_over_rounds),
		plot_test(test_huge_frames_are_drawn_over_traces),
		plot_test(test_huge_frames_are_drawn_against_time),
		plot_test(test_huge_frames_lie_beside_the_speed),
		plot_test(test_tables_are_drawn_over_the_span),
		plot_test(test_equal_shares_are_not_set_against_time),
		plot_test(test_memory_held_is_drawn_against_time),
		plot_test(test_node_pairs_become_cells),
		plot_test(test_caption_is_quoted_for_gnuplot),
		plot_test(test_locale_changes_nothing),
		plot_test(test_same_input_same_pictures),
		plot_test(test_pictures_are_whole),
		plot_test(test_script_alone_draws_the_same),
		plot_test(test_nothing_to_draw_is_no_chart),
		plot_test(test_missing_gnuplot_names_the_package),
		plot_test(test_failing_gnuplot_names_the_chart),
		plot_test(test_bad_input_costs_one_line),
	};

	gnuplot_is_here = !system("gnuplot --version >/dev/null 2>&1");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
