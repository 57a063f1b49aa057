/* run_find.h - the run that a word names. */
#ifndef KMB_RUN_FIND_H
#define KMB_RUN_FIND_H

#include <limits.h>
#include <stdbool.h>

#include "options.h"

/*
 * A run is named by its directory, by its name or its run_id in the results
 * directory, or by a label KEY=VALUE (`run --label`); of several with that
 * label it is the newest. False: there is none.
 */
bool run_locate(const char *results, const char *name, char dir[PATH_MAX]);

/*
 * The run that the one argument of a command such as plot names; without one
 * it is the newest run. -1 with dir set, else the code to exit with, the line
 * having been printed.
 */
int run_find(const struct options *options, const char *command,
	     char dir[PATH_MAX]);

#endif
