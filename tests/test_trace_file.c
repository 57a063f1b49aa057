/* test_trace_file.c - the binary trace: what is read is what was written. */
#include "test.h"
#include "scratch.h"

#include <sys/stat.h>
#include <zlib.h>

#include "../bench/trace_file.h"

/* More than two blocks, and the last one is not full. */
#define NR_EVENTS (2 * TRACE_BLOCK_EVENTS + 100)

static char error[512];

/* A short trace: object 0 of both kinds comes, goes and comes again. */
static const struct trace_event few[] = {
	{ .object = 0, .kind = TRACE_PAGE_ALLOC, .order = 3, .type = 2 },
	{ .object = 0, .kind = TRACE_KMALLOC, .bytes = 100, .delta_us = 5 },
	{ .object = 0, .kind = TRACE_PAGE_FREE, .order = 3, .cpu = 1 },
	{ .object = 0, .kind = TRACE_KFREE, .flags = TRACE_IMPLIED },
	{ .object = 0, .kind = TRACE_CACHE_ALLOC, .bytes = 7 },
	{ .object = 1, .kind = TRACE_PAGE_ALLOC },
};

static struct trace_header header_of(const struct trace_event *events,
				     size_t nr)
{
	struct trace_header h = { .page_objects = 2,
				  .slab_objects = 1,
				  .peak_pages = 8,
				  .nr_cpus = 2,
				  .unknown_pages = 3 };

	for (size_t i = 0; i < nr; i++) {
		h.nr[events[i].kind]++;
		h.implied += events[i].flags & TRACE_IMPLIED;
	}
	return h;
}

static void write_trace(const char *path, const struct trace_event *events,
			size_t nr, struct trace_header h)
{
	struct trace_writer *w = trace_writer_open(path, error, sizeof(error));

	check(w, "%s", error);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(trace_writer_add(w, &events[i]), 0);
	check(!trace_writer_finish(w, &h, error, sizeof(error)), "%s", error);
}

static const char *write_few(void)
{
	const char *path = scratch_path("t.kmbtrace");

	write_trace(path, few, ARRAY_SIZE(few),
		    header_of(few, ARRAY_SIZE(few)));
	return path;
}

static void what_is_read_is_what_was_written(void **unused)
{
	struct trace_event *events = calloc(NR_EVENTS, sizeof(*events)), *back;
	const char *path = scratch_path("t.kmbtrace");
	struct trace_header h;

	(void)unused;
	for (size_t i = 0; i < NR_EVENTS; i++)
		events[i] = (struct trace_event){
			.object = 1,
			.bytes = i % 2 ? 0 : (uint32_t)i,
			.delta_us = (uint32_t)i * 7919,
			.cpu = i % 2,
			.kind = i % 2 ? TRACE_CACHE_FREE : TRACE_KMALLOC,
		};
	h = header_of(events, NR_EVENTS);
	h.slab_objects = 2;
	write_trace(path, events, NR_EVENTS, h);
	back = trace_file_read(path, &h, error, sizeof(error));
	check(back, "%s", error);
	assert_int_equal(h.nr_events, NR_EVENTS);
	assert_int_equal(h.nr[TRACE_KMALLOC], NR_EVENTS / 2);
	assert_int_equal(h.unknown_pages, 3);
	assert_memory_equal(back, events, NR_EVENTS * sizeof(*events));
	free(back);
	free(events);
}

static void blocks_come_one_by_one(void **unused)
{
	const struct trace_event *events;
	struct trace_header h;
	struct trace_file *f =
		trace_file_open(write_few(), &h, error, sizeof(error));

	(void)unused;
	assert_non_null(f);
	assert_int_equal(trace_file_next(f, &events, error, sizeof(error)),
			 ARRAY_SIZE(few));
	assert_memory_equal(events, few, sizeof(few));
	assert_int_equal(trace_file_next(f, &events, error, sizeof(error)), 0);
	trace_file_close(f);
}

