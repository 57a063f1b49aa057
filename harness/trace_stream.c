/* trace_stream.c - a file's lines out of its bytes. */
#include "trace_stream.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/byte_stream.h"

#define TEXT_BYTES (4 * TRACE_LINE_BYTES)

struct trace_stream {
	struct byte_stream *bytes;
	bool done;	/* nothing comes behind what is in text[] */
	bool drop;	/* the rest of a long line */
	size_t at, end; /* of text[] */
	char text[TEXT_BYTES + 1];
};

struct trace_stream *trace_stream_open(const char *path, char *error,
				       size_t error_size)
{
	struct trace_stream *s = malloc(sizeof(*s));

	if (!s) {
		snprintf(error, error_size, "%s: out of memory", path);
		return NULL;
	}
	memset(s, 0, offsetof(struct trace_stream, text));
	s->bytes = byte_stream_open(path, error, error_size);
	if (s->bytes)
		return s;
	free(s);
	return NULL;
}

void trace_stream_close(struct trace_stream *s)
{
	byte_stream_close(s->bytes);
	free(s);
}

/* More text behind that in text[]; s->done: there is none. */
static void read_more(struct trace_stream *s)
{
	size_t got;

	memmove(s->text, s->text + s->at, s->end - s->at);
	s->end -= s->at;
	s->at = 0;
	got = byte_stream_read(s->bytes, s->text + s->end, TEXT_BYTES - s->end);
	s->end += got;
	s->done = !got;
}

/* Text up to `stop` is the line; it goes on at `next`. */
static enum trace_stream_state take_line(struct trace_stream *s,
					 const char **line, size_t *length,
					 size_t stop, size_t next,
					 enum trace_stream_state state)
{
	*line = s->text + s->at;
	*length = stop - s->at;
	s->text[stop] = '\0';
	s->at = next;
	return state;
}

/* Nothing more comes: what is left of the text, then how it ended. */
static enum trace_stream_state take_rest(struct trace_stream *s,
					 const char **line, size_t *length)
{
	bool unreadable;
	const char *wrong = byte_stream_wrong(s->bytes, &unreadable);

	/* Of damaged data a beginning of a line says nothing more. */
	if (s->at < s->end && !s->drop && !wrong)
		return take_line(s, line, length, s->end, s->end,
				 TRACE_STREAM_CUT);
	*line = wrong;
	*length = 0;
	if (!wrong)
		return TRACE_STREAM_END;
	return unreadable ? TRACE_STREAM_ERROR : TRACE_STREAM_DAMAGED;
}

enum trace_stream_state trace_stream_line(struct trace_stream *s,
					  const char **line, size_t *length)
{
	for (;;) {
		char *begin = s->text + s->at;
		char *newline = memchr(begin, '\n', s->end - s->at);
		size_t stop = newline ? (size_t)(newline - s->text) : 0;

		if (newline && s->drop) {
			s->drop = false;
			s->at = stop + 1;
		} else if (newline) {
			return take_line(s, line, length, stop, stop + 1,
					 TRACE_STREAM_LINE);
		} else if (s->drop) {
			s->at = s->end;
			if (s->done)
				return take_rest(s, line, length);
			read_more(s);
		} else if (s->end - s->at >= TRACE_LINE_BYTES) {
			s->drop = true;
			return take_line(s, line, length, s->end - 1, s->end,
					 TRACE_STREAM_LONG);
		} else if (s->done) {
			return take_rest(s, line, length);
		} else {
			read_more(s);
		}
	}
}
