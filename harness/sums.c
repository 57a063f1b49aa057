/* sums.c - SHA256SUMS, by coreutils' sha256sum. */
#include "sums.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "results.h"

#define BATCH 500 /* names a command line */

/* Lines of text: names, or what sha256sum said. */
struct lines {
	char **v;
	unsigned nr;
};

static void lines_add(struct lines *lines, const char *text)
{
	if (!(lines->nr & (lines->nr - 1))) {
		size_t room = lines->nr ? 2 * (size_t)lines->nr : 1;

		lines->v = realloc(lines->v, room * sizeof(*lines->v));
		if (!lines->v)
			abort();
	}
	lines->v[lines->nr] = strdup(text);
	if (!lines->v[lines->nr++])
		abort();
}

static void lines_free(struct lines *lines)
{
	for (unsigned i = 0; i < lines->nr; i++)
		free(lines->v[i]);
	free(lines->v);
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* nftw takes no argument. */
static struct {
	struct lines *names;
	size_t skip; /* the directory's name and its slash */
} walk;

static int walk_file(const char *path, const struct stat *st, int type,
		     struct FTW *ftw)
{
	(void)st;
	if (type == FTW_D || path[ftw->base] == '.' ||
	    !strcmp(path + walk.skip, SUMS_NAME))
		return 0;
	lines_add(walk.names, path + walk.skip);
	return 0;
}

/* All files of the run, sorted. 0 or -errno. */
static int list_files(const char *dir, struct lines *names)
{
	char real[PATH_MAX];

	memset(names, 0, sizeof(*names));
	/* results/latest is a link, which nftw would not follow. */
	if (!realpath(dir, real))
		return -errno;
	walk.names = names;
	walk.skip = strlen(real) + 1;
	if (nftw(real, walk_file, 16, FTW_PHYS))
		return -errno;
	if (names->nr)
		qsort(names->v, names->nr, sizeof(*names->v), compare_lines);
	return 0;
}

/* sha256sum ARGV in dir; its stdout is what the pipe gives. 0 or an errno. */
static int start(const char *dir, char *const *argv, int out, pid_t *pid)
{
	/* What it says must not depend on the user's language. */
	static char *const environment[] = { (char *)"LC_ALL=C", NULL };
	posix_spawn_file_actions_t actions;
	int err = posix_spawn_file_actions_init(&actions);

	if (err)
		return err;
	err = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
					       "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addopen(
			&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out,
						       STDOUT_FILENO);
	if (!err)
		err = posix_spawn_file_actions_addchdir_np(&actions, dir);
	if (!err)
		err = posix_spawnp(pid, argv[0], &actions, NULL, argv,
				   environment);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* Its lines, and how it ended: waitpid's status, or -errno. */
static int run(const char *dir, char *const *argv, struct lines *said)
{
	int out[2], status = 0, err;
	char *line = NULL;
	size_t size = 0;
	FILE *file;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		return -errno;
	err = start(dir, argv, out[1], &pid);
	close(out[1]);
	file = err ? NULL : fdopen(out[0], "r");
	if (!file) {
		close(out[0]);
		return err ? -err : -ENOMEM;
	}
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		lines_add(said, line);
	}
	free(line);
	fclose(file);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static int refuse(const char *dir, int err, char *error, size_t error_size)
{
	if (err == -ENOENT)
		snprintf(error, error_size,
			 "sha256sum: not found; install coreutils");
	else
		snprintf(error, error_size, "%s/%s: %s", dir, SUMS_NAME,
			 strerror(-err));
	return err;
}

/* The lines "SUM  NAME" of these files. 0 or -errno. */
static int sum(const char *dir, char *const *names, unsigned nr,
	       struct lines *sums)
{
	char *argv[BATCH + 3] = { (char *)"sha256sum", (char *)"--" };

	for (unsigned done = 0; done < nr;) {
		unsigned n = nr - done < BATCH ? nr - done : BATCH;
		int status;

		memcpy(&argv[2], &names[done], n * sizeof(*names));
		argv[2 + n] = NULL;
		status = run(dir, argv, sums);
		if (status)
			return status < 0 ? status : -EIO;
		done += n;
	}
	return 0;
}

/* The name that a line of SHA256SUMS ends with. */
static const char *name_of(const char *line)
{
	return strlen(line) > SUMS_HEX + 2 ? line + SUMS_HEX + 2 : "";
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(name_of(*(char *const *)left),
		      name_of(*(char *const *)right));
}

static int write_sums(const char *dir, const struct lines *sums)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int err = -ENOMEM;

	if (!out)
		return err;
	for (unsigned i = 0; i < sums->nr; i++)
		fprintf(out, "%s\n", sums->v[i]);
	if (!fclose(out))
		err = results_write_file(dir, SUMS_NAME, text, size);
	free(text);
	return err;
}

int sums_write(const char *dir, char *error, size_t error_size)
{
	struct lines names, sums = { 0 };
	int err = list_files(dir, &names);

	if (!err)
		err = sum(dir, names.v, names.nr, &sums);
	if (!err)
		err = write_sums(dir, &sums);
	lines_free(&names);
	lines_free(&sums);
	return err ? refuse(dir, err, error, error_size) : 0;
}

