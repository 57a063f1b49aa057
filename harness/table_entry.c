/* table_entry.c - the rows of summary.csv as the tables need them. */
#include "table_entry.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "summary.h"

static const char *const field_names[NR_FIELDS] = {
	[WORKLOAD] = "workload",
	[STRATEGY] = "strategy",
	[ISA] = "isa",
	[SIZE] = "size",
	[SIZE_UNIT] = "size_unit",
	[PAGES] = "pages",
	[PLACE] = "place",
	[MEM_POLICY] = "mem_policy",
	[NODES_ACTUAL] = "nodes_actual",
	[FAMILY] = "family",
	[THREADS] = "threads",
	[METRIC] = "metric",
	[PROCESSES] = "processes",
	[MEDIAN] = "median",
	[CI_LO] = "ci_lo",
	[CI_HI] = "ci_hi",
	[FLOOR_RATIO] = "floor_ratio",
	[STATUS] = "status",
	[REASON] = "reason",
	[RUN_ID] = "run_id",
	[HOST] = "host",
};

bool entry_same(const struct entry *a, const struct entry *b, enum field field)
{
	return !strcmp(a->text[field], b->text[field]);
}

bool entry_is(const struct entry *e, enum field field, const char *text)
{
	return !strcmp(e->text[field], text);
}

bool entry_has(const struct entry *e, enum field field)
{
	return *e->text[field] && !entry_is(e, field, "NA");
}

bool entry_is_reference(const struct entry *e)
{
	return entry_is(e, STRATEGY, "null") || entry_is(e, STRATEGY, "floor");
}

bool entry_is_ok(const struct entry *e)
{
	return summary_is_measured(e->text[STATUS]);
}

static void parse_entry(struct entry *e)
{
	const double lo = csv_number(e->text[CI_LO]);
	const double hi = csv_number(e->text[CI_HI]);

	e->size = strtoull(e->text[SIZE], NULL, 10);
	e->threads = (unsigned)strtoul(e->text[THREADS], NULL, 10);
	e->median = csv_number(e->text[MEDIAN]);
	/* The empty loop beside a floor says nothing. */
	e->floor_ratio = entry_is(e, STRATEGY, "null")
				 ? NAN
				 : csv_number(e->text[FLOOR_RATIO]);
	/* The longer side, when the interval is lopsided. NaN stays NaN. */
	e->half = isnan(lo) || isnan(hi)
			  ? NAN
			  : fmax(hi - e->median, e->median - lo) / e->median;
}

/* A workload's entries are neighbours: see whether their sizes differ. */
static void find_flat(struct entries *e)
{
	for (unsigned i = 0, end; i < e->nr; i = end) {
		bool flat = true;

		for (end = i; end < e->nr; end++) {
			if (!entry_same(&e->v[i], &e->v[end], FAMILY) ||
			    !entry_same(&e->v[i], &e->v[end], WORKLOAD))
				break;
			flat = flat && e->v[end].size == e->v[i].size;
		}
		for (unsigned k = i; k < end; k++)
			e->v[k].flat = flat;
	}
}

int entries_read(struct entries *e, const char *dir, char *error,
		 size_t error_size)
{
	char path[PATH_MAX];
	int column[NR_FIELDS];
	int err;

	memset(e, 0, sizeof(*e));
	snprintf(path, sizeof(path), "%s/summary.csv", dir);
	err = csv_read(&e->csv, path, error, error_size);
	if (err)
		return err;
	for (int i = 0; i < NR_FIELDS; i++) {
		column[i] = csv_column(&e->csv, field_names[i]);
		if (column[i] < 0) {
			snprintf(error, error_size, "%s: no column '%s'", path,
				 field_names[i]);
			return -EINVAL;
		}
	}
	e->nr = e->csv.nr_rows;
	e->v = calloc(e->nr + 1, sizeof(*e->v));
	if (!e->v) {
		snprintf(error, error_size, "%s: %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	for (unsigned i = 0; i < e->nr; i++) {
		for (int k = 0; k < NR_FIELDS; k++)
			e->v[i].text[k] = csv_cell(&e->csv, i, column[k]);
		parse_entry(&e->v[i]);
	}
	find_flat(e);
	return 0;
}

void entries_free(struct entries *e)
{
	free(e->v);
	csv_free(&e->csv);
}
