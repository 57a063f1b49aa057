/*
 * trace_file.h - allocation events of a real kernel, in a compact binary file.
 *
 * What `kmembench trace import` writes and the workloads trace:FILE replay. The
 * importer has matched every free to its allocation: an object is a number,
 * 0..objects-1, that is taken by an allocation and may be taken again after its
 * free, so a replay needs an array and no search. Page blocks and slab objects
 * are numbered apart.
 *
 * The file, little-endian: struct trace_header; then events in blocks of
 * TRACE_BLOCK_EVENTS (the last may be shorter), each followed by the CRC-32
 * (zlib's) of its events as a uint32_t. The header has its own CRC-32 in its
 * last four bytes, over all before it.
 */
#ifndef KMB_TRACE_FILE_H
#define KMB_TRACE_FILE_H

#include <stdint.h>

#define TRACE_MAGIC "KMBTRACE"
#define TRACE_VERSION 1
#define TRACE_BLOCK_EVENTS 65536

enum trace_kind {
	TRACE_PAGE_ALLOC, /* order, type */
	TRACE_PAGE_FREE,  /* order */
	TRACE_KMALLOC,	  /* bytes */
	TRACE_KFREE,
	TRACE_CACHE_ALLOC, /* bytes */
	TRACE_CACHE_FREE,
	NR_TRACE_KINDS
};

enum trace_flag {
	/* A free that was not traced: its object is being allocated again. */
	TRACE_IMPLIED = 1 << 0,
};

struct trace_event {
	uint32_t object;
	uint32_t bytes;	   /* asked for; 0 for pages and frees */
	uint32_t delta_us; /* since the event before; UINT32_MAX: or more */
	uint16_t cpu;	   /* as the traced machine numbered it */
	uint8_t kind : 4, flags : 4; /* enum trace_kind, enum trace_flag */
	uint8_t order : 4, type : 4; /* enum migratetype */
};
_Static_assert(sizeof(struct trace_event) == 16, "an event of the file");

struct trace_header {
	char magic[8];
	uint32_t version;
	uint32_t header_bytes; /* of this struct: where the events begin */
	uint64_t nr_events;
	uint64_t nr[NR_TRACE_KINDS]; /* events of each kind */
	uint64_t implied; /* of the frees, those with TRACE_IMPLIED */
	/* Not in the events: */
	uint64_t failed;	/* allocations that failed when traced */
	uint64_t unknown_pages; /* frees of pages that were never allocated */
	uint64_t unknown_slab;	/* the same of slab objects */
	uint64_t null_frees;	/* kfree(NULL) */
	uint64_t bad_lines;	/* lines that could not be read */

	uint32_t page_objects, slab_objects; /* numbers in use, at most */
	uint64_t peak_pages;		     /* pages live at once, at most */
	uint64_t peak_slab_bytes;	     /* asked for, the same */
	uint64_t duration_us;
	uint32_t nr_cpus; /* highest CPU seen + 1 */
	uint32_t crc;	  /* of the bytes before it */
};

#endif
