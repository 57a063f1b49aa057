/* compare_run.c - find a run, read it, and see whether two can be compared. */
#include "compare_run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/compiler.h"
#include "run_find.h"
#include "selection.h"

/* A value of the manifest by its path, or NULL. */
static const json_t *find(const json_t *manifest, const char *path)
{
	while (manifest && *path) {
		const size_t length = strcspn(path, ".");

		manifest = json_object_get(manifest, strndupa(path, length));
		path += length + (path[length] == '.');
	}
	return manifest;
}

const char *compare_run_text(const struct compare_run *run, const char *path)
{
	const json_t *value = find(run->manifest, path);

	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	return json_is_string(value) ? json_string_value(value) : "NA";
}

static int read_manifest(struct compare_run *run, char *error,
			 size_t error_size)
{
	char path[PATH_MAX + 32];
	json_error_t reason;

	snprintf(path, sizeof(path), "%s/manifest.json", run->dir);
	run->manifest = json_load_file(path, 0, &reason);
	if (json_is_object(run->manifest))
		return 0;
	if (run->manifest)
		snprintf(error, error_size, "%s: not an object", path);
	else if (reason.line > 0)
		snprintf(error, error_size, "%s:%d: %s", path, reason.line,
			 reason.text);
	else
		snprintf(error, error_size, "%s: cannot be read", path);
	return -EINVAL;
}

int compare_run_open(struct compare_run *run, const char *results,
		     const char *name, char *error, size_t error_size)
{
	memset(run, 0, sizeof(*run));
	if (run_locate(results, name, run->dir))
		return read_manifest(run, error, error_size);
	snprintf(error, error_size,
		 "'%s' is no run: name a directory, a run_id in %s, or a label "
		 "KEY=VALUE of a run there",
		 name, results);
	return -ENOENT;
}

/* All rows of a process that failed somewhere are worth nothing. */
static void mark_failed(struct observations *o)
{
	for (unsigned i = 0, end; i < o->nr; i = end) {
		bool failed = false;

		for (end = i; end < o->nr; end++) {
			if (observation_compare(&o->v[i], &o->v[end],
						NODES_ACTUAL) ||
			    o->v[i].process != o->v[end].process)
				break;
			failed |= strcmp(o->v[end].cell[STATUS], "ok") != 0;
		}
		for (unsigned k = i; k < end; k++)
			o->v[k].failed = failed;
	}
}

int compare_run_read(struct compare_run *run, const char *metric, char *error,
		     size_t error_size)
{
	struct observations *o = &run->o;
	int err = observations_read(o, run->dir, error, error_size);
	unsigned kept = 0;

	if (err)
		return err;
	mark_failed(o);
	for (unsigned i = 0; i < o->nr; i++)
		if (!o->v[i].failed &&
		    (!metric || !strcmp(o->v[i].cell[METRIC], metric)) &&
		    !isnan(csv_number(o->v[i].cell[VALUE])))
			o->v[kept++] = o->v[i];
	o->nr = kept;
	observations_sort_point(o->v, o->nr);
	return 0;
}

void compare_run_close(struct compare_run *run)
{
	observations_free(&run->o);
	json_decref(run->manifest);
	memset(run, 0, sizeof(*run));
}

/* A manifest's value as it is told: "GNU 12.2.0", 268435456. */
static char *tell(const json_t *value)
{
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

	return text ? text : strdup("NA");
}

unsigned
compare_run_differences(const struct compare_run *a,
			const struct compare_run *b,
			struct compare_difference v[COMPARE_MAX_DIFFERENCES])
{
	static const struct {
		enum compare_allow allow;
		const char *word, *path;
	} checks[] = {
		{ ALLOW_MACHINE, "machine", "host" },
		{ ALLOW_MACHINE, "machine", "cpu_model" },
		{ ALLOW_BUILD, "build", "compiler.version" },
		{ ALLOW_BUILD, "build", "compiler.flags" },
		{ ALLOW_AXES, "axes", "effort.memory_bytes" },
		{ ALLOW_AXES, "axes", "effort.min_time_s" },
	};
	unsigned nr = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(checks); i++) {
		const json_t *x = find(a->manifest, checks[i].path);
		const json_t *y = find(b->manifest, checks[i].path);
		char *before, *after;

		if (json_equal(x, y) || (!x && !y))
			continue;
		before = tell(x);
		after = tell(y);
		v[nr].allow = checks[i].allow;
		v[nr].word = checks[i].word;
		snprintf(v[nr].text, sizeof(v[nr].text),
			 "%s: %.200s and %.200s", checks[i].path, before,
			 after);
		nr++;
		free(before);
		free(after);
	}
	_Static_assert(ARRAY_SIZE(checks) + 1 == COMPARE_MAX_DIFFERENCES,
		       "and the files");
	selection_compare_files(find(a->manifest, "files"),
				find(b->manifest, "files"), v[nr].text,
				sizeof(v[nr].text));
	if (*v[nr].text) {
		v[nr].allow = ALLOW_AXES;
		v[nr++].word = "axes";
	}
	return nr;
}
