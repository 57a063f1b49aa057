/* test_trace_stream.c - lines out of plain and compressed files. */
#include "test.h"
#include "scratch.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "../harness/trace_stream.h"

#define NR_LINES 5000
#define ROOM (1 << 20)

static char error[512];

/* compress(text) into out: the bytes of one member. */
static size_t pack_plain(const char *text, size_t size, unsigned char *out)
{
	memcpy(out, text, size);
	return size;
}

static size_t pack_xz(const char *text, size_t size, unsigned char *out)
{
	size_t used = 0;

	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL,
						 (const uint8_t *)text, size,
						 out, &used, ROOM),
			 LZMA_OK);
	return used;
}

static size_t pack_gzip(const char *text, size_t size, unsigned char *out)
{
	z_stream z = { 0 };

	assert_int_equal(
		deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)size;
	z.next_out = out;
	z.avail_out = ROOM;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return ROOM - z.avail_out;
}

static size_t pack_zstd(const char *text, size_t size, unsigned char *out)
{
	size_t used = ZSTD_compress(out, ROOM, text, size, 1);

	assert_false(ZSTD_isError(used));
	return used;
}

static const struct {
	const char *name;
	size_t (*pack)(const char *text, size_t size, unsigned char *out);
} formats[] = {
	{ "plain", pack_plain },
	{ "xz", pack_xz },
	{ "gzip", pack_gzip },
	{ "zstd", pack_zstd },
};

/* "line 0\n", "line 1 xxxxxxx\n", ...: the lengths differ. */
static char *make_text(size_t *size)
{
	char *text = malloc(NR_LINES * 128);

	*size = 0;
	for (unsigned i = 0; i < NR_LINES; i++)
		*size += (size_t)sprintf(text + *size, "line %u %.*s\n", i,
					 (int)(i * 7 % 90),
					 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
					 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
					 "xxxxxxxxxxxxxxxxxxxxxx");
	return text;
}

static struct trace_stream *open_bytes(const void *bytes, size_t size)
{
	const char *path = scratch_path("t");
	struct trace_stream *s;

	scratch_write(path, bytes, size);
	s = trace_stream_open(path, error, sizeof(error));
	check(s, "%s", error);
	return s;
}

/* Lines "line 0".. as they should be; how it ended, and how many there were. */
static enum trace_stream_state read_lines(const void *bytes, size_t size,
					  unsigned *nr)
{
	struct trace_stream *s = open_bytes(bytes, size);
	enum trace_stream_state state;
	const char *line;
	size_t length;

	*nr = 0;
	while ((state = trace_stream_line(s, &line, &length)) ==
	       TRACE_STREAM_LINE) {
		unsigned number;

		assert_int_equal(sscanf(line, "line %u", &number), 1);
		assert_int_equal(number, *nr % NR_LINES);
		assert_int_equal(length, strlen(line));
		++*nr;
	}
	trace_stream_close(s);
	return state;
}

static void every_format_gives_the_same_lines(void **unused)
{
	size_t size;
	char *text = make_text(&size);
	unsigned char *out = malloc(2 * ROOM);

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(formats); i++) {
		size_t used = formats[i].pack(text, size, out);
		unsigned nr;

		check(read_lines(out, used, &nr) == TRACE_STREAM_END, "%s",
		      formats[i].name);
		assert_int_equal(nr, NR_LINES);
		/* two members, as `cat a.xz b.xz` makes them */
		memcpy(out + used, out, used);
		check(read_lines(out, 2 * used, &nr) == TRACE_STREAM_END, "%s",
		      formats[i].name);
		assert_int_equal(nr, 2 * NR_LINES);
	}
	free(out);
	free(text);
}

/* What came before the cut or the flaw is read, then it is said. */
static void is_told(const char *name, const unsigned char *bytes, size_t size)
{
	struct trace_stream *s = open_bytes(bytes, size);
	enum trace_stream_state state;
	const char *line;
	size_t length;
	unsigned nr = 0;

	while ((state = trace_stream_line(s, &line, &length)) !=
		       TRACE_STREAM_DAMAGED &&
	       state != TRACE_STREAM_END)
		nr++;
	check(state == TRACE_STREAM_DAMAGED, "%s", name);
	check(strlen(line) > 8, "%s: '%s'", name, line);
	check(nr <= NR_LINES, "%s: %u lines", name, nr);
	trace_stream_close(s);
}

