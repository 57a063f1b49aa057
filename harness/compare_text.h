/* compare_text.h - contrasts as a table for people, as CSV, as Markdown. */
#ifndef KMB_COMPARE_TEXT_H
#define KMB_COMPARE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "contrast.h"

enum compare_format { FORMAT_TABLE, FORMAT_CSV, FORMAT_MARKDOWN };

/* How a comparison is shown. */
struct compare_view {
	enum compare_format format;
	const char *metric;
	const char *name_a, *name_b; /* what is compared, in full */
	bool colour;
};

/* The contrasts; nothing but CSV when that is the format. 0 or -ENOMEM. */
int compare_print(const struct contrasts *c, const struct compare_view *view,
		  FILE *out);

/* "12 compared: 9 SAME, 1 FASTER, 2 SLOWER, 0 AMBIGUOUS; ..." and a LF. */
void compare_print_counts(const struct contrasts *c, FILE *out);
/* "an effect counts above: frame 3.0 %, scan 5.2 %" and a LF. */
void compare_print_thresholds(const struct contrasts *c, FILE *out);
/* Points that one of the runs lacks, the first few by name. */
void compare_print_only(const struct contrasts *c, FILE *out);

/*
 * "frame/free_area/pair order 0, 2 threads", with what else of pages,
 * placement and memory differs among the contrasts. Inside a run what is
 * compared there is left out.
 */
void compare_name_point(const struct contrasts *c, const struct observation *o,
			char *buf, size_t size);
/* What is compared at a point inside a run: "vector avx512". */
void compare_name_thing(const struct contrasts *c, const struct observation *o,
			char *buf, size_t size);

#endif
