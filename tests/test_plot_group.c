/* test_plot_group.c - the chart of the group scaling, from made-up rows of
 * machines with 2 and 8 nodes, and of one with a single node. */
#include "plot_summary.h"

#include "../harness/workload_group.h"

/*
 * What a case does with n threads on `used` nodes: one lock, a lock a node, or
 * none. On one node these are laws whose terms are 0 or 1.
 */
static double rate(const struct group_case *c, unsigned n, unsigned used)
{
	if (!strcmp(c->workload, "contend_nodes"))
		return 100e6 * used;
	if (!strcmp(c->strategy, "free_area") ||
	    !strcmp(c->strategy, "list_lock"))
		return 100e6 / used;
	return (!strcmp(c->strategy, "walk") ? 1e6 / used : 2e6) * n;
}

static void put_row(FILE *out, const struct group_case *c, const char *place,
		    unsigned threads, unsigned used)
{
	const double v = rate(c, threads, used);

	fprintf(out,
		"1,r,h,%s,%s,%s,scalar,%u,%llu,%s,4k,\"%s\",0,local,0,0,"
		"ops_per_s,1/s,5,10,%.17g,%.17g,%.17g,NA,NA,NA,0.01,NA,ok,NA\n",
		c->family, c->strategy, c->workload, threads,
		(unsigned long long)c->size,
		strcmp(c->family, "frame") ? "bytes" : "order", place, v,
		0.9 * v, 1.1 * v);
}

static void put_case(FILE *out, const struct group_case *c, unsigned nodes,
		     unsigned cpus)
{
	for (unsigned n = 1; n <= cpus; n *= 2)
		put_row(out, c, "smp", n, 1);
	for (unsigned n = 1; nodes > 1 && n <= nodes * cpus; n *= 2)
		put_row(out, c, "scatter", n, n < nodes ? n : nodes);
}

/* summary.csv with its header, to be written on. */
static FILE *begin_summary(void)
{
	char *text = scratch_read(KMB_TEST_DATA "/plot_summary.csv");
	FILE *out = fopen(scratch_path("summary.csv"), "w");

	assert_true(text && out);
	fprintf(out, "%.*s\n", (int)strcspn(text, "\n"), text);
	free(text);
	return out;
}

static void write_manifest(const char *places, unsigned nodes, unsigned cpus)
{
	FILE *out = fopen(scratch_path("manifest.json"), "w");

	assert_non_null(out);
	fprintf(out,
		"{\"options\": {\"place\": \"%s\", "
		"\"selectors\": [\"scaling\"]}, \"nodes\": [",
		places);
	for (unsigned i = 0; i < nodes; i++)
		fprintf(out, "%s{\"node\": %u, \"cpus\": %u}", i ? ", " : "", i,
			cpus);
	fprintf(out, "]}");
	fclose(out);
}

/* A run of the group on such a machine. */
static void make_run(unsigned nodes, unsigned cpus)
{
	const struct workload_group *group = group_find("scaling");
	FILE *out = begin_summary();

	assert_non_null(group);
	for (unsigned i = 0; i < group->nr_chapters; i++)
		for (const struct group_case *c = group->chapters[i].cases;
		     c->family; c++)
			put_case(out, c, nodes, cpus);
	fclose(out);
	write_manifest("smp/scatter", nodes, cpus);
}

static unsigned count(const char *text, const char *what)
{
	unsigned nr = 0;

	for (; (text = strstr(text, what)); text++)
		nr++;
	return nr;
}

/* In how many colours are the lines of the legend, and all others? */
static unsigned count_colours(const char *svg)
{
	char seen[8192] = "", colour[40];
	unsigned nr = 0;

	for (; (svg = strstr(svg, "stroke='rgb(")); svg++) {
		snprintf(colour, sizeof(colour), "%.*s", (int)strcspn(svg, ")"),
			 svg);
		if (strstr(seen, colour))
			continue;
		assert_true(strlen(seen) + sizeof(colour) < sizeof(seen));
		strcat(seen, colour);
		nr++;
	}
	return nr;
}

static void draw(void)
{
	char *svg;

	if (!gnuplot_is_here)
		return;
	check(plot_run(scratch_dir, error, sizeof(error)) > 0, "%s", error);
	svg = chart_file("scaling", "svg");
	assert_non_null(strstr(svg, "</svg>"));
	assert_non_null(strstr(svg, "one node"));
	/* Of eight strategies, the ideal, the node's end, the grid. */
	check(count_colours(svg) == 8 + 3, "%u", count_colours(svg));
	free(svg);
}

