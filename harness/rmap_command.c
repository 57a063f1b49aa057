/* rmap_command.c - the command rmap: scripts replayed, and printed. */
#include "commands.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "../bench/rmap_oracle.h"
#include "../bench/rmap_replay.h"
#include "../bench/rmap_scene.h"
#include "parse.h"
#include "plain_memory.h"

/* What a script's dumps are held against. */
struct truth {
	struct rmap_oracle *oracle;
	struct rmap_areas *areas;
	char error[PATH_MAX + 512];
};

static int compare_dump(void *arg, const struct rmap_dump *dump)
{
	struct truth *truth = arg;
	int ret = 0;

	if (truth->oracle)
		ret = rmap_oracle_compare(truth->oracle, dump, truth->error,
					  sizeof(truth->error));
	if (!ret && truth->areas)
		ret = rmap_areas_compare(truth->areas, dump, truth->error,
					 sizeof(truth->error));
	return ret;
}

/* One line. The exit code. */
static int replay_one(const struct rmap_replayer *replayer,
		      const struct rmap_script *script, uint64_t memory,
		      struct truth *truth)
{
	struct rmap_replay replay = {
		.script = script,
		.memory = &plain_memory,
		.nr_frames = memory >> PAGE_SHIFT,
		.at_dump = compare_dump,
		.arg = truth,
		.error = truth->error,
		.error_size = sizeof(truth->error),
	};
	int ret = replayer->run(&replay);

	if (ret < 0)
		return complain(EXIT_USAGE, "%s", truth->error);
	printf("%-20s %9" PRIu64 " %9" PRIu64 " %10" PRIu64 " %8.2f  %s\n",
	       replayer->strategy, replay.nr_pages, replay.nr_mappings,
	       replay.visited,
	       replay.nr_mappings
		       ? (double)replay.visited / (double)replay.nr_mappings
		       : 0.0,
	       ret ? "differs" : "ok");
	if (!ret)
		return EXIT_OK;
	fflush(stdout);
	return complain(EXIT_FAILED, "%s: %s", replayer->strategy,
			truth->error);
}

/* Every strategy that can, or the named one. */
static int replay_all(const struct options *o, const struct rmap_script *script,
		      struct truth *truth)
{
	unsigned nr = 0;
	int code = EXIT_OK;

	printf("%-20s %9s %9s %10s %8s\n", "strategy", "pages", "mappings",
	       "visited", "each");
	for (unsigned i = 0; i < nr_rmap_replayers && code != EXIT_USAGE; i++) {
		const struct rmap_replayer *replayer = &rmap_replayers[i];
		int one;

		if (!rmap_replay_can_ask(replayer, script) ||
		    (o->strategy && strcmp(o->strategy, replayer->strategy)))
			continue;
		nr++;
		one = replay_one(replayer, script, o->memory, truth);
		code = one ? one : code;
	}
	if (!nr)
		return complain(EXIT_USAGE,
				"--strategy: '%s' is none that can be asked "
				"for the pages of %s: kmembench list rmap",
				o->strategy, script->path);
	return code;
}

static int open_truth(const struct options *o, const struct rmap_script *script,
		      struct truth *truth)
{
	const size_t size = sizeof(truth->error);

	if (o->check)
		truth->oracle = rmap_oracle_open(o->check, truth->error, size);
	if (o->check &&
	    (!truth->oracle ||
	     rmap_oracle_fits(truth->oracle, script, truth->error, size)))
		return -1;
	if (o->areas)
		truth->areas = rmap_areas_open(o->areas, truth->error, size);
	if (o->areas && (!truth->areas || rmap_areas_fits(truth->areas, script,
							  truth->error, size)))
		return -1;
	return 0;
}

static int replay_script(const struct options *options)
{
	struct truth truth = { .oracle = NULL };
	struct rmap_script *script;
	int code;

	script = rmap_script_open(options->args[1], truth.error,
				  sizeof(truth.error));
	if (!script)
		return complain(EXIT_USAGE, "%s", truth.error);
	code = open_truth(options, script, &truth)
		       ? complain(EXIT_USAGE, "%s", truth.error)
		       : replay_all(options, script, &truth);
	if (truth.oracle)
		rmap_oracle_close(truth.oracle);
	if (truth.areas)
		rmap_areas_close(truth.areas);
	rmap_script_close(script);
	return code;
}

/* The strategy that takes the most of it: some are not to have all sizes. NULL:
 * the family has no such workload. */
static const struct bench_case *find_workload(const char *workload)
{
	const struct bench_case *found = NULL;
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++)
		if (!strcmp(cases[i]->family, "rmap") &&
		    !strcmp(cases[i]->workload, workload) && !cases[i]->file &&
		    (!found || cases[i]->size_max > found->size_max))
			found = cases[i];
	return found;
}

/* The number that an option is, if it is given. The exit code. */
static int take_number(const char *option, const char *text, uint64_t low,
		       uint64_t high, uint64_t *value)
{
	if (!text ||
	    (parse_uint(text, value) && *value >= low && *value <= high))
		return EXIT_OK;
	return complain(EXIT_USAGE,
			"--%s: '%s' is not a number from %" PRIu64
			" to %" PRIu64,
			option, text, low, high);
}

static int print_script(const struct options *o)
{
	const struct bench_case *bench = find_workload(o->args[1]);
	struct bench_point point = { .seed = o->seed };
	uint64_t threads = 1;
	int code;

	if (!bench)
		return complain(EXIT_USAGE,
				"rmap script: '%s' is no workload of the "
				"family: kmembench list rmap",
				o->args[1]);
	point.size = bench->quick_sizes.v[0];
	code = take_number("size", o->size, bench->size_min, bench->size_max,
			   &point.size);
	if (!code)
		code = take_number("threads", o->threads, 1,
				   bench->max_threads ? bench->max_threads : 1,
				   &threads);
	point.threads = (unsigned)threads;
	if (!code)
		rmap_scene_write(bench, &point, stdout);
	return code;
}

/* main() has seen one of the words. */
int command_rmap(const struct options *options)
{
	const bool replays = !strcmp(options->args[0], "replay");

	if (options->nr_args != 2)
		return complain(EXIT_USAGE, "rmap %s: needs one %s, not %u",
				options->args[0],
				replays ? "SCRIPT" : "WORKLOAD",
				options->nr_args - 1);
	return replays ? replay_script(options) : print_script(options);
}
