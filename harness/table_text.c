/* table_text.c - texts in columns: padding, colours, numbers for people. */
#include "table_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int text_width(const char *text)
{
	int width = 0;

	/* Bytes that do not go on with a character. */
	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void put(struct table_text *t, const char *text, const char *colour)
{
	if (!*text)
		return;
	fprintf(t->out, "%*s", t->pending, "");
	t->pending = 0;
	if (t->colour && colour)
		fprintf(t->out, "\033[%sm%s\033[0m", colour, text);
	else
		fputs(text, t->out);
}

static int blanks(const char *text, int width)
{
	const int room = width - text_width(text);

	return room > 0 ? room : 0;
}

void text_put_right(struct table_text *t, const char *text, int width,
		    const char *colour)
{
	t->pending += blanks(text, width);
	put(t, text, colour);
}

void text_put_left(struct table_text *t, const char *text, int width,
		   const char *colour)
{
	put(t, text, colour);
	t->pending += blanks(text, width);
}

void text_end_line(struct table_text *t)
{
	t->pending = 0;
	fputc('\n', t->out);
}

void text_format(char *text, size_t size, double value, const char *unit)
{
	int exponent, decimals = 0;

	/* printf's own rounding decides: 9.999 is 10.0, not 10.00. */
	snprintf(text, size, "%.2e", value);
	exponent = atoi(strchr(text, 'e') + 1);
	if (value != 0 && exponent < 2)
		decimals = exponent < -1 ? 3 : 2 - exponent;
	snprintf(text, size, "%.*f%s", decimals, value, unit);
}

void text_format_ns(char *text, size_t size, double ns)
{
	if (ns < 1e4)
		text_format(text, size, ns, "");
	else if (ns < 1e7)
		text_format(text, size, ns / 1e3, "us");
	else
		text_format(text, size, ns / 1e6, "ms");
}

void text_format_half(char *text, size_t size, double ratio)
{
	if (isnan(ratio))
		*text = '\0';
	else if (ratio >= 9.995)
		snprintf(text, size, "±>999%%");
	else
		snprintf(text, size, ratio < 0.0995 ? "±%.1f%%" : "±%.0f%%",
			 ratio * 100);
}
