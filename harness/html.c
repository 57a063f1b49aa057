/* html.c - text and pictures in an HTML page. */
#include "html.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Bytes of the UTF-8 character that text starts with; 0: it is none. */
static unsigned utf8_length(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	unsigned length = c[0] < 0x80	 ? 1
			  : c[0] < 0xc2	 ? 0
			  : c[0] < 0xe0	 ? 2
			  : c[0] < 0xf0	 ? 3
			  : c[0] <= 0xf4 ? 4
					 : 0;

	for (unsigned i = 1; i < length; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong, a surrogate, or beyond U+10FFFF. */
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] >= 0x90))
		return 0;
	return length;
}

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

void html_text(FILE *out, const char *text)
{
	while (*text) {
		const char *entity = entity_of(*text);
		unsigned length = utf8_length(text);
		const bool control = ((unsigned char)*text < 0x20 &&
				      *text != '\n' && *text != '\t') ||
				     *text == 0x7f;

		if (entity)
			fputs(entity, out);
		else if (!length || control)
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(text, 1, length, out);
		text += length ? length : 1;
	}
}

static void put_base64(FILE *out, const unsigned char bytes[3], size_t nr)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned word =
		(unsigned)bytes[0] << 16 | (unsigned)bytes[1] << 8 | bytes[2];

	for (size_t i = 0; i < 4; i++)
		putc(i <= nr ? digits[word >> (18 - 6 * i) & 63] : '=', out);
}

int html_image(FILE *out, const char *path, const char *alt)
{
	FILE *file = fopen(path, "r");
	unsigned char bytes[3] = { 0 };
	size_t nr;
	int err;

	if (!file)
		return -errno;
	fputs("<img alt=\"", out);
	html_text(out, alt);
	fputs("\" src=\"data:image/svg+xml;base64,", out);
	while ((nr = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		put_base64(out, bytes, nr);
		memset(bytes, 0, sizeof(bytes));
	}
	fputs("\">\n", out);
	err = ferror(file) ? -EIO : 0;
	fclose(file);
	return err;
}