/* The layout that the header draws, byte by byte. */
static void the_layout_is_that_of_the_documentation(void **unused)
{
	static const unsigned char second[] = { 0, 0, 0, 0, 100, 0, 0, 0,
						5, 0, 0, 0, 0,	 0, 2, 0 };
	const char *path = write_few();
	unsigned char bytes[512];
	FILE *file = fopen(path, "r");
	size_t size = fread(bytes, 1, sizeof(bytes), file);
	uint32_t crc;

	(void)unused;
	fclose(file);
	assert_int_equal(size, 192 + 16 * ARRAY_SIZE(few) + 4);
	assert_memory_equal(bytes, "KMBTRACE\1\0\0\0\300\0\0\0\6\0\0\0", 20);
	assert_memory_equal(bytes + 192 + 16, second, sizeof(second));
	assert_int_equal(bytes[192 + 14], TRACE_PAGE_ALLOC);
	assert_int_equal(bytes[192 + 15], 3 | 2 << 4);
	assert_int_equal(bytes[192 + 3 * 16 + 14], TRACE_KFREE | 1 << 4);
	memcpy(&crc, bytes + 188, 4);
	assert_int_equal(crc, crc32(0, bytes, 188));
	memcpy(&crc, bytes + size - 4, 4);
	assert_int_equal(crc, crc32(0, bytes + 192, 16 * ARRAY_SIZE(few)));
}

/* The reader refuses path with one line that holds the path and word. */
static void refuses(const char *path, const char *word)
{
	struct trace_header h;
	struct trace_event *events =
		trace_file_read(path, &h, error, sizeof(error));

	check(!events, "%s was taken", path);
	check(strstr(error, path) == error, "%s", error);
	check(strstr(error, word), "%s: no '%s'", error, word);
	check(!strchr(error, '\n'), "%s", error);
}

static void overwrite(const char *path, long at, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "r+");

	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* Change a header field of a good file, and make its CRC right again. */
#define PATCH(path, field, value)                                             \
	do {                                                                  \
		struct trace_header h_;                                       \
		free(trace_file_read(path, &h_, error, sizeof(error)));       \
		h_.field = value;                                             \
		h_.crc = (uint32_t)crc32(0, (void *)&h_,                      \
					 offsetof(struct trace_header, crc)); \
		overwrite(path, 0, &h_, sizeof(h_));                          \
	} while (0)

static void what_is_no_trace_is_refused(void **unused)
{
	const char *path = scratch_path("t.kmbtrace");

	(void)unused;
	refuses(path, "No such file");
	refuses(scratch_dir, "");
	scratch_write(path, "", 0);
	refuses(path, "not a binary trace");
	scratch_write(path, "garbage, and more of it", 23);
	refuses(path, "not a binary trace");
	scratch_write(path, "KMBTRACE\1\0\0\0", 12);
	refuses(path, "truncated");
}

static void damage_is_found(void **unused)
{
	const uint32_t two = 2;
	const char *path = write_few();

	(void)unused;
	overwrite(path, 8, &two, 4);
	refuses(path, "version 2, not 1");
	path = write_few();
	overwrite(path, 16, &two, 4);
	refuses(path, "header's CRC");
	path = write_few();
	overwrite(path, 192 + 4, &two, 4);
	refuses(path, "CRC of the block at event 0");
	path = write_few();
	PATCH(path, nr_events, 7);
	refuses(path, "contradict");
	path = write_few();
	PATCH(path, page_objects, 100);
	refuses(path, "contradict");
	path = write_few();
	PATCH(path, implied, 2);
	refuses(path, "not those that the header counts");
}

/* Whatever the length, it is refused, and a longer one is, too. */
static void every_truncation_is_found(void **unused)
{
	const char *path = write_few();
	struct stat st;

	(void)unused;
	assert_int_equal(stat(path, &st), 0);
	overwrite(path, st.st_size, "x", 1);
	refuses(path, "damaged");
	for (off_t size = st.st_size - 1; size >= 0; size--) {
		assert_int_equal(truncate(path, size), 0);
		refuses(path, size < 8 ? "not a binary trace" : "truncated");
	}
}

