/* ptdump_oracle.c - the rows of a dump's oracle. */
#include "ptdump_oracle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace_stream.h"

#define HEADER                                                      \
	"vaddr,level,page_size,pfn,present,writable,user,accessed," \
	"dirty,nx,pwt,pcd,pat_or_ps,global,soft_dirty,pkey,kind"

/* In the order of the columns. */
const struct ptdump_flag ptdump_flags[NR_PTDUMP_FLAGS] = {
	{ "present", 0, 1 },  { "writable", 1, 1 },    { "user", 2, 1 },
	{ "accessed", 5, 1 }, { "dirty", 6, 1 },       { "nx", 63, 1 },
	{ "pwt", 3, 1 },      { "pcd", 4, 1 },	       { "pat_or_ps", 7, 1 },
	{ "global", 8, 1 },   { "soft_dirty", 11, 1 }, { "pkey", 59, 4 },
};

struct ptdump_oracle {
	struct trace_stream *stream;
	const char *path;
	int64_t line;  /* lines read */
	uint64_t last; /* address of the last row */
	char *error;
	size_t error_size;
};

struct ptdump_oracle *ptdump_oracle_open(const char *path, char *error,
					 size_t error_size)
{
	struct ptdump_oracle *o = calloc(1, sizeof(*o));

	if (!o) {
		snprintf(error, error_size, "%s: out of memory", path);
		return NULL;
	}
	o->path = path;
	o->stream = trace_stream_open(path, error, error_size);
	if (o->stream)
		return o;
	free(o);
	return NULL;
}

void ptdump_oracle_close(struct ptdump_oracle *o)
{
	trace_stream_close(o->stream);
	free(o);
}

/* One line: the path, the line, what is there and what would be right. */
static int bad(const struct ptdump_oracle *o, const char *what,
	       const char *right)
{
	snprintf(o->error, o->error_size, "%s:%" PRId64 ": '%.60s': %s",
		 o->path, o->line, what, right);
	return -EINVAL;
}

/* The next line: 1, 0 at the end, or -EINVAL. */
static int next_line(struct ptdump_oracle *o, const char **text)
{
	size_t length;
	enum trace_stream_state state =
		trace_stream_line(o->stream, text, &length);

	if (state == TRACE_STREAM_END) {
		*text = "";
		return 0;
	}
	o->line++;
	if (state == TRACE_STREAM_LINE)
		return 1;
	if (state == TRACE_STREAM_CUT)
		return bad(o, *text, "the last line, without its newline");
	if (state == TRACE_STREAM_LONG)
		return bad(o, *text, "a line of 16 KiB or more");
	snprintf(o->error, o->error_size, "%s:%" PRId64 ": %s", o->path,
		 o->line, *text);
	return -EINVAL;
}

/* A field's number behind *text, up to `limit`; *text: behind its comma. */
static int take_number(const struct ptdump_oracle *o, const char **text,
		       const char *name, int base, uint64_t limit,
		       uint64_t *value)
{
	char right[80];
	char *end;

	errno = 0;
	*value = strtoull(*text, &end, base);
	/* strtoull() takes blanks and signs, too. */
	if (end != *text && **text > ' ' && !strchr("+-", **text) &&
	    *end == ',' && !errno && *value <= limit) {
		*text = end + 1;
		return 0;
	}
	if (base == 16)
		snprintf(right, sizeof(right),
			 "%s has to be a hexadecimal number", name);
	else
		snprintf(right, sizeof(right),
			 "%s has to be a number from 0 to %" PRIu64, name,
			 limit);
	return bad(o, *text, right);
}

static int take_kind(const struct ptdump_oracle *o, const char *text,
		     struct ptdump_row *row)
{
	for (enum ptdump_kind k = 0; k < NR_PTDUMP_KINDS; k++)
		if (!strcmp(text, ptdump_kind_name(k))) {
			row->kind = k;
			return 0;
		}
	return bad(o, text, "kind has to be mapped, protnone or swap");
}

static int take_row(const struct ptdump_oracle *o, const char *text,
		    struct ptdump_row *row)
{
	int err = take_number(o, &text, "vaddr", 16, UINT64_MAX, &row->vaddr);

	if (!err)
		err = take_number(o, &text, "level", 10, 3, &row->level);
	if (!err)
		err = take_number(o, &text, "page_size", 10, 1u << 30,
				  &row->page_size);
	if (!err)
		err = take_number(o, &text, "pfn", 16, UINT64_MAX, &row->pfn);
	for (unsigned i = 0; i < NR_PTDUMP_FLAGS && !err; i++)
		err = take_number(o, &text, ptdump_flags[i].name, 10,
				  (1u << ptdump_flags[i].bits) - 1,
				  &row->flag[i]);
	return err ? err : take_kind(o, text, row);
}

int64_t ptdump_oracle_next(struct ptdump_oracle *o, struct ptdump_row *row,
			   char *error, size_t error_size)
{
	const char *text = "";
	int ret;

	o->error = error;
	o->error_size = error_size;
	if (!o->line) {
		ret = next_line(o, &text);
		if (ret >= 0 && strcmp(text, HEADER)) {
			o->line = 1; /* also of an empty file */
			ret = bad(o, text, "an oracle begins with " HEADER);
		}
		if (ret < 0)
			return ret;
	}
	ret = next_line(o, &text);
	if (ret > 0)
		ret = take_row(o, text, row);
	else
		return ret;
	if (!ret && o->line > 2 && row->vaddr <= o->last)
		ret = bad(o, text, "vaddr has to be above the line before");
	o->last = row->vaddr;
	return ret ? ret : o->line;
}
