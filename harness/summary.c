/* summary.c - samples.csv to summary.csv: one row per point and metric. */
#include "summary.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/bench.h"
#include "../kernels/base/compiler.h"
#include "csv.h"
#include "observation.h"
#include "results.h"
#include "stats.h"

/* One row of summary.csv. */
struct row {
	const struct observation *first; /* lends its keys */
	const char *metric, *unit, *nodes_actual;
	unsigned processes, n;
	double median, min, q1, q3, cv, cv_within, floor_ratio;
	unsigned outliers; /* processes far from the others */
	struct stats_interval interval;
	const char *status;
	char reason[256]; /* "": none */
};

struct summary {
	struct summary_params params;
	struct observations o;
	/* Of the row at hand; room for all observations. */
	double *values, *medians;
	struct stats_process *processes;

	struct row *rows;
	unsigned nr_rows, room;
};

/* How a point's processes ended. */
struct outcome {
	unsigned nr, nr_failed;
	const char *status, *reason; /* the first failure's; reason or NULL */
};

/* A point's rows by process: mark those of processes that failed. */
static struct outcome judge_processes(struct observation *v, unsigned nr)
{
	struct outcome outcome = { 0 };

	for (unsigned i = 0, end; i < nr; i = end) {
		const struct observation *failure = NULL;

		for (end = i; end < nr && v[end].process == v[i].process; end++)
			if (!failure && strcmp(v[end].cell[STATUS], "ok"))
				failure = &v[end];
		outcome.nr++;
		if (!failure)
			continue;
		for (unsigned k = i; k < end; k++)
			v[k].failed = true;
		if (outcome.nr_failed++)
			continue;
		outcome.status = failure->cell[STATUS];
		if (observation_has(failure, REASON))
			outcome.reason = failure->cell[REASON];
	}
	return outcome;
}

static struct row *new_row(struct summary *s, const struct observation *first)
{
	struct row *row;

	if (s->nr_rows == s->room) {
		unsigned room = s->room ? 2 * s->room : 64;
		struct row *rows = realloc(s->rows, room * sizeof(*rows));

		if (!rows)
			return NULL;
		s->rows = rows;
		s->room = room;
	}
	row = &s->rows[s->nr_rows++];
	*row = (struct row){ .first = first,
			     .metric = first->cell[METRIC],
			     .unit = first->cell[UNIT],
			     .nodes_actual = first->cell[NODES_ACTUAL],
			     .median = NAN,
			     .min = NAN,
			     .q1 = NAN,
			     .q3 = NAN,
			     .cv = NAN,
			     .cv_within = NAN,
			     .floor_ratio = NAN,
			     .interval = { NAN, NAN } };
	return row;
}

/* The one row of a point of which no process came through. */
static int add_failure(struct summary *s, const struct observation *first,
		       const struct outcome *outcome)
{
	struct row *row = new_row(s, first);

	if (!row)
		return -ENOMEM;
	row->metric = "ns_per_op";
	row->unit = "ns";
	row->nodes_actual = NULL;
	row->status = outcome->status;
	snprintf(row->reason, sizeof(row->reason), "%s",
		 outcome->reason ? outcome->reason : "");
	return 0;
}

/* Gather the values of processes that count, process by process. */
static void gather(struct summary *s, const struct observation *v, unsigned nr,
		   struct row *row)
{
	const struct observation *last = NULL;

	for (unsigned i = 0; i < nr; i++) {
		const double value = csv_number(v[i].cell[VALUE]);

		if (v[i].failed || isnan(value))
			continue;
		if (!last || last->process != v[i].process)
			s->processes[row->processes++] =
				(struct stats_process){ .values = s->values +
								  row->n };
		s->processes[row->processes - 1].nr++;
		s->values[row->n++] = value;
		last = &v[i];
	}
}

