/* rmap_command.c - the command rmap replay. */
#include "commands.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "../bench/rmap_oracle.h"
#include "../bench/rmap_replay.h"
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
	return o->areas && !truth->areas ? -1 : 0;
}

/* main() has seen the word replay. */
int command_rmap(const struct options *options)
{
	struct truth truth = { .oracle = NULL };
	struct rmap_script *script;
	int code;

	if (options->nr_args != 2)
		return complain(EXIT_USAGE,
				"rmap replay: needs one SCRIPT, not %u",
				options->nr_args - 1);
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
