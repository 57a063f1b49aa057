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
 *
 * What the reader hands out is safe to replay without a further check:
 *   there is an event; kind, order and type are in range, cpu < nr_cpus;
 *   object < page_objects (slab_objects) of the header, both <= nr_events;
 *   an allocation takes an object that is not live, a free frees one that is,
 *   with the order of its allocation; what is live at the end stays so.
 */
#ifndef KMB_TRACE_FILE_H
#define KMB_TRACE_FILE_H

#include <stddef.h>
#include <stdint.h>

#define TRACE_MAGIC "KMBTRACE"
#define TRACE_VERSION 1
#define TRACE_BLOCK_EVENTS 65536
/* Four bits; kernels have 10, and with pages of 64 KiB 13. */
#define TRACE_MAX_ORDER 15

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
	uint64_t nr_events;    /* == sum of nr[] */
	uint64_t nr[NR_TRACE_KINDS]; /* events of each kind */
	uint64_t implied; /* of the frees, those with TRACE_IMPLIED */
	/* Not in the events: */
	uint64_t failed;	/* allocations that failed when traced */
	uint64_t unknown_pages; /* frees of pages that were never allocated */
	uint64_t unknown_slab;	/* the same of slab objects */
	uint64_t null_frees;	/* kfree(NULL), and of kmalloc(0)'s pointer */
	uint64_t
		partial_frees; /* of a part of a block; the last one frees it */
	uint64_t repeats;      /* mm_page_free_batched */
	uint64_t other_events; /* of other names */
	uint64_t lost_events;  /* those that the kernel says it lost */
	uint64_t bad_lines;    /* lines that could not be read */

	uint32_t page_objects, slab_objects; /* numbers in use, at most */
	uint64_t peak_pages;		     /* pages live at once, at most */
	uint64_t peak_slab_bytes;	     /* asked for, the same */
	uint64_t duration_us;
	uint32_t nr_cpus; /* highest CPU of an event + 1 */
	uint32_t crc;	  /* of the bytes before it */
};
_Static_assert(sizeof(struct trace_header) == 192, "no holes in the file");

static inline int trace_is_page(unsigned kind)
{
	return kind <= TRACE_PAGE_FREE;
}

static inline int trace_is_alloc(unsigned kind)
{
	return kind == TRACE_PAGE_ALLOC || kind == TRACE_KMALLOC ||
	       kind == TRACE_CACHE_ALLOC;
}

/*
 * Reading. Errors are one line in error that names the path. One thread a file.
 */
struct trace_file;

/*
 * Open path and check its header, which is copied to *header, and that the file
 * is as long as the header says. NULL: error says why.
 */
struct trace_file *trace_file_open(const char *path,
				   struct trace_header *header, char *error,
				   size_t error_size);
/*
 * The next block: *events stays good until the next call. Returns how many,
 * 0 at the end, or -EINVAL or -EIO with a line in error.
 */
int trace_file_next(struct trace_file *f, const struct trace_event **events,
		    char *error, size_t error_size);
void trace_file_close(struct trace_file *f);

/*
 * The whole file: header->nr_events events, in malloced memory that the caller
 * frees. NULL: error says why.
 */
struct trace_event *trace_file_read(const char *path,
				    struct trace_header *header, char *error,
				    size_t error_size);

/*
 * Writing. The file is written beside its place and renamed into it, so a path
 * is a whole trace or is as it was.
 */
struct trace_writer;

struct trace_writer *trace_writer_open(const char *path, char *error,
				       size_t error_size);
/* 0 or -errno. */
int trace_writer_add(struct trace_writer *w, const struct trace_event *event);
/*
 * Write the header (magic, version, header_bytes and crc are filled in) and put
 * the file into its place. Frees w. 0, or -errno with a line in error.
 */
int trace_writer_finish(struct trace_writer *w, struct trace_header *header,
			char *error, size_t error_size);
/* Leave no file. Frees w. */
void trace_writer_drop(struct trace_writer *w);

#endif
