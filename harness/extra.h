/*
 * extra.h - what the child measures beside the clocks, thread by thread, in
 * the words of bench_span.extra.
 */
#ifndef KMB_EXTRA_H
#define KMB_EXTRA_H

#include <stdint.h>

#include "../bench/bench.h"

/* A word that could not be measured. */
#define EXTRA_NA UINT64_MAX

enum extra_word {
	EXTRA_NIVCSW,	    /* involuntary context switches in the span */
	EXTRA_FAULTS,	    /* page faults in it, minor and major */
	EXTRA_MIGRATIONS,   /* moves to another CPU in it */
	EXTRA_COUNTERS = 8, /* from here on: counters.h's, three words each */
};

/* Words a counter takes: value, time_enabled, time_running. */
#define EXTRA_COUNTER_WORDS 3
#define EXTRA_MAX_COUNTERS \
	((BENCH_MAX_EXTRA - EXTRA_COUNTERS) / EXTRA_COUNTER_WORDS)

#endif
