/*
 * results.h - a run's directory and the samples in it.
 *
 * The schema is results/README.md's; SAMPLES_HEADER is its only copy in code.
 * The parent process is the only writer.
 */
#ifndef KMB_RESULTS_H
#define KMB_RESULTS_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "csv.h"

#define SAMPLES_SCHEMA 4
#define SAMPLES_HEADER                                                         \
	"schema,run_id,host,seq,block,process,rep,family,strategy,workload,"   \
	"isa,threads,size,size_unit,pages,place,cpus,mem_policy,"              \
	"nodes_requested,nodes_actual,metric,value,unit,source,coverage,"      \
	"status,reason,arm,steal_ns,nivcsw,faults,migrations,cpu_mhz,variant," \
	"version"

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
	const char *arm; /* "a" or "b" of an A/A run; else NULL */

	/* What disturbed it; NaN: not known here. */
	double steal_ns;   /* taken by the hypervisor, of the whole process */
	double nivcsw;	   /* involuntary context switches in the span */
	double faults;	   /* page faults in it */
	double migrations; /* moves to another CPU in it */
	double cpu_mhz;	   /* frequency right after it */

	const char *version; /* of the library that was measured */
};

struct results {
	char dir[PATH_MAX];
	char run_id[128], host[64];
	char started[32];   /* UTC, yyyymmddThhmmssZ */
	char families[256]; /* those sampled so far, "frame machine" */
	int samples_fd;
	struct csv_row row;
};

/*
 * Make the run's directory (dir, which must be new or empty, or NULL for
 * root/<UTC>-<host>-<id>), its raw/ and plots/, and samples.csv with its
 * header. 0, or -errno with one line in error that names the path; what was
 * made until then is removed again.
 */
int results_create(struct results *r, const char *root, const char *dir,
		   char *error, size_t error_size);
/*
 * Open a run that is there, to go on with it; run_id and host are its
 * manifest's. 0, or -errno with one line in error.
 */
int results_reopen(struct results *r, const char *dir, char *error,
		   size_t error_size);
/* A family that the run measures, for index.csv; results_add() notes its own.
 */
void results_note_family(struct results *r, const char *family);
/*
 * Forget what samples.csv has beyond so many bytes; 0: all but its header,
 * which may be torn and is written anew. 0 or -errno.
 */
int results_cut(struct results *r, uint64_t bytes);
/* The column `variant`: of trace@inline:NAME it is inline. */
void results_add_variant(struct csv_row *row, const char *workload);
/*
 * Append one row. 0 or -errno (-ENOSPC: the disk is full); samples.csv holds
 * whole rows in either case.
 */
int results_add(struct results *r, const struct sample *sample);
/*
 * The run is over. When its directory lies in root, append its line (points
 * measured; "complete", "interrupted" or "failed") to root/index.csv and let
 * root/latest point at it. Frees r. 0 or -errno.
 */
int results_close(struct results *r, const char *root, unsigned nr_points,
		  const char *status);

/* The machine's name up to its first dot, fit for a file's name. */
void results_host(char *host, size_t size);

/* Write text beside its place and rename it into it. 0 or -errno. */
int results_write_file(const char *dir, const char *name, const char *text,
		       size_t bytes);

#endif
