/* trace_line.c - from the text of a line to an event. */
#include "trace_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/compiler.h"
#include "../kernels/mm/mmzone.h"

#define US_PER_SECOND 1000000
/* What kmalloc(0) returns: mm/slab.h's ZERO_SIZE_PTR. */
#define ZERO_SIZE_POINTER 16
/* 2^52 frames of 4 KiB are all of 64 bits. */
#define MAX_PFN ((UINT64_C(1) << 52) - 1)
/* trace-cmd pads shorter names to this many columns, colon not counted. */
#define TRACE_CMD_NAME 20

const char *const trace_format_names[NR_TRACE_FORMATS] = {
	[TRACE_FORMAT_ANY] = "any",
	[TRACE_FORMAT_FTRACE] = "ftrace",
	[TRACE_FORMAT_TRACE_CMD] = "trace-cmd report",
	[TRACE_FORMAT_PERF] = "perf script",
};

static const struct {
	const char *name;
	enum trace_kind kind;
} events[] = {
	{ "mm_page_alloc", TRACE_PAGE_ALLOC },
	{ "mm_page_free", TRACE_PAGE_FREE },
	{ "kmalloc", TRACE_KMALLOC },
	{ "kmalloc_node", TRACE_KMALLOC },
	{ "kfree", TRACE_KFREE },
	{ "kmem_cache_alloc", TRACE_CACHE_ALLOC },
	{ "kmem_cache_alloc_node", TRACE_CACHE_ALLOC },
	{ "kmem_cache_free", TRACE_CACHE_FREE },
};

/*
 * The bits' numbers changed between kernels, and so did migratetype=; their
 * names did not. Names that stand for several bits come first in the kernel's
 * table; those before 4.6 have no underscores.
 */
static const struct {
	const char *name;
	enum migratetype type;
} gfp_types[] = {
	{ "__GFP_MOVABLE", MIGRATE_MOVABLE },
	{ "GFP_MOVABLE", MIGRATE_MOVABLE },
	{ "GFP_HIGHUSER_MOVABLE", MIGRATE_MOVABLE },
	{ "GFP_TRANSHUGE", MIGRATE_MOVABLE },
	{ "GFP_TRANSHUGE_LIGHT", MIGRATE_MOVABLE },
	{ "__GFP_RECLAIMABLE", MIGRATE_RECLAIMABLE },
	{ "GFP_RECLAIMABLE", MIGRATE_RECLAIMABLE },
	{ "GFP_TEMPORARY", MIGRATE_RECLAIMABLE },
};

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

static bool starts(const char *text, const char *word)
{
	return !strncmp(text, word, strlen(word));
}

/* The value of " name=", or NULL. */
static const char *find_field(const char *text, const char *name)
{
	const size_t length = strlen(name);

	while ((text = strstr(text, name))) {
		if ((text[-1] == ' ' || text[-1] == '\t') &&
		    text[length] == '=')
			return text + length + 1;
		text += length;
	}
	return NULL;
}

/*
 * A number that ends with the word; base 0 takes 0x... and decimal. 2^64-1 is
 * what overflows, no address of an object, and no key of a trace_map.
 */
static bool take_number(const char *text, int base, uint64_t *value)
{
	char *end;

	if (!isxdigit((unsigned char)*text))
		return false;
	*value = strtoull(text, &end, base);
	return *value < UINT64_MAX && (!*end || *end == ' ' || *end == '\t');
}

/* As %p is printed: ff11..., 0xff11..., (nil), and old kernels' "   (null)". */
static bool take_pointer(const char *text, uint64_t *value)
{
	const char *word = skip_blanks(text);

	if (starts(word, "(nil)") || starts(word, "(null)")) {
		*value = 0;
		return true;
	}
	return take_number(text, 16, value);
}

/* "__GFP_MOVABLE" in "GFP_KERNEL|__GFP_MOVABLE|0x800000". */
static enum migratetype gfp_type(const char *flags)
{
	enum migratetype type = MIGRATE_UNMOVABLE;

