/*
 * journal.h - plan.json and journal.jsonl: what a run is to do, and what of it
 * is done. A kill, a full disk or a reboot at any moment leaves files that
 * parse, and resume goes on from them.
 *
 * A job's rows go into samples.csv first, then its line into the journal, with
 * the length that samples.csv then has. What lies beyond the last line's length
 * belongs to a job that was not finished.
 */
#ifndef KMB_JOURNAL_H
#define KMB_JOURNAL_H

#include <jansson.h>

#include "options.h"
#include "plan.h"
#include "runner.h"

struct journal {
	int fd;
	uint64_t synced_ns;
};

/*
 * "family/strategy/workload/isa size threads pages place mem [arm]", to be
 * freed.
 */
char *journal_point_key(const struct plan_point *point);

/*
 * Write dir/plan.json: the run's words, its points, the identity of binary and
 * machine. 0 or -errno.
 */
int journal_write_plan(const char *dir, const struct options *options,
		       const struct plan *plan);

/*
 * Open dir/journal.jsonl to append to; it is locked until closed. 0, -EBUSY:
 * another process is writing this run, or -errno.
 */
int journal_open(struct journal *journal, const char *dir);
void journal_close(struct journal *journal);
/* Forget what the journal has beyond so many bytes. 0 or -errno. */
int journal_cut(struct journal *journal, uint64_t bytes);

/*
 * The job is done, values[nr] are what schedule_add() got of it, its rows are
 * in samples_fd. Both files are on the disk within a second. 0 or -errno.
 */
int journal_add(struct journal *journal, const struct plan *plan, unsigned job,
		const struct outcome *outcome, const double *values,
		unsigned nr, int samples_fd);

/* What is done of a run. */
struct journal_state {
	json_t *plan;		/* plan.json */
	unsigned nr_done;	/* whole lines that samples.csv bears out */
	json_t *done;		/* array of them */
	uint64_t samples_bytes; /* of samples.csv that they cover */
	uint64_t journal_bytes; /* of journal.jsonl that they are */
};

/*
 * Read a run's plan and journal; a torn last line is left out. 0, or -errno
 * with one line in error (file, line, what).
 */
int journal_read(struct journal_state *state, const char *dir, char *error,
		 size_t error_size);
void journal_state_free(struct journal_state *state);

/* Note in dir/plan.json that the run goes on, and with which identity. */
int journal_note_resume(const char *dir, const struct journal_state *state,
			bool forced);

/* What differs from plan.json's binary and machine: a line, or "" (nothing). */
void journal_compare_identity(const json_t *plan, char *what, size_t size);

#endif