/* What a reader must know: failures beside it, a fall-back it ran with. */
static void explain(struct row *row, const struct observation *v, unsigned nr,
		    const struct outcome *outcome)
{
	const char *note = "";
	int used = 0;

	for (unsigned i = 0; i < nr && !*note; i++)
		if (!v[i].failed && observation_has(&v[i], REASON))
			note = v[i].cell[REASON];
	if (outcome->nr_failed)
		used = snprintf(row->reason, sizeof(row->reason),
				"%u of %u processes failed: %s%s",
				outcome->nr_failed, outcome->nr,
				outcome->reason ? outcome->reason
						: outcome->status,
				*note ? "; " : "");
	if ((size_t)used < sizeof(row->reason))
		snprintf(row->reason + used, sizeof(row->reason) - (size_t)used,
			 "%s", note);
}

/* Median over the processes of the spread inside one. */
static double spread_within(struct summary *s, const struct row *row)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < row->processes; i++) {
		const double cv =
			stats_cv(s->processes[i].values, s->processes[i].nr);

		if (!isnan(cv))
			s->medians[nr++] = cv;
	}
	stats_sort(s->medians, nr);
	return stats_quantile(s->medians, nr, 0.5);
}

/* Tukey's fences: flagged, never dropped. */
static unsigned count_outliers(const double *sorted, unsigned nr)
{
	const double q1 = stats_quantile(sorted, nr, 0.25);
	const double q3 = stats_quantile(sorted, nr, 0.75);
	const double reach = 1.5 * (q3 - q1);
	unsigned outliers = 0;

	for (unsigned i = 0; i < nr; i++)
		outliers += sorted[i] < q1 - reach || sorted[i] > q3 + reach;
	return outliers;
}

/* Why there are no more processes: tight enough, or all spent. */
static const char *judge_effort(const struct summary *s, const struct row *row)
{
	if (!row->processes)
		return "skipped";
	if (row->processes < STATS_MIN_PROCESSES)
		return "few-processes";
	return stats_half_width(row->median, &row->interval) <=
			       s->params.max_noise
		       ? "converged"
		       : "budget";
}

bool summary_is_measured(const char *status)
{
	static const char *const measured[] = { "converged", "budget",
						"few-processes", "ok" };

	for (unsigned i = 0; i < ARRAY_SIZE(measured); i++)
		if (!strcmp(status, measured[i]))
			return true;
	return false;
}

static int compute(struct summary *s, struct row *row)
{
	int err;

	row->cv_within = spread_within(s, row);
	err = stats_process_medians(s->processes, row->processes, s->medians);

	if (!err)
		err = stats_bootstrap(s->processes, row->processes,
				      s->params.seed, &row->interval);
	if (err)
		return err;
	row->cv = stats_cv(s->medians, row->processes);
	stats_sort(s->medians, row->processes);
	row->median = stats_quantile(s->medians, row->processes, 0.5);
	row->outliers = count_outliers(s->medians, row->processes);
	stats_sort(s->values, row->n);
	row->min = stats_quantile(s->values, row->n, 0);
	row->q1 = stats_quantile(s->values, row->n, 0.25);
	row->q3 = stats_quantile(s->values, row->n, 0.75);
	return 0;
}

/* The rows of one metric of one point. */
static int add_metric(struct summary *s, const struct observation *v,
		      unsigned nr, const struct outcome *outcome)
{
	unsigned first = 0;
	struct row *row;
	int err;

	while (first < nr && v[first].failed)
		first++;
	if (first == nr)
		return 0;
	row = new_row(s, &v[first]);
	if (!row)
		return -ENOMEM;
	gather(s, v, nr, row);
	explain(row, v, nr, outcome);
	err = row->n ? compute(s, row) : 0;
	row->status = judge_effort(s, row);
	return err;
}

static int add_point(struct summary *s, struct observation *v, unsigned nr)
{
	const struct outcome outcome = judge_processes(v, nr);
	int err = 0;

	if (outcome.nr_failed == outcome.nr)
		return add_failure(s, v, &outcome);
	observations_sort_point(v, nr);
	for (unsigned i = 0, run; i < nr && !err; i += run) {
		run = observation_run(v + i, nr - i, NR_KEYS);
		err = add_metric(s, v + i, run, &outcome);
	}
	return err;
}

/* `floor` among rows that agree up to STRATEGY. */
static const struct row *find_floor(const struct row *rows, unsigned nr,
				    const struct row *of)
{
	for (unsigned i = 0; i < nr; i++)
		if (!strcmp(rows[i].first->cell[STRATEGY], "floor") &&
		    !strcmp(rows[i].metric, of->metric) &&
		    !strcmp(rows[i].unit, of->unit))
			return &rows[i];
	return NULL;
}

