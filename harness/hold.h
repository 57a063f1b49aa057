/*
 * hold.h - let others look at a case's process while all is in its place.
 *
 * With KMB_HOLD=DIR in the environment every measured stretch of every process
 * ends with DIR/SEQ.STRETCH, and goes on when somebody has removed it. The last
 * of a process's stretches are its repetitions, those before them the search
 * for the number of iterations. Untimed: the clocks were read before. Lines:
 *   pid PID
 *   memory START END NODES POLICY   a range, hexadecimal, the host nodes that
 *                                   are claimed for it as a list, and how:
 *                                   bind, interleave, or `- any` if not at all
 *   thread I TID CPU NODES          what is claimed for each thread, and the
 *                                   host nodes of the simulated one it is on
 */
#ifndef KMB_HOLD_H
#define KMB_HOLD_H

#include "host_numa.h"
#include "placement.h"

struct hold;

/* Is KMB_HOLD a directory, or not set? 0, or -errno and one line in error. */
int hold_check(char *error, size_t error_size);

/* NULL: nobody looks, and hold_here() does nothing. Aborts without memory. */
struct hold *hold_new(unsigned seq, const struct placement *placement,
		      const struct host_numa *host);
/* All threads, each as its own, at the end of a stretch; may block for long. */
void hold_here(struct hold *h, unsigned thread);
void hold_free(struct hold *h);

#endif