	for (;;) {
		const size_t length = strcspn(flags, "| \t");

		for (unsigned i = 0; i < ARRAY_SIZE(gfp_types); i++)
			if (strlen(gfp_types[i].name) == length &&
			    !strncmp(flags, gfp_types[i].name, length) &&
			    type != MIGRATE_MOVABLE)
				type = gfp_types[i].type;
		if (flags[length] != '|')
			return type;
		flags += length + 1;
	}
}

static enum trace_line_kind bad(struct trace_line *line, const char *expected)
{
	line->expected = expected;
	return TRACE_LINE_BAD;
}

static enum trace_line_kind parse_page(const char *fields,
				       struct trace_line *line)
{
	const char *pfn = find_field(fields, "pfn"),
		   *order = find_field(fields, "order"),
		   *page = find_field(fields, "page");
	uint64_t value;

	if (!pfn || !take_number(pfn, 0, &line->address) ||
	    line->address > MAX_PFN)
		return bad(line, "pfn=NUMBER");
	if (!order || !take_number(order, 10, &value) ||
	    value > TRACE_MAX_ORDER)
		return bad(line, "order=0..15");
	line->order = (uint8_t)value;
	if (line->address & ((UINT64_C(1) << line->order) - 1))
		return bad(line, "a pfn that is a multiple of 2^order");
	line->null = !line->address &&
		     (!page || (take_pointer(page, &value) && !value));
	if (line->kind == TRACE_PAGE_FREE)
		return line->null ? bad(line, "the pfn of a page")
				  : TRACE_LINE_EVENT;
	fields = find_field(fields, "gfp_flags");
	if (!fields)
		return bad(line, "gfp_flags=NAMES");
	line->type = (uint8_t)gfp_type(fields);
	return TRACE_LINE_EVENT;
}

static enum trace_line_kind parse_slab(const char *fields,
				       struct trace_line *line)
{
	const char *pointer = find_field(fields, "ptr");
	uint64_t value;

	if (!pointer || !take_pointer(pointer, &line->address))
		return bad(line, "ptr=ADDRESS");
	line->null = line->address <= ZERO_SIZE_POINTER;
	if (!trace_is_alloc(line->kind))
		return TRACE_LINE_EVENT;
	fields = find_field(fields, "bytes_req");
	if (!fields || !take_number(fields, 10, &value) || value > UINT32_MAX)
		return bad(line, "bytes_req=NUMBER below 2^32");
	line->bytes = (uint32_t)value;
	return TRACE_LINE_EVENT;
}

/* "SECONDS.FRACTION: " in microseconds; where it ends, or NULL. */
static const char *take_time(const char *text, uint64_t *us)
{
	uint64_t scale = US_PER_SECOND;
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	*us = strtoull(text, &end, 10);
	if (end - text > 12 || *end != '.' || !isdigit((unsigned char)end[1]))
		return NULL;
	*us *= US_PER_SECOND;
	while (isdigit((unsigned char)*++end)) {
		scale /= 10;
		*us += (uint64_t)(*end - '0') * scale;
	}
	return *end == ':' ? end + 1 : NULL;
}

/* "[CPU] flags TIME:" or without flags; where the event begins, or NULL. */
static const char *take_head(const char *bracket, struct trace_line *line)
{
	unsigned long cpu;
	const char *after, *word;
	char *end;

	if (!isdigit((unsigned char)bracket[1]))
		return NULL;
	cpu = strtoul(bracket + 1, &end, 10);
	if (*end != ']' || cpu >= UINT16_MAX)
		return NULL;
	line->cpu = (uint16_t)cpu;
	word = skip_blanks(end + 1);
	after = take_time(word, &line->time_us);
	if (!after)
		after = take_time(skip_blanks(word + strcspn(word, " \t")),
				  &line->time_us);
	return after;
}

/*
 * The task's name may look like anything, but in front of the bracket there is
 * a number (or a parenthesis, with record-tgid).
 */
