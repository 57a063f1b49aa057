/*
 * workload_group.h - ready groups: workloads that tell one story together, with
 * the axes that tell it. A selector may be a group's name.
 */
#ifndef KMB_WORKLOAD_GROUP_H
#define KMB_WORKLOAD_GROUP_H

#include <stdio.h>

#include "../bench/bench.h"

#define GROUP_MAX_CASES 4

/* One panel of the group's chart. */
struct group_chapter {
	const char *title;
	const char *where; /* what lies where in it */
	/* Ends with the first that has no family. */
	struct group_case {
		const char *family, *strategy, *workload;
		uint64_t size;
	} cases[GROUP_MAX_CASES + 1];
};

struct workload_group {
	const char *name, *what;
	const char *place; /* of --place, unless it is given */
	unsigned nr_chapters;
	const struct group_chapter *chapters;
};

/* All there are; ends with one that has no name. */
extern const struct workload_group workload_groups[];

/* NULL: there is none of that name. */
const struct workload_group *group_find(const char *name);

/* Of a chapter: the case of that name, or NULL. */
const struct group_case *group_find_case(const struct group_chapter *chapter,
					 const char *family,
					 const char *strategy,
					 const char *workload);
/* What size the group has a case at. The case must be the group's. */
uint64_t group_size(const struct workload_group *group,
		    const struct bench_case *bench);

/* Is a case measured? */
typedef bool group_has_fn(const void *arg, const struct group_case *c);

/*
 * What it is, and chapter by chapter its cases and what lies where; which of
 * them has(arg, case) denies (NULL: none).
 */
void group_print(const struct workload_group *group, group_has_fn *has,
		 const void *arg, FILE *out);

#endif
