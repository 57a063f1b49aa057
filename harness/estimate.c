/* estimate.c - how long a job will take, from the journals of earlier runs. */
#include "estimate.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "journal.h"
#include "stats.h"

#define NEWEST_RUNS 5
#define UNKNOWN_FIXED_S 0.02 /* a process that maps and faults its memory */

/* One job of a journal; then, one point with the median of its best jobs. */
struct known {
	char *key; /* the journal's "point" */
	double fixed_s;
	bool less_memory; /* than is asked about; a mean: some of its points */
	uint64_t off;	  /* how far its memory is from that */
};

struct estimate {
	struct known *v; /* by key, no key twice */
	unsigned nr, runs;
	uint64_t memory; /* of each node, that is asked about */
};

struct earlier {
	char path[PATH_MAX]; /* the run's directory */
	struct timespec changed;
};

static int compare_age(const void *left, const void *right)
{
	const struct earlier *a = left, *b = right;

	if (a->changed.tv_sec != b->changed.tv_sec)
		return a->changed.tv_sec > b->changed.tv_sec ? -1 : 1;
	return a->changed.tv_nsec > b->changed.tv_nsec ? -1 : 1;
}

/* Every run with a journal, the newest first; their number. */
static unsigned list_journals(const char *results_dir, struct earlier **list)
{
	DIR *dir = opendir(results_dir);
	struct dirent *entry;
	unsigned nr = 0;

	*list = NULL;
	while (dir && (entry = readdir(dir))) {
		char path[PATH_MAX];
		struct stat st;

		/* Not `latest`: its run is in the list under its own name. */
		if (entry->d_name[0] == '.' || entry->d_type == DT_LNK ||
		    snprintf(path, sizeof(path), "%s/%s/journal.jsonl",
			     results_dir, entry->d_name) >= PATH_MAX ||
		    stat(path, &st))
			continue;
		*list = realloc(*list, (nr + 1) * sizeof(**list));
		if (!*list)
			abort();
		snprintf((*list)[nr].path, PATH_MAX, "%s/%s", results_dir,
			 entry->d_name);
		(*list)[nr++].changed = st.st_mtim;
	}
	if (dir)
		closedir(dir);
	if (nr)
		qsort(*list, nr, sizeof(**list), compare_age);
	return nr;
}

static void add_known(struct estimate *e, const char *key, struct known known)
{
	if (!(e->nr & (e->nr - 1))) {
		e->v = realloc(e->v,
			       (e->nr ? 2 * (size_t)e->nr : 1) * sizeof(*e->v));
		if (!e->v)
			abort();
	}
	known.key = strdup(key);
	if (!known.key)
		abort();
	e->v[e->nr++] = known;
}

/* Skipped jobs took no time and tell nothing; failed ones will fail again. */
static void add_line(struct estimate *e, const char *line, double measured_s,
		     struct known job)
{
	json_t *json = json_loads(line, 0, NULL);
	const char *key = json_string_value(json_object_get(json, "point"));
	double seconds = json_number_value(json_object_get(json, "seconds"));

	job.fixed_s = seconds > measured_s ? seconds - measured_s : 0;
	if (key && seconds > 0)
		add_known(e, key, job);
	json_decref(json);
}

static void add_journal(struct estimate *e, const char *run, const char *host)
{
	char path[PATH_MAX + 16], *line = NULL;
	json_t *manifest, *effort;
	const char *name;
	struct known job = { 0 };
	double measured_s;
	uint64_t memory;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/manifest.json", run);
	manifest = json_load_file(path, 0, NULL);
	name = json_string_value(json_object_get(manifest, "host"));
	effort = json_object_get(manifest, "effort");
	measured_s = json_number_value(json_object_get(effort, "reps")) *
		     json_number_value(json_object_get(effort, "min_time_s"));
	memory = (uint64_t)json_integer_value(
		json_object_get(effort, "memory_bytes"));
	job.less_memory = memory < e->memory;
	job.off = job.less_memory ? e->memory - memory : memory - e->memory;
	snprintf(path, sizeof(path), "%s/journal.jsonl", run);
	file = name && !strcmp(name, host) ? fopen(path, "r") : NULL;
	json_decref(manifest);
	if (!file)
		return;
	while (getline(&line, &size, file) > 0)
		add_line(e, line, measured_s, job);
	free(line);
	fclose(file);
	e->runs++;
}

/* As much memory or the next more tells best, then the most of what is less. */
static int compare_memory(const struct known *a, const struct known *b)
{
	if (a->less_memory != b->less_memory)
		return a->less_memory ? 1 : -1;
	return (a->off > b->off) - (a->off < b->off);
}

