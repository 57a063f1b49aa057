/* trace_stream.c - a file's lines, through the library that its bytes ask for.
 */
#include "trace_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "../kernels/base/compiler.h"

#define IN_BYTES 65536
#define TEXT_BYTES (4 * TRACE_LINE_BYTES)
/* xz -9 needs 65 MiB; zstd --long, the most that zstd takes unasked, 128. */
#define XZ_MEMORY (130ull << 20)

/*
 * decode() takes from in[] what it can and fills out: how many bytes. It sets
 * s->wrong when no more will come of it. Without input left at the file's end,
 * 0 is the end of the text.
 */
struct codec {
	const char *name;
	unsigned char magic[6];
	unsigned nr_magic;
	bool (*open)(struct trace_stream *s);
	size_t (*decode)(struct trace_stream *s, char *out, size_t size);
	void (*close)(struct trace_stream *s);
};

struct trace_stream {
	int fd;
	const struct codec *codec;
	bool eof;	      /* of the file */
	bool inside;	      /* a member has begun and not ended */
	bool done;	      /* of the text: nothing more to decode */
	const char *wrong;    /* what ended it, if that was no end */
	bool unreadable;      /* wrong is the file's, not its contents' */
	bool drop;	      /* the rest of a long line */
	size_t in_at, in_end; /* of in[] */
	size_t at, end;	      /* of text[] */
	union {
		lzma_stream xz;
		z_stream gzip;
		ZSTD_DStream *zstd;
	};
	unsigned char in[IN_BYTES];
	char text[TEXT_BYTES + 1];
};

/* More bytes of the file behind those in in[]. */
static void fill(struct trace_stream *s)
{
	ssize_t got;

	memmove(s->in, s->in + s->in_at, s->in_end - s->in_at);
	s->in_end -= s->in_at;
	s->in_at = 0;
	/* A signal that somebody catches wants to be seen: no retry. */
	got = read(s->fd, s->in + s->in_end, IN_BYTES - s->in_end);
	if (got < 0) {
		s->wrong = strerror(errno);
		s->unreadable = true;
	}
	if (got <= 0)
		s->eof = true;
	else
		s->in_end += (size_t)got;
}

static size_t decode_plain(struct trace_stream *s, char *out, size_t size)
{
	const size_t left = s->in_end - s->in_at;
	const size_t n = left < size ? left : size;

	memcpy(out, s->in + s->in_at, n);
	s->in_at += n;
	return n;
}

static bool open_xz(struct trace_stream *s)
{
	s->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&s->xz, XZ_MEMORY, LZMA_CONCATENATED) ==
	       LZMA_OK;
}

static size_t decode_xz(struct trace_stream *s, char *out, size_t size)
{
	lzma_ret ret;

	s->xz.next_in = s->in + s->in_at;
	s->xz.avail_in = s->in_end - s->in_at;
	s->xz.next_out = (uint8_t *)out;
	s->xz.avail_out = size;
	ret = lzma_code(&s->xz, s->eof ? LZMA_FINISH : LZMA_RUN);
	s->in_at = s->in_end - s->xz.avail_in;
	s->inside = ret != LZMA_STREAM_END;
	if (ret == LZMA_MEMLIMIT_ERROR)
		s->wrong = "needs more than 130 MiB to decompress";
	else if (ret == LZMA_MEM_ERROR)
		s->wrong = "out of memory";
	else if (ret != LZMA_OK && ret != LZMA_STREAM_END &&
		 ret != LZMA_BUF_ERROR)
		s->wrong = "damaged xz data";
	return size - s->xz.avail_out;
}

static void close_xz(struct trace_stream *s)
{
	lzma_end(&s->xz);
}

static bool open_gzip(struct trace_stream *s)
{
	/* 15: the largest window; + 16: gzip's header. */
	return inflateInit2(&s->gzip, 15 + 16) == Z_OK;
}

static size_t decode_gzip(struct trace_stream *s, char *out, size_t size)
{
	int ret;

	/* A member has ended and another follows. */
	if (!s->inside && s->in_at < s->in_end)
		inflateReset(&s->gzip);
	else if (!s->inside)
		return 0;
	s->gzip.next_in = s->in + s->in_at;
	s->gzip.avail_in = (uInt)(s->in_end - s->in_at);
	s->gzip.next_out = (Bytef *)out;
	s->gzip.avail_out = (uInt)size;
	ret = inflate(&s->gzip, Z_NO_FLUSH);
	s->in_at = s->in_end - s->gzip.avail_in;
	s->inside = ret != Z_STREAM_END;
	if (ret == Z_MEM_ERROR)
		s->wrong = "out of memory";
	else if (ret != Z_OK && ret != Z_STREAM_END && ret != Z_BUF_ERROR)
		s->wrong = "damaged gzip data";
	return size - s->gzip.avail_out;
}

