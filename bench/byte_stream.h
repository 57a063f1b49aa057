/*
 * byte_stream.h - the bytes of a file, plain or compressed, as they come.
 *
 * xz, gzip and zstd are told by their first bytes, so a pipe will do, and a
 * file of several members is read to its end. Memory is a buffer and the
 * decompressor's window, 130 MiB at most, whatever the file's size.
 */
#ifndef KMB_BYTE_STREAM_H
#define KMB_BYTE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct byte_stream;

/* path "-" is stdin. NULL: one line in error that names the path. */
struct byte_stream *byte_stream_open(const char *path, char *error,
				     size_t error_size);

/* At least one byte of what comes next, at most size; 0: no more will come. */
size_t byte_stream_read(struct byte_stream *s, void *bytes, size_t size);

/*
 * After a read of 0: why it was not the end, or NULL. Then *unreadable says
 * whether the file is, and not its compressed data damaged.
 */
const char *byte_stream_wrong(const struct byte_stream *s, bool *unreadable);

void byte_stream_close(struct byte_stream *s);

#endif
