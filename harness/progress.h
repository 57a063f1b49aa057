/* progress.h - how far a run is and how long it will take, on stderr. */
#ifndef KMB_PROGRESS_H
#define KMB_PROGRESS_H

#include "plan.h"

struct progress {
	const struct plan *plan;
	bool terminal; /* a bar that is redrawn, else a line a block */
	uint64_t started_ns, drawn_ns;
};

void progress_start(struct progress *p, const struct plan *plan);
/* Job i is about to run. */
void progress_job(struct progress *p, unsigned i);
/* Say a line without tearing the bar. */
void progress_say(struct progress *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void progress_end(struct progress *p);

#endif
