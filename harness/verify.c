/* verify.c - the command verify: is a run what it was when it ended? */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "csv.h"
#include "run_find.h"
#include "summary.h"
#include "sums.h"

struct verify {
	char dir[PATH_MAX];
	json_t *manifest;
	unsigned broken;
};

static void tell(void *arg, const char *name, const char *what)
{
	struct verify *v = arg;

	printf("%s/%s: %s\n", v->dir, name, what);
	v->broken++;
}

/* A line that names its file itself. */
static void tell_line(struct verify *v, const char *line)
{
	printf("%s\n", line);
	v->broken++;
}

static void check_sums(struct verify *v)
{
	char error[PATH_MAX + 256];

	if (sums_check(v->dir, tell, v, error, sizeof(error)) < 0)
		tell_line(v, error);
}

static json_t *check_json(struct verify *v, const char *name)
{
	char path[PATH_MAX + 32], error[PATH_MAX + 256];
	json_error_t why;
	json_t *json;

	snprintf(path, sizeof(path), "%s/%s", v->dir, name);
	json = json_load_file(path, 0, &why);
	if (json)
		return json;
	snprintf(error, sizeof(error), "%s: %s", path, why.text);
	tell_line(v, error);
	return NULL;
}

static bool check_csv(struct verify *v, const char *name)
{
	char path[PATH_MAX + 32], error[PATH_MAX + 256];
	struct csv csv;

	snprintf(path, sizeof(path), "%s/%s", v->dir, name);
	if (csv_read(&csv, path, error, sizeof(error))) {
		tell_line(v, error);
		return false;
	}
	csv_free(&csv);
	return true;
}

/* Whether two files hold the same. */
static bool same_bytes(const char *left, const char *right)
{
	FILE *a = fopen(left, "r"), *b = fopen(right, "r");
	bool same = a && b;

	while (same) {
		int c = getc(a), d = getc(b);

		same = c == d;
		if (c == EOF)
			break;
	}
	if (a)
		fclose(a);
	if (b)
		fclose(b);
	return same;
}

/* summary.csv once more, in a place of its own that sees samples.csv. */
static void check_summary(struct verify *v, const char *own)
{
	const json_t *effort = json_object_get(v->manifest, "effort");
	struct summary_params params = {
		.seed = (uint64_t)json_integer_value(
			json_object_get(effort, "seed")),
		.max_noise =
			json_number_value(json_object_get(effort, "max_noise")),
	};
	char samples[PATH_MAX + 32], link[64], there[PATH_MAX + 32], here[64];
	char error[PATH_MAX + 256];

	snprintf(samples, sizeof(samples), "%s/samples.csv", v->dir);
	snprintf(there, sizeof(there), "%s/summary.csv", v->dir);
	snprintf(link, sizeof(link), "%s/samples.csv", own);
	snprintf(here, sizeof(here), "%s/summary.csv", own);
	if (symlink(samples, link))
		tell_line(v, strerror(errno));
	else if (summary_write(own, &params, error, sizeof(error)))
		tell_line(v, error);
	else if (!same_bytes(there, here))
		tell(v, "summary.csv", "not what samples.csv gives");
	unlink(link);
	unlink(here);
}

static void check_contents(struct verify *v)
{
	char own[] = "/tmp/kmembench-verify-XXXXXX";
	bool tables;

	v->manifest = check_json(v, "manifest.json");
	tables = check_csv(v, "samples.csv");
	tables &= check_csv(v, "summary.csv");
	if (!v->manifest || !tables)
		return;
	if (!mkdtemp(own)) {
		tell_line(v, own);
		return;
	}
	check_summary(v, own);
	rmdir(own);
}

int command_verify(const struct options *options)
{
	struct verify v = { .broken = 0 };
	char dir[PATH_MAX];
	int code = run_find(options, "verify", dir);

	if (code != -1)
		return code;
	if (!realpath(dir, v.dir))
		return complain(EXIT_FAILED, "%s: %s", dir, strerror(errno));
	check_sums(&v);
	check_contents(&v);
	json_decref(v.manifest);
	if (v.broken)
		return EXIT_FAILED;
	printf("%s: every file is as the run left it, and summary.csv follows "
	       "from samples.csv\n",
	       v.dir);
	return EXIT_OK;
}
