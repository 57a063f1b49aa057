/* trace_stats.h - what is in a trace: counts, sizes, lifetimes, CPUs. */
#ifndef KMB_TRACE_STATS_H
#define KMB_TRACE_STATS_H

#include <stdio.h>

#include "../bench/trace_file.h"

/* 0; 1; 2..3; 4..7; ... of an unsigned number. */
#define TRACE_NR_POWERS 65
#define TRACE_NR_TYPES 3 /* unmovable, reclaimable, movable */

/* Pages and slab objects apart. */
enum trace_space { TRACE_PAGES, TRACE_SLAB, NR_TRACE_SPACES };

struct trace_life {
	uint64_t born_us;
	uint32_t bytes;
	uint16_t cpu;
	uint8_t order;
};

struct trace_cpu {
	uint64_t allocs[NR_TRACE_SPACES], frees[NR_TRACE_SPACES];
	uint64_t remote[NR_TRACE_SPACES]; /* frees of what another allocated */
};

struct trace_stats {
	struct trace_header header; /* of the file, when all is added */
	uint64_t orders[TRACE_MAX_ORDER + 1]; /* allocations */
	uint64_t types[TRACE_NR_TYPES];
	uint64_t sizes[TRACE_NR_POWERS]; /* slab allocations, by bytes */
	/* By microseconds; implied frees are nowhere: when is not known. */
	uint64_t lifetimes[NR_TRACE_SPACES][TRACE_NR_POWERS];
	uint64_t live[NR_TRACE_SPACES]; /* objects, now */
	uint64_t live_pages, live_bytes;
	struct trace_cpu *cpu;
	uint32_t nr_cpus; /* of cpu[], those that are initialised */

	uint64_t now_us;
	struct trace_life *life[NR_TRACE_SPACES]; /* by object */
	uint32_t room[NR_TRACE_SPACES];
};

/* The slot of value in a histogram by powers of two, and the other way. */
unsigned trace_power(uint64_t value);
uint64_t trace_power_lowest(unsigned power);

/* stats is all zero at first. A trace_sink: 0 or -ENOMEM. */
int trace_stats_add(void *stats, const struct trace_event *event);
void trace_stats_free(struct trace_stats *stats);

/* The counts alone, as import ends; and all of it. */
void trace_stats_print_counts(const struct trace_header *header, FILE *out);
void trace_stats_print(const struct trace_stats *stats, FILE *out);
/* The same as JSON. 0 or -ENOMEM. */
int trace_stats_print_json(const struct trace_stats *stats, const char *path,
			   FILE *out);

/* "page_alloc", ... */
extern const char *const trace_kind_names[NR_TRACE_KINDS];
extern const char *const trace_type_names[TRACE_NR_TYPES];

/* What the header counts beside events: a name and its value, 0..n-1. */
struct trace_count {
	const char *name, *what;
	uint64_t value;
};
#define TRACE_NR_COUNTS 10
void trace_stats_counts(const struct trace_header *header,
			struct trace_count counts[TRACE_NR_COUNTS]);

#endif
