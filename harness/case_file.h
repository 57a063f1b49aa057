/* case_file.h - a file that workloads were asked to take. */
#ifndef KMB_CASE_FILE_H
#define KMB_CASE_FILE_H

#include <jansson.h>

#include "sums.h"

struct case_file {
	const char *path; /* absolute; the selector's */
	/*
	 * What stands for it in the workload's name: its base name without the
	 * extension, of letters that CSV and every file system take.
	 */
	char name[49];
	char sha256[SUMS_HEX + 1]; /* "": not known */
};

void case_file_init(struct case_file *f, const char *path);

/* {"path", "sha256"} */
json_t *case_file_encode(const struct case_file *f);

#endif
