/* run.c - the commands run and resume, and the measuring half of aa. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "manifest.h"
#include "measure.h"
#include "run_find.h"

static int open_results(struct measure *m)
{
	const struct options *o = m->options;
	char error[512], path[PATH_MAX + 32];
	int err = results_create(&m->results, o->results, o->output, error,
				 sizeof(error));

	if (err) {
		bool usage = err == -EEXIST || err == -ENOTEMPTY ||
			     err == -ENOENT || err == -ENOTDIR ||
			     err == -ENAMETOOLONG || err == -EINVAL;

		return complain(usage ? EXIT_USAGE : EXIT_FAILED, "%s", error);
	}
	err = manifest_write(&m->results, o, &m->plan, &m->topology,
			     &m->counters, command_argc, command_argv);
	if (!err) {
		snprintf(path, sizeof(path), "%s/topology.xml", m->results.dir);
		err = topology_save(&m->topology, path);
	}
	if (!err)
		err = journal_write_plan(m->results.dir, o, &m->plan);
	if (err)
		return complain(EXIT_FAILED, "%s: %s", m->results.dir,
				strerror(-err));
	return measure_open_journal(m);
}

/* A new run of these options; dir, unless NULL, gets its directory. */
static int new_run(const struct options *options, char *dir, size_t size)
{
	static struct measure m;
	int code = measure_plan(&m, options);

	if (code != -1)
		return code;
	code = open_results(&m);
	if (dir)
		snprintf(dir, size, "%s", m.results.dir);
	if (code == -1)
		code = measure_run(&m);
	measure_free(&m);
	return code;
}

int command_run(const struct options *options)
{
	if (options->dry_run)
		return command_plan(options);
	if (options->topology)
		return complain(EXIT_USAGE,
				"--topology: '%s': nothing can be bound there; "
				"plan and --dry-run take another machine, a "
				"run measures this one",
				options->topology);
	return new_run(options, NULL, 0);
}

int run_arms(const struct options *options, char *dir, size_t size)
{
	struct options twice = *options;

	twice.arms = true;
	return new_run(&twice, dir, size);
}

/* ---- resume ---- */

/* argv as plan.json has it: "run", the options, the selectors. */
static char **plan_arguments(const json_t *plan, int *argc)
{
	const json_t *words[] = { json_object_get(plan, "options"),
				  json_object_get(plan, "selectors") };
	size_t nr = json_array_size(words[0]) + json_array_size(words[1]);
	char **argv = calloc(nr + 2, sizeof(*argv));

	if (!argv)
		abort();
	argv[(*argc)++] = (char *)"run";
	for (unsigned w = 0; w < ARRAY_SIZE(words); w++)
		for (size_t i = 0; i < json_array_size(words[w]); i++)
			argv[(*argc)++] = (char *)json_string_value(
				json_array_get(words[w], i));
	return argv;
}

/* Is today's plan the one that the run was begun with? */
static bool same_points(const struct plan *plan, const json_t *points)
{
	if (json_array_size(points) != plan->nr_points)
		return false;
	for (unsigned i = 0; i < plan->nr_points; i++) {
		const char *was = json_string_value(json_array_get(points, i));
		char *key = journal_point_key(&plan->points[i]);
		bool same = was && !strcmp(key, was);

		free(key);
		if (!same)
			return false;
	}
	return true;
}

/* A point's key. A journal has a line for each job: they are looked up. */
struct keyed_point {
	char *key;
	unsigned point;
};

static int compare_keyed(const void *left, const void *right)
{
	const struct keyed_point *a = left, *b = right;

	return strcmp(a->key, b->key);
}

/* All points of a plan, sorted. */
static struct keyed_point *key_points(const struct plan *plan)
{
	struct keyed_point *keyed = calloc(plan->nr_points + 1, sizeof(*keyed));

	if (!keyed)
		abort();
	for (unsigned i = 0; i < plan->nr_points; i++)
		keyed[i] = (struct keyed_point){
			journal_point_key(&plan->points[i]), i
		};
	qsort(keyed, plan->nr_points, sizeof(*keyed), compare_keyed);
	return keyed;
}

static void free_keyed(struct keyed_point *keyed, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		free(keyed[i].key);
	free(keyed);
}

static int compare_key(const void *key, const void *keyed)
{
	return strcmp(key, ((const struct keyed_point *)keyed)->key);
}

