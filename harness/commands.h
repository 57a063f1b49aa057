/* commands.h - what the words after kmembench do; each returns an exit code. */
#ifndef KMB_COMMANDS_H
#define KMB_COMMANDS_H

#include "options.h"

int command_run(const struct options *options);
int command_list(const struct options *options);
int command_topo(const struct options *options);
int command_plot(const struct options *options);

/* The command line as it was given, for the manifest. */
extern int command_argc;
extern char **command_argv;

#endif
