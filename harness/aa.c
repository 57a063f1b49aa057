/* aa.c - the command aa: the same build against itself, for the noise floor. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "commands.h"
#include "compare_run.h"
#include "compare_text.h"
#include "noise_floor.h"
#include "table_text.h"

/* "frame  ns_per_op  2.31 %  0.42 %  12" */
static void print_floor(const char *family, const char *metric,
			const struct noise_floor *floor, struct table_text *t)
{
	char text[64];

	text_put_left(t, family, 12, NULL);
	text_put_left(t, metric, 28, NULL);
	snprintf(text, sizeof(text), "%.2f %%", 100 * expm1(floor->max));
	text_put_right(t, text, 12, NULL);
	snprintf(text, sizeof(text), "%.2f %%", 100 * expm1(floor->median));
	text_put_right(t, text, 12, NULL);
	snprintf(text, sizeof(text), "%u", floor->points);
	text_put_right(t, text, 8, NULL);
	text_end_line(t);
}

static bool is_first(const struct observations *o, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (!strcmp(o->v[k].cell[FAMILY], o->v[i].cell[FAMILY]) &&
		    !strcmp(o->v[k].cell[METRIC], o->v[i].cell[METRIC]))
			return false;
	return true;
}

/* Every family and metric of the run. */
static void print_floors(const json_t *floors, const struct compare_run *run)
{
	struct table_text t = { .out = stdout };
	struct noise_floor floor;

	printf("\nnoise floor of this machine: how far two equal arms came out "
	       "apart\n");
	text_put_left(&t, "family", 12, NULL);
	text_put_left(&t, "metric", 28, NULL);
	text_put_right(&t, "largest", 12, NULL);
	text_put_right(&t, "median", 12, NULL);
	text_put_right(&t, "points", 8, NULL);
	text_end_line(&t);
	for (unsigned i = 0; i < run->o.nr; i++) {
		const char *family = run->o.v[i].cell[FAMILY];
		const char *metric = run->o.v[i].cell[METRIC];

		if (is_first(&run->o, i) &&
		    noise_floor_find(floors, run, family, metric, &floor))
			print_floor(family, metric, &floor, &t);
	}
	putchar('\n');
}

/* Measure the floors of all metrics, keep and print them. -1: go on. */
static int take_floors(json_t *floors, struct compare_run *run,
		       const struct options *o)
{
	char error[1024];
	int err;

	if (compare_run_read(run, NULL, error, sizeof(error)))
		return complain(EXIT_FAILED, "aa: %s", error);
	err = noise_floor_measure(floors, run);
	if (err)
		return complain(EXIT_FAILED, "aa: %s", strerror(-err));
	if (noise_floor_save(floors, o->results, error, sizeof(error)))
		return complain(EXIT_FAILED, "aa: %s", error);
	print_floors(floors, run);
	return -1;
}

/* Intervals that say two equal arms differ, whatever the size. */
static unsigned count_false(const struct contrasts *c)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < c->nr; i++)
		nr += ratio_excludes_one(&c->v[i].ratio);
	return nr;
}

static int print_verdicts(const json_t *floors, const struct compare_run *run,
			  const struct options *o)
{
	const struct contrast_params params = { .by = BY_ARM,
						.min_effect = o->min_effect,
						.floors = floors };
	const struct compare_view view = { .metric = o->metric,
					   .name_a = "arm a",
					   .name_b = "arm b",
					   .colour = options_color(o, stdout) };
	unsigned count[NR_VERDICTS], nr;
	struct contrasts c;
	int err = contrast_within(&c, run, &params);

	if (!err)
		err = compare_print(&c, &view, stdout);
	if (err) {
		contrasts_free(&c);
		return complain(EXIT_FAILED, "aa: %s", strerror(-err));
	}
	nr = contrasts_count(&c, count);
	putchar('\n');
	compare_print_counts(&c, stdout);
	compare_print_thresholds(&c, stdout);
	printf("the noise floor has this very run in it: that no verdict "
	       "exceeds it proves nothing;\n"
	       "%u of %u intervals exclude 1, where 5 %% of them may by "
	       "chance\n",
	       count_false(&c), nr);
	contrasts_free(&c);
	return count[VERDICT_SAME] == nr ? EXIT_OK : EXIT_FAILED;
}

static int judge(struct compare_run *run, const struct options *o)
{
	char error[1024];
	json_t *floors = noise_floor_load(o->results, error, sizeof(error));
	int code;

	if (!floors)
		return complain(EXIT_FAILED, "aa: %s", error);
	code = take_floors(floors, run, o);
	if (code == -1) {
		observations_free(&run->o);
		code = compare_run_read(run, o->metric, error, sizeof(error))
			       ? complain(EXIT_FAILED, "aa: %s", error)
			       : print_verdicts(floors, run, o);
	}
	json_decref(floors);
	return code;
}

int command_aa(const struct options *options)
{
	struct compare_run run;
	char dir[PATH_MAX], error[1024];
	int code = run_arms(options, dir, sizeof(dir));

	if (code != EXIT_OK)
		return code;
	if (compare_run_open(&run, options->results, dir, error, sizeof(error)))
		return complain(EXIT_FAILED, "aa: %s", error);
	code = judge(&run, options);
	compare_run_close(&run);
	return code;
}
