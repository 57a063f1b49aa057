/*
 * options.h - the commands, and the one table that parses and explains their
 * options. Every option --name has an environment twin KMB_NAME.
 */
#ifndef KMB_OPTIONS_H
#define KMB_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* method.md's exit codes. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_REGRESSION = 3,
	EXIT_INCONCLUSIVE = 4,
	EXIT_NO_MATCH = 5,
	EXIT_CANNOT = 77,
	EXIT_INTERRUPTED = 130,
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct preset {
	const char *name, *help;
	unsigned process_reps, reps;
	double min_time_s;
	uint64_t memory; /* bytes of simulated memory a node */
	bool quick;	 /* the cases' quick sizes, and threads 1 and all */
};

struct workload_group;

struct options {
	const struct preset *preset;
	/* What args is the name of, or NULL. */
	const struct workload_group *group;
	const char *threads, *size, *place, *mem, *pages; /* NULL: preset's */
	const char *counters;
	const char *filter, *output, *results, *topology;
	const char **labels;
	unsigned nr_labels;
	uint64_t memory, process_reps, reps, seed;
	uint64_t latency_every; /* time one operation of so many; 0: none */
	double min_time_s, time_limit_s;
	double max_noise; /* half an interval over its median */
	double budget_s;  /* 0: none */
	bool force;
	bool arms; /* an A/A run: every point twice */
	enum color color;
	bool json, no_plots, dry_run, axes, order, again;

	/* Of compare and aa; the enums are contrast.h's and its neighbours'. */
	const char *metric, *base, *plot; /* base: NULL, the best */
	double min_effect;
	unsigned by, format, allow;
	bool fail_on_regression, strict;

	const char *oracle; /* of pgtable verify; NULL: beside the dump */
	const char *check, *areas, *strategy; /* of rmap replay, or NULL */

	const char *svg; /* of topo; NULL: as text */

	char **args; /* what is not an option: selectors, a run */
	unsigned nr_args;
	char **words; /* every option given, as --name=value */
	unsigned nr_words;
};

struct command {
	const char *name, *args, *help;
	int (*run)(const struct options *options);
};

/*
 * Parse the command's options into options (NULL command: the general help
 * only). Returns -1 to go on, else the code to exit with: help was printed on
 * stdout (0) or a line on stderr (EXIT_USAGE).
 */
int options_parse(struct options *options, const struct command *command,
		  int argc, char **argv);
void options_free(struct options *options);

/* Unset the options' environment twins. */
void options_forget_environment(void);

/* Is an environment variable an option's twin? */
bool options_is_twin(const char *variable);

/* What --help prints. */
void options_help_general(const struct command *commands, FILE *out);

/* "kmembench: " and a line on stderr; returns code. */
int complain(int code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Words of text in lines up to column 80, from column `indent` on. */
void print_wrapped(FILE *out, const char *text, unsigned indent);

/* Should out be coloured? (--color, NO_COLOR, TERM=dumb, a terminal) */
bool options_color(const struct options *options, FILE *out);

#endif
