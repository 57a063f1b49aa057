/*
 * rmap_replay.h - a script run on a simulated machine, and at each of its dumps
 * every mapped page asked for all that map it: by the strategy, and by looking
 * at all entries of all processes. Both must say the same.
 */
#ifndef KMB_RMAP_REPLAY_H
#define KMB_RMAP_REPLAY_H

#include <stdbool.h>

#include "../kernels/mm/host_memory.h"
#include "rmap_script.h"

/* An entry that maps a physical page, by any number. */
struct rmap_mapping {
	uint64_t pfn;
	unsigned process;
	uint64_t page; /* of the area */
};

/* A range of pages that a process has mapped alike. */
struct rmap_area {
	unsigned process;
	uint64_t start, end;
	uint32_t flags; /* VM_READ, VM_WRITE, VM_SHARED */
	bool file;
};

/* What all processes have mapped at one moment; zeros are left out. */
struct rmap_dump {
	unsigned number;
	uint64_t line;
	struct rmap_mapping *mappings; /* by pfn, process and page */
	uint64_t nr_mappings;
	uint64_t nr_pages;	 /* different pfns */
	struct rmap_area *areas; /* by process and start */
	uint64_t nr_areas;
};

/* How many of a dump's mappings, from one on, are of the same page. */
uint64_t rmap_same_page(const struct rmap_dump *dump, uint64_t first);

struct rmap_replay {
	const struct rmap_script *script;
	struct host_memory *memory;
	uint64_t nr_frames; /* of simulated memory, a multiple of 1024 */
	/* Called at each dump, if not NULL. 0 goes on; what else is returned
	 * ends the replay, and is its result. */
	int (*at_dump)(void *arg, const struct rmap_dump *dump);
	void *arg;
	char *error;
	size_t error_size;

	/* What came of it: sums over the dumps. */
	uint64_t nr_pages, nr_mappings;
	uint64_t visited; /* what the strategy looked at to find these */
};

/* What a replay, and who compares its dumps, ends with beside 0 and -errno: the
 * error says what was the first difference. */
#define RMAP_DIFFERS 1

struct rmap_replayer {
	const char *strategy;
	unsigned traits; /* of enum rmap_trait */
	/* 0, RMAP_DIFFERS, or -errno: with one line in error. */
	int (*run)(struct rmap_replay *r);
};

extern const struct rmap_replayer rmap_replayers[];
extern const unsigned nr_rmap_replayers;

/* Can a strategy be asked for the pages of a script? */
bool rmap_replay_can_ask(const struct rmap_replayer *replayer,
			 const struct rmap_script *script);

#endif
