/*
 * counters_groups.h - groups of counters as text files, NAME.group.
 *
 *   # to the end of the line
 *   metric = EVENT | EVENT ...    the first that this machine counts
 *   metric := metric / metric     a ratio of two of the same file
 *
 * Events are libpfm4's; ":u" at their end counts what runs in user mode,
 * ":k" what runs in the kernel, and without them both.
 */
#ifndef KMB_COUNTERS_GROUPS_H
#define KMB_COUNTERS_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

#define GROUP_MAX_LINES 32

struct counter_line {
	const char *metric;
	const char *alternatives;  /* "EVENT | EVENT", NULL: a ratio */
	const char *above, *below; /* of a ratio */
};

struct counter_group {
	char *text; /* what the lines point into */
	unsigned nr;
	struct counter_line v[GROUP_MAX_LINES];
};

/* $KMB_COUNTERS_DIR, or where the source tree has them. */
const char *counter_groups_dir(void);

/*
 * Read dir/name.group. 0; -ENOENT: no such group; -EINVAL and the like with
 * one line in error.
 */
int counter_group_read(struct counter_group *group, const char *dir,
		       const char *name, char *error, size_t error_size);
void counter_group_free(struct counter_group *group);

/* "branch, cache, tlb": the groups of dir, or "none in DIR". */
void counter_groups_list(const char *dir, char *buf, size_t size);

/*
 * Copy the next alternative into event[size] and step *at past it. False:
 * there is none. (Text that is too long was refused by counter_group_read().)
 */
bool counter_alternative(const char **at, char *event, size_t size);

#endif
