/* option_table.h - the options and presets, as the parser and --help see them.
 */
#ifndef KMB_OPTION_TABLE_H
#define KMB_OPTION_TABLE_H

#include "options.h"

/* A parser says what would have been right, or NULL when all is well. */
typedef const char *(*parse_fn)(struct options *o, const char *value);

struct option_def {
	const char *name;
	char letter;
	const char *arg; /* NULL: takes none */
	const char *commands;
	parse_fn parse;
	const char *help;
};

#define NR_PRESETS 4
extern const struct preset presets[NR_PRESETS];
/* NULL: there is none of that name. */
const struct preset *find_preset(const char *name);

extern const struct option_def option_table[];
extern const unsigned nr_options;
/* More than there are, for arrays. */
#define MAX_OPTIONS 64

/* Is this one of the options that a command takes? */
bool option_is_for(const struct option_def *def, const char *command);

/* What `command --help` prints. */
void options_help_command(const struct command *command, FILE *out);

#endif
