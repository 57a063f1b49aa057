/* test_plot.c - a small summary's charts: which, with what in them, drawn. */
#include "plot_summary.h"

#include <glob.h>
#include <locale.h>
#include <sys/stat.h>

static const char *const charts[] = {
	"frame-pair-latency",
	"frame-pair-scaling",
	"frame-pair-size",
	"machine-latency-numa",
};
_Static_assert(ARRAY_SIZE(charts) == NR_CHARTS, "all of them");

static void draw_charts(void)
{
	int nr = plot_run(scratch_dir, error, sizeof(error));

	check(nr == (int)NR_CHARTS, "%d: %s", nr, error);
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

/* Two strategies on two lists of 64 CPUs, alike but for the last. */
static void write_two_lists(void)
{
	char *header = scratch_read(KMB_TEST_DATA "/plot_summary.csv");
	FILE *out = fopen(scratch_path("summary.csv"), "w");

	assert_true(header && out);
	fprintf(out, "%.*s\n", (int)strcspn(header, "\n"), header);
	free(header);
	for (unsigned row = 0; row < 4; row++) {
		fprintf(out, "1,r,h,frame,%s,pair,scalar,1,0,order,4k,\"",
			row < 2 ? "first_fit" : "free_area");
		for (unsigned i = 0; i < 63; i++)
			fprintf(out, "%u,", 2 * i);
		fprintf(out,
			"%u\",0,\"interleave:0,2,4,6,8,10,12,14,16,18,20,22,"
			"24,26,28\",0,0,ns_per_op,ns,5,10,%u,%u,%u,NA,NA,NA,"
			"0.01,NA,ok,NA\n",
			200 + row % 2, 20 + row, 10 + row, 30 + row);
	}
	fclose(out);
}

static void test_lists_that_begin_alike_are_told_apart(void **state)
{
#define LIST "0;2;4;6;8;10;12;14;16;18;20;22;24;26;28;30;3..."
	(void)state;
	write_two_lists();
	write_charts();
	check_data("frame-pair-latency",
		   "panel,series,x,median,ci_lo,ci_hi\n"
		   "pair,first_fit " LIST ",0,20,10,30\n"
		   "pair,first_fit " LIST " #2,0,21,11,31\n"
		   "pair,free_area " LIST ",0,22,12,32\n"
		   "pair,free_area " LIST " #2,0,23,13,33\n");
	check_script(
		"frame-pair-latency",
		"; memory interleave:0,2,4,6,8,10,12,14,16,18,20,22,24...'");
#undef LIST
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

/* Of each share and size: the fastest, and what it cannot be told from. */
static void test_crossover_says_who_wins(void **state)
{
	static const char *const rows[][2] = {
		{ "anon_vma,fork@0of8,scalar,1,4", "10,9,12" },
		{ "pte_chain,fork@0of8,scalar,1,4", "11,10,13" },
		{ "null,fork@0of8,scalar,1,4", "5,5,5" },
		{ "anon_vma,fork@0of8,scalar,1,16", "10,9,12" },
		{ "pte_chain,fork@0of8,scalar,1,16", "30,29,31" },
		{ "anon_vma,fork@0of8,scalar,1,64", "10,9,12" },
		{ "anon_vma,fork@8of8,scalar,1,4", "11,10,13" },
		{ "pte_chain,fork@8of8,scalar,1,4", "10,9,12" },
		{ "anon_vma,fork@8of8,scalar,1,16", "40,39,41" },
		{ "pte_chain,fork@8of8,scalar,1,16", "30,29,31" },
	};
	FILE *file = fopen(scratch_path("summary.csv"), "a");

	(void)state;
	assert_true(file);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		fprintf(file,
			"1,r,h,rmap,%s,processes,4k,compact,0,local,0,0,"
			"ns_per_op,ns,5,5,%s,NA,NA,NA,0.01,NA,ok,NA\n",
			rows[i][0], rows[i][1]);
	fclose(file);
	write_charts();
	check_script("rmap-fork-crossover",
		     "winners[1] = '1 2 '; won_by[1] = 10\n"
		     "winners[2] = '1 '; won_by[2] = 10\n"
		     "winners[3] = '1 '; won_by[3] = 10\n"
		     "winners[4] = '2 1 '; won_by[4] = 10\n"
		     "winners[5] = '2 '; won_by[5] = 30\n"
		     "winners[6] = ''; won_by[6] = 0\n");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		plot_test(test_charts_are_those_the_data_is_worth),
		plot_test(test_latency_is_at_the_smallest_size),
		plot_test(test_lists_that_begin_alike_are_told_apart),
		plot_test(test_sizes_ascend),
		plot_test(test_scaling_is_of_one_size),
		plot_test(test_distribution_is_by_strategy),
		plot_test(test_crossover_says_who_wins),
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
