/* compare.c - the command compare: two runs, or strategies inside one. */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "compare_plot.h"
#include "compare_run.h"
#include "compare_text.h"
#include "noise_floor.h"

struct comparison {
	const struct options *options;
	struct compare_run a, b; /* inside one run: b alone */
	json_t *floors;
	struct contrasts contrasts;
	char error[1024];
};

static int open_run(struct comparison *c, struct compare_run *run,
		    const char *name)
{
	const struct options *o = c->options;
	int err = compare_run_open(run, o->results, name, c->error,
				   sizeof(c->error));

	if (err)
		return complain(err == -ENOENT ? EXIT_USAGE : EXIT_FAILED,
				"compare: %s", c->error);
	if (compare_run_read(run, o->metric, c->error, sizeof(c->error)))
		return complain(EXIT_FAILED, "compare: %s", c->error);
	return -1;
}

static int open_runs(struct comparison *c)
{
	const struct options *o = c->options;
	const bool two = o->by == BY_RUN;
	int code = -1;

	if (two && o->nr_args != 2)
		return complain(EXIT_USAGE,
				"compare: takes two runs, A and B; with --by "
				"one, and compares inside it");
	if (!two && o->nr_args > 1)
		return complain(EXIT_USAGE,
				"compare: '%s': with --by takes one run",
				o->args[1]);
	if (two)
		code = open_run(c, &c->a, o->args[0]);
	if (code == -1)
		code = open_run(c, &c->b,
				two	     ? o->args[1]
				: o->nr_args ? o->args[0]
					     : "latest");
	if (code != -1)
		return code;
	c->floors = noise_floor_load(o->results, c->error, sizeof(c->error));
	return c->floors ? -1 : complain(EXIT_FAILED, "compare: %s", c->error);
}

static void describe_run(const char *name, const struct compare_run *run,
			 FILE *out)
{
	fprintf(out, "%s: %s, source %.12s%s, %s\n", name,
		compare_run_text(run, "run_id"),
		compare_run_text(run, "source.git_revision"),
		strcmp(compare_run_text(run, "source.git_dirty"), "true")
			? ""
			: " and changes",
		compare_run_text(run, "started"));
}

/* What is compared, and what of it is not alike; or the refusal. */
static int describe(struct comparison *c, FILE *out)
{
	struct compare_difference d[COMPARE_MAX_DIFFERENCES];
	const bool two = c->options->by == BY_RUN;
	const unsigned nr = two ? compare_run_differences(&c->a, &c->b, d) : 0;

	for (unsigned i = 0; i < nr; i++)
		if (!(c->options->allow & d[i].allow))
			return complain(EXIT_USAGE,
					"compare: the runs differ in %s; "
					"--allow %s compares them all the same",
					d[i].text, d[i].word);
	if (two)
		describe_run("A", &c->a, out);
	describe_run(two ? "B" : "run", &c->b, out);
	for (unsigned i = 0; i < nr; i++)
		fprintf(out, "they differ in %s\n", d[i].text);
	putc('\n', out);
	return -1;
}

static int judge(struct comparison *c)
{
	const struct options *o = c->options;
	const struct contrast_params params = {
		.by = (enum contrast_by)o->by,
		.base = o->base,
		.min_effect = o->min_effect,
		.floors = c->floors,
	};
	int err = o->by == BY_RUN
			  ? contrast_runs(&c->contrasts, &c->a, &c->b, &params)
			  : contrast_within(&c->contrasts, &c->b, &params);

	if (err)
		return complain(EXIT_FAILED, "compare: %s", strerror(-err));
	if (c->contrasts.nr)
		return -1;
	if (o->base && c->contrasts.nr_baseless)
		return complain(EXIT_USAGE, "--base: '%s' is at no point of %s",
				o->base, c->b.dir);
	return complain(EXIT_NO_MATCH,
			"compare: nothing to compare: no point has '%s' %s",
			o->metric,
			o->by == BY_RUN ? "in both runs" : "more than once");
}

static struct compare_view make_view(const struct comparison *c)
{
	const struct options *o = c->options;
	struct compare_view view = {
		.format = (enum compare_format)o->format,
		.metric = o->metric,
		.name_a = o->base ? o->base : "the best",
		.name_b = o->by == BY_ISA ? "instruction sets" : "strategies",
		.colour = options_color(o, stdout),
	};

	if (o->by == BY_RUN) {
		view.name_a = compare_run_text(&c->a, "run_id");
		view.name_b = compare_run_text(&c->b, "run_id");
	} else if (o->by == BY_ARM) {
		view.name_a = "arm a";
		view.name_b = "arm b";
	}
	return view;
}

/* What follows the table. */
static void conclude(const struct comparison *c, FILE *out)
{
	putc('\n', out);
	compare_print_counts(&c->contrasts, out);
	compare_print_thresholds(&c->contrasts, out);
	compare_print_only(&c->contrasts, out);
	if (c->contrasts.nr_baseless)
		fprintf(out, "%u points without '%s' are left out\n",
			c->contrasts.nr_baseless, c->options->base);
}

static int show(struct comparison *c, FILE *notes)
{
	const struct compare_view view = make_view(c);
	const char *dir = c->options->plot;
	int err = compare_print(&c->contrasts, &view, stdout);
	int nr;

	if (err)
		return complain(EXIT_FAILED, "compare: %s", strerror(-err));
	conclude(c, notes);
	if (!dir)
		return -1;
	nr = compare_plot(&c->contrasts, &view, c->b.dir, dir, c->error,
			  sizeof(c->error));
	if (nr < 0)
		return complain(EXIT_FAILED, "compare: %s", c->error);
	fprintf(notes, "%d charts: %s/\n", nr, dir);
	return -1;
}

static int exit_code(const struct comparison *c)
{
	unsigned count[NR_VERDICTS];

	contrasts_count(&c->contrasts, count);
	if (c->options->fail_on_regression && count[VERDICT_SLOWER])
		return EXIT_REGRESSION;
	if (c->options->strict && count[VERDICT_AMBIGUOUS])
		return EXIT_INCONCLUSIVE;
	return EXIT_OK;
}

int command_compare(const struct options *options)
{
	struct comparison c = { .options = options };
	/* stdout is data: in CSV nothing stands around it. */
	FILE *notes = options->format == FORMAT_CSV ? stderr : stdout;
	int code = open_runs(&c);

	if (code == -1)
		code = describe(&c, notes);
	if (code == -1)
		code = judge(&c);
	if (code == -1)
		code = show(&c, notes);
	if (code == -1)
		code = exit_code(&c);
	contrasts_free(&c.contrasts);
	json_decref(c.floors);
	compare_run_close(&c.a);
	compare_run_close(&c.b);
	return code;
}
