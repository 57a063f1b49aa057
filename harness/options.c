/* options.c - the option table, and what is drawn from it. */
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_numa.h"
#include "parse.h"

/* clang-format off */
static const struct preset presets[] = {
	{ "smoke",   "a few seconds: does everything run?",
	  1, 1, 0.0005, 64ull << 20, true },
	{ "quick",   "about a minute: a first look",
	  5, 2, 0.002, 256ull << 20, true },
	{ "full",    "about half an hour: every size, all thread counts",
	  10, 3, 0.01, 1ull << 30, false },
	{ "publish", "hours: figures to print",
	  20, 5, 0.05, 4ull << 30, false },
};
/* clang-format on */

/* A parser says what would have been right, or NULL when all is well. */
typedef const char *(*parse_fn)(struct options *o, const char *value);

static const struct preset *find_preset(const char *name)
{
	for (unsigned i = 0; i < sizeof(presets) / sizeof(*presets); i++)
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

static const char *parse_topology(struct options *o, const char *value)
{
	o->topology = value;
	return NULL;
}

struct option_def {
	const char *name;
	char letter;
	const char *arg; /* NULL: takes none */
	const char *commands;
	parse_fn parse;
	const char *help;
};

/* clang-format off */
static const struct option_def table[] = {
	{ "preset", 0, "NAME", "run", parse_preset,
	  "how much effort: smoke, quick (default), full, publish" },
	{ "threads", 0, "LIST", "run", parse_threads,
	  "thread counts: 1,2,4 or 1:8 (1, 2, 4, 8); default: 1 and all CPUs, in full runs the powers of two between" },
	{ "size", 0, "LIST", "run", parse_size,
	  "values of the family's main axis: 0,9 or 4k:1m (its own steps between)" },
	{ "place", 0, "POLICY", "run", parse_place,
	  "which CPUs: compact (default), scatter, smp (one node), node:N, or a list as numactl takes: 0-3,8 +0-1 !2 all" },
	{ "mem", 0, "POLICY", "run", parse_mem,
	  "where simulated memory lives: local (default), remote, bind:N, interleave[:LIST]" },
	{ "pages", 0, "SIZE", "run", parse_pages,
	  "host pages behind it: 4k (default), thp, 2m, 1g; what was had is in the rows" },
	{ "memory", 0, "BYTES", "run", parse_memory,
	  "simulated memory of each node (default: the preset's)" },
	{ "process-reps", 0, "N", "run", parse_process_reps,
	  "fresh processes a point: the unit of repetition" },
	{ "reps", 0, "N", "run", parse_reps,
	  "repetitions inside each process" },
	{ "min-time", 0, "TIME", "run", parse_min_time,
	  "how long a repetition lasts at least: 10ms" },
	{ "time-limit", 0, "TIME", "run", parse_time_limit,
	  "a case's process is killed after this (default 60s)" },
	{ "seed", 0, "N", "run", parse_seed,
	  "of the order of cases and of all random inputs (default 1)" },
	{ "filter", 0, "REGEX", "run list", parse_filter,
	  "only cases whose family/strategy/workload/isa matches (extended)" },
	{ "label", 0, "KEY=VALUE", "run", parse_label,
	  "kept in the manifest; may be given several times" },
	{ "output", 'o', "DIR", "run", parse_output,
	  "the run's own directory, new or empty (default: RESULTS/<UTC>-<host>-<id>)" },
	{ "results", 0, "DIR", "run plot", parse_results,
	  "where runs are kept (default: the project's results/)" },
	{ "no-plots", 0, NULL, "run", parse_no_plots,
	  "measure only, draw nothing" },
	{ "topology", 0, "SOURCE", "topo", parse_topology,
	  "show another machine: FILE.xml or synthetic:SPEC of hwloc" },
	{ "color", 0, "WHEN", "run list topo plot", parse_color,
	  "auto (default), always, never; NO_COLOR is honoured" },
};
/* clang-format on */
#define NR_OPTIONS (sizeof(table) / sizeof(*table))
#define HELP_LETTER 'h'
#define FIRST_LONG 256

int complain(int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("kmembench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return code;
}

static bool option_is_for(const struct option_def *def, const char *command)
{
	size_t length = strlen(command);

	for (const char *at = def->commands; (at = strstr(at, command)); at++)
		if ((at == def->commands || at[-1] == ' ') &&
		    (!at[length] || at[length] == ' '))
			return true;
	return false;
}

/* Words of text in lines up to column 80, from column `indent` on. */
static void print_wrapped(FILE *out, const char *text, unsigned indent)
{
	unsigned column = indent;

	while (*text) {
		unsigned word = (unsigned)strcspn(text, " ");

		if (column + word > 79 && column > indent) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		fprintf(out, "%.*s", (int)word, text);
		text += word;
		column += word;
		if (*text == ' ') {
			if (column < 79)
				fputc(' ', out);
			column++;
			text++;
		}
	}
	fputc('\n', out);
}

static void print_option(FILE *out, const struct option_def *def)
{
	char left[64];
	int used = snprintf(left, sizeof(left), "  %c%c%s--%s",
			    def->letter ? '-' : ' ',
			    def->letter ? def->letter : ' ',
			    def->letter ? ", " : "  ", def->name);

	if (def->arg)
		snprintf(left + used, sizeof(left) - (size_t)used, " %s",
			 def->arg);
	fprintf(out, "%-28s ", left);
	print_wrapped(out, def->help, 29);
}

static void print_presets(FILE *out)
{
	fprintf(out, "\nPresets:\n");
	for (unsigned i = 0; i < sizeof(presets) / sizeof(*presets); i++)
		fprintf(out,
			"  %-8s %s\n"
			"  %-8s %u processes a point, %u repetitions of %g ms, "
			"%llu MiB a node\n",
			presets[i].name, presets[i].help, "",
			presets[i].process_reps, presets[i].reps,
			presets[i].min_time_s * 1e3,
			(unsigned long long)presets[i].memory >> 20);
}

static void print_exit_codes(FILE *out)
{
	fputs("\nExit codes: 0 ok, 1 failure, 2 usage, 5 nothing matched, "
	      "130 interrupted.\n",
	      out);
}

static void print_command_help(FILE *out, const struct command *command)
{
	fprintf(out, "usage: kmembench %s [OPTION...] %s\n\n", command->name,
		command->args);
	print_wrapped(out, command->help, 0);
	fprintf(out, "\nOptions (each also as KMB_NAME in the environment):\n");
	for (unsigned i = 0; i < NR_OPTIONS; i++)
		if (option_is_for(&table[i], command->name))
			print_option(out, &table[i]);
	fprintf(out, "  -h, --help                 this text\n");
	if (!strcmp(command->name, "run"))
		print_presets(out);
	print_exit_codes(out);
}

void options_help_general(const struct command *commands, FILE *out)
{
	fprintf(out,
		"usage: kmembench [COMMAND] [OPTION...] [ARGUMENT...]\n\n"
		"Times the memory-management algorithms of operating-system "
		"kernels.\n\n"
		"Commands (COMMAND --help tells more; run is the default):\n");
	for (; commands->name; commands++) {
		fprintf(out, "  %-6s ", commands->name);
		print_wrapped(out, commands->help, 9);
	}
	fprintf(out, "\nOptions of all commands (each also as KMB_NAME in the "
		     "environment):\n");
	for (unsigned i = 0; i < NR_OPTIONS; i++)
		print_option(out, &table[i]);
	print_presets(out);
	print_exit_codes(out);
}

/* --process-reps is KMB_PROCESS_REPS. */
static void env_name(const struct option_def *def, char name[64])
{
	char *to = name + sprintf(name, "KMB_");

	for (const char *from = def->name; *from; from++)
		*to++ = *from == '-' ? '_'
				     : (char)toupper((unsigned char)*from);
	*to = '\0';
}

static int parse_environment(struct options *o, const char *command)
{
	for (unsigned i = 0; i < NR_OPTIONS; i++) {
		char name[64];
		const char *value, *right;

		if (!option_is_for(&table[i], command))
			continue;
		env_name(&table[i], name);
		value = getenv(name);
		if (!value || !*value)
			continue;
		right = table[i].parse(o, value);
		if (right)
			return complain(EXIT_USAGE, "%s: '%s' is not %s", name,
					value, right);
	}
	return -1;
}

/* getopt's two tables, made from ours. */
static void build_getopt(const char *command, char *shorts,
			 struct option *longs)
{
	*shorts++ = ':';
	*shorts++ = HELP_LETTER;
	*longs++ = (struct option){ "help", no_argument, NULL, HELP_LETTER };
	for (unsigned i = 0; i < NR_OPTIONS; i++) {
		if (!option_is_for(&table[i], command))
			continue;
		*longs++ = (struct option){ table[i].name,
					    table[i].arg ? required_argument
							 : no_argument,
					    NULL, FIRST_LONG + (int)i };
		if (table[i].letter) {
			*shorts++ = table[i].letter;
			if (table[i].arg)
				*shorts++ = ':';
		}
	}
	*shorts = '\0';
	memset(longs, 0, sizeof(*longs));
}

static const struct option_def *find_option(int c)
{
	if (c >= FIRST_LONG)
		return &table[c - FIRST_LONG];
	for (unsigned i = 0; i < NR_OPTIONS; i++)
		if (table[i].letter == c)
			return &table[i];
	return NULL;
}

static int parse_arguments(struct options *o, const struct command *command,
			   int argc, char **argv)
{
	char shorts[2 * NR_OPTIONS + 3];
	struct option longs[NR_OPTIONS + 2];
	int c;

	build_getopt(command->name, shorts, longs);
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_def *def = find_option(c);
		const char *right;

		if (c == HELP_LETTER) {
			print_command_help(stdout, command);
			return EXIT_OK;
		}
		if (c == ':')
			return complain(EXIT_USAGE, "%s needs a value",
					argv[optind - 1]);
		if (!def)
			return complain(EXIT_USAGE,
					"%s: no such option of %s; see "
					"kmembench %s --help",
					argv[optind - 1], command->name,
					command->name);
		right = def->parse(o, optarg ? optarg : "1");
		if (right)
			return complain(EXIT_USAGE, "--%s: '%s' is not %s",
					def->name, optarg, right);
	}
	o->args = argv + optind;
	o->nr_args = (unsigned)(argc - optind);
	return -1;
}

int options_parse(struct options *o, const struct command *command, int argc,
		  char **argv)
{
	int code;

	*o = (struct options){
		.preset = find_preset("quick"),
		.place = "compact",
		.mem = "local",
		.seed = 1,
		.time_limit_s = 60,
		.results = KMB_RESULTS_DIR,
	};
	code = parse_environment(o, command->name);
	if (code == -1)
		code = parse_arguments(o, command, argc, argv);
	if (code != -1)
		return code;
	if (!o->memory)
		o->memory = o->preset->memory;
	if (!o->process_reps)
		o->process_reps = o->preset->process_reps;
	if (!o->reps)
		o->reps = o->preset->reps;
	if (o->min_time_s == 0)
		o->min_time_s = o->preset->min_time_s;
	return code;
}

void options_free(struct options *o)
{
	free(o->labels);
}

bool options_color(const struct options *o, FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (o->color != COLOR_AUTO)
		return o->color == COLOR_ALWAYS;
	return isatty(fileno(out)) && !(no_color && *no_color) &&
	       !(term && !strcmp(term, "dumb"));
}