/* One line of the journal: that job is done, and this is what it gave. */
static void restore_job(struct measure *m, const struct keyed_point *keyed,
			const json_t *line)
{
	const char *key = json_string_value(json_object_get(line, "point"));
	json_t *reps = json_object_get(line, "ns_per_op");
	const struct keyed_point *found = bsearch(key, keyed, m->plan.nr_points,
						  sizeof(*keyed), compare_key);
	double *values = calloc(json_array_size(reps) + 1, sizeof(*values));
	const char *status = json_string_value(json_object_get(line, "status"));

	if (!values)
		abort();
	if (found && schedule_skip(&m->schedule, found->point,
				   (unsigned)json_integer_value(
					   json_object_get(line, "process")))) {
		struct plan_point *point = &m->plan.points[found->point];

		results_note_family(&m->results, point->bench->family);
		for (size_t i = 0; i < json_array_size(reps); i++)
			values[i] = json_number_value(json_array_get(reps, i));
		schedule_add(&m->schedule, found->point, values,
			     (unsigned)json_array_size(reps));
		point->seconds =
			json_number_value(json_object_get(line, "seconds"));
		for (unsigned s = 0; s < NR_OUTCOME_STATUS; s++)
			if (status && !strcmp(status, outcome_status_name[s]))
				m->count[s]++;
	}
	free(values);
}

static void restore_jobs(struct measure *m, const json_t *done)
{
	struct keyed_point *keyed = key_points(&m->plan);
	const json_t *line;
	size_t i;

	json_array_foreach (done, i, line)
		restore_job(m, keyed, line);
	free_keyed(keyed, m->plan.nr_points);
}

/* May the run go on although this differs ("": nothing)? -1, or exit's code. */
static int check_same(const char *dir, const char *what, bool force)
{
	if (!*what)
		return -1;
	if (!force)
		return complain(EXIT_USAGE,
				"resume %s: %s; --force goes on all the same",
				dir, what);
	fprintf(stderr, "kmembench: resume %s: forced although %s\n", dir,
		what);
	return -1;
}

static int restore(struct measure *m, const char *dir,
		   const struct journal_state *state, bool force)
{
	json_t *files = selection_files(m->plan.selection);
	char error[512];
	int err, code;

	selection_compare_files(json_object_get(state->plan, "files"), files,
				error, sizeof(error));
	json_decref(files);
	code = check_same(dir, error, force);
	if (code != -1)
		return code;
	if (!same_points(&m->plan, json_object_get(state->plan, "points")))
		return complain(EXIT_USAGE,
				"resume %s: this binary on this machine plans "
				"other points than plan.json has",
				dir);
	err = results_reopen(&m->results, dir, error, sizeof(error));
	if (err)
		return complain(EXIT_FAILED, "%s", error);
	code = measure_open_journal(m);
	if (code != -1)
		return code;
	err = results_cut(&m->results, state->samples_bytes);
	if (!err)
		err = journal_cut(&m->journal, state->journal_bytes);
	if (!err)
		err = journal_note_resume(dir, state, force);
	if (err)
		return complain(EXIT_FAILED, "%s: %s", dir, strerror(-err));
	restore_jobs(m, state->done);
	return -1;
}

/* With the plan's own words as options. */
static int resume_plan(const struct options *given, const char *dir,
		       const struct journal_state *state)
{
	static const struct command run = { "run", "", "", NULL };
	static struct measure m;
	struct options options;
	int argc = 0, code;
	char **argv = plan_arguments(state->plan, &argc);

	options_forget_environment();
	code = options_parse(&options, &run, argc, argv);
	options.arms = json_is_true(json_object_get(state->plan, "arms"));
	options.results = given->results;
	options.color = given->color;
	options.no_plots |= given->no_plots;
	if (code == -1)
		code = measure_plan(&m, &options);
	if (code == -1) {
		code = restore(&m, dir, state, given->force);
		if (code == -1)
			code = measure_run(&m);
		measure_free(&m);
	}
	options_free(&options);
	free(argv);
	return code;
}

int command_resume(const struct options *options)
{
	struct journal_state state;
	char error[512], dir[PATH_MAX];
	int code;

	code = run_find(options, "resume", dir);
	if (code != -1)
		return code;
	if (journal_read(&state, dir, error, sizeof(error))) {
		journal_state_free(&state);
		return complain(EXIT_USAGE, "resume: %s", error);
	}
	journal_compare_identity(state.plan, error, sizeof(error));
	code = check_same(dir, error, options->force);
	if (code == -1)
		code = resume_plan(options, dir, &state);
	journal_state_free(&state);
	return code;
}
