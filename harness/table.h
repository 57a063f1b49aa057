/* table.h - summary.csv as tables for people. */
#ifndef KMB_TABLE_H
#define KMB_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "table_block.h"
#include "table_entry.h"

typedef void (*table_block_fn)(void *arg, const struct block *block);
/*
 * The tables that the entries make, one after the other: each workload's, or
 * a family's where they have one size. A workload that moves bytes is told in
 * bytes, all others in time. 0 or -ENOMEM.
 */
int table_blocks(const struct entries *all, table_block_fn fn, void *arg);

/*
 * Print dir/summary.csv in at most `width` columns where that is possible;
 * colour: with ANSI colours. 0, or -errno with one line in error.
 */
int summary_print(const char *dir, FILE *out, bool colour, unsigned width,
		  char *error, size_t error_size);

#endif
