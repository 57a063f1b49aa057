/* journal.c - plan.json and journal.jsonl. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "identity.h"
#include "results.h"

#define PLAN_VERSION 1
#define SYNC_NS 1000000000ull

char *journal_point_key(const struct plan_point *p)
{
	char *key;

	if (asprintf(&key, "%s/%s/%s/%s %llu %u %s %s %s%s%s", p->bench->family,
		     p->bench->strategy, p->bench->workload, p->bench->isa,
		     (unsigned long long)p->point.size, p->point.threads,
		     host_pages_name[p->pages], p->place, p->mem,
		     p->arm ? " " : "", p->arm ? p->arm : "") < 0)
		abort();
	return key;
}

static json_t *encode_words(char *const *words, unsigned nr)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < nr; i++)
		json_array_append_new(array, json_string(words[i]));
	return array;
}

static json_t *encode_points(const struct plan *plan)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < plan->nr_points; i++) {
		char *key = journal_point_key(&plan->points[i]);

		json_array_append_new(array, json_string(key));
		free(key);
	}
	return array;
}

int journal_write_plan(const char *dir, const struct options *o,
		       const struct plan *plan)
{
	json_t *json = json_pack(
		"{s:i,s:o,s:o,s:o,s:b,s:o,s:I,s:o}", "version", PLAN_VERSION,
		"options", encode_words(o->words, o->nr_words), "selectors",
		selection_words(plan->selection), "files",
		selection_files(plan->selection), "arms", (int)o->arms,
		"identity", identity_collect(), "nr_jobs",
		(json_int_t)plan->nr_jobs, "points", encode_points(plan));
	char *text = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
	int err =
		text ? results_write_file(dir, "plan.json", text, strlen(text))
		     : -ENOMEM;

	free(text);
	json_decref(json);
	return err;
}

int journal_open(struct journal *j, const char *dir)
{
	char path[PATH_MAX];
	int err;

	if (snprintf(path, sizeof(path), "%s/journal.jsonl", dir) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	j->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (j->fd < 0)
		return -errno;
	j->synced_ns = bench_now_ns();
	if (!flock(j->fd, LOCK_EX | LOCK_NB))
		return 0;
	err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	close(j->fd);
	j->fd = -1;
	return err;
}

void journal_close(struct journal *j)
{
	fsync(j->fd);
	close(j->fd);
}

int journal_cut(struct journal *j, uint64_t bytes)
{
	return ftruncate(j->fd, (off_t)bytes) ? -errno : 0;
}

/* Samples before the journal: a line never promises what is not there. */
static int sync_both(struct journal *j, int samples_fd)
{
	uint64_t now = bench_now_ns();

	if (now - j->synced_ns < SYNC_NS)
		return 0;
	j->synced_ns = now;
	return fdatasync(samples_fd) || fdatasync(j->fd) ? -errno : 0;
}

static json_t *encode_values(const double *values, unsigned nr)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < nr; i++)
		json_array_append_new(array, json_real(values[i]));
	return array;
}

int journal_add(struct journal *j, const struct plan *plan, unsigned job,
		const struct outcome *outcome, const double *values,
		unsigned nr, int samples_fd)
{
	const struct plan_job *planned = &plan->jobs[job];
	char *key, *text;
	struct stat st;
	size_t length;
	json_t *line;
	int err;

	if (fstat(samples_fd, &st))
		return -errno;
	key = journal_point_key(&plan->points[planned->point]);
	line = json_pack("{s:i,s:s,s:i,s:s,s:f,s:o,s:I}", "seq", (int)job,
			 "point", key, "process", (int)planned->process,
			 "status", outcome_status_name[outcome->status],
			 "seconds", outcome->seconds, "ns_per_op",
			 encode_values(values, nr), "samples_bytes",
			 (json_int_t)st.st_size);
	text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	json_decref(line);
	free(key);
	if (!text)
		return -ENOMEM;
	length = strlen(text);
	text[length] = '\n';
	err = csv_write_all(j->fd, text, length + 1);
	free(text);
	return err ? err : sync_both(j, samples_fd);
}

/* One whole line of the journal; NULL: it is torn, or not ours. */
static json_t *decode_line(const char *text, size_t length)
{
	json_t *line = json_loadb(text, length, 0, NULL);

	if (json_is_integer(json_object_get(line, "seq")) &&
	    json_is_string(json_object_get(line, "point")) &&
	    json_is_integer(json_object_get(line, "process")) &&
	    json_is_integer(json_object_get(line, "samples_bytes")))
		return line;
	json_decref(line);
	return NULL;
}

