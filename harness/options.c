/* options.c - the command line and the environment, by the option table. */
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "option_table.h"
#include "workload_group.h"

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

/* --process-reps is KMB_PROCESS_REPS. */
static void env_name(const struct option_def *def, char name[64])
{
	char *to = name + sprintf(name, "KMB_");

	for (const char *from = def->name; *from; from++)
		*to++ = *from == '-' ? '_'
				     : (char)toupper((unsigned char)*from);
	*to = '\0';
}

void options_forget_environment(void)
{
	for (unsigned i = 0; i < nr_options; i++) {
		char name[64];

		env_name(&option_table[i], name);
		unsetenv(name);
	}
}

/* Parse one option's value, and keep its words for who goes on later. */
static const char *take_option(struct options *o, const struct option_def *def,
			       const char *value)
{
	const char *right = def->parse(o, value);
	char *word;

	if (right)
		return right;
	if (asprintf(&word, def->arg ? "--%s=%s" : "--%s", def->name, value) <
	    0)
		abort();
	o->words = realloc(o->words, (o->nr_words + 1) * sizeof(*o->words));
	if (!o->words)
		abort();
	o->words[o->nr_words++] = word;
	return NULL;
}

bool options_is_twin(const char *variable)
{
	for (unsigned i = 0; i < nr_options; i++) {
		char name[64];

		env_name(&option_table[i], name);
		if (!strcmp(name, variable))
			return true;
	}
	return false;
}

static int parse_environment(struct options *o, const char *command)
{
	for (unsigned i = 0; i < nr_options; i++) {
		char name[64];
		const char *value, *right;

		if (!option_is_for(&option_table[i], command))
			continue;
		env_name(&option_table[i], name);
		value = getenv(name);
		if (!value || !*value)
			continue;
		right = take_option(o, &option_table[i], value);
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
	for (unsigned i = 0; i < nr_options; i++) {
		if (!option_is_for(&option_table[i], command))
			continue;
		*longs++ =
			(struct option){ option_table[i].name,
					 option_table[i].arg ? required_argument
							     : no_argument,
					 NULL, FIRST_LONG + (int)i };
		if (option_table[i].letter) {
			*shorts++ = option_table[i].letter;
			if (option_table[i].arg)
				*shorts++ = ':';
		}
	}
	*shorts = '\0';
	memset(longs, 0, sizeof(*longs));
}

static const struct option_def *find_option(int c, const char *command)
{
	if (c >= FIRST_LONG)
		return &option_table[c - FIRST_LONG];
	for (unsigned i = 0; i < nr_options; i++)
		if (option_table[i].letter == c &&
		    option_is_for(&option_table[i], command))
			return &option_table[i];
	return NULL;
}

static int parse_arguments(struct options *o, const struct command *command,
			   int argc, char **argv)
{
	char shorts[2 * MAX_OPTIONS + 3];
	struct option longs[MAX_OPTIONS + 2];
	int c;

	build_getopt(command->name, shorts, longs);
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_def *def = find_option(c, command->name);
		const char *right;

		if (c == HELP_LETTER) {
			options_help_command(command, stdout);
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
		right = take_option(o, def, optarg ? optarg : "1");
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
		.mem = "local",
		.counters = "auto",
		.seed = 1,
		.max_noise = 0.02,
		.time_limit_s = 60,
		.results = KMB_RESULTS_DIR,
		.metric = "ns_per_op",
		.min_effect = 0.03,
	};
	code = parse_environment(o, command->name);
	if (code == -1)
		code = parse_arguments(o, command, argc, argv);
	if (code != -1)
		return code;
	if (o->nr_args == 1)
		o->group = group_find(o->args[0]);
	if (!o->place)
		o->place = o->group ? o->group->place : "compact";
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
	for (unsigned i = 0; i < o->nr_words; i++)
		free(o->words[i]);
	free(o->words);
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
