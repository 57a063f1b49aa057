/*
 * counters.h - what hardware and kernel count beside the clocks.
 *
 * The parent chooses: it tries to open the events that --counters names, each
 * with its alternatives, and keeps those that this machine counts. The set of
 * them goes to each case's process, which opens them in every thread and reads
 * them around every timed stretch; what it read comes home in the span, and
 * the parent makes metrics of it. What cannot be counted has no row or an NA,
 * never a 0.
 */
#ifndef KMB_COUNTERS_H
#define KMB_COUNTERS_H

#include "counters_perf.h"
#include "extra.h"

#define COUNTERS_MAX EXTRA_MAX_COUNTERS
#define COUNTERS_MAX_RATIOS 8
#define COUNTERS_MAX_REFUSALS 32
#define COUNTER_METRIC_SIZE 40
#define COUNTER_EVENT_SIZE 128
#define COUNTERS_TEXT_SIZE 2048

struct counter {
	char metric[COUNTER_METRIC_SIZE]; /* "dtlb_misses" */
	char event[COUNTER_EVENT_SIZE];	  /* libpfm4's: "DTLB_WALK:u" */
	unsigned group; /* counted at the same time: read together */
	struct counter_code code;
	int fd; /* the parent's own, open until the set is freed */
};

/* A quotient of two counters, by their place in the set. */
struct counter_ratio {
	char name[COUNTER_METRIC_SIZE];
	unsigned above, below;
};

/* A metric that nothing here counts, and why its last event could not. */
struct counter_refusal {
	char metric[COUNTER_METRIC_SIZE], event[COUNTER_EVENT_SIZE];
	int error; /* errno; 0: libpfm4 knows none of its events on this CPU */
};

struct counters_set {
	const char *spec; /* what was asked for */
	unsigned nr, nr_groups, nr_ratios, nr_refused;
	struct counter v[COUNTERS_MAX];
	struct counter_ratio ratio[COUNTERS_MAX_RATIOS];
	struct counter_refusal refused[COUNTERS_MAX_REFUSALS];
	const struct counters_os *os;
};

/*
 * spec: "none", or a list of groups and events, of which "auto" is the group
 * of that name or, when the machine counts none of it, the group sw. 0, or
 * -errno with one line in error that names what is wrong with spec.
 *
 * The parent's own events stay open (disabled): the first of a machine costs
 * the kernel milliseconds, which each process would pay again.
 */
int counters_choose(struct counters_set *set, const char *spec, const char *dir,
		    const struct counters_os *os, char *error,
		    size_t error_size);
void counters_set_free(struct counters_set *set);

/* One line for people: what is counted, what was refused, and why. */
void counters_note(const struct counters_set *set, char *buf, size_t size);
/* What an errno of perf_event_open means, and what would help. */
void counters_explain_error(int error, char *buf, size_t size);
/* perf_event_paranoid here: its value, what it forbids, how to change it. */
void counters_explain(char *buf, size_t size);

/* For the manifest: events, groups, ratios, and what was refused. */
struct json_t *counters_json(const struct counters_set *set);

/* What a case's process must know of the set, and back. 0 or -EINVAL. */
void counters_encode(const struct counters_set *set,
		     char text[COUNTERS_TEXT_SIZE]);
int counters_decode(struct counters_set *set, const char *text);

/* The counters of a case's threads. */
struct counters;

/* NULL: out of memory. */
struct counters *counters_new(const struct counters_set *set,
			      unsigned nr_threads,
			      const struct counters_os *os);
void counters_free(struct counters *c);
/* In the thread itself; a second call by the same one does nothing. */
void counters_thread_open(struct counters *c, unsigned thread);
/* Around the clocks: into span->extra, three words a counter of the set. */
void counters_span_begin(struct counters *c, unsigned thread,
			 struct bench_span *span);
void counters_span_end(struct counters *c, unsigned thread,
		       struct bench_span *span);

/* A row: value is NaN when some thread could not count. */
struct counter_metric {
	char name[64];	  /* "dtlb_misses_per_op", "ipc" */
	const char *unit; /* "ns" of a clock, else "1" */
	double value;
	char source[264]; /* "perf:DTLB_WALK:u" */
	double coverage;  /* share of the time that it was counting */
};
#define COUNTERS_MAX_METRICS (COUNTERS_MAX + COUNTERS_MAX_RATIOS)

/* Of one repetition's spans; how many. */
unsigned counters_metrics(const struct counters_set *set,
			  const struct bench_span *spans, unsigned nr_threads,
			  struct counter_metric out[COUNTERS_MAX_METRICS]);

#endif
