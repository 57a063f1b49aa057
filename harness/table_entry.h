/* table_entry.h - the rows of summary.csv as the tables need them. */
#ifndef KMB_TABLE_ENTRY_H
#define KMB_TABLE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "csv.h"

enum field {
	WORKLOAD, /* the fields that may tell lines of one table apart */
	STRATEGY,
	ISA,
	SIZE,
	SIZE_UNIT,
	PAGES,
	PLACE,
	MEM_POLICY,
	NODES_ACTUAL,
	NR_LINE_FIELDS,
	FAMILY = NR_LINE_FIELDS,
	THREADS,
	METRIC,
	PROCESSES,
	MEDIAN,
	CI_LO,
	CI_HI,
	FLOOR_RATIO,
	STATUS,
	REASON,
	RUN_ID,
	HOST,
	NR_FIELDS
};

struct entry {
	const char *text[NR_FIELDS];
	uint64_t size;
	unsigned threads;
	double median, floor_ratio;
	double half; /* of the interval, relative to the median; or NaN */
	bool flat;   /* its workload has one size only */
};

struct entries {
	struct csv csv;
	unsigned nr;
	struct entry *v; /* in the file's order */
};

/* Read dir/summary.csv. 0, or -errno with one line in error. */
int entries_read(struct entries *e, const char *dir, char *error,
		 size_t error_size);
void entries_free(struct entries *e);

/* Whether two entries have the same text in a field. */
bool entry_same(const struct entry *a, const struct entry *b, enum field field);
bool entry_is(const struct entry *e, enum field field, const char *text);
/* Neither empty nor NA. */
bool entry_has(const struct entry *e, enum field field);
/* null and floor. */
bool entry_is_reference(const struct entry *e);
/* Its point was measured. */
bool entry_is_ok(const struct entry *e);

#endif
