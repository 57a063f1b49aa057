/* selector.h - one word FAMILY[/STRATEGY[/WORKLOAD[:FILE][/ISA]]], as patterns.
 */
#ifndef KMB_SELECTOR_H
#define KMB_SELECTOR_H

#include <stdbool.h>

#include "../bench/bench.h"

#define SELECTOR_PARTS 4
#define SELECTOR_FILE "FILE" /* stands for one where none is named */

struct selector {
	char part[SELECTOR_PARTS][128]; /* "*" where the word is shorter */
	char *words; /* as it was given, but the path is absolute; malloc'd */
	const char *path; /* behind the ':' in words; NULL: none */
};

/* Aborts when out of memory. */
void selector_init(struct selector *s, const char *words);

/* Do the first n parts name this case, whether it takes a file or not? */
bool selector_names(const struct selector *s, unsigned n,
		    const struct bench_case *bench);
/* And is a file named just where it takes one? */
bool selector_match(const struct selector *s, unsigned n,
		    const struct bench_case *bench);

/*
 * Say which part of the selector names nothing. The code to exit with; -1: all
 * of them name something. listing: a file need not be named.
 */
int selector_check(const struct selector *s, bool listing);

#endif
