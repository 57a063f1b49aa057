/* plot_summary.h - a small summary in a scratch directory, and its charts. */
#ifndef KMB_PLOT_SUMMARY_H
#define KMB_PLOT_SUMMARY_H

#include "test.h"
#include "scratch.h"

#include <errno.h>
#include <stdbool.h>

#include "../harness/plot.h"

static const char manifest[] =
	"{\"cpu_model\": \"A CPU's name\", \"command\": \"./run.sh --size "
	"0:2\","
	" \"started\": \"2026-01-02T03:04:05Z\", \"run_id\": \"r\"}";

#define NR_CHARTS 4 /* of that summary */

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

static maybe_unused void check_data(const char *chart, const char *expected)
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

#define plot_test(name) \
	cmocka_unit_test_setup_teardown(name, begin, scratch_remove)

#endif
