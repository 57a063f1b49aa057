/* rmap_areas.c - a real kernel's areas: read, and compared. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/mm/vm_area.h"
#include "rmap_oracle.h"
#include "text_file.h"

#define HEADER "dump,proc,start_page,end_page,perm,kind"

struct row {
	unsigned dump;
	uint32_t line;
	struct rmap_area area;
};

struct rmap_areas {
	char *path;
	struct row *rows; /* by dump, process and start */
	uint64_t nr, room;
};

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->dump != y->dump)
		return x->dump < y->dump ? -1 : 1;
	if (x->area.process != y->area.process)
		return x->area.process < y->area.process ? -1 : 1;
	return x->area.start < y->area.start ? -1
					     : x->area.start > y->area.start;
}

/* "rw-p" and "anon", as /proc/PID/maps has them. */
static bool take_kind(const char *perm, const char *kind,
		      struct rmap_area *area)
{
	if (strlen(perm) != 4 || !strchr("r-", perm[0]) ||
	    !strchr("w-", perm[1]) || perm[2] != '-' || !strchr("ps", perm[3]))
		return false;
	area->flags = (perm[0] == 'r' ? VM_READ : 0) |
		      (perm[1] == 'w' ? VM_WRITE : 0) |
		      (perm[3] == 's' ? VM_SHARED : 0);
	area->file = strcmp(kind, "anon");
	return !area->file || !strcmp(kind, "memfd");
}

static int take_row(struct rmap_areas *a, struct text_file *t, char *rest)
{
	const char *const names[] = { "dump", "proc", "start_page",
				      "end_page" };
	const uint64_t limits[] = { UINT32_MAX, RMAP_MAX_PROCESS, RMAP_MAX_AREA,
				    RMAP_MAX_AREA };
	struct row row = { .line = (uint32_t)t->line };
	uint64_t value[4];
	const char *word;

	for (unsigned i = 0; i < 4; i++) {
		word = text_file_word(&rest, ",");
		if (!text_number(word, 10, limits[i], &value[i]))
			return text_file_bad(t, word,
					     "%s has to be a number up to "
					     "%" PRIu64,
					     names[i], limits[i]);
	}
	row.dump = (unsigned)value[0];
	row.area.process = (unsigned)value[1];
	row.area.start = value[2];
	row.area.end = value[3];
	word = text_file_word(&rest, ",");
	if (!take_kind(word, rest, &row.area))
		return text_file_bad(t, word,
				     "perm and kind have to be such as rw-p, "
				     "and anon or memfd");
	if (a->nr == a->room) {
		uint64_t room = a->room ? 2 * a->room : 1024;
		void *more = realloc(a->rows, room * sizeof(*a->rows));

		if (!more)
			return text_file_bad(t, "", "out of memory");
		a->rows = more;
		a->room = room;
	}
	a->rows[a->nr++] = row;
	return 0;
}

struct rmap_areas *rmap_areas_open(const char *path, char *error,
				   size_t error_size)
{
	struct rmap_areas *a = calloc(1, sizeof(*a));
	struct text_file text;
	char *line = "";
	int ret;

	if (a)
		a->path = strdup(path);
	if (!a || !a->path) {
		snprintf(error, error_size, "%s: out of memory", path);
		free(a);
		return NULL;
	}
	ret = text_file_open(&text, path, error, error_size);
	if (!ret)
		ret = text_file_line(&text, &line);
	if (ret >= 0 && strcmp(line, HEADER))
		ret = text_file_bad(&text, line,
				    "a list of areas begins with " HEADER);
	while (ret > 0 && (ret = text_file_line(&text, &line)) > 0)
		if (take_row(a, &text, line))
			ret = -EINVAL;
	text_file_close(&text);
	if (ret) {
		rmap_areas_close(a);
		return NULL;
	}
	if (a->nr)
		qsort(a->rows, a->nr, sizeof(*a->rows), compare_rows);
	return a;
}

void rmap_areas_close(struct rmap_areas *a)
{
	free(a->path);
	free(a->rows);
	free(a);
}

int rmap_areas_fits(const struct rmap_areas *a, const struct rmap_script *s,
		    char *error, size_t error_size)
{
	for (uint64_t i = 0, at = 0; i < a->nr; i++) {
		const struct row *row = &a->rows[i];

		at = rmap_script_dump(s, at, row->dump);
		if (at < s->nr_ops && s->ops[at].child == row->dump)
			continue;
		snprintf(error, error_size,
			 "%s:%" PRIu32 ": '%u': %s has no such dump", a->path,
			 row->line, row->dump, s->path);
		return -EINVAL;
	}
	return 0;
}

static bool same_area(const struct rmap_area *a, const struct rmap_area *b)
{
	return a->process == b->process && a->start == b->start &&
	       a->end == b->end && a->flags == b->flags && a->file == b->file;
}

static const char *print_area(const struct rmap_area *a, char text[100])
{
	snprintf(text, 100,
		 "pages %" PRIu64 " to %" PRIu64 " of process %u (%c%c-%c,%s)",
		 a->start, a->end, a->process, a->flags & VM_READ ? 'r' : '-',
		 a->flags & VM_WRITE ? 'w' : '-',
		 a->flags & VM_SHARED ? 's' : 'p', a->file ? "memfd" : "anon");
	return text;
}

int rmap_areas_compare(const struct rmap_areas *a, const struct rmap_dump *dump,
		       char *error, size_t error_size)
{
	const struct row *row;
	uint64_t at = 0;
	char text[100];

	while (at < a->nr && a->rows[at].dump < dump->number)
		at++;
	for (uint64_t i = 0; i < dump->nr_areas; i++, at++) {
		if (at < a->nr && a->rows[at].dump == dump->number &&
		    same_area(&a->rows[at].area, &dump->areas[i]))
			continue;
		snprintf(error, error_size,
			 "dump %u: an area is %s, and %s has none so",
			 dump->number, print_area(&dump->areas[i], text),
			 a->path);
		return RMAP_DIFFERS;
	}
	if (at == a->nr || a->rows[at].dump != dump->number)
		return 0;
	row = &a->rows[at];
	snprintf(error, error_size,
		 "dump %u: no area is %s, as %s:%" PRIu32 " says", dump->number,
		 print_area(&row->area, text), a->path, row->line);
	return RMAP_DIFFERS;
}
