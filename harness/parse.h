/* parse.h - numbers and lists as users write them: 64k, 0.5, 1,2,4, 12:20. */
#ifndef KMB_PARSE_H
#define KMB_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* Digits, or 0x..., and perhaps one of k m g t (powers of 1024). */
bool parse_uint(const char *text, uint64_t *value);
/* Digits with '.' whatever the locale, perhaps with s, ms, us, m (seconds). */
bool parse_seconds(const char *text, double *seconds);

/* "3%" or "0.03", in 0..1 or a little above; with '.' whatever the locale. */
bool parse_share(const char *text, double *share);

/* One item of a list of numbers: a value is a range of itself. */
struct parse_range {
	uint64_t low, high;
	bool range; /* written as LOW:HIGH */
};

/*
 * "1,2,8:32": the ranges, in malloced memory, and how many. NULL: malformed,
 * and bad points at the item that is.
 */
struct parse_range *parse_list(const char *text, unsigned *nr,
			       const char **bad);

#endif
