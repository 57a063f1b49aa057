/* ptdump_verify.h - a dump of page tables against its oracle, both ways. */
#ifndef KMB_PTDUMP_VERIFY_H
#define KMB_PTDUMP_VERIFY_H

#include <stdio.h>

/*
 * Walk the dump from its CR3 and compare each mapping with the oracle's row,
 * and each row with the mapping; print counts, and the first differences. The
 * exit code: 0, 1 when anything differs, 2 for a file that cannot be read.
 */
int ptdump_verify(const char *dump, const char *oracle, FILE *out);
/* Is it a dump at all? 0, or 2 with what is wrong on stderr. */
int ptdump_check(const char *dump);

#endif
