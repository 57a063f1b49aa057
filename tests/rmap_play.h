/*
 * rmap_play.h - what is done to worlds under test: lines of a script, one
 * operation after the other; and when a test fails, all that it did, as a
 * script for `kmembench rmap replay`.
 */
#ifndef KMB_RMAP_PLAY_H
#define KMB_RMAP_PLAY_H

#include "test.h"

#include <inttypes.h>
#include <unistd.h>

#include "../bench/rmap_script_line.h"

#define PLAY_AREA_PAGES (1u << 20)

static struct CMUnitTest tests[256];
static unsigned nr_tests;

/* ---- lines */

static char play_text[512], play_error[256];
static struct text_file playing;

static inline void play_begin(const char *format, va_list args)
{
	int length = vsnprintf(play_text, sizeof(play_text) - 1, format, args);

	assert_in_range(length, 1, sizeof(play_text) - 2);
	strcpy(play_text + length, "\n");
	playing = (struct text_file){ .path = "line",
				      .bytes = play_text,
				      .next = play_text,
				      .left = (size_t)length + 1,
				      .error = play_error,
				      .error_size = sizeof(play_error) };
}

/* The next one; false: there is none. */
static inline bool play_next(struct rmap_op *op)
{
	struct rmap_script limits = { .area_pages = PLAY_AREA_PAGES,
				      .file_pages = TEST_FILE_PAGES };
	const char *name;
	char *line;

	if (text_file_line(&playing, &line) != 1)
		return false;
	*op = (struct rmap_op){ .line = (uint32_t)playing.line };
	name = rmap_line_word(&line);
	check(name && !rmap_line_take(&playing, &limits, name, line, op), "%s",
	      play_error);
	return true;
}

/* ---- what was done in the world that is there */

static struct rmap_op *played;
static uint64_t nr_played, played_room;

static inline void play_keep(const struct rmap_op *op, int err)
{
	/* There was no memory for it. */
	if (err && (op->kind == RMAP_FORK || op->kind == RMAP_START))
		return;
	if (nr_played == played_room) {
		played_room = played_room ? 2 * played_room : 256;
		played = realloc(played, played_room * sizeof(*played));
		assert_non_null(played);
	}
	played[nr_played] = *op;
	played[nr_played++].may_fail = err != 0;
}

static inline void play_print(FILE *out)
{
	uint32_t nr_dumps = 0;

	fprintf(out, "area %u %u\n", PLAY_AREA_PAGES, TEST_FILE_PAGES);
	for (uint64_t i = 0; i < nr_played; i++) {
		struct rmap_op op = played[i];

		/* Process 0 is there when a script begins. */
		if (!i && op.kind == RMAP_START)
			continue;
		if (op.kind == RMAP_DUMP)
			op.child = ++nr_dumps;
		rmap_op_print(&op, out);
	}
	fprintf(out, "dump %" PRIu32 "\n", nr_dumps + 1);
}

/* Behind every test: what it did, unless its world came to its end. */
static int play_end(void **unused)
{
	const char *tmp = getenv("TMPDIR");
	char path[512];
	FILE *out;

	(void)unused;
	snprintf(path, sizeof(path), "%s/kmbench-test-%d.ops",
		 tmp ? tmp : "/tmp", (int)getpid());
	out = nr_played ? fopen(path, "w") : NULL;
	if (out) {
		play_print(out);
		fclose(out);
		print_error("what was done until then: kmembench rmap replay "
			    "%s\n",
			    path);
	}
	nr_played = 0;
	return 0;
}

static void add_test(const char *name, CMUnitTestFunction fn)
{
	tests[nr_tests++] = (struct CMUnitTest){ .name = name,
						 .test_func = fn,
						 .teardown_func = play_end };
}

#endif
