/* option_table.c - every option: how it is parsed, and what --help says. */
#include "option_table.h"

#include <stdlib.h>
#include <string.h>

#include "../kernels/base/compiler.h"
#include "compare_text.h"
#include "host_numa.h"
#include "parse.h"

/* clang-format off */
const struct preset presets[] = {
	{ "smoke",   "a few seconds: does everything run?",
	  1, 1, 0.0005, 64ull << 20, true },
	{ "quick",   "three minutes: a first look",
	  5, 2, 0.002, 256ull << 20, true },
	{ "full",    "about half an hour: every size, all thread counts",
	  10, 3, 0.01, 1ull << 30, false },
	{ "publish", "hours: figures to print",
	  20, 5, 0.05, 4ull << 30, false },
};
/* clang-format on */

const struct preset *find_preset(const char *name)
{
	for (unsigned i = 0; i < NR_PRESETS; i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}

static const char *parse_preset(struct options *o, const char *value)
{
	o->preset = find_preset(value);
	return o->preset ? NULL : "smoke, quick, full or publish";
}

static const char *check_list(const char *value, const char **where)
{
	unsigned nr;
	const char *bad;
	struct parse_range *list = parse_list(value, &nr, &bad);

	if (!list)
		return "a list of numbers and ranges LOW:HIGH, such as 1,2,4 "
		       "or 4k:1m";
	free(list);
	*where = value;
	return NULL;
}

static const char *parse_threads(struct options *o, const char *value)
{
	return check_list(value, &o->threads);
}

static const char *parse_size(struct options *o, const char *value)
{
	return check_list(value, &o->size);
}

static const char *parse_place(struct options *o, const char *value)
{
	o->place = value;
	return NULL;
}

static const char *parse_mem(struct options *o, const char *value)
{
	o->mem = value;
	return NULL;
}

static const char *parse_pages(struct options *o, const char *value)
{
	o->pages = value;
	return host_pages_parse(value) < 0 ? "4k, thp, 2m or 1g" : NULL;
}

/* A buddy's largest block is 4 MiB: a zone is made of whole ones. */
static const char *parse_memory(struct options *o, const char *value)
{
	if (parse_uint(value, &o->memory) && o->memory &&
	    !(o->memory & ((4ull << 20) - 1)))
		return NULL;
	return "a multiple of 4m, such as 256m or 1g";
}

static const char *parse_counters(struct options *o, const char *value)
{
	o->counters = value;
	return *value ? NULL : "auto, none or a list of groups and events";
}

static const char *parse_count(const char *value, uint64_t *count)
{
	if (parse_uint(value, count) && *count && *count <= 1000)
		return NULL;
	return "a number from 1 to 1000";
}

static const char *parse_process_reps(struct options *o, const char *value)
{
	return parse_count(value, &o->process_reps);
}

static const char *parse_reps(struct options *o, const char *value)
{
	return parse_count(value, &o->reps);
}

static const char *parse_min_time(struct options *o, const char *value)
{
	if (parse_seconds(value, &o->min_time_s) && o->min_time_s > 0 &&
	    o->min_time_s <= 60)
		return NULL;
	return "a time up to 60s, such as 0.01 or 10ms";
}

static const char *parse_time_limit(struct options *o, const char *value)
{
	if (parse_seconds(value, &o->time_limit_s) && o->time_limit_s > 0)
		return NULL;
	return "a time, such as 30s or 2m";
}

static const char *parse_max_noise(struct options *o, const char *value)
{
	if (parse_share(value, &o->max_noise) && o->max_noise > 0)
		return NULL;
	return "a share, such as 2% or 0.02";
}

static const char *parse_budget(struct options *o, const char *value)
{
	if (parse_seconds(value, &o->budget_s) && o->budget_s > 0)
		return NULL;
	return "a time, such as 90s or 20m";
}

static const char *parse_force(struct options *o, const char *value)
{
	o->force = strcmp(value, "0") != 0;
	return NULL;
}

static const char *parse_latency(struct options *o, const char *value)
{
	if (parse_uint(value, &o->latency_every) && o->latency_every <= 1000000)
		return NULL;
	return "a number of operations from 1 to 1000000, or 0 for none";
}

static const char *parse_seed(struct options *o, const char *value)
{
	return parse_uint(value, &o->seed) ? NULL : "a number";
}

static const char *parse_filter(struct options *o, const char *value)
{
	o->filter = value;
	return NULL;
}

static const char *parse_output(struct options *o, const char *value)
{
	o->output = value;
	return *value ? NULL : "a directory that is new or empty";
}

static const char *parse_file(struct options *o, const char *value)
{
	o->output = value;
	return *value ? NULL : "the name of a file";
}

static const char *parse_results(struct options *o, const char *value)
{
	o->results = value;
	return *value ? NULL : "a directory";
}

static const char *parse_label(struct options *o, const char *value)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value)
		return "KEY=VALUE";
	o->labels = realloc(o->labels, (o->nr_labels + 1) * sizeof(*o->labels));
	if (!o->labels)
		abort();
	o->labels[o->nr_labels++] = value;
	return NULL;
}

