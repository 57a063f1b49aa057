/*
 * observation.h - the rows of samples.csv, in an order in which what belongs
 * together are neighbours.
 */
#ifndef KMB_OBSERVATION_H
#define KMB_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>

#include "csv.h"

/*
 * The columns that are read. Rows are sorted by the first ones: up to STRATEGY
 * what one `floor` holds for, up to NODES_ACTUAL a point, up to NR_KEYS one
 * metric of it.
 */
enum column {
	FAMILY,
	WORKLOAD,
	SIZE,
	THREADS,
	SIZE_UNIT,
	PAGES,
	PLACE,
	CPUS,
	MEM_POLICY,
	NODES_REQUESTED,
	STRATEGY,
	ISA,
	ARM,
	NODES_ACTUAL,
	METRIC,
	UNIT,
	NR_KEYS,
	RUN_ID = NR_KEYS,
	HOST,
	PROCESS,
	VALUE,
	STATUS,
	REASON,
	VERSION,
	NR_COLUMNS
};

struct observation {
	const char *cell[NR_COLUMNS]; /* in the table's text */
	unsigned long process;
	bool failed; /* it, or another one of its process, is not ok */
};

struct observations {
	struct csv csv;
	unsigned nr;
	struct observation *v;
};

/*
 * Read dir/samples.csv; in order of points, then processes, then as written.
 * 0, or -errno with one line in error.
 */
int observations_read(struct observations *o, const char *dir, char *error,
		      size_t error_size);
void observations_free(struct observations *o);

/* Put one point's rows in order of metrics, and each one's by process. */
void observations_sort_point(struct observation *v, unsigned nr);

/* <0, 0, >0: by the first nr_keys keys; sizes and threads as numbers. */
int observation_compare(const struct observation *a,
			const struct observation *b, int nr_keys);
/* How many rows at v[0] agree with it in the first nr_keys keys; nr > 0. */
unsigned observation_run(const struct observation *v, unsigned nr, int nr_keys);

/* Whether a cell says anything: neither empty nor NA. */
bool observation_has(const struct observation *o, enum column column);

#endif