static int compare_known(const void *left, const void *right)
{
	const struct known *a = left, *b = right;
	int order = strcmp(a->key, b->key);

	return order ? order : compare_memory(a, b);
}

/* The median of v[nr], nr > 0, which are in no order. */
static double median_of(const struct known *v, unsigned nr)
{
	double *values = malloc(nr * sizeof(*values)), median;

	if (!values)
		abort();
	for (unsigned i = 0; i < nr; i++)
		values[i] = v[i].fixed_s;
	stats_sort(values, nr);
	median = stats_quantile(values, nr, 0.5);
	free(values);
	return median;
}

/* Jobs to points: of each, the jobs whose memory tells best. */
static void join_jobs(struct estimate *e)
{
	unsigned nr = 0;

	if (e->nr)
		qsort(e->v, e->nr, sizeof(*e->v), compare_known);
	for (unsigned i = 0, n; i < e->nr; i += n) {
		struct known *first = &e->v[i];
		unsigned best = 1;

		for (n = 1; i + n < e->nr; n++) {
			if (strcmp(first->key, first[n].key))
				break;
			best += !compare_memory(first, &first[n]);
			free(first[n].key);
		}
		first->fixed_s = median_of(first, best);
		e->v[nr++] = *first;
	}
	e->nr = nr;
}

/*
 * For all points whose keys agree up to the first `end`, one entry more: the
 * agreeing part and their mean, since it is for sums: few points of a family
 * take most of its time. So a case is found by "f/s/w/isa ", and a family by
 * "f/".
 */
static void add_means(struct estimate *e, unsigned nr, char end)
{
	for (unsigned i = 0, n; i < nr; i += n) {
		const char *key = e->v[i].key;
		size_t length = (size_t)(strchrnul(key, end) - key) + 1;
		char *prefix = strndupa(key, length);
		struct known mean = { 0 };

		for (n = 0; i + n < nr; n++) {
			if (strncmp(e->v[i + n].key, prefix, length))
				break;
			mean.fixed_s += e->v[i + n].fixed_s;
			mean.less_memory |= e->v[i + n].less_memory;
		}
		mean.fixed_s /= n;
		add_known(e, prefix, mean);
	}
}

struct estimate *estimate_read(const char *results_dir, const char *host,
			       uint64_t memory)
{
	struct estimate *e = calloc(1, sizeof(*e));
	struct earlier *list;
	unsigned nr = list_journals(results_dir, &list);

	if (!e)
		abort();
	e->memory = memory;
	for (unsigned i = 0; i < nr && e->runs < NEWEST_RUNS; i++)
		add_journal(e, list[i].path, host);
	free(list);
	join_jobs(e);
	nr = e->nr;
	add_means(e, nr, ' ');
	add_means(e, nr, '/');
	if (e->nr)
		qsort(e->v, e->nr, sizeof(*e->v), compare_known);
	return e;
}

void estimate_free(struct estimate *e)
{
	for (unsigned i = 0; i < e->nr; i++)
		free(e->v[i].key);
	free(e->v);
	free(e);
}

unsigned estimate_runs(const struct estimate *e)
{
	return e->runs;
}

static int compare_key(const void *key, const void *known)
{
	return strcmp(key, ((const struct known *)known)->key);
}

/* The point's own, or its case's, or its family's; NULL: nothing is known. */
static const struct known *find_known(const struct estimate *e, char *key,
				      enum estimate_source *source)
{
	static const char ends[ESTIMATE_NOTHING] = { '\0', ' ', '/' };

	for (unsigned i = 0; i < ESTIMATE_NOTHING && e->nr; i++) {
		const struct known *known;

		if (ends[i])
			*(strchrnul(key, ends[i]) + 1) = '\0';
		known = bsearch(key, e->v, e->nr, sizeof(*e->v), compare_key);
		if (!known)
			continue;
		*source = (enum estimate_source)i;
		return known;
	}
	*source = ESTIMATE_NOTHING;
	return NULL;
}

double estimate_point(const struct estimate *e, const struct plan_point *point,
		      const struct options *options,
		      struct estimate_basis *basis)
{
	const struct known *known;
	char *key;

	*basis = (struct estimate_basis){ .source = ESTIMATE_POINT };
	if (!point->placement)
		return 0;
	key = journal_point_key(point);
	known = find_known(e, key, &basis->source);
	free(key);
	basis->less_memory = known && known->less_memory;
	return (known ? known->fixed_s : UNKNOWN_FIXED_S) +
	       (double)options->reps * options->min_time_s;
}
