/* observation.c - the rows of samples.csv, sorted by what they belong to. */
#include "observation.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const column_names[NR_COLUMNS] = {
	[FAMILY] = "family",
	[WORKLOAD] = "workload",
	[SIZE] = "size",
	[THREADS] = "threads",
	[SIZE_UNIT] = "size_unit",
	[PAGES] = "pages",
	[PLACE] = "place",
	[CPUS] = "cpus",
	[MEM_POLICY] = "mem_policy",
	[NODES_REQUESTED] = "nodes_requested",
	[STRATEGY] = "strategy",
	[ISA] = "isa",
	[ARM] = "arm",
	[NODES_ACTUAL] = "nodes_actual",
	[METRIC] = "metric",
	[UNIT] = "unit",
	[RUN_ID] = "run_id",
	[HOST] = "host",
	[PROCESS] = "process",
	[VALUE] = "value",
	[STATUS] = "status",
	[REASON] = "reason",
	[VERSION] = "version",
};

/* Whole numbers as they are written: the longer one is the larger. */
static int compare_numbers(const char *a, const char *b)
{
	const size_t m = strlen(a), n = strlen(b);

	return m == n ? strcmp(a, b) : m < n ? -1 : 1;
}

/* By name, but the main metric first. */
static int compare_metrics(const char *a, const char *b)
{
	const bool main_a = !strcmp(a, "ns_per_op");
	const bool main_b = !strcmp(b, "ns_per_op");

	return main_a == main_b ? strcmp(a, b) : main_b - main_a;
}

static int compare_key(const struct observation *a, const struct observation *b,
		       int key)
{
	if (key == SIZE || key == THREADS)
		return compare_numbers(a->cell[key], b->cell[key]);
	if (key == METRIC)
		return compare_metrics(a->cell[key], b->cell[key]);
	return strcmp(a->cell[key], b->cell[key]);
}

int observation_compare(const struct observation *a,
			const struct observation *b, int nr_keys)
{
	int order = 0;

	for (int key = 0; key < nr_keys && !order; key++)
		order = compare_key(a, b, key);
	return order;
}

/* Processes in order, and each one's rows as they were written. */
static int compare_origin(const struct observation *a,
			  const struct observation *b)
{
	/* All cells lie in one text: the earlier row's come first. */
	const char *x = a->cell[FAMILY], *y = b->cell[FAMILY];

	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	return (x > y) - (x < y);
}

static int by_process(const void *a, const void *b)
{
	const int order = observation_compare(a, b, NODES_ACTUAL);

	return order ? order : compare_origin(a, b);
}

static int by_metric(const void *a, const void *b)
{
	const int order = observation_compare(a, b, NR_KEYS);

	return order ? order : compare_origin(a, b);
}

void observations_sort_point(struct observation *v, unsigned nr)
{
	qsort(v, nr, sizeof(*v), by_metric);
}

unsigned observation_run(const struct observation *v, unsigned nr, int nr_keys)
{
	unsigned i = 1;

	while (i < nr && !observation_compare(v, v + i, nr_keys))
		i++;
	return i;
}

bool observation_has(const struct observation *o, enum column column)
{
	return *o->cell[column] && strcmp(o->cell[column], "NA");
}

static int find_columns(const struct csv *csv, int column[NR_COLUMNS],
			const char *path, char *error, size_t error_size)
{
	for (int i = 0; i < NR_COLUMNS; i++) {
		column[i] = csv_column(csv, column_names[i]);
		/* Schema 1 knew no arms, 3 no versions. */
		if (column[i] < 0 && i != ARM && i != VERSION) {
			snprintf(error, error_size, "%s: no column '%s'", path,
				 column_names[i]);
			return -EINVAL;
		}
	}
	return 0;
}

int observations_read(struct observations *o, const char *dir, char *error,
		      size_t error_size)
{
	char path[PATH_MAX];
	int column[NR_COLUMNS];
	int err;

	memset(o, 0, sizeof(*o));
	snprintf(path, sizeof(path), "%s/samples.csv", dir);
	err = csv_read(&o->csv, path, error, error_size);
	if (!err)
		err = find_columns(&o->csv, column, path, error, error_size);
	if (err)
		return err;
	o->v = calloc(o->csv.nr_rows + 1, sizeof(*o->v));
	if (!o->v) {
		snprintf(error, error_size, "%s: %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	for (unsigned i = 0; i < o->csv.nr_rows; i++) {
		struct observation *v = &o->v[o->nr];

		for (int k = 0; k < NR_COLUMNS; k++)
			v->cell[k] = csv_cell(&o->csv, i, column[k]);
		v->process = strtoul(v->cell[PROCESS], NULL, 10);
		/* A disturbed process that was measured once more. */
		o->nr += strcmp(v->cell[STATUS], "repeated") != 0;
	}
	qsort(o->v, o->nr, sizeof(*o->v), by_process);
	return 0;
}

void observations_free(struct observations *o)
{
	free(o->v);
	csv_free(&o->csv);
}