/* Made from the other files, and made again at will. */
static bool is_derived(const char *name)
{
	return !strncmp(name, "plots/", 6) || !strcmp(name, "report.html");
}

/* The lines of SHA256SUMS in order of names. 0 or -errno. */
static int read_sums(const char *dir, struct lines *sums)
{
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	FILE *file;

	memset(sums, 0, sizeof(*sums));
	snprintf(path, sizeof(path), "%s/%s", dir, SUMS_NAME);
	file = fopen(path, "r");
	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		lines_add(sums, line);
	}
	free(line);
	fclose(file);
	if (sums->nr)
		qsort(sums->v, sums->nr, sizeof(*sums->v), compare_names);
	return 0;
}

int sums_refresh(const char *dir, char *error, size_t error_size)
{
	struct lines names = { 0 }, old, sums = { 0 };
	int err = read_sums(dir, &old);
	unsigned nr = 0;

	if (err)
		return err == -ENOENT ? 0 : refuse(dir, err, error, error_size);
	for (unsigned i = 0; i < old.nr; i++)
		if (!is_derived(name_of(old.v[i])))
			lines_add(&sums, old.v[i]);
	err = list_files(dir, &names);
	/* Derived names to the front. */
	for (unsigned i = 0; i < names.nr; i++)
		if (is_derived(names.v[i])) {
			char *name = names.v[i];

			names.v[i] = names.v[nr];
			names.v[nr++] = name;
		}
	if (!err)
		err = sum(dir, names.v, nr, &sums);
	if (!err && sums.nr)
		qsort(sums.v, sums.nr, sizeof(*sums.v), compare_names);
	if (!err)
		err = write_sums(dir, &sums);
	lines_free(&names);
	lines_free(&old);
	lines_free(&sums);
	return err ? refuse(dir, err, error, error_size) : 0;
}

/* "plots/a.svg: FAILED open or read" */
static void tell_failure(char *line, sums_tell tell, void *arg)
{
	char *failed = strstr(line, ": FAILED");

	if (!failed)
		return;
	*failed = '\0';
	tell(arg, line,
	     strstr(failed + 1, "open") ? "missing, or cannot be read"
					: "changed since the run ended");
}

static int check_listed(const char *dir, sums_tell tell, void *arg)
{
	static char *const argv[] = { (char *)"sha256sum", (char *)"--check",
				      (char *)"--quiet",   (char *)"--strict",
				      (char *)SUMS_NAME,   NULL };
	struct lines said = { 0 };
	int status = run(dir, argv, &said), nr = (int)said.nr;

	for (unsigned i = 0; i < said.nr; i++)
		tell_failure(said.v[i], tell, arg);
	lines_free(&said);
	if (status < 0)
		return status;
	/* Lines that are none, or too few of them. */
	return status && !nr ? -EINVAL : nr;
}

/* In the list? */
static bool is_listed(const struct lines *sums, const char *name)
{
	unsigned low = 0, high = sums->nr;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		int order = strcmp(name, name_of(sums->v[middle]));

		if (!order)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static int check_unlisted(const char *dir, sums_tell tell, void *arg)
{
	struct lines names = { 0 }, sums;
	int nr = 0, err = read_sums(dir, &sums);

	if (!err)
		err = list_files(dir, &names);
	for (unsigned i = 0; i < names.nr && !err; i++) {
		if (is_listed(&sums, names.v[i]))
			continue;
		tell(arg, names.v[i], "added since the run ended");
		nr++;
	}
	lines_free(&names);
	lines_free(&sums);
	return err ? err : nr;
}

int sums_check(const char *dir, sums_tell tell, void *arg, char *error,
	       size_t error_size)
{
	char path[PATH_MAX];
	int listed, unlisted;

	snprintf(path, sizeof(path), "%s/%s", dir, SUMS_NAME);
	if (access(path, R_OK)) {
		snprintf(error, error_size,
			 "%s: %s: it is written when a run ends", path,
			 strerror(errno));
		return -errno;
	}
	listed = check_listed(dir, tell, arg);
	if (listed == -EINVAL) {
		snprintf(error, error_size, "%s: not a list of sums", path);
		return listed;
	}
	unlisted = listed < 0 ? listed : check_unlisted(dir, tell, arg);
	if (unlisted < 0)
		return refuse(dir, unlisted, error, error_size);
	return listed + unlisted;
}

void sums_of_file(const char *path, char hex[SUMS_HEX + 1])
{
	char *argv[] = { (char *)"sha256sum", (char *)"--", (char *)path,
			 NULL };
	struct lines said = { 0 };
	const bool good = run("/", argv, &said) == 0 && said.nr == 1 &&
			  strlen(said.v[0]) > SUMS_HEX;

	snprintf(hex, SUMS_HEX + 1, "%.*s", SUMS_HEX, good ? said.v[0] : "");
	lines_free(&said);
}
