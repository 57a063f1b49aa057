/* run_find.h - the run that a command's argument names. */
#ifndef KMB_RUN_FIND_H
#define KMB_RUN_FIND_H

#include <limits.h>

#include "options.h"

/*
 * The one argument of a command such as plot is a run's directory, or its name
 * in the results directory; without one it is the newest run. -1 with dir set,
 * else the code to exit with, the line having been printed.
 */
int run_find(const struct options *options, const char *command,
	     char dir[PATH_MAX]);

#endif
