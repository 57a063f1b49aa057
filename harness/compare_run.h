/* compare_run.h - a finished run, found by what a user calls it. */
#ifndef KMB_COMPARE_RUN_H
#define KMB_COMPARE_RUN_H

#include <jansson.h>
#include <limits.h>
#include <stddef.h>

#include "observation.h"

struct compare_run {
	char dir[PATH_MAX];
	json_t *manifest;
	struct observations o; /* of one metric: compare_run_read */
};

/* What two runs may differ in when the user says so: bits of --allow. */
enum compare_allow {
	ALLOW_MACHINE = 1 << 0,
	ALLOW_BUILD = 1 << 1,
	ALLOW_AXES = 1 << 2,
};

/*
 * Find a run: a directory, a directory's name or a run_id below results, or a
 * label KEY=VALUE (the newest run that has it); and read its manifest. 0, or
 * -errno with one line in error; -ENOENT: there is none of that name.
 */
int compare_run_open(struct compare_run *run, const char *results,
		     const char *name, char *error, size_t error_size);
/*
 * Read the rows of a metric (NULL: all) whose process came through, sorted by
 * point and then by process. 0, or -errno with one line in error.
 */
int compare_run_read(struct compare_run *run, const char *metric, char *error,
		     size_t error_size);
void compare_run_close(struct compare_run *run);

/*
 * A text of the manifest by its path ("source.git_revision"), or "true" or
 * "false"; else "NA".
 */
const char *compare_run_text(const struct compare_run *run, const char *path);

/* Something that has to be the same in both, and is not. */
struct compare_difference {
	enum compare_allow allow;
	const char *word; /* --allow's */
	char text[512];	  /* "cpu_model: "X" and "Y"" */
};
#define COMPARE_MAX_DIFFERENCES 7

/* How many there are. */
unsigned
compare_run_differences(const struct compare_run *a,
			const struct compare_run *b,
			struct compare_difference v[COMPARE_MAX_DIFFERENCES]);

#endif