/* Take lines for as long as samples.csv bears them out. */
static int read_lines(struct journal_state *s, FILE *file, uint64_t bytes,
		      const char *path, char *error, size_t error_size)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t length;
	unsigned number = 0;
	int err = 0;

	while (!err && (length = getline(&text, &size, file)) > 0) {
		json_t *line;
		uint64_t covered;

		number++;
		if (text[length - 1] != '\n')
			break; /* torn by a kill */
		line = decode_line(text, (size_t)length);
		if (!line) {
			snprintf(error, error_size,
				 "%s:%u: not a line of a journal", path,
				 number);
			err = -EINVAL;
			break;
		}
		covered = (uint64_t)json_integer_value(
			json_object_get(line, "samples_bytes"));
		if (covered > bytes) {
			json_decref(line);
			break; /* a reboot took the rows */
		}
		json_array_append_new(s->done, line);
		s->samples_bytes = covered;
		s->journal_bytes += (uint64_t)length;
		s->nr_done++;
	}
	free(text);
	return err;
}

static int read_journal(struct journal_state *s, const char *dir, char *error,
			size_t error_size)
{
	char path[PATH_MAX];
	struct stat st;
	FILE *file;
	int err;

	snprintf(path, sizeof(path), "%s/samples.csv", dir);
	if (stat(path, &st)) {
		err = -errno;
		snprintf(error, error_size, "%s: %s", path, strerror(errno));
		return err;
	}
	snprintf(path, sizeof(path), "%s/journal.jsonl", dir);
	file = fopen(path, "r");
	if (!file) {
		err = -errno;
		snprintf(error, error_size, "%s: %s", path, strerror(errno));
		return err;
	}
	err = read_lines(s, file, (uint64_t)st.st_size, path, error,
			 error_size);
	fclose(file);
	return err;
}

int journal_read(struct journal_state *s, const char *dir, char *error,
		 size_t error_size)
{
	char path[PATH_MAX];
	json_error_t why;

	memset(s, 0, sizeof(*s));
	snprintf(path, sizeof(path), "%s/plan.json", dir);
	s->plan = json_load_file(path, 0, &why);
	if (!s->plan) {
		snprintf(error, error_size, "%s: %s", path, why.text);
		return -EINVAL;
	}
	if (json_integer_value(json_object_get(s->plan, "version")) !=
	    PLAN_VERSION) {
		snprintf(error, error_size, "%s: not a plan of version %d",
			 path, PLAN_VERSION);
		journal_state_free(s);
		return -EINVAL;
	}
	s->done = json_array();
	return read_journal(s, dir, error, error_size);
}

int journal_note_resume(const char *dir, const struct journal_state *s,
			bool forced)
{
	json_t *resumed = json_object_get(s->plan, "resumed");
	char *text;
	int err;

	if (!resumed) {
		resumed = json_array();
		json_object_set_new(s->plan, "resumed", resumed);
	}
	json_array_append_new(resumed,
			      json_pack("{s:I,s:i,s:b,s:o}", "unix_time",
					(json_int_t)time(NULL), "after_jobs",
					(int)s->nr_done, "forced", (int)forced,
					"identity", identity_collect()));
	text = json_dumps(s->plan, JSON_INDENT(1));
	if (!text)
		return -ENOMEM;
	err = results_write_file(dir, "plan.json", text, strlen(text));
	free(text);
	return err;
}

void journal_state_free(struct journal_state *s)
{
	json_decref(s->plan);
	json_decref(s->done);
	memset(s, 0, sizeof(*s));
}

void journal_compare_identity(const json_t *plan, char *what, size_t size)
{
	json_t *was = json_object_get(plan, "identity");
	json_t *is = identity_collect(), *value;
	const char *key;

	what[0] = '\0';
	json_object_foreach (is, key, value) {
		json_t *old = json_object_get(was, key);
		char *before, *now;

		if (json_equal(old, value))
			continue;
		before = json_dumps(old, JSON_ENCODE_ANY);
		now = json_dumps(value, JSON_ENCODE_ANY);
		snprintf(what, size, "%s was %s and is %s", key,
			 before ? before : "unknown", now ? now : "unknown");
		free(before);
		free(now);
		break;
	}
	json_decref(is);
}
