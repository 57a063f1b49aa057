/* run_find.c - the run that a word names. */
#include "run_find.h"

#include <dirent.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Does a manifest go by this name: its run_id, or KEY=VALUE of its labels? */
static bool has_name(const json_t *manifest, const char *name)
{
	const char *equals = strchr(name, '=');
	const json_t *value =
		equals ? json_object_get(
				 json_object_get(manifest, "labels"),
				 strndupa(name, (size_t)(equals - name)))
		       : json_object_get(manifest, "run_id");
	const char *text = json_string_value(value);

	return text && !strcmp(text, equals ? equals + 1 : name);
}

/* Take results/entry when it has that name and began later than *newest. */
static void consider(const char *results, const char *entry, const char *name,
		     char newest[64], char dir[PATH_MAX])
{
	char path[PATH_MAX];
	const char *started;
	json_t *manifest;

	snprintf(path, sizeof(path), "%.2000s/%s/manifest.json", results,
		 entry);
	manifest = json_load_file(path, 0, NULL);
	started = json_string_value(json_object_get(manifest, "started"));
	if (has_name(manifest, name) && started &&
	    strcmp(started, newest) > 0) {
		snprintf(newest, 64, "%s", started);
		snprintf(dir, PATH_MAX, "%.2000s/%s", results, entry);
	}
	json_decref(manifest);
}

/* Look into every run below results. `latest` is one of them. */
static bool search(const char *results, const char *name, char dir[PATH_MAX])
{
	DIR *entries = opendir(results);
	struct dirent *entry;
	char newest[64] = "";

	if (!entries)
		return false;
	while ((entry = readdir(entries)))
		if (*entry->d_name != '.' && strcmp(entry->d_name, "latest"))
			consider(results, entry->d_name, name, newest, dir);
	closedir(entries);
	return *newest;
}

bool run_locate(const char *results, const char *name, char dir[PATH_MAX])
{
	if (!*name)
		return false;
	snprintf(dir, PATH_MAX, "%s", name);
	if (is_directory(dir))
		return true;
	snprintf(dir, PATH_MAX, "%.2000s/%.2000s", results, name);
	return is_directory(dir) || search(results, name, dir);
}

int run_find(const struct options *o, const char *command, char dir[PATH_MAX])
{
	char latest[PATH_MAX];
	const char *name = o->nr_args ? o->args[0] : latest;

	if (o->nr_args > 1)
		return complain(EXIT_USAGE, "%s: '%s': takes one run", command,
				o->args[1]);
	snprintf(latest, sizeof(latest), "%.2000s/latest", o->results);
	if (run_locate(o->results, name, dir))
		return -1;
	return complain(
		EXIT_USAGE,
		"%s: '%s' is not the directory, the run_id or a label of a run",
		command, name);
}
