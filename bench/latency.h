/*
 * latency.h - time single operations of a case, and say how they are spread.
 *
 * The loop that is sampled is the very function that the repetitions time; it
 * is asked for one operation between two readings of the counter, and for all
 * the others at a stretch. Which operation is timed is drawn anew after each:
 * were it every 64th exactly, an allocator that refills every 64th time would
 * show either nothing but refills or none at all.
 */
#ifndef KMB_LATENCY_H
#define KMB_LATENCY_H

#include "bench.h"

#ifdef __cplusplus
extern "C" {
#endif

struct latency;

/*
 * For `threads` threads of this process, one operation of `every` on average.
 * Takes 10 ms, in which the counter is calibrated and what it costs measured.
 * NULL: out of memory.
 */
struct latency *latency_new(unsigned threads, uint64_t every, uint64_t seed);
void latency_free(struct latency *l);

/* Each thread, untimed: bring its histogram into being. 0 or -ENOMEM. */
int latency_thread_begin(struct latency *l, unsigned cpu);

/* Each thread: nr operations of loop, some of them timed. */
void latency_sample(struct latency *l, struct bench_thread *self,
		    uint64_t (*loop)(struct bench_thread *self, uint64_t nr),
		    uint64_t nr);

/*
 * Once, when all threads are done: the metrics latency_*, of all threads
 * together. A percentile is left out if not one sample can lie above it.
 */
void latency_report(struct latency *l, bench_metric_fn metric, void *arg);

#ifdef __cplusplus
}
#endif

#endif
