/* results.c - a run's directory and the samples in it. */
#include "results.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "../bench/bench.h"
#include "../kernels/base/compiler.h"

#define INDEX_HEADER "run_id,started,host,families,points,status,dir"

static const char *const subdirs[] = { "raw", "plots" };

/* Where a problem is told: one line. */
struct complaint {
	char *text;
	size_t size;
};

/* "PATH: what is wrong: what would be right"; returns err, a -errno. */
static int complain(const struct complaint *c, const char *path, int err,
		    const char *advice)
{
	snprintf(c->text, c->size, "%s: %s%s%s", path, strerror(-err),
		 advice ? ": " : "", advice ? advice : "");
	return err;
}

/* dir/name; false: too long for a path. */
static bool join(char path[PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	return n >= 0 && n < PATH_MAX;
}

void results_host(char *host, size_t size)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-_";
	char name[256] = "";
	size_t i;

	gethostname(name, sizeof(name) - 1);
	for (i = 0; i < size - 1 && name[i] && name[i] != '.'; i++)
		host[i] = strchr(good, name[i]) ? name[i] : '-';
	host[i] = '\0';
	if (!i)
		snprintf(host, size, "unnamed");
}

static void name_run(struct results *r)
{
	time_t now = time(NULL);
	unsigned id;
	struct tm utc;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		id = (unsigned)getpid();
	gmtime_r(&now, &utc);
	strftime(r->started, sizeof(r->started), "%Y%m%dT%H%M%SZ", &utc);
	results_host(r->host, sizeof(r->host));
	snprintf(r->run_id, sizeof(r->run_id), "%s-%s-%06x", r->started,
		 r->host, id & 0xffffff);
}

/* 0, or -errno: -ENOTEMPTY, -ENOTDIR, ... */
static int check_empty(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	int err = 0;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			err = -ENOTEMPTY;
	closedir(dir);
	return err;
}

/* The directory that the user named: made here, or there and empty. */
static int make_named_dir(const char *path, bool *made,
			  const struct complaint *c)
{
	int err = mkdir(path, 0777) ? -errno : 0;

	*made = !err;
	if (err == -EEXIST) {
		err = check_empty(path);
		if (err)
			complain(c, path, err, "name a new or empty directory");
	} else if (err == -ENOENT) {
		complain(c, *path ? path : "''", err,
			 "the directory above it must exist");
	} else if (err) {
		complain(c, path, err, "name a directory that can be written");
	}
	return err;
}

/* root/<run id>, with another id when that one is taken. */
static int make_own_dir(struct results *r, const char *root,
			const struct complaint *c)
{
	static const char advice[] = "name another directory with -o";

	if (mkdir(root, 0777) && errno != EEXIST)
		return complain(c, root, -errno, advice);
	do {
		name_run(r);
		if (!join(r->dir, root, r->run_id))
			return complain(c, root, -ENAMETOOLONG, advice);
		if (!mkdir(r->dir, 0777))
			return 0;
	} while (errno == EEXIST);
	return complain(c, r->dir, -errno, advice);
}

static int make_subdirs(const struct results *r, const struct complaint *c)
{
	char path[PATH_MAX];

	for (unsigned i = 0; i < ARRAY_SIZE(subdirs); i++) {
		if (!join(path, r->dir, subdirs[i]))
			return complain(c, r->dir, -ENAMETOOLONG, NULL);
		if (mkdir(path, 0777))
			return complain(c, path, -errno, NULL);
	}
	return 0;
}

static int write_header(struct results *r)
{
	csv_add_header(&r->row, SAMPLES_HEADER);
	return csv_write(&r->row, r->samples_fd);
}