static const char *find_head(const char *text, struct trace_line *line)
{
	for (const char *at = strchr(text, '['); at; at = strchr(at + 1, '[')) {
		const char *before = at, *after;

		while (before > text && (before[-1] == ' '))
			before--;
		if (before == text || before == at ||
		    !(isdigit((unsigned char)before[-1]) || before[-1] == ')'))
			continue;
		after = take_head(at, line);
		if (after)
			return after;
	}
	return NULL;
}

/* Which of events[] is it? -1: none. */
static int find_event(const char *name, size_t length)
{
	for (unsigned i = 0; i < ARRAY_SIZE(events); i++)
		if (strlen(events[i].name) == length &&
		    !memcmp(events[i].name, name, length))
			return (int)i;
	return -1;
}

/* "NAME: fields", "kmem:NAME: fields". */
static enum trace_line_kind parse_event(const char *name,
					struct trace_line *line)
{
	static const char perf_system[] = "kmem:",
			  batched[] = "mm_page_free_batched";
	size_t length;
	int event;

	name = skip_blanks(name);
	line->format = TRACE_FORMAT_ANY;
	if (starts(name, perf_system)) {
		name += strlen(perf_system);
		line->format = TRACE_FORMAT_PERF;
	}
	length = strcspn(name, ": \t");
	if (!length)
		return bad(line, "EVENT: after the time");
	event = find_event(name, length);
	if (name[length] != ':')
		return event < 0 ? TRACE_LINE_OTHER
				 : bad(line, "':' after the event's name");
	if (length == strlen(batched) && starts(name, batched))
		return TRACE_LINE_REPEAT;
	if (event < 0)
		return TRACE_LINE_OTHER;
	if (line->format == TRACE_FORMAT_ANY && length < TRACE_CMD_NAME)
		line->format = starts(name + length, ":  ")
				       ? TRACE_FORMAT_TRACE_CMD
				       : TRACE_FORMAT_FTRACE;
	line->kind = events[event].kind;
	return trace_is_page(line->kind) ? parse_page(name + length + 1, line)
					 : parse_slab(name + length + 1, line);
}

/* "CPU:2 [LOST 123 EVENTS]", trace-cmd's "CPU:2 [123 EVENTS DROPPED]". */
static enum trace_line_kind parse_lost(const char *text,
				       struct trace_line *line)
{
	const char *at = strchr(text, '[');

	line->lost = 1; /* at least, when it says no number */
	if (!at || !strstr(at, "EVENTS"))
		return bad(line, "CPU:N [LOST N EVENTS]");
	at += strcspn(at, "0123456789");
	if (*at)
		line->lost = strtoull(at, NULL, 10);
	return TRACE_LINE_LOST;
}

/* " => caller" of ftrace, "	ffffffff81234567 caller" of perf. */
static bool is_stack_frame(const char *text)
{
	const char *word = skip_blanks(text);
	const size_t digits = strspn(word, "0123456789abcdef");

	return starts(word, "=>") ||
	       (word > text && digits >= 4 && word[digits] == ' ');
}

/* What trace-cmd prints before and between the events. */
static bool is_header(const char *word)
{
	return !*word || *word == '#' || starts(word, "cpus=") ||
	       starts(word, "version = ") ||
	       (starts(word, "CPU ") && strstr(word, " is empty"));
}

enum trace_line_kind trace_line_parse(const char *text, struct trace_line *line)
{
	const char *word = skip_blanks(text), *after;

	memset(line, 0, sizeof(*line));
	if (is_header(word))
		return TRACE_LINE_SKIP;
	if (starts(word, "CPU:"))
		return parse_lost(word, line);
	after = find_head(text, line);
	if (after)
		return parse_event(after, line);
	if (is_stack_frame(text))
		return TRACE_LINE_SKIP;
	return bad(line, "TASK-PID [CPU] SECONDS.MICROSECONDS: EVENT: FIELDS");
}