static const char *parse_color(struct options *o, const char *value)
{
	static const char *const names[] = { "auto", "always", "never" };

	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(value, names[i])) {
			o->color = (enum color)i;
			return NULL;
		}
	return "auto, always or never";
}

static const char *parse_no_plots(struct options *o, const char *value)
{
	o->no_plots = strcmp(value, "0") != 0;
	return NULL;
}

static const char *parse_dry_run(struct options *o, const char *value)
{
	o->dry_run = strcmp(value, "0") != 0;
	return NULL;
}

static const char *parse_axes(struct options *o, const char *value)
{
	o->axes = strcmp(value, "0") != 0;
	return NULL;
}

static const char *parse_order(struct options *o, const char *value)
{
	o->order = strcmp(value, "0") != 0;
	return NULL;
}

static const char *parse_again(struct options *o, const char *value)
{
	o->again = strcmp(value, "0") != 0;
	return NULL;
}

static const char *parse_json(struct options *o, const char *value)
{
	o->json = strcmp(value, "0") != 0;
	return NULL;
}

static const char *parse_metric(struct options *o, const char *value)
{
	o->metric = value;
	return *value ? NULL : "the name of a metric, such as ns_per_op";
}

static const char *parse_min_effect(struct options *o, const char *value)
{
	return parse_share(value, &o->min_effect)
		       ? NULL
		       : "a share, such as 3% or 0.03";
}

static const char *parse_by(struct options *o, const char *value)
{
	static const char *const names[] = {
		[BY_STRATEGY] = "strategy", [BY_ISA] = "isa", [BY_ARM] = "arm"
	};

	for (unsigned i = BY_STRATEGY; i <= BY_ARM; i++)
		if (!strcmp(value, names[i])) {
			o->by = i;
			return NULL;
		}
	return "strategy, isa or arm";
}

static const char *parse_base(struct options *o, const char *value)
{
	o->base = value;
	return *value ? NULL : "the name of a strategy or instruction set";
}

static const char *parse_format(struct options *o, const char *value)
{
	static const char *const names[] = { [FORMAT_TABLE] = "table",
					     [FORMAT_CSV] = "csv",
					     [FORMAT_MARKDOWN] = "markdown" };

	for (unsigned i = FORMAT_TABLE; i <= FORMAT_MARKDOWN; i++)
		if (!strcmp(value, names[i])) {
			o->format = i;
			return NULL;
		}
	return "table, csv or markdown";
}

static const char *parse_allow(struct options *o, const char *value)
{
	static const char *const names[] = { "machine", "build", "axes" };

	for (;;) {
		const size_t length = strcspn(value, ",");
		unsigned i = 0;

		while (i < 3 && (strlen(names[i]) != length ||
				 strncmp(value, names[i], length)))
			i++;
		if (i == 3)
			return "a list of machine, build and axes";
		o->allow |= 1u << i;
		if (!value[length])
			return NULL;
		value += length + 1;
	}
}

static const char *parse_fail_on(struct options *o, const char *value)
{
	o->fail_on_regression = true;
	return strcmp(value, "regression") ? "regression" : NULL;
}

static const char *parse_strict(struct options *o, const char *value)
{
	o->strict = strcmp(value, "0") != 0;
	return NULL;
}

