/* selection.h - which cases the words FAMILY[/STRATEGY[/WORKLOAD[:FILE]]] mean.
 */
#ifndef KMB_SELECTION_H
#define KMB_SELECTION_H

#include <jansson.h>
#include <stdbool.h>

#include "../bench/bench.h"
#include "options.h"

struct selection;

/*
 * The cases that match one of the selectors (none: all) and the filter. One
 * that takes a file is chosen only with it, and is then a case of its own for
 * each file, which was read and found to be right; or, for a listing, it stands
 * as WORKLOAD:FILE and no file is looked at. NULL: the line was printed, *code
 * is what to exit with. Aborts when out of memory.
 */
struct selection *selection_new(const struct options *options, bool listing,
				int *code);
void selection_free(struct selection *s);

/* By family, strategy, workload, isa; they live as long as s. */
const struct bench_case *const *selection_cases(const struct selection *s,
						unsigned *nr);

/* {WORKLOAD:NAME: {"path", "sha256" (null: not known)}} */
json_t *selection_files(const struct selection *s);
/* The selectors as text, with the paths absolute. */
json_t *selection_words(const struct selection *s);

/*
 * Two objects of selection_files(): the first file of both that differs, in a
 * line, or "".
 */
void selection_compare_files(const json_t *was, const json_t *is, char *what,
			     size_t size);

#endif