static int open_samples(struct results *r, const struct complaint *c)
{
	char path[PATH_MAX];
	int err;

	if (!join(path, r->dir, "samples.csv"))
		return complain(c, r->dir, -ENAMETOOLONG, NULL);
	r->samples_fd = open(
		path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
	if (r->samples_fd < 0)
		return complain(c, path, -errno, NULL);
	err = write_header(r);
	return err ? complain(c, path, err, NULL) : 0;
}

/* Leave nothing of a run that could not begin. */
static void remove_parts(struct results *r)
{
	char path[PATH_MAX];

	if (r->samples_fd >= 0) {
		close(r->samples_fd);
		if (join(path, r->dir, "samples.csv"))
			unlink(path);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(subdirs); i++)
		if (join(path, r->dir, subdirs[i]))
			rmdir(path);
	csv_row_free(&r->row);
}

int results_create(struct results *r, const char *root, const char *dir,
		   char *error, size_t error_size)
{
	const struct complaint c = { error, error_size };
	bool made = true;
	int err;

	memset(r, 0, sizeof(*r));
	r->samples_fd = -1;
	if (dir && strlen(dir) >= sizeof(r->dir))
		return complain(&c, "the run's directory", -ENAMETOOLONG,
				"name a shorter path");
	if (dir) {
		name_run(r);
		strcpy(r->dir, dir);
		err = make_named_dir(dir, &made, &c);
	} else {
		err = make_own_dir(r, root, &c);
	}
	if (err)
		return err;
	err = make_subdirs(r, &c);
	if (!err)
		err = open_samples(r, &c);
	if (err) {
		remove_parts(r);
		if (made)
			rmdir(r->dir);
	}
	return err;
}

static void copy_text(char *to, size_t size, const json_t *from)
{
	const char *text = json_string_value(from);

	snprintf(to, size, "%s", text ? text : "NA");
}

int results_reopen(struct results *r, const char *dir, char *error,
		   size_t error_size)
{
	const struct complaint c = { error, error_size };
	char path[PATH_MAX];
	json_t *manifest;

	memset(r, 0, sizeof(*r));
	r->samples_fd = -1;
	if (!realpath(dir, r->dir))
		return complain(&c, dir, -errno, NULL);
	if (!join(path, r->dir, "manifest.json"))
		return complain(&c, dir, -ENAMETOOLONG, NULL);
	manifest = json_load_file(path, 0, NULL);
	if (!manifest)
		return complain(&c, path, -EINVAL, "it is no manifest");
	copy_text(r->run_id, sizeof(r->run_id),
		  json_object_get(manifest, "run_id"));
	copy_text(r->host, sizeof(r->host), json_object_get(manifest, "host"));
	copy_text(r->started, sizeof(r->started),
		  json_object_get(manifest, "started"));
	json_decref(manifest);
	if (!join(path, r->dir, "samples.csv"))
		return complain(&c, dir, -ENAMETOOLONG, NULL);
	r->samples_fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	return r->samples_fd < 0 ? complain(&c, path, -errno, NULL) : 0;
}

int results_cut(struct results *r, uint64_t bytes)
{
	if (ftruncate(r->samples_fd, (off_t)bytes))
		return -errno;
	return bytes ? 0 : write_header(r);
}

/* Add a family's name to those seen, once; samples come in long runs of one. */
void results_note_family(struct results *r, const char *family)
{
	const size_t used = strlen(r->families), length = strlen(family);
	const char *at = r->families;

	while ((at = strstr(at, family))) {
		if ((at == r->families || at[-1] == ' ') &&
		    (at[length] == ' ' || !at[length]))
			return;
		at += length;
	}
	if (used + length + 2 <= sizeof(r->families))
		sprintf(r->families + used, "%s%s", used ? " " : "", family);
}

void results_add_variant(struct csv_row *row, const char *workload)
{
	const char *variant = bench_variant(workload);
	char word[64];

	if (variant)
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(variant, ":"),
			 variant);
	csv_add_text(row, variant ? word : NULL);
}

int results_add(struct results *r, const struct sample *sample)
{
	struct csv_row *row = &r->row;

	results_note_family(r, sample->family);
	csv_add_uint(row, SAMPLES_SCHEMA);
	csv_add_text(row, r->run_id);
	csv_add_text(row, r->host);
	csv_add_uint(row, sample->seq);
	csv_add_uint(row, sample->block);
	csv_add_uint(row, sample->process);
	csv_add_uint(row, sample->rep);
	csv_add_text(row, sample->family);
	csv_add_text(row, sample->strategy);
	csv_add_text(row, sample->workload);
	csv_add_text(row, sample->isa);
	csv_add_uint(row, sample->threads);
	csv_add_uint(row, sample->size);
	csv_add_text(row, sample->size_unit);
	csv_add_text(row, sample->pages);
	csv_add_text(row, sample->place);
	csv_add_text(row, sample->cpus);
	csv_add_text(row, sample->mem_policy);
	csv_add_text(row, sample->nodes_requested);
	csv_add_text(row, sample->nodes_actual);
	csv_add_text(row, sample->metric);
	csv_add_number(row, sample->value);
	csv_add_text(row, sample->unit);
	csv_add_text(row, sample->source);
	csv_add_number(row, sample->coverage);
	csv_add_text(row, sample->status);
	csv_add_text(row, sample->reason);
	csv_add_text(row, sample->arm);
	csv_add_number(row, sample->steal_ns);
	csv_add_number(row, sample->nivcsw);
	csv_add_number(row, sample->faults);
	csv_add_number(row, sample->migrations);
	csv_add_number(row, sample->cpu_mhz);
	results_add_variant(row, sample->workload);
	csv_add_text(row, sample->version);
	return csv_write(row, r->samples_fd);
}