static const char *parse_plot(struct options *o, const char *value)
{
	o->plot = value;
	return *value ? NULL : "a directory for the charts";
}

static const char *parse_topology(struct options *o, const char *value)
{
	o->topology = value;
	return NULL;
}

static const char *parse_svg(struct options *o, const char *value)
{
	o->svg = value;
	return *value ? NULL : "the name of a file, or - for stdout";
}

static const char *parse_oracle(struct options *o, const char *value)
{
	o->oracle = value;
	return *value ? NULL : "the name of a file";
}

static const char *parse_check(struct options *o, const char *value)
{
	o->check = value;
	return *value ? NULL : "the name of a file";
}

static const char *parse_areas(struct options *o, const char *value)
{
	o->areas = value;
	return *value ? NULL : "the name of a file";
}

static const char *parse_strategy(struct options *o, const char *value)
{
	o->strategy = value;
	return *value ? NULL : "the name of a strategy";
}

/* The options of a run, which aa and plan take as well. */
#define RUNS "run plan aa"

/* clang-format off */
const struct option_def option_table[] = {
	{ "preset", 0, "NAME", RUNS, parse_preset,
	  "how much effort: smoke, quick (default), full, publish" },
	{ "threads", 0, "LIST", RUNS " rmap", parse_threads,
	  "thread counts: 1,2,4 or 1:8 (1, 2, 4, 8); default: 1 and all CPUs, in full runs the powers of two between" },
	{ "size", 0, "LIST", RUNS " rmap", parse_size,
	  "values of the family's main axis: 0,9 or 4k:1m (its own steps between)" },
	{ "place", 0, "POLICY", RUNS, parse_place,
	  "which CPUs: compact (default), scatter, smp (one node), node:N, or a list as numactl takes: 0-3,8 +0-1 !2 all; several, each by itself: smp/scatter" },
	{ "mem", 0, "POLICY", RUNS, parse_mem,
	  "where simulated memory lives: local (default), remote, bind:N, interleave[:LIST]" },
	{ "pages", 0, "SIZE", RUNS, parse_pages,
	  "host pages behind it: 4k (default), thp, 2m, 1g; what was had is in the rows" },
	{ "memory", 0, "BYTES", RUNS " rmap", parse_memory,
	  "simulated memory of each node (default: the preset's)" },
	{ "counters", 0, "LIST", RUNS, parse_counters,
	  "what to count beside the clocks: auto (default), none, groups (tlb, cache, branch, topdown, kernel, sw) and libpfm4's events" },
	{ "process-reps", 0, "N", RUNS, parse_process_reps,
	  "fresh processes a point: the unit of repetition" },
	{ "reps", 0, "N", RUNS, parse_reps,
	  "repetitions inside each process" },
	{ "min-time", 0, "TIME", RUNS, parse_min_time,
	  "how long a repetition lasts at least: 10ms" },
	{ "max-noise", 0, "SHARE", RUNS, parse_max_noise,
	  "a point is done early when half its interval is below this share of its median, after 5 processes at least (default 2%)" },
	{ "budget", 0, "TIME", RUNS, parse_budget,
	  "stop after this; what is noisiest is repeated first: 20m" },
	{ "latency", 0, "N", RUNS, parse_latency,
	  "time one operation of N by itself, after the repetitions, for percentiles (latency_p50_ns, ...); 0, the default: of family zone one of 16, else none" },
	{ "time-limit", 0, "TIME", RUNS, parse_time_limit,
	  "a case's process is killed after this (default 60s)" },
	{ "seed", 0, "N", RUNS " rmap", parse_seed,
	  "of the order of cases and of all random inputs (default 1)" },
	{ "filter", 0, "REGEX", RUNS " list", parse_filter,
	  "only cases whose family/strategy/workload/isa matches (extended)" },
	{ "label", 0, "KEY=VALUE", "run aa", parse_label,
	  "kept in the manifest; may be given several times" },
	{ "output", 'o', "DIR", "run aa repro", parse_output,
	  "the run's own directory, new or empty (default: RESULTS/<UTC>-<host>-<id>)" },
	{ "output", 'o', "FILE", "trace", parse_file,
	  "what import writes (default: here, the name of the trace with .kmbtrace)" },
	{ "results", 0, "DIR", RUNS " plot report repro verify resume compare", parse_results,
	  "where runs are kept (default: the project's results/)" },
	{ "no-plots", 0, NULL, "run aa resume", parse_no_plots,
	  "measure only, draw nothing" },
	{ "dry-run", 0, NULL, "run", parse_dry_run,
	  "show the plan, measure nothing, write nothing" },
	{ "order", 0, NULL, "plan", parse_order,
	  "the order of all blocks, not of the first only" },
	{ "axes", 0, NULL, "list", parse_axes,
	  "what each workload takes: sizes, threads, host pages, phases, instruction sets" },
	{ "run", 0, NULL, "repro", parse_again,
	  "run the plan again with this program, instead of printing how" },
	{ "metric", 0, "NAME", "compare aa", parse_metric,
	  "which metric of the rows (default ns_per_op)" },
	{ "min-effect", 0, "SHARE", "compare aa", parse_min_effect,
	  "a smaller difference is SAME, as one below the noise floor of aa is (default 3%)" },
	{ "by", 0, "WHAT", "compare", parse_by,
	  "compare inside one run, at each point: strategy, isa, or the arm of an A/A run" },
	{ "base", 0, "LIST", "compare", parse_base,
	  "which strategy or isa the others are held against, or of several the best at each point (default: the best of all)" },
	{ "allow", 0, "LIST", "compare", parse_allow,
	  "compare although these differ: machine, build (compiler and flags), axes (memory, min-time, the file of a workload)" },
	{ "fail-on", 0, "WHAT", "compare", parse_fail_on,
	  "regression: exit 3 when anything is SLOWER" },
	{ "strict", 0, NULL, "compare", parse_strict,
	  "exit 4 when anything is AMBIGUOUS" },
	{ "strict", 0, NULL, "trace", parse_strict,
	  "exit 2 at the first line that cannot be read, and write nothing" },
	{ "oracle", 0, "FILE", "pgtable", parse_oracle,
	  "what is known of the dump's mappings (default: beside it, NAME.oracle.csv or .csv.xz)" },
	{ "check", 0, "FILE", "rmap", parse_check,
	  "who maps each page at each dump, as a real kernel had it: NAME.oracle.csv" },
	{ "areas", 0, "FILE", "rmap", parse_areas,
	  "the areas at each dump, as a real kernel had them: NAME.vmas.csv" },
	{ "strategy", 0, "NAME", "rmap", parse_strategy,
	  "only this one (default: all that can be asked for one page)" },
	{ "format", 0, "NAME", "compare", parse_format,
	  "table (default), csv, markdown" },
	{ "plot", 0, "DIR", "compare", parse_plot,
	  "draw the ratios there as well, a forest plot for each family" },
	{ "topology", 0, "SOURCE", "run plan topo", parse_topology,
	  "another machine: FILE.xml or synthetic:SPEC of hwloc; for plan, --dry-run and topo" },
	{ "svg", 0, "FILE", "topo", parse_svg,
	  "draw it instead, by lstopo; -: to stdout" },
	{ "force", 0, NULL, "resume", parse_force,
	  "go on although the binary, the machine or a file changed; it is recorded" },
	{ "json", 0, NULL, "doctor trace", parse_json,
	  "print it as JSON, for programs" },
	{ "color", 0, "WHEN", RUNS " list doctor topo plot resume compare", parse_color,
	  "auto (default), always, never; NO_COLOR is honoured" },
};
/* clang-format on */

const unsigned nr_options = ARRAY_SIZE(option_table);
_Static_assert(ARRAY_SIZE(option_table) < MAX_OPTIONS, "room in the parser");
_Static_assert(ARRAY_SIZE(presets) == NR_PRESETS, "as the header says");

bool option_is_for(const struct option_def *def, const char *command)
{
	size_t length = strlen(command);

	for (const char *at = def->commands; (at = strstr(at, command)); at++)
		if ((at == def->commands || at[-1] == ' ') &&
		    (!at[length] || at[length] == ' '))
			return true;
	return false;
}
