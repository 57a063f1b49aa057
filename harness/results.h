/*
 * results.h - a run's directory and the samples in it.
 *
 * The schema is results/README.md's; SAMPLE_COLUMNS is its only copy in code.
 * The parent process is the only writer.
 */
#ifndef KMB_RESULTS_H
#define KMB_RESULTS_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "csv.h"

#define SAMPLES_SCHEMA 1

/* One observation. Texts may be NULL (NA); value may be NaN (NA). */
struct sample {
	unsigned seq, block, process, rep; /* process: 0.. of this point */
	const char *family, *strategy, *workload, *isa;
	unsigned threads;
	uint64_t size;
	const char *size_unit;
	const char *pages; /* host pages that the memory really had */
	const char *place, *cpus;
	const char *mem_policy, *nodes_requested, *nodes_actual;
	const char *metric;
	double value;
	const char *unit, *source;
	double coverage; /* of a multiplexed counter; NaN otherwise */
	const char *status, *reason;
};

struct results {
	char dir[PATH_MAX];
	char run_id[128], host[64];
	int samples_fd;
	struct csv_row row;
};

/*
 * Make the run's directory (dir, which must be new or empty, or NULL for
 * root/<UTC>-<host>-<id>), its raw/ and plots/, and samples.csv with its
 * header. 0, or -errno with one line in error.
 */
int results_create(struct results *r, const char *root, const char *dir,
		   char *error, size_t error_size);
/* Append one row. 0 or -errno (-ENOSPC: the disk is full). */
int results_add(struct results *r, const struct sample *sample);
/* Point root/latest at the run (when it lies in root) and close. */
void results_close(struct results *r, const char *root);

/* Write text beside its place and rename it into it. 0 or -errno. */
int results_write_file(const char *dir, const char *name, const char *text,
		       size_t bytes);

/* Make summary.csv from samples.csv. 0, or -errno with a line in error. */
int summary_write(const char *dir, uint64_t seed, char *error,
		  size_t error_size);
/* Print summary.csv as a table for people; colour: use ANSI colours. */
int summary_print(const char *dir, FILE *out, int colour, unsigned width,
		  char *error, size_t error_size);

/* Draw every chart that summary.csv has data for into dir/plots. The number
 * of charts, or -errno with a line in error (-ENOENT: no gnuplot). */
int plot_run(const char *dir, char *error, size_t error_size);

#endif
