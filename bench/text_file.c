/* text_file.c - a whole text read, and cut into lines and words. */
#include "text_file.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "byte_stream.h"

static int fail(struct text_file *t, int err, const char *what)
{
	snprintf(t->error, t->error_size, "%s: %s", t->path, what);
	free(t->bytes);
	t->bytes = NULL;
	return err;
}

/* Everything behind each other in t->bytes; there is room for one byte more. */
static int read_all(struct text_file *t, struct byte_stream *stream)
{
	size_t room = 1 << 16, got;
	const char *wrong;
	bool unreadable;

	do {
		char *more = t->left + 1 < room && t->bytes
				     ? t->bytes
				     : realloc(t->bytes, room *= 2);

		if (!more)
			return fail(t, -ENOMEM, "out of memory");
		t->bytes = more;
		got = byte_stream_read(stream, t->bytes + t->left,
				       room - t->left - 1);
		t->left += got;
		if (t->left > TEXT_FILE_MAX)
			return fail(t, -EFBIG, "a text of more than 64 MiB");
	} while (got);
	wrong = byte_stream_wrong(stream, &unreadable);
	return wrong ? fail(t, -EIO, wrong) : 0;
}

int text_file_open(struct text_file *t, const char *path, char *error,
		   size_t error_size)
{
	struct byte_stream *stream = byte_stream_open(path, error, error_size);
	int err;

	*t = (struct text_file){ .path = path,
				 .error = error,
				 .error_size = error_size };
	if (!stream)
		return -EIO;
	err = read_all(t, stream);
	t->next = t->bytes;
	byte_stream_close(stream);
	return err;
}

void text_file_close(struct text_file *t)
{
	free(t->bytes);
}

int text_file_line(struct text_file *t, char **line)
{
	char *end = memchr(t->next, '\n', t->left);

	if (!t->left)
		return 0;
	t->line++;
	*line = t->next;
	if (!end) {
		t->next[t->left] = '\0';
		return text_file_bad(t, t->next,
				     "the last line, without its newline");
	}
	*end = '\0';
	t->left -= (size_t)(end + 1 - t->next);
	t->next = end + 1;
	if (strlen(*line) != (size_t)(end - *line))
		return text_file_bad(t, *line, "a zero byte behind it");
	return 1;
}

char *text_file_word(char **at, const char *ends)
{
	char *word = *at, *end = word + strcspn(word, ends);

	*at = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

bool text_number(const char *word, int base, uint64_t limit, uint64_t *value)
{
	const char *digits =
		base == 16 ? "0123456789abcdefABCDEF" : "0123456789";

	if (!*word || word[strspn(word, digits)])
		return false;
	errno = 0;
	*value = strtoull(word, NULL, base);
	return !errno && *value <= limit;
}

int text_file_bad(const struct text_file *t, const char *what,
		  const char *right, ...)
{
	size_t length;
	va_list args;

	snprintf(t->error, t->error_size, "%s:%" PRIu64 ": '%.60s': ", t->path,
		 t->line ? t->line : 1, what);
	length = strlen(t->error);
	va_start(args, right);
	vsnprintf(t->error + length, t->error_size - length, right, args);
	va_end(args);
	/* What a file has in it is not to drive a terminal, nor begin a line.
	 */
	for (char *c = t->error; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return -EINVAL;
}
