/* trace_import.c - lines to events, and what to say of those that are none. */
#include "trace_import.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../kernels/base/compiler.h"
#include "options.h"
#include "trace_stream.h"

/* So many bad lines are shown, the others counted. */
#define NR_SHOWN 5
#define EXCERPT 60

struct reader {
	const struct trace_import *import;
	struct trace_match match;
	uint64_t nr_lines;
	enum trace_format format; /* of the first event that has one */
	uint64_t format_line;
	char shown[NR_SHOWN][256];
	unsigned nr_shown;
};

/* What people have beside text, and what to do with it. */
static const struct {
	const char *magic, *what;
} binaries[] = {
	{ "\027\010Dtracing", "trace-cmd's trace.dat: import what 'trace-cmd "
			      "report' prints of it" },
	{ "PERFILE2",
	  "perf's data file: import what 'perf script' prints of it" },
	{ TRACE_MAGIC, "a binary trace: it is imported already" },
};

/* The beginning of a line, fit for a terminal. */
static void excerpt(const char *text, char out[EXCERPT + 4])
{
	size_t n = 0;

	text += strspn(text, " \t");
	for (; text[n] && n < EXCERPT; n++)
		out[n] = isprint((unsigned char)text[n]) ? text[n] : '?';
	strcpy(out + n, text[n] ? "..." : "");
}

/* A line that cannot be read. -1: go on, else the exit code. */
static int bad_line(struct reader *r, const char *text, const char *expected)
{
	char begin[EXCERPT + 4], *to = r->shown[r->nr_shown % NR_SHOWN];
	const size_t size = sizeof(r->shown[0]);
	int used;

	r->match.header.bad_lines++;
	if (r->nr_shown == NR_SHOWN)
		return -1;
	excerpt(text, begin);
	used = snprintf(to, size, "%s:%" PRIu64 ": expected %s, not '%s'",
			r->import->path, r->nr_lines, expected, begin);
	if (r->import->strict)
		return complain(EXIT_USAGE,
				"%s; %" PRIu64 " events until there (--strict)",
				to, r->match.header.nr_events);
	if (used > 0)
		r->nr_shown++;
	return -1;
}

/* Two programs' output in one file have no common clock or addresses. */
static bool is_mixed(struct reader *r, const struct trace_line *line)
{
	if (line->format == TRACE_FORMAT_ANY)
		return false;
	if (r->format == TRACE_FORMAT_ANY) {
		r->format = line->format;
		r->format_line = r->nr_lines;
	}
	return line->format != r->format;
}

static int take_event(struct reader *r, const char *text,
		      const struct trace_line *line)
{
	char expected[128];
	int err;

	if (is_mixed(r, line)) {
		snprintf(expected, sizeof(expected),
			 "%s as in line %" PRIu64 " (mixed with %s)",
			 trace_format_names[r->format], r->format_line,
			 trace_format_names[line->format]);
		return bad_line(r, text, expected);
	}
	err = trace_match_add(&r->match, line);
	if (!err)
		return -1;
	if (r->import->output && err != -ENOMEM)
		return complain(EXIT_FAILED, "%s: %s", r->import->output,
				strerror(-err));
	return complain(EXIT_FAILED, "%s:%" PRIu64 ": %s", r->import->path,
			r->nr_lines, strerror(-err));
}

/* -1: go on, else the exit code. */
static int take_text(struct reader *r, const char *text, size_t length)
{
	struct trace_header *h = &r->match.header;
	struct trace_line line;

	if (memchr(text, '\0', length))
		return bad_line(r, text, "text");
	switch (trace_line_parse(text, &line)) {
	case TRACE_LINE_SKIP:
		break;
	case TRACE_LINE_EVENT:
		return take_event(r, text, &line);
	case TRACE_LINE_REPEAT:
		h->repeats++;
		break;
	case TRACE_LINE_OTHER:
		h->other_events++;
		break;
	case TRACE_LINE_LOST:
		h->lost_events += line.lost;
		break;
	case TRACE_LINE_BAD:
		return bad_line(r, text, line.expected);
	}
	return -1;
}

/* The file's first bytes, when they are not a trace's text. */
static int check_binary(const struct reader *r, const char *text, size_t length)
{
	for (unsigned i = 0; i < ARRAY_SIZE(binaries); i++) {
		const size_t n = strlen(binaries[i].magic);

		if (length >= n && !memcmp(text, binaries[i].magic, n))
			return complain(EXIT_USAGE, "%s: %s", r->import->path,
					binaries[i].what);
	}
	return -1;
}

/* All lines. -1, or the exit code. */
static int read_lines(struct reader *r, struct trace_stream *stream)
{
	const volatile sig_atomic_t *stop = r->import->stop;
	enum trace_stream_state state;
	const char *text;
	size_t length;
	int code = -1;

	while (code == -1) {
		state = trace_stream_line(stream, &text, &length);
		if (stop && *stop)
			return EXIT_INTERRUPTED;
		if (state == TRACE_STREAM_END)
			break;
		if (!r->nr_lines++)
			code = check_binary(r, text, length);
		if (code != -1)
			break;
		if (state == TRACE_STREAM_ERROR)
			return complain(EXIT_FAILED, "%s:%" PRIu64 ": %s",
					r->import->path, r->nr_lines, text);
		if (state == TRACE_STREAM_DAMAGED)
			return bad_line(r, text, "whole compressed data");
		if (state == TRACE_STREAM_LONG)
			code = bad_line(r, text, "a line below 16 KiB");
		else if (state == TRACE_STREAM_CUT)
			code = bad_line(r, text,
					"a newline: the file is cut off");
		else
			code = take_text(r, text, length);
	}
	return code;
}

/* Not a trace, or one of nothing that we keep. */
static int complain_empty(const struct reader *r)
{
	if (r->nr_shown)
		return complain(EXIT_USAGE, "%s; no event was kept",
				r->shown[0]);
	return complain(EXIT_USAGE,
			"%s: no event was kept of %" PRIu64 " lines: expected "
			"mm_page_alloc, kmalloc or kmem_cache_alloc as ftrace, "
			"'trace-cmd report' or 'perf script' print them",
			r->import->path, r->nr_lines);
}

/* Everything was read: what to say of it. */
static int conclude(const struct reader *r)
{
	const struct trace_header *h = &r->match.header;

	if (!h->nr_events)
		return complain_empty(r);
	for (unsigned i = 0; i < r->nr_shown; i++)
		complain(0, "%s", r->shown[i]);
	if (h->bad_lines)
		complain(0,
			 "%s: %" PRIu64 " of %" PRIu64 " lines could not be "
			 "read; %" PRIu64 " events were kept",
			 r->import->path, h->bad_lines, r->nr_lines,
			 h->nr_events);
	if (h->lost_events)
		complain(0,
			 "%s: the kernel lost %" PRIu64 " events: record with "
			 "larger buffers (docs/TRACES.md)",
			 r->import->path, h->lost_events);
	return -1;
}

int trace_import(const struct trace_import *import, struct trace_header *header)
{
	struct reader reader = { .import = import };
	char error[512];
	struct trace_stream *stream =
		trace_stream_open(import->path, error, sizeof(error));
	int code;

	if (!stream)
		return complain(EXIT_USAGE, "%s", error);
	trace_match_init(&reader.match, import->sink, import->arg);
	code = read_lines(&reader, stream);
	if (code == -1)
		code = conclude(&reader);
	*header = reader.match.header;
	trace_match_free(&reader.match);
	trace_stream_close(stream);
	return code;
}
