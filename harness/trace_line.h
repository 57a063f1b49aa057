/*
 * trace_line.h - one line of a kernel trace, as three programs print it.
 *
 *   ftrace      sh-146     [002] .....     3.886710: kfree: call_site=...
 *   trace-cmd   sh-146     [002]     3.886710: kfree:            (...) ...
 *   perf        sh   146 [002]     3.886710:       kmem:kfree: call_site=...
 *
 * The name before the CPU may hold blanks, colons and brackets; the flags after
 * it may be missing; a fraction has six or nine digits. So the line is read
 * from "[CPU]" on, and only what comes after the event's name tells them apart.
 */
#ifndef KMB_TRACE_LINE_H
#define KMB_TRACE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "../bench/trace_file.h"

enum trace_format {
	TRACE_FORMAT_ANY, /* the line fits several */
	TRACE_FORMAT_FTRACE,
	TRACE_FORMAT_TRACE_CMD,
	TRACE_FORMAT_PERF,
	NR_TRACE_FORMATS
};
/* As messages say it: "ftrace", "trace-cmd report", "perf script". */
extern const char *const trace_format_names[NR_TRACE_FORMATS];

enum trace_line_kind {
	TRACE_LINE_SKIP,   /* blank, a comment, a header, a stack frame */
	TRACE_LINE_EVENT,  /* one that we keep */
	TRACE_LINE_REPEAT, /* mm_page_free_batched, after an mm_page_free */
	TRACE_LINE_OTHER,  /* another event */
	TRACE_LINE_LOST,   /* the kernel's buffer ran over */
	TRACE_LINE_BAD
};

struct trace_line {
	enum trace_format format;
	enum trace_kind kind;
	uint64_t time_us;
	uint64_t address; /* a pfn, or a pointer */
	bool null;	  /* it is none: failed, kfree(NULL), kmalloc(0) */
	uint32_t bytes;
	uint16_t cpu;
	uint8_t order, type;
	uint64_t lost;	      /* events; of TRACE_LINE_LOST */
	const char *expected; /* of TRACE_LINE_BAD */
};

/* text has no newline. Only the fields that belong to the result are set. */
enum trace_line_kind trace_line_parse(const char *text,
				      struct trace_line *line);

#endif
