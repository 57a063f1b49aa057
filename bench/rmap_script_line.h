/* rmap_script_line.h - the words of a script's line, and the operation that
 * they are. */
#ifndef KMB_RMAP_SCRIPT_LINE_H
#define KMB_RMAP_SCRIPT_LINE_H

#include "rmap_script.h"
#include "text_file.h"

/* The next word of the line; NULL: the line has ended. */
char *rmap_line_word(char **rest);

/* 0, or -EINVAL with the text's error, as below. */
int rmap_line_number(const struct text_file *t, const char *word,
		     const char *name, uint64_t low, uint64_t high,
		     uint64_t *value);

/* The line of which `name` is the first word and `rest` what is left. The
 * script knows its area; a phase that is new is added to it. */
int rmap_line_take(const struct text_file *t, struct rmap_script *s,
		   const char *name, char *rest, struct rmap_op *op);

#endif
