/*
 * ptdump.h - a dump of page tables in simulated memory, as the family pgtable
 * has them: its walkers walk them at full speed.
 *
 * The page with index i of the file is simulated frame i, and entries that lead
 * to tables lead there. Leaves are as the kernel wrote them: their frames are
 * that machine's, and not in this memory.
 */
#ifndef KMB_PTDUMP_H
#define KMB_PTDUMP_H

#include <stdbool.h>

#include "../kernels/mm/page_source.h"

/* An entry that is not none and leads to no table. */
struct ptdump_leaf {
	uint64_t addr, entry;
	unsigned level; /* 1: a page of 4 KiB, 2: 2 MiB, 3: 1 GiB */
};

/* What it says, in the encoding of Linux from 4.19 on. */
enum ptdump_kind {
	PTDUMP_MAPPED,
	PTDUMP_PROTNONE, /* a page is there, and nobody may use it */
	PTDUMP_SWAP,	 /* whatever else is not present */
	NR_PTDUMP_KINDS,
};

struct ptdump {
	unsigned levels; /* 4 or 5 */
	uint64_t cr3, ram_bytes;
	uint64_t nr_tables;
	/* See ptdump_file.h. */
	uint64_t nr_absent_kernel, nr_absent_other, nr_unused;

	struct ptdump_leaf *leaves; /* by address */
	uint64_t nr_leaves;

	struct physmem mem;
	void *top; /* the table that CR3 leads to */

	/* Frames behind the tables; what is freed comes back at the end. */
	struct page_source source, *sources[1];
	pfn_t next;
};

/*
 * Read a dump into memory of `host`. With `spare` its source has frames for
 * another set of such tables, of whatever kind; else a few. NULL: one line in
 * error that names the path.
 */
struct ptdump *ptdump_open(const char *path, struct host_memory *host,
			   bool spare, char *error, size_t error_size);
void ptdump_close(struct ptdump *d);

/* Walk from CR3: is there a leaf? -EFAULT: no address with so many levels. */
int ptdump_walk(const struct ptdump *d, uint64_t addr,
		struct ptdump_leaf *leaf);

/* The index of the leaf in whose range an address lies, or -1. */
int64_t ptdump_find(const struct ptdump *d, uint64_t addr);

enum ptdump_kind ptdump_kind(struct ptdump_leaf leaf);
/* "mapped", "protnone", "swap" */
const char *ptdump_kind_name(enum ptdump_kind kind);
/* The first frame of a leaf that is mapped or protnone. */
pfn_t ptdump_pfn(struct ptdump_leaf leaf);
/* type | offset << 5 of one that is swap, as /proc/PID/pagemap says it. */
uint64_t ptdump_swap(struct ptdump_leaf leaf);

static inline uint64_t ptdump_leaf_bytes(struct ptdump_leaf leaf)
{
	return PAGE_SIZE << 9 * (leaf.level - 1);
}

#endif
