/*
 * numbers.h - lists of CPU and node numbers: numactl's syntax in, the same out.
 *
 *   0-3,8   these, in this order        all   all there are
 *   +0-1    the first two there are     !2    all there are but 2
 */
#ifndef KMB_NUMBERS_H
#define KMB_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

#define NUMBERS_MAX 1024

struct numbers {
	bool all, relative, inverse;
	unsigned nr;
	unsigned value[NUMBERS_MAX]; /* as written, no number twice */
};

/*
 * Read a list. 0, or -EINVAL with what is wrong in error (without an option's
 * name in front).
 */
int numbers_parse(struct numbers *numbers, const char *text, char *error,
		  size_t error_size);

/* What a line or a chart shows of a text: all, or its beginning and "...". */
#define NUMBERS_BRIEF_BYTES 48
const char *numbers_brief(const char *text, char brief[NUMBERS_BRIEF_BYTES]);

/*
 * Write numbers as a list, in their order: 0-3,8. When buf is too small the
 * text ends after a whole item with "...".
 */
void numbers_format(const unsigned *value, unsigned nr, char *buf, size_t size);

#endif
