/* frame_replay.h - the pages of a trace, and how memory lies meanwhile. */
#ifndef KMB_FRAME_REPLAY_H
#define KMB_FRAME_REPLAY_H

#include "frame_space.h"
#include "replay.h"

#define REPLAY_SAMPLES 11 /* at 0, 10, ..., 100 % of the trace */

struct frame_replay {
	struct replay *replay;
	/* Of a round in the order of the trace, by one thread; untimed. */
	uint64_t live_pages, peak_pages;
	struct frame_space samples[REPLAY_SAMPLES];
};

/* bench_case.check_file and .round */
int frame_replay_check(const char *path, char *error, size_t error_size);
uint64_t frame_replay_round(const struct bench_env *env);

/* The trace of env's case. NULL: out of memory, or it can no longer be read. */
struct frame_replay *frame_replay_new(const struct bench_env *env);
void frame_replay_free(struct frame_replay *r);

/* Of the untimed round: the step was done, and did not fail. */
void frame_replay_count(struct frame_replay *r, const struct replay_step *step);

void frame_replay_metrics(const struct frame_replay *r, bench_metric_fn emit,
			  void *arg);

#endif
