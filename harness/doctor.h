/*
 * doctor.h - the state of the machine, as far as it bears on the numbers: a
 * list of findings. Nothing here changes anything for longer than it looks.
 */
#ifndef KMB_DOCTOR_H
#define KMB_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../kernels/base/compiler.h"
#include "topology.h"

#define DOCTOR_SCHEMA 1

/*
 * What can be told of this machine, as
 *   {"schema": 1, "quick": BOOL, "findings": [{"group", "name", "level",
 *     "state", "why", "command": TEXT or null, "values": {NAME: NUMBER}}]}
 * Takes a second, in which the calling thread spins on t's first CPU; quick:
 * a twentieth of one, for the beginning and the end of a run. The thread's
 * affinity is as before afterwards. The caller's reference; NULL when out of
 * memory.
 */
json_t *doctor_collect(const struct topology *t, bool quick);

/* The findings as a table for people. */
void doctor_print(const json_t *report, FILE *out, bool colour);

/* What should be known before a run: the first warnings, a line each. */
void doctor_warn(const json_t *report, FILE *out);

/* ---- what the checks (doctor_*.c) share ---- */

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_NOTE, /* something cannot be had or known; numbers stay right */
	DOCTOR_WARN, /* numbers are noisier than need be, or not what they seem
		      */
};

struct doctor {
	const char *root; /* before every path; "" is this machine */
	const struct topology *topology;
	json_t *findings;
	const char *group; /* of what is added next */
};

/*
 * Add a finding: why it matters (one sentence), what would change it (a line
 * for root's shell; NULL: nothing can, or nothing should), and its state.
 */
void doctor_add(struct doctor *d, enum doctor_level level, const char *name,
		const char *why, const char *command, const char *state, ...)
	printf_like(6, 7);

/* A number of the finding added last, for programs; NaN is left out. */
void doctor_value(struct doctor *d, const char *name, double value);

/*
 * The text after `key` and blanks or a colon, on the first line of a file that
 * begins with key; false (and "") when there is none.
 */
bool doctor_field(const struct doctor *d, char *value, size_t size,
		  const char *key, const char *path);
/* The same as a number in base 10, or `missing`. */
uint64_t doctor_field_uint(const struct doctor *d, uint64_t missing,
			   const char *key, const char *path);

enum doctor_virtual { VIRTUAL_NO, VIRTUAL_YES, VIRTUAL_UNKNOWN };
enum doctor_virtual doctor_virtual(const struct doctor *d);

/* A fixed chain of dependent additions, timed again and again on one CPU. */
struct doctor_drift {
	unsigned nr;		 /* samples that no other task disturbed */
	unsigned nr_slow;	 /* of them, 10 % and more below the median */
	unsigned nr_preempted;	 /* disturbed ones, left out of what follows */
	double min, median, max; /* additions a second */
	double drift;  /* last quarter's median over the first's, less 1 */
	int pin_error; /* 0, or -errno: it was not held on its CPU */
};
void doctor_drift_measure(struct doctor_drift *drift, const struct topology *t,
			  double seconds);

/* The counters of time, and who had it. */
struct doctor_reading {
	double seconds;	    /* monotonic */
	double own_seconds; /* CPU time of this process */
	double busy_seconds, steal_seconds, total_seconds; /* of all CPUs */
	unsigned nr_processes;
	struct doctor_process {
		int pid;
		char name[16];
		double seconds;
	} * processes; /* by pid; without this one */
};
/* 0, or -errno: /proc/stat cannot be read. */
int doctor_reading_take(struct doctor_reading *r, const char *root);
void doctor_reading_free(struct doctor_reading *r);

/* ---- the checks ---- */

void doctor_check_cpu(struct doctor *d);
void doctor_check_drift(struct doctor *d, const struct doctor_drift *drift);
void doctor_check_memory(struct doctor *d);
void doctor_check_limits(struct doctor *d);
/* NULL: could not be read. */
void doctor_check_noise(struct doctor *d, const struct doctor_reading *before,
			const struct doctor_reading *after);
/* pin_error: what came of pinning, 0 or -errno. */
void doctor_check_permissions(struct doctor *d, int pin_error);
void doctor_check_libraries(struct doctor *d, bool quick);

/*
 * A system call that was tried: its word in doctor_permissions.c's table, and
 * what came of it, 0 or an errno.
 */
void doctor_tried(struct doctor *d, const char *call, int error);
/* The PMU's cycle counter: 0 or an errno of opening it, and what it counted. */
void doctor_tried_pmu(struct doctor *d, int error, uint64_t cycles);

#endif
