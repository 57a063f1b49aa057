/*
 * ptdump_oracle.h - what is known of a process's mappings from elsewhere, row
 * by row: NAME.oracle.csv beside a dump of page tables (docs/PTDUMP.md).
 */
#ifndef KMB_PTDUMP_ORACLE_H
#define KMB_PTDUMP_ORACLE_H

#include <stddef.h>

#include "../bench/ptdump.h"

/* The columns between pfn and kind: bits of an entry. */
struct ptdump_flag {
	const char *name;
	unsigned shift, bits;
};
enum { NR_PTDUMP_FLAGS = 12 };
extern const struct ptdump_flag ptdump_flags[NR_PTDUMP_FLAGS];

struct ptdump_row {
	uint64_t vaddr, level, page_size;
	uint64_t pfn; /* of swap: type | offset << 5 */
	uint64_t flag[NR_PTDUMP_FLAGS];
	enum ptdump_kind kind;
};

struct ptdump_oracle;

/* Plain or compressed. NULL: one line in error that names the path. */
struct ptdump_oracle *ptdump_oracle_open(const char *path, char *error,
					 size_t error_size);

/*
 * The next row, whose address is above the last one's: its line's number. 0:
 * there is none. -EINVAL: one line in error: path, line, what is wrong.
 */
int64_t ptdump_oracle_next(struct ptdump_oracle *o, struct ptdump_row *row,
			   char *error, size_t error_size);

void ptdump_oracle_close(struct ptdump_oracle *o);

#endif