static void two_nodes_of_64(void **state)
{
	char *data;

	(void)state;
	make_run(2, 64);
	write_charts();
	data = chart_file("scaling", "csv");
	assert_int_equal(count(data, "\n"), 1 + 9 * (7 + 8));
	assert_non_null(strstr(data, "\none lock for all: contend; larson,"
				     "free_area smp,1,100000000,90000000,"));
	assert_non_null(strstr(data, "\na lock for each node: contend_nodes; "
				     "larson,free_area scatter,128,"));
	assert_non_null(strstr(data, "\na copy for each node: random,walk "
				     "scatter,1,1000000,900000,"));
	free(data);
	/* A strategy has one colour: free_area's in two chapters, too. */
	check_script("scaling",
		     "array series = ['free_area smp', 'free_area scatter', "
		     "'list_lock smp', 'list_lock scatter', 'pcp smp', 'pcp "
		     "scatter', 'percpu_bitfield smp', 'percpu_bitfield "
		     "scatter', 'magazine smp', 'magazine scatter', "
		     "'array_cache smp', 'array_cache scatter', 'walk smp', "
		     "'walk scatter', 'replicated smp', 'replicated "
		     "scatter']\n"
		     "array slot = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, "
		     "7, 7]\n"
		     "array in_place = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, "
		     "2, 1, 2]\n");
	check_script("scaling", "node_end = '64'\n");
	/* A law is drawn as far as its points go. */
	check_script("scaling", "from[1] = 1; to[1] = 64; ");
	check_script("scaling", "from[2] = 1; to[2] = 128; ");
	/* Others mark no node: theirs is one place. */
	check_script("frame-contend-scaling", "node_end = ''\n");
	draw();
}

static void eight_nodes_of_32(void **state)
{
	char *data;

	(void)state;
	make_run(8, 32);
	write_charts();
	data = chart_file("scaling", "csv");
	assert_int_equal(count(data, "\n"), 1 + 9 * (6 + 9));
	free(data);
	check_script("scaling", "node_end = '32'\n");
}

static void one_node(void **state)
{
	char *data;

	(void)state;
	make_run(1, 2);
	write_charts();
	data = chart_file("scaling", "csv");
	assert_int_equal(count(data, "\n"), 1 + 9 * 2);
	assert_null(strstr(data, "scatter"));
	free(data);
	check_script("scaling", "node_end = '2'\n");
	draw();
}

/* Of one case, in two long lists, the second by its text first. */
static void lists_that_begin_alike_are_told_apart(void **state)
{
#define LIST "0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,"
#define SHOWN "0;2;4;6;8;10;12;14;16;18;20;22;24;26;28;30;3..."
	const struct group_case *c = group_find("scaling")->chapters[0].cases;
	FILE *out = begin_summary();
	char *data;

	(void)state;
	for (unsigned n = 1; n <= 2; n++) {
		put_row(out, c, LIST "34", n, 1);
		put_row(out, c, LIST "36", n, 2);
	}
	fclose(out);
	write_manifest(LIST "36/smp/" LIST "34", 2, 64);
	write_charts();
	data = chart_file("scaling", "csv");
	assert_int_equal(count(data, "\n"), 1 + 2 * 2);
	assert_int_equal(count(data, ",free_area " SHOWN ",1,100000000,"), 1);
	assert_int_equal(count(data, ",free_area " SHOWN " #2,1,50000000,"), 1);
	free(data);
	/* One list needs no number. */
	out = begin_summary();
	put_row(out, c, LIST "36", 1, 2);
	put_row(out, c, LIST "36", 2, 2);
	fclose(out);
	write_manifest("smp/" LIST "36", 2, 64);
	write_charts();
	check_script("scaling", "array series = ['free_area " SHOWN "']\n");
#undef SHOWN
#undef LIST
}

/* The same rows of a run that was of something else, or of one CPU. */
static void no_group_no_chart(void **state)
{
	(void)state;
	make_run(2, 64);
	write_text("manifest.json",
		   "{\"options\": {\"place\": \"smp/scatter\", "
		   "\"selectors\": [\"frame\"]}}");
	write_charts();
	assert_null(scratch_read(scratch_path("plots/scaling.csv")));
	make_run(1, 1);
	plot_run(scratch_dir, error, sizeof(error));
	assert_null(scratch_read(scratch_path("plots/scaling.csv")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		plot_test(two_nodes_of_64),
		plot_test(eight_nodes_of_32),
		plot_test(one_node),
		plot_test(lists_that_begin_alike_are_told_apart),
		plot_test(no_group_no_chart),
	};

	gnuplot_is_here = !system("gnuplot --version >/dev/null 2>&1");
	return cmocka_run_group_tests_name("chart of a group", tests, NULL,
					   NULL);
}