/* root/index.csv without the run's line, or just the header. */
static void copy_index(struct csv_row *to, const char *path, const char *run_id)
{
	FILE *file = fopen(path, "r");
	const size_t length = strlen(run_id);
	char *line = NULL;
	size_t size = 0;

	csv_add_header(to, INDEX_HEADER);
	csv_end_row(to);
	while (file && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, INDEX_HEADER) ||
		    (!strncmp(line, run_id, length) && line[length] == ','))
			continue;
		csv_add_header(to, line);
		csv_end_row(to);
	}
	free(line);
	if (file)
		fclose(file);
}

/*
 * The run's one line of root/index.csv, anew when it was resumed. Two runs may
 * end at once, hence the lock: of the directory, for the file is replaced.
 */
static int add_to_index(const struct results *r, const char *root,
			const char *name, unsigned nr_points,
			const char *status)
{
	struct csv_row row = { 0 };
	char path[PATH_MAX];
	int err, lock;

	if (!join(path, root, "index.csv"))
		return -ENAMETOOLONG;
	lock = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return -errno;
	flock(lock, LOCK_EX);
	copy_index(&row, path, r->run_id);
	csv_add_text(&row, r->run_id);
	csv_add_text(&row, r->started);
	csv_add_text(&row, r->host);
	csv_add_text(&row, r->families);
	csv_add_uint(&row, nr_points);
	csv_add_text(&row, status);
	csv_add_text(&row, name);
	csv_end_row(&row);
	err = row.error ? row.error
			: results_write_file(root, "index.csv", row.text,
					     row.used);
	csv_row_free(&row);
	close(lock);
	return err;
}

/* root/latest -> name; at every moment it points at the old run or the new. */
static int point_latest(const char *root, const char *name)
{
	char path[PATH_MAX], temporary[PATH_MAX];
	char unique[32];
	int err = 0;

	snprintf(unique, sizeof(unique), ".latest.%d", (int)getpid());
	if (!join(path, root, "latest") || !join(temporary, root, unique))
		return -ENAMETOOLONG;
	unlink(temporary);
	if (symlink(name, temporary))
		return -errno;
	if (rename(temporary, path)) {
		err = -errno;
		unlink(temporary);
	}
	return err;
}

/* The run's name inside root; false: it lies elsewhere. */
static bool name_in_root(const char *dir, const char *root, char name[PATH_MAX])
{
	char real_root[PATH_MAX], real_dir[PATH_MAX];
	char *slash;

	if (!realpath(root, real_root) || !realpath(dir, real_dir))
		return false;
	slash = strrchr(real_dir, '/');
	*slash = '\0';
	strcpy(name, slash + 1);
	return !strcmp(real_dir, real_root);
}

int results_close(struct results *r, const char *root, unsigned nr_points,
		  const char *status)
{
	char name[PATH_MAX];
	const bool inside = name_in_root(r->dir, root, name);
	int err = 0;

	if (fsync(r->samples_fd))
		err = -errno;
	if (inside && !err)
		err = add_to_index(r, root, name, nr_points, status);
	if (inside && !err)
		err = point_latest(root, name);
	close(r->samples_fd);
	csv_row_free(&r->row);
	return err;
}

/* Everything of it on the disk, or an error; closes fd. */
static int write_and_sync(int fd, const char *text, size_t bytes)
{
	int err = csv_write_all(fd, text, bytes);

	if (!err && fsync(fd))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	return err;
}

int results_write_file(const char *dir, const char *name, const char *text,
		       size_t bytes)
{
	char path[PATH_MAX], temporary[PATH_MAX];
	int err, fd;

	if (!join(path, dir, name) ||
	    snprintf(temporary, PATH_MAX, "%s/.%s.tmp", dir, name) >= PATH_MAX)
		return -ENAMETOOLONG;
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	err = write_and_sync(fd, text, bytes);
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}
