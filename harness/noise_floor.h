/*
 * noise_floor.h - how far two equal things come out apart on this machine, as
 * A/A runs showed: RESULTS/noise-floor.json, by machine, build, family, metric.
 */
#ifndef KMB_NOISE_FLOOR_H
#define KMB_NOISE_FLOOR_H

#include <jansson.h>
#include <stdbool.h>

#include "compare_run.h"

/* |ln ratio| between the arms of an A/A run, over its points. */
struct noise_floor {
	/*
	 * The floor is the largest: a verdict on any one of many points must
	 * not come from noise, so the worst of many is what it has to exceed.
	 */
	double max;
	double median; /* the usual one, to be told beside it */
	unsigned points;
	const char *run_id; /* of the A/A run; lives as long as the file */
	const char *date;
};

/* What is known; nothing yet: an empty one. NULL: one line is in error. */
json_t *noise_floor_load(const char *results, char *error, size_t error_size);
/* 0, or -errno with one line in error. */
int noise_floor_save(const json_t *floors, const char *results, char *error,
		     size_t error_size);

/*
 * Take the word of an A/A run, read for all its metrics, in place of an older
 * one of the same build; other families and metrics are kept. 0 or -ENOMEM.
 */
int noise_floor_measure(json_t *floors, const struct compare_run *run);
/*
 * The floor of a run's machine: of its own build, else the newest of another
 * one. False: no A/A run showed any.
 */
bool noise_floor_find(const json_t *floors, const struct compare_run *run,
		      const char *family, const char *metric,
		      struct noise_floor *floor);

#endif
