/*
 * fuzz_trace.c - the importer and the binary reader against libFuzzer's bytes.
 *
 * What begins with the binary trace's magic goes to the reader, as it is and
 * with its CRCs made right. All else is imported; what comes out is written,
 * and the reader, which proves the contract of bench/trace_file.h, must take it
 * and find the same events. tests/fuzz_trace.sh builds and runs it.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "../harness/options.h"
#include "../harness/trace_import.h"
#include "../harness/trace_stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char input_path[64], output_path[64];
static int input = -1;

/* options.c's, without the noise. */
int complain(int code, const char *format, ...)
{
	char line[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return code;
}

#define require(cond)                                                      \
	do {                                                               \
		if (!(cond)) {                                             \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
				#cond);                                    \
			abort();                                           \
		}                                                          \
	} while (0)

static void set_up(void)
{
	if (input >= 0)
		return;
	input = memfd_create("fuzz", 0);
	require(input >= 0);
	snprintf(input_path, sizeof(input_path), "/proc/self/fd/%d", input);
	snprintf(output_path, sizeof(output_path), "/dev/shm/fuzz_trace.%d",
		 (int)getpid());
}

static void set_input(const uint8_t *data, size_t size)
{
	require(!ftruncate(input, 0));
	require(pwrite(input, data, size, 0) == (ssize_t)size);
}

/* The reader takes the file, and so does all that adds up. Events, or -1. */
static int64_t read_binary(const char *path, struct trace_stats *stats)
{
	const struct trace_event *events;
	char error[256];
	struct trace_file *file =
		trace_file_open(path, &stats->header, error, sizeof(error));
	int64_t nr_all = 0;
	int nr;

	if (!file)
		return -1;
	while ((nr = trace_file_next(file, &events, error, sizeof(error))) > 0)
		for (int i = 0; i < nr; i++, nr_all++)
			require(!trace_stats_add(stats, &events[i]));
	trace_file_close(file);
	return nr < 0 ? -1 : nr_all;
}

static void fuzz_binary(void)
{
	struct trace_stats stats = { 0 };

	read_binary(input_path, &stats);
	trace_stats_free(&stats);
}

/* What a fuzzer cannot guess. */
static void fix_crcs(uint8_t *data, size_t size)
{
	const size_t block = TRACE_BLOCK_EVENTS * sizeof(struct trace_event);
	struct trace_header h;
	size_t at = sizeof(h), bytes;
	uint32_t crc;

	if (size < sizeof(h))
		return;
	memcpy(&h, data, sizeof(h));
	h.crc = (uint32_t)crc32(0, data, offsetof(struct trace_header, crc));
	memcpy(data, &h, sizeof(h));
	for (; size - at > sizeof(crc); at += bytes + sizeof(crc)) {
		bytes = size - at - sizeof(crc);
		bytes = bytes < block ? bytes : block;
		crc = (uint32_t)crc32(0, data + at, (uInt)bytes);
		memcpy(data + at + bytes, &crc, sizeof(crc));
	}
}

struct both {
	struct trace_writer *writer;
	struct trace_stats stats;
};

static int to_both(void *arg, const struct trace_event *event)
{
	struct both *both = arg;
	int err = trace_writer_add(both->writer, event);

	return err ? err : trace_stats_add(&both->stats, event);
}

static void check_same(const struct trace_stats *a, const struct trace_stats *b)
{
	require(!memcmp(a->orders, b->orders, sizeof(a->orders)));
	require(!memcmp(a->sizes, b->sizes, sizeof(a->sizes)));
	require(a->live_pages == b->live_pages);
	require(a->live_bytes == b->live_bytes);
	require(a->live_pages <= a->header.peak_pages);
	require(a->live_bytes <= a->header.peak_slab_bytes);
}

static void fuzz_text(bool strict)
{
	struct both both = { 0 };
	struct trace_stats back = { 0 };
	struct trace_import import = { .path = input_path,
				       .strict = strict,
				       .sink = to_both,
				       .arg = &both };
	char error[256];

	both.writer = trace_writer_open(output_path, error, sizeof(error));
	require(both.writer);
	if (trace_import(&import, &both.stats.header) != -1) {
		trace_writer_drop(both.writer);
		trace_stats_free(&both.stats);
		return;
	}
	require(!strict || !both.stats.header.bad_lines);
	require(!trace_writer_finish(both.writer, &both.stats.header, error,
				     sizeof(error)));
	require(read_binary(output_path, &back) ==
		(int64_t)both.stats.header.nr_events);
	check_same(&both.stats, &back);
	trace_stats_free(&both.stats);
	trace_stats_free(&back);
	unlink(output_path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	set_up();
	set_input(data, size);
	if (size < 8 || memcmp(data, TRACE_MAGIC, 8)) {
		fuzz_text(size & 1);
		return 0;
	}
	fuzz_binary();
	copy = malloc(size);
	require(copy);
	memcpy(copy, data, size);
	fix_crcs(copy, size);
	set_input(copy, size);
	free(copy);
	fuzz_binary();
	return 0;
}
