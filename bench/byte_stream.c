/* byte_stream.c - a file's bytes, through the library that they ask for. */
#include "byte_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "../kernels/base/compiler.h"

#define IN_BYTES 65536
/* xz -9 needs 65 MiB; zstd --long, the most that zstd takes unasked, 128. */
#define XZ_MEMORY (130ull << 20)

/*
 * decode() takes from in[] what it can and fills out: how many bytes. It sets
 * s->wrong when no more will come of it. Without input left at the file's end,
 * 0 is the end of the bytes.
 */
struct codec {
	const char *name;
	unsigned char magic[6];
	unsigned nr_magic;
	bool (*open)(struct byte_stream *s);
	size_t (*decode)(struct byte_stream *s, char *out, size_t size);
	void (*close)(struct byte_stream *s);
};

struct byte_stream {
	int fd;
	const struct codec *codec;
	bool eof;	      /* of the file */
	bool inside;	      /* a member has begun and not ended */
	const char *wrong;    /* what ended it, if that was no end */
	bool unreadable;      /* wrong is the file's, not its contents' */
	size_t in_at, in_end; /* of in[] */
	union {
		lzma_stream xz;
		z_stream gzip;
		ZSTD_DStream *zstd;
	};
	unsigned char in[IN_BYTES];
};

/* More bytes of the file behind those in in[]. */
static void fill(struct byte_stream *s)
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

static size_t decode_plain(struct byte_stream *s, char *out, size_t size)
{
	const size_t left = s->in_end - s->in_at;
	const size_t n = left < size ? left : size;

	memcpy(out, s->in + s->in_at, n);
	s->in_at += n;
	return n;
}

static bool open_xz(struct byte_stream *s)
{
	s->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&s->xz, XZ_MEMORY, LZMA_CONCATENATED) ==
	       LZMA_OK;
}

static size_t decode_xz(struct byte_stream *s, char *out, size_t size)
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

static void close_xz(struct byte_stream *s)
{
	lzma_end(&s->xz);
}

static bool open_gzip(struct byte_stream *s)
{
	/* 15: the largest window; + 16: gzip's header. */
	return inflateInit2(&s->gzip, 15 + 16) == Z_OK;
}

static size_t decode_gzip(struct byte_stream *s, char *out, size_t size)
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

static void close_gzip(struct byte_stream *s)
{
	inflateEnd(&s->gzip);
}

static bool open_zstd(struct byte_stream *s)
{
	s->zstd = ZSTD_createDStream();
	return s->zstd;
}

static size_t decode_zstd(struct byte_stream *s, char *out, size_t size)
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

static void close_zstd(struct byte_stream *s)
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
static bool choose_codec(struct byte_stream *s)
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

struct byte_stream *byte_stream_open(const char *path, char *error,
				     size_t error_size)
{
	struct byte_stream *s = malloc(sizeof(*s));

	if (!s) {
		snprintf(error, error_size, "%s: out of memory", path);
		return NULL;
	}
	memset(s, 0, offsetof(struct byte_stream, in));
	if (!strcmp(path, "-"))
		s->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd >= 0 && choose_codec(s) && !s->unreadable)
		return s;
	snprintf(error, error_size, "%s: %s", path,
		 s->wrong ? s->wrong : strerror(errno));
	byte_stream_close(s);
	return NULL;
}

void byte_stream_close(struct byte_stream *s)
{
	if (s->codec && s->codec->close)
		s->codec->close(s);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

size_t byte_stream_read(struct byte_stream *s, void *bytes, size_t size)
{
	size_t got = 0, before;

	do {
		if (!s->eof && s->in_at == s->in_end)
			fill(s);
		if (s->wrong)
			return 0;
		before = s->in_at;
		got = s->codec->decode(s, bytes, size);
	} while (!got && !s->wrong && (!s->eof || s->in_at != before));
	if (!got && s->inside && !s->wrong)
		s->wrong = "the compressed data end too early";
	return got;
}

const char *byte_stream_wrong(const struct byte_stream *s, bool *unreadable)
{
	*unreadable = s->unreadable;
	return s->wrong;
}