static void add_floor_ratios(struct row *rows, unsigned nr_rows)
{
	for (unsigned i = 0, end; i < nr_rows; i = end) {
		for (end = i + 1; end < nr_rows; end++)
			if (observation_compare(rows[i].first, rows[end].first,
						STRATEGY))
				break;
		for (unsigned k = i; k < end; k++) {
			const struct row *floor =
				find_floor(rows + i, end - i, &rows[k]);

			if (floor)
				rows[k].floor_ratio =
					rows[k].median / floor->median;
		}
	}
}

static int build(struct summary *s)
{
	struct observation *v = s->o.v;
	const unsigned nr = s->o.nr;
	int err = 0;

	s->values = calloc(nr + 1, sizeof(*s->values));
	s->medians = calloc(nr + 1, sizeof(*s->medians));
	s->processes = calloc(nr + 1, sizeof(*s->processes));
	if (!s->values || !s->medians || !s->processes)
		return -ENOMEM;
	for (unsigned i = 0, run; i < nr && !err; i += run) {
		run = observation_run(v + i, nr - i, NODES_ACTUAL);
		err = add_point(s, v + i, run);
	}
	add_floor_ratios(s->rows, s->nr_rows);
	return err;
}

static void add_optional(struct csv_row *text, const struct observation *o,
			 enum column column)
{
	csv_add_text(text, observation_has(o, column) ? o->cell[column] : NULL);
}

static void format_row(struct csv_row *text, const struct row *row)
{
	static const enum column point[] = {
		RUN_ID, HOST,	 FAMILY,     STRATEGY,	     WORKLOAD,
		ISA,	THREADS, SIZE,	     SIZE_UNIT,	     PAGES,
		PLACE,	CPUS,	 MEM_POLICY, NODES_REQUESTED
	};

	csv_add_uint(text, SUMMARY_SCHEMA);
	for (unsigned i = 0; i < ARRAY_SIZE(point); i++)
		csv_add_text(text, row->first->cell[point[i]]);
	csv_add_text(text, row->nodes_actual);
	csv_add_text(text, row->metric);
	csv_add_text(text, row->unit);
	csv_add_uint(text, row->processes);
	csv_add_uint(text, row->n);
	csv_add_number(text, row->median);
	csv_add_number(text, row->interval.lo);
	csv_add_number(text, row->interval.hi);
	csv_add_number(text, row->min);
	csv_add_number(text, row->q1);
	csv_add_number(text, row->q3);
	csv_add_number(text, row->cv);
	csv_add_number(text, row->floor_ratio);
	csv_add_text(text, row->status);
	csv_add_text(text, *row->reason ? row->reason : NULL);
	add_optional(text, row->first, ARM);
	csv_add_number(text, row->cv_within);
	csv_add_uint(text, row->outliers);
	results_add_variant(text, row->first->cell[WORKLOAD]);
	add_optional(text, row->first, VERSION);
	csv_end_row(text);
}

static int save(const struct summary *s, const char *dir)
{
	struct csv_row text = { 0 };
	int err;

	csv_add_header(&text, SUMMARY_HEADER);
	csv_end_row(&text);
	for (unsigned i = 0; i < s->nr_rows; i++)
		format_row(&text, &s->rows[i]);
	err = text.error;
	if (!err)
		err = results_write_file(dir, "summary.csv", text.text,
					 text.used);
	csv_row_free(&text);
	return err;
}

int summary_write(const char *dir, const struct summary_params *params,
		  char *error, size_t error_size)
{
	struct summary s = { .params = *params };
	int err = observations_read(&s.o, dir, error, error_size);

	if (!err) {
		err = build(&s);
		if (!err)
			err = save(&s, dir);
		if (err)
			snprintf(error, error_size, "%s/summary.csv: %s", dir,
				 strerror(-err));
	}
	free(s.rows);
	free(s.processes);
	free(s.medians);
	free(s.values);
	observations_free(&s.o);
	return err;
}
