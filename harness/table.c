/* table.c - summary.csv as tables for people. */
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/compiler.h"
#include "stats.h"
#include "table_panel.h"
#include "table_text.h"

/* A point's row of the main metric: there is one for each, come what may. */
static bool is_point(const struct entry *e)
{
	return entry_is(e, METRIC, "ns_per_op");
}

/* Whether two entries are printed in one block. */
static bool same_block(const struct entry *a, const struct entry *b)
{
	return entry_same(a, b, FAMILY) && a->flat == b->flat &&
	       (a->flat || entry_same(a, b, WORKLOAD));
}

/*
 * The entries of v[first]'s block in one metric. null has no throughput; what
 * was skipped is in the list at the end.
 */
static unsigned select_entries(const struct entries *all, unsigned first,
			       const char *metric,
			       const struct entry **selected)
{
	const bool time = !strcmp(metric, "ns_per_op");
	unsigned nr = 0;

	for (unsigned i = first; i < all->nr; i++) {
		const struct entry *e = &all->v[i];

		if (same_block(e, &all->v[first]) &&
		    entry_is(e, METRIC, metric) &&
		    !entry_is(e, STATUS, "skipped") &&
		    (time || !entry_is(e, STRATEGY, "null")))
			selected[nr++] = e;
	}
	return nr;
}

static bool begins_block(const struct entries *all, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (same_block(&all->v[k], &all->v[i]))
			return false;
	return true;
}

static int tell_block(const struct entry *const *v, unsigned nr,
		      table_block_fn fn, void *arg)
{
	struct block b;
	int err = nr ? block_init(&b, v, nr) : 0;

	if (!nr || err)
		return err;
	fn(arg, &b);
	block_free(&b);
	return 0;
}

int table_blocks(const struct entries *all, table_block_fn fn, void *arg)
{
	const struct entry **v = calloc(all->nr + 1, sizeof(*v));
	int err = v ? 0 : -ENOMEM;

	for (unsigned i = 0; i < all->nr && !err; i++) {
		unsigned nr;

		if (!begins_block(all, i))
			continue;
		nr = select_entries(all, i, "bytes_per_s", v);
		if (!nr)
			nr = select_entries(all, i, "ns_per_op", v);
		err = tell_block(v, nr, fn, arg);
	}
	free(v);
	return err;
}

static void print_block(void *arg, const struct block *b)
{
	block_print(b, arg);
}

/* "frame/first_fit/churn scalar, order 4, 2 threads" */
static void print_point(const struct entry *e, FILE *out)
{
	fprintf(out, "%s/%s/%s", e->text[FAMILY], e->text[STRATEGY],
		e->text[WORKLOAD]);
	if (!entry_is(e, ISA, "scalar"))
		fprintf(out, " %s", e->text[ISA]);
	if (entry_has(e, SIZE_UNIT))
		fprintf(out, ", %s %s", e->text[SIZE_UNIT], e->text[SIZE]);
	fprintf(out, ", %u thread%s", e->threads, e->threads == 1 ? "" : "s");
}

static bool same_trouble(const struct entry *a, const struct entry *b)
{
	return entry_is_ok(a) == entry_is_ok(b) &&
	       (entry_is_ok(a) || entry_same(a, b, STATUS)) &&
	       entry_same(a, b, REASON);
}

/* All points with the same trouble as v[first], once; by its first point. */
static void print_trouble(const struct entries *all, unsigned first, FILE *out)
{
	const struct entry *e = &all->v[first];
	unsigned nr = 0;

	for (unsigned i = 0; i < all->nr; i++) {
		if (!is_point(&all->v[i]) || !same_trouble(&all->v[i], e))
			continue;
		if (i < first)
			return;
		nr++;
	}
	fprintf(out, "  %s%s%s\n      ", entry_is_ok(e) ? "" : e->text[STATUS],
		!entry_is_ok(e) && entry_has(e, REASON) ? ": " : "",
		entry_has(e, REASON) ? e->text[REASON] : "");
	print_point(e, out);
	if (nr > 1)
		fprintf(out, " and %u more", nr - 1);
	fputc('\n', out);
}

static void print_troubles(const struct entries *all, bool measured,
			   const char *title, FILE *out)
{
	bool any = false;

	for (unsigned i = 0; i < all->nr; i++) {
		const struct entry *e = &all->v[i];

		if (!is_point(e) || entry_is_ok(e) != measured ||
		    (measured && !entry_has(e, REASON)))
			continue;
		if (!any)
			fprintf(out, "\n%s\n", title);
		any = true;
		print_trouble(all, i, out);
	}
}

static void print_head(const struct entries *all, FILE *out)
{
	unsigned nr = 0, lost = 0, few = 0, most = 0;

	for (unsigned i = 0; i < all->nr; i++) {
		const struct entry *e = &all->v[i];
		unsigned processes = (unsigned)atoi(e->text[PROCESSES]);

		if (!is_point(e))
			continue;
		nr++;
		lost += !entry_is_ok(e);
		few += entry_is(e, STATUS, "few-processes");
		if (processes > most)
			most = processes;
	}
	if (all->nr)
		fprintf(out, "%s on %s: ", all->v[0].text[RUN_ID],
			all->v[0].text[HOST]);
	fprintf(out, "%u points", nr);
	if (lost)
		fprintf(out, ", %u of them not measured", lost);
	fprintf(out, "\nMedians of %u process%s", most, most == 1 ? "" : "es");
	if (most >= STATS_MIN_PROCESSES)
		fputs("; ± is the longer half of the 95 % interval (at a "
		      "line's end: the line's widest)",
		      out);
	fputc('\n', out);
	if (few)
		fprintf(out,
			"Points without an interval, which takes %d processes: "
			"%u\n",
			STATS_MIN_PROCESSES, few);
}

int summary_print(const char *dir, FILE *out, bool colour, unsigned width,
		  char *error, size_t error_size)
{
	struct table_text t = { out, colour, width, 0 };
	struct entries all;
	int err = entries_read(&all, dir, error, error_size);

	if (!err) {
		print_head(&all, out);
		err = table_blocks(&all, print_block, &t);
		print_troubles(&all, true, "With reservations:", out);
		print_troubles(&all, false, "Not measured:", out);
		if (err)
			snprintf(error, error_size, "%s/summary.csv: %s", dir,
				 strerror(-err));
	}
	entries_free(&all);
	return err;
}