/* Every bit of the file counts. */
static void every_flipped_bit_is_found(void **unused)
{
	const char *path = write_few();
	const size_t size = 192 + sizeof(few) + 4;
	char *good = malloc(size), *bad = malloc(size);
	FILE *file = fopen(path, "r");

	(void)unused;
	assert_int_equal(fread(good, 1, size, file), size);
	fclose(file);
	for (size_t i = 0; i < 8 * size; i += 3) {
		memcpy(bad, good, size);
		bad[i / 8] ^= (char)(1 << i % 8);
		scratch_write(path, bad, size);
		refuses(path, "");
	}
	free(good);
	free(bad);
}

/* With good CRCs, and no importer's work. */
static void events_that_make_no_sense_are_refused(void **unused)
{
	static const struct {
		unsigned at;
		struct trace_event event;
		const char *word;
	} table[] = {
		{ 0, { .kind = TRACE_PAGE_FREE, .order = 3 }, "not live" },
		{ 0, { .kind = 7 }, "unknown kind" },
		{ 0, { .kind = TRACE_PAGE_ALLOC, .type = 5 }, "migratetype" },
		{ 0, { .kind = TRACE_PAGE_ALLOC, .flags = 1 }, "flags" },
		{ 0, { .kind = TRACE_PAGE_ALLOC, .cpu = 2 }, "CPU" },
		{ 0, { .kind = TRACE_PAGE_ALLOC, .object = 2 }, "object" },
		{ 2, { .kind = TRACE_PAGE_FREE, .order = 2 }, "order" },
		{ 2, { .kind = TRACE_PAGE_FREE, .flags = 3 }, "flags" },
		{ 4, { .kind = TRACE_CACHE_ALLOC, .order = 1 }, "order" },
		{ 5, { .kind = TRACE_CACHE_ALLOC }, "is live" },
	};
	const char *path = scratch_path("t.kmbtrace");

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
		struct trace_event events[ARRAY_SIZE(few)];
		struct trace_header h = header_of(few, ARRAY_SIZE(few));

		memcpy(events, few, sizeof(few));
		events[table[i].at] = table[i].event;
		write_trace(path, events, ARRAY_SIZE(events), h);
		refuses(path, table[i].word);
	}
}

static void a_trace_of_nothing_is_refused(void **unused)
{
	const char *path = scratch_path("t.kmbtrace");

	(void)unused;
	write_trace(path, NULL, 0, (struct trace_header){ 0 });
	refuses(path, "contradict");
}

static void a_dropped_trace_leaves_what_was_there(void **unused)
{
	const char *path = scratch_path("t.kmbtrace");
	struct trace_writer *w;
	char *text;

	(void)unused;
	scratch_write(path, "old", 3);
	w = trace_writer_open(path, error, sizeof(error));
	assert_non_null(w);
	assert_int_equal(trace_writer_add(w, &few[0]), 0);
	trace_writer_drop(w);
	text = scratch_read(path);
	assert_string_equal(text, "old");
	free(text);
	assert_int_equal(access(scratch_path("t.kmbtrace.tmp"), F_OK), -1);
}

static void devices_and_directories_are_not_replaced(void **unused)
{
	(void)unused;
	assert_null(trace_writer_open("/dev/null", error, sizeof(error)));
	assert_string_equal(error, "/dev/null: not a regular file");
	assert_null(trace_writer_open(scratch_dir, error, sizeof(error)));
	assert_non_null(strstr(error, "Is a directory"));
	assert_null(trace_writer_open(scratch_path("none/t"), error,
				      sizeof(error)));
	assert_non_null(strstr(error, "No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(what_is_read_is_what_was_written),
		scratch_test(blocks_come_one_by_one),
		scratch_test(the_layout_is_that_of_the_documentation),
		scratch_test(what_is_no_trace_is_refused),
		scratch_test(damage_is_found),
		scratch_test(every_truncation_is_found),
		scratch_test(every_flipped_bit_is_found),
		scratch_test(events_that_make_no_sense_are_refused),
		scratch_test(a_trace_of_nothing_is_refused),
		scratch_test(a_dropped_trace_leaves_what_was_there),
		scratch_test(devices_and_directories_are_not_replaced),
	};

	return cmocka_run_group_tests_name("trace_file", tests, NULL, NULL);
}
