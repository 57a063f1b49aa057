/* table.h - summary.csv as tables for people. */
#ifndef KMB_TABLE_H
#define KMB_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Print dir/summary.csv in at most `width` columns where that is possible;
 * colour: with ANSI colours. 0, or -errno with one line in error.
 */
int summary_print(const char *dir, FILE *out, bool colour, unsigned width,
		  char *error, size_t error_size);

#endif
