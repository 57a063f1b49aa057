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
	EXIT_NO_MATCH = 5,
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

struct options {
	const struct preset *preset;
	const char *threads, *size, *place, *mem, *pages; /* NULL: preset's */
	const char *filter, *output, *results, *topology;
	const char **labels;
	unsigned nr_labels;
	uint64_t memory, process_reps, reps, seed;
	double min_time_s, time_limit_s;
	enum color color;
	bool no_plots;

	char **args; /* what is not an option: selectors, a run */
	unsigned nr_args;
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

/* What --help prints. */
void options_help_general(const struct command *commands, FILE *out);

/* "kmembench: " and a line on stderr; returns code. */
int complain(int code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Should out be coloured? (--color, NO_COLOR, TERM=dumb, a terminal) */
bool options_color(const struct options *options, FILE *out);

#endif
