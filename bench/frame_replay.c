/* frame_replay.c - what a replay of pages says of them. */
#include "frame_replay.h"

#include <stdio.h>
#include <stdlib.h>

int frame_replay_check(const char *path, char *error, size_t error_size)
{
	return replay_check(path, REPLAY_PAGES, error, error_size);
}

uint64_t frame_replay_round(const struct bench_env *env)
{
	return replay_round(env, REPLAY_PAGES);
}

struct frame_replay *frame_replay_new(const struct bench_env *env)
{
	struct frame_replay *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->replay = replay_new(env, REPLAY_PAGES);
	if (r->replay)
		return r;
	free(r);
	return NULL;
}

void frame_replay_free(struct frame_replay *r)
{
	replay_free(r->replay);
	free(r);
}

void frame_replay_count(struct frame_replay *r, const struct replay_step *step)
{
	if (!(step->op & REPLAY_ALLOC)) {
		r->live_pages -= 1ull << step->order;
		return;
	}
	r->live_pages += 1ull << step->order;
	if (r->live_pages > r->peak_pages)
		r->peak_pages = r->live_pages;
}

void frame_replay_metrics(const struct frame_replay *r, bench_metric_fn emit,
			  void *arg)
{
	emit(arg, "peak_pages", (double)r->peak_pages, "1");
	emit(arg, "trace_unknown_frees", (double)r->replay->unknown_frees, "1");
	emit(arg, "trace_implied_frees", (double)r->replay->implied_frees, "1");
	for (unsigned i = 0; i < REPLAY_SAMPLES; i++) {
		const struct frame_space *sample = &r->samples[i];
		char name[48];

		if (!sample->huge_possible)
			continue;
		snprintf(name, sizeof(name), "huge_free_share_at_%03u",
			 100 * i / (REPLAY_SAMPLES - 1));
		emit(arg, name, frame_space_huge_share(sample), "1");
	}
}
