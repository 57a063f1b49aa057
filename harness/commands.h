/* commands.h - what the words after kmembench do; each returns an exit code. */
#ifndef KMB_COMMANDS_H
#define KMB_COMMANDS_H

#include "options.h"

int command_run(const struct options *options);
int command_resume(const struct options *options);
int command_list(const struct options *options);
int command_doctor(const struct options *options);
int command_topo(const struct options *options);
int command_plan(const struct options *options);
int command_plot(const struct options *options);
int command_compare(const struct options *options);
int command_aa(const struct options *options);
int command_report(const struct options *options);
int command_repro(const struct options *options);
int command_verify(const struct options *options);
int command_trace(const struct options *options);
int command_pgtable(const struct options *options);
int command_rmap(const struct options *options);

/*
 * Measure every point twice, as arms a and b, interleaved, and sum up as run
 * does. dir gets the run's directory. The exit code.
 */
int run_arms(const struct options *options, char *dir, size_t size);

/* The command line as it was given, for the manifest. */
extern int command_argc;
extern char **command_argv;

#endif