static void truncated_and_damaged_data_are_told(void **unused)
{
	size_t size;
	char *text = make_text(&size);
	unsigned char *out = malloc(ROOM);

	(void)unused;
	for (unsigned i = 1; i < ARRAY_SIZE(formats); i++) {
		size_t used = formats[i].pack(text, size, out);

		is_told(formats[i].name, out, used - 1);
		is_told(formats[i].name, out, used / 2);
		memset(out + used / 2, 0x5a, 16);
		is_told(formats[i].name, out, used);
	}
	free(out);
	free(text);
}

static void the_end_without_a_newline_is_told(void **unused)
{
	struct trace_stream *s = open_bytes("whole\ncut", 9);
	const char *line;
	size_t length;

	(void)unused;
	assert_int_equal(trace_stream_line(s, &line, &length),
			 TRACE_STREAM_LINE);
	assert_int_equal(trace_stream_line(s, &line, &length),
			 TRACE_STREAM_CUT);
	assert_string_equal(line, "cut");
	assert_int_equal(length, 3);
	assert_int_equal(trace_stream_line(s, &line, &length),
			 TRACE_STREAM_END);
	assert_int_equal(trace_stream_line(s, &line, &length),
			 TRACE_STREAM_END);
	trace_stream_close(s);
}

static void long_lines_are_told_and_skipped(void **unused)
{
	const size_t size = 40 * TRACE_LINE_BYTES;
	char *text = malloc(size);
	struct trace_stream *s;
	const char *line;
	size_t length;

	(void)unused;
	memset(text, 'x', size);
	text[size - 6] = '\n';
	memcpy(text + size - 5, "next\n", 5);
	s = open_bytes(text, size);
	assert_int_equal(trace_stream_line(s, &line, &length),
			 TRACE_STREAM_LONG);
	assert_true(length >= TRACE_LINE_BYTES / 2);
	assert_int_equal(strlen(line), length);
	assert_int_equal(trace_stream_line(s, &line, &length),
			 TRACE_STREAM_LINE);
	assert_string_equal(line, "next");
	assert_int_equal(trace_stream_line(s, &line, &length),
			 TRACE_STREAM_END);
	trace_stream_close(s);
	free(text);
}

static void nuls_are_counted(void **unused)
{
	struct trace_stream *s = open_bytes("a\0b\n", 4);
	const char *line;
	size_t length;

	(void)unused;
	assert_int_equal(trace_stream_line(s, &line, &length),
			 TRACE_STREAM_LINE);
	assert_int_equal(length, 3);
	trace_stream_close(s);
}

static void short_files_are_plain(void **unused)
{
	static const char *const texts[] = { "", "\n", "\x1f", "\xfd", "(" };
	const char *line;
	size_t length;

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
		struct trace_stream *s = open_bytes(texts[i], strlen(texts[i]));
		enum trace_stream_state state =
			trace_stream_line(s, &line, &length);

		assert_int_equal(state, i == 0	 ? TRACE_STREAM_END
					: i == 1 ? TRACE_STREAM_LINE
						 : TRACE_STREAM_CUT);
		trace_stream_close(s);
	}
}

static void what_cannot_be_opened_is_named(void **unused)
{
	(void)unused;
	assert_null(trace_stream_open("/nonexistent", error, sizeof(error)));
	assert_string_equal(error, "/nonexistent: No such file or directory");
	assert_null(trace_stream_open(scratch_dir, error, sizeof(error)));
	assert_non_null(strstr(error, ": Is a directory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(every_format_gives_the_same_lines),
		scratch_test(truncated_and_damaged_data_are_told),
		scratch_test(the_end_without_a_newline_is_told),
		scratch_test(long_lines_are_told_and_skipped),
		scratch_test(nuls_are_counted),
		scratch_test(short_files_are_plain),
		scratch_test(what_cannot_be_opened_is_named),
	};

	return cmocka_run_group_tests_name("trace_stream", tests, NULL, NULL);
}
