/*
 * trace_match.h - frees to their allocations: lines in, numbered events out.
 *
 * What a kernel's trace leaves out, and what we make of it:
 *  - a block is freed that was never allocated: counted, no event. It was
 *    allocated before tracing began, or in bulk, which has no trace event.
 *  - an object is allocated that is live, or a block where a part of another
 *    one is live: that one's free was not traced. An event with TRACE_IMPLIED
 *    frees it first. A free of more than what is live there implies the same.
 *  - a block is freed in parts (split_page(), alloc_pages_exact()): its event
 *    is the free of the last part, since an allocator under test takes back
 *    what it gave; the frees before are counted.
 * Object numbers are used again, the last freed first.
 */
#ifndef KMB_TRACE_MATCH_H
#define KMB_TRACE_MATCH_H

#include "trace_line.h"
#include "trace_map.h"

/* Takes an event; 0 or -errno. */
typedef int (*trace_sink)(void *arg, const struct trace_event *event);

/* Numbers of one kind of object; nr == live + nr_free. */
struct trace_numbers {
	uint32_t nr; /* used ever */
	uint32_t *free;
	uint32_t nr_free, room;
};

/* A block of pages that is live, by its number. */
struct trace_block {
	uint64_t pfn;
	uint16_t left; /* pages not freed yet */
	uint8_t order; /* as allocated */
};

struct trace_match {
	trace_sink sink;
	void *arg;
	/* The counts, and all else that is known without the file. */
	struct trace_header header;

	struct trace_map pieces; /* by pfn; value: the piece's order */
	uint64_t nr_pieces[TRACE_MAX_ORDER + 1]; /* of each order */
	struct trace_block *block;
	uint32_t block_room;
	struct trace_numbers pages;

	struct trace_map slab; /* by pointer; value: bytes */
	struct trace_numbers objects;
	uint8_t *slab_free_kind; /* of each number, enum trace_kind */
	uint32_t slab_room;

	uint64_t live_pages, live_bytes;
	uint64_t first_us, last_us; /* of the events that went out */
};

void trace_match_init(struct trace_match *m, trace_sink sink, void *arg);
/* A line that trace_line_parse() called an event. 0 or -errno. */
int trace_match_add(struct trace_match *m, const struct trace_line *line);
void trace_match_free(struct trace_match *m);

#endif
