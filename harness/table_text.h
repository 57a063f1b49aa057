/* table_text.h - texts in columns: padding, colours, numbers for people. */
#ifndef KMB_TABLE_TEXT_H
#define KMB_TABLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table_text {
	FILE *out;
	bool colour;
	unsigned width; /* of the terminal */
	int pending;	/* blanks owed; never written at a line's end */
};

/* Columns of the terminal that a UTF-8 text takes. */
int text_width(const char *text);

/* At the right or left end of `width` columns; colour: ANSI's, or NULL. */
void text_put_right(struct table_text *t, const char *text, int width,
		    const char *colour);
void text_put_left(struct table_text *t, const char *text, int width,
		   const char *colour);
void text_end_line(struct table_text *t);

/* Three significant digits, or all those before the point. */
void text_format(char *text, size_t size, double value, const char *unit);
/* The same in ns, us or ms. */
void text_format_ns(char *text, size_t size, double ns);
/* "±1.2%" of a ratio; "" of NaN. */
void text_format_half(char *text, size_t size, double ratio);

#endif