static void close_gzip(struct trace_stream *s)
{
	inflateEnd(&s->gzip);
}

static bool open_zstd(struct trace_stream *s)
{
	s->zstd = ZSTD_createDStream();
	return s->zstd;
}

static size_t decode_zstd(struct trace_stream *s, char *out, size_t size)
{
	ZSTD_inBuffer in = { s->in, s->in_end, s->in_at };
	ZSTD_outBuffer to = { out, size, 0 };
	size_t ret;

	if (!s->inside && s->in_at == s->in_end)
		return 0;
	ret = ZSTD_decompressStream(s->zstd, &to, &in);
	s->in_at = in.pos;
	s->inside = ret != 0;
	if (ZSTD_isError(ret))
		s->wrong = ZSTD_getErrorName(ret);
	return to.pos;
}

static void close_zstd(struct trace_stream *s)
{
	ZSTD_freeDStream(s->zstd);
}

static const struct codec codecs[] = {
	{ "xz",
	  "\xfd"
	  "7zXZ",
	  6, open_xz, decode_xz, close_xz },
	{ "gzip", "\x1f\x8b", 2, open_gzip, decode_gzip, close_gzip },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, open_zstd, decode_zstd, close_zstd },
	{ "plain", "", 0, NULL, decode_plain, NULL },
};

/* By the first bytes; the last entry fits all. false: out of memory. */
static bool choose_codec(struct trace_stream *s)
{
	const struct codec *c = codecs;

	while (!s->eof && s->in_end < sizeof(c->magic))
		fill(s);
	while (s->in_end < c->nr_magic || memcmp(s->in, c->magic, c->nr_magic))
		c++;
	if (c->open && !c->open(s))
		return false;
	s->codec = c;
	s->inside = c->open;
	return true;
}

struct trace_stream *trace_stream_open(const char *path, char *error,
				       size_t error_size)
{
	struct trace_stream *s = malloc(sizeof(*s));

	if (!s) {
		snprintf(error, error_size, "%s: out of memory", path);
		return NULL;
	}
	memset(s, 0, offsetof(struct trace_stream, in));
	if (!strcmp(path, "-"))
		s->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd >= 0 && choose_codec(s) && !s->unreadable)
		return s;
	snprintf(error, error_size, "%s: %s", path,
		 s->wrong ? s->wrong : strerror(errno));
	trace_stream_close(s);
	return NULL;
}

void trace_stream_close(struct trace_stream *s)
{
	if (s->codec && s->codec->close)
		s->codec->close(s);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

/* More text behind that in text[]; s->done: it is the last. */
static void decode_more(struct trace_stream *s)
{
	size_t got = 0, before;

	memmove(s->text, s->text + s->at, s->end - s->at);
	s->end -= s->at;
	s->at = 0;
	do {
		if (!s->eof && s->in_at == s->in_end)
			fill(s);
		if (s->wrong)
			break;
		before = s->in_at;
		got = s->codec->decode(s, s->text + s->end,
				       TEXT_BYTES - s->end);
	} while (!got && !s->wrong && (!s->eof || s->in_at != before));
	s->end += got;
	s->done = !got || s->wrong;
	if (!got && s->inside && !s->wrong)
		s->wrong = "the compressed data end too early";
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

/* Nothing more to decode: what is left of the text, then how it ended. */
static enum trace_stream_state take_rest(struct trace_stream *s,
					 const char **line, size_t *length)
{
	/* Of damaged data a beginning of a line says nothing more. */
	if (s->at < s->end && !s->drop && !s->wrong)
		return take_line(s, line, length, s->end, s->end,
				 TRACE_STREAM_CUT);
	*line = s->wrong;
	*length = 0;
	if (!s->wrong)
		return TRACE_STREAM_END;
	return s->unreadable ? TRACE_STREAM_ERROR : TRACE_STREAM_DAMAGED;
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
			decode_more(s);
		} else if (s->end - s->at >= TRACE_LINE_BYTES) {
			s->drop = true;
			return take_line(s, line, length, s->end - 1, s->end,
					 TRACE_STREAM_LONG);
		} else if (s->done) {
			return take_rest(s, line, length);
		} else {
			decode_more(s);
		}
	}
}
