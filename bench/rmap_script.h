/*
 * rmap_script.h - what processes do to their memory, one operation a line: the
 * text that reverse mapping's workloads, tests and replays run
 * (docs/RMAPSCRIPT.md).
 */
#ifndef KMB_RMAP_SCRIPT_H
#define KMB_RMAP_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../kernels/base/compiler.h"
#include "../kernels/mm/mm_types.h"

/* Where the area lies in each process: page 0 of a script's addresses. */
#define RMAP_AREA 0x100000000000ull

forceinline uint64_t rmap_page_addr(uint64_t page)
{
	return RMAP_AREA + (page << PAGE_SHIFT);
}

/* What a script may ask for. */
#define RMAP_MAX_AREA (1ull << 30) /* pages: 4 TiB */
#define RMAP_MAX_PROCESS 65535u
#define RMAP_MAX_FILES 64u
#define RMAP_MAX_FILE_PAGES (1ull << 20)
#define RMAP_FILE_PAGES 1024u /* unless it says otherwise */
#define RMAP_MAX_OPS (1ull << 22)
#define RMAP_MAX_PHASES 8u
/* Pieces of address space that are mapped, of all processes at once. */
#define RMAP_MAX_RANGES (1ull << 22)

enum rmap_op_kind {
	RMAP_MMAP,
	RMAP_HUGEPAGE, /* madvise(MADV_HUGEPAGE) */
	RMAP_START,    /* a process without a parent */
	RMAP_FORK,
	RMAP_WRITE,
	RMAP_READ,
	RMAP_MUNMAP,
	RMAP_MPROTECT,
	RMAP_MREMAP,
	RMAP_DONTNEED, /* madvise(MADV_DONTNEED) */
	RMAP_MLOCK,
	RMAP_MUNLOCK,
	RMAP_REFERENCED, /* page_referenced() */
	RMAP_UNMAP,	 /* try_to_unmap(): it stays in the swap cache */
	RMAP_RECLAIM,	 /* the same, and out of it */
	RMAP_PAGEOUT,	 /* the same, whether it was used or not */
	RMAP_EXIT,
	RMAP_DUMP,
	RMAP_PHASE,
	RMAP_NR_OPS
};

enum rmap_memory { RMAP_ANON, RMAP_SHARED, RMAP_FPRIV };

/* Addresses are pages of the area. What an operation does not have is 0. */
struct rmap_op {
	uint8_t kind;	/* enum rmap_op_kind */
	uint8_t memory; /* mmap: enum rmap_memory */
	uint8_t flags;	/* mmap, mprotect: VM_READ, VM_WRITE */
	uint8_t region; /* mmap: which file, unless it is anonymous */
	bool may_fail;	/* try */
	uint32_t line;
	uint32_t process;
	uint32_t child;	   /* fork; of dump the dump's number; of phase which */
	uint64_t page, nr; /* nr of phase: operations; 0: only a mark, not
			    * measured */
	uint64_t to, to_nr; /* mremap */
	union {
		uint64_t step;	/* read, write: from one page to the next */
		uint64_t pgoff; /* mmap: the file's page */
	};
};

/*
 * Every id is one process, from its fork or start to its exit; 0 is there
 * before. Phases come in rounds, each round of the same ones.
 */
struct rmap_script {
	char *path; /* for messages */
	struct rmap_op *ops;
	uint64_t nr_ops;
	uint64_t area_pages, file_pages;
	unsigned nr_processes; /* ids are below */
	unsigned nr_lives;     /* processes that there ever are */
	unsigned nr_files;
	unsigned nr_dumps;
	unsigned nr_reclaims; /* referenced, unmap, reclaim, pageout */
	unsigned nr_phases, nr_rounds;
	char phase[RMAP_MAX_PHASES][16];
};

/* Does it ask for a page, wherever that is mapped? */
forceinline bool rmap_op_asks(const struct rmap_op *op)
{
	return op->kind >= RMAP_REFERENCED && op->kind <= RMAP_PAGEOUT;
}

/* The first dump from an operation on that is `number` or above; nr_ops: none.
 */
forceinline uint64_t rmap_script_dump(const struct rmap_script *s, uint64_t at,
				      unsigned number)
{
	while (at < s->nr_ops &&
	       (s->ops[at].kind != RMAP_DUMP || s->ops[at].child < number))
		at++;
	return at;
}

/* Its words. */
const char *rmap_op_name(enum rmap_op_kind kind);

/*
 * Plain or compressed. NULL: one line in error: path, line and reason. What it
 * refuses is said by words, ids and addresses; whether an area may be written,
 * and whether there is enough memory, turns up when it is run.
 */
struct rmap_script *rmap_script_open(const char *path, char *error,
				     size_t error_size);
/* The same, of a text that was allocated and is `length` bytes long, with room
 * for one more; it is freed. `name` stands for its path. */
struct rmap_script *rmap_script_parse(const char *name, char *text,
				      size_t length, char *error,
				      size_t error_size);
void rmap_script_close(struct rmap_script *s);

/* A script's line; of a phase its name has to be said. */
void rmap_op_print(const struct rmap_op *op, FILE *out);

#endif
