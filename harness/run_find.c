/* run_find.c - the run that a command's argument names. */
#include "run_find.h"

#include <stdbool.h>
#include <sys/stat.h>

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

int run_find(const struct options *o, const char *command, char dir[PATH_MAX])
{
	const char *name = o->nr_args ? o->args[0] : "latest";

	if (o->nr_args > 1)
		return complain(EXIT_USAGE, "%s: '%s': takes one run", command,
				o->args[1]);
	snprintf(dir, PATH_MAX, "%s", name);
	if (o->nr_args && is_directory(dir))
		return -1;
	snprintf(dir, PATH_MAX, "%.2000s/%.2000s", o->results, name);
	if (is_directory(dir))
		return -1;
	return complain(EXIT_USAGE, "%s: '%s' is not the directory of a run",
			command, o->nr_args ? name : dir);
}
