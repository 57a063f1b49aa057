/*
 * trace_stream.h - the lines of a file, plain or compressed, as they come
 * (bench/byte_stream.h).
 */
#ifndef KMB_TRACE_STREAM_H
#define KMB_TRACE_STREAM_H

#include <stddef.h>
#include <stdint.h>

/* Longer lines are no kernel's. */
#define TRACE_LINE_BYTES 16384

struct trace_stream;

/* path "-" is stdin. NULL: one line in error that names the path. */
struct trace_stream *trace_stream_open(const char *path, char *error,
				       size_t error_size);

enum trace_stream_state {
	TRACE_STREAM_END,
	TRACE_STREAM_LINE,
	TRACE_STREAM_LONG,    /* a line of which only the beginning is kept */
	TRACE_STREAM_CUT,     /* the last line, and it has no newline */
	TRACE_STREAM_DAMAGED, /* the compressed data are, or end too early */
	TRACE_STREAM_ERROR,   /* the file cannot be read */
};

/*
 * The next line, without its newline, NUL-terminated, good until the next call;
 * *length counts NULs inside it, too. DAMAGED and ERROR set *line to what is
 * wrong; nothing comes after them.
 */
enum trace_stream_state trace_stream_line(struct trace_stream *s,
					  const char **line, size_t *length);

void trace_stream_close(struct trace_stream *s);

#endif
