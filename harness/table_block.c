/* table_block.c - the entries of one table in lines and columns. */
#include "table_block.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table_text.h"

/* The fields that make a line of its own in this block. */
static bool tells_lines(const struct block *b, int field)
{
	if (field == SIZE || field == SIZE_UNIT)
		return b->flat;
	return field != NODES_ACTUAL || b->split_nodes;
}

static bool same_line(const struct block *b, const struct entry *x,
		      const struct entry *y)
{
	for (int field = 0; field < NR_LINE_FIELDS; field++)
		if (tells_lines(b, field) &&
		    !entry_same(x, y, (enum field)field))
			return false;
	return true;
}

static bool same_column(const struct block *b, const struct entry *x,
			const struct entry *y)
{
	return x->threads == y->threads && (b->flat || x->size == y->size);
}

/* One point with memory on two sets of nodes: they tell its lines apart. */
static bool nodes_collide(const struct block *b)
{
	for (unsigned i = 0; i < b->nr; i++)
		for (unsigned k = i + 1; k < b->nr; k++)
			if (same_column(b, b->v[i], b->v[k]) &&
			    same_line(b, b->v[i], b->v[k]))
				return true;
	return false;
}

static void add_line(struct block *b, const struct entry *e)
{
	for (unsigned i = 0; i < b->nr_lines; i++)
		if (same_line(b, b->lines[i], e))
			return;
	b->lines[b->nr_lines++] = e;
}

static int reference_rank(const struct entry *e)
{
	return entry_is(e, STRATEGY, "null")	? 0
	       : entry_is(e, STRATEGY, "floor") ? 1
						: 2;
}

/* null, floor, then the others in the file's order; workload by workload. */
static void find_lines(struct block *b)
{
	for (unsigned i = 0; i < b->nr; i++) {
		if (i && entry_same(b->v[i - 1], b->v[i], WORKLOAD))
			continue;
		for (int rank = 0; rank <= 2; rank++)
			for (unsigned k = i; k < b->nr; k++)
				if (entry_same(b->v[i], b->v[k], WORKLOAD) &&
				    reference_rank(b->v[k]) == rank)
					add_line(b, b->v[k]);
	}
}

static bool comes_before(const struct entry *x, const struct entry *y)
{
	if (x->threads != y->threads)
		return x->threads < y->threads;
	return x->size < y->size;
}

static void add_column(struct block *b, const struct entry *e)
{
	unsigned i = b->nr_columns;

	for (unsigned k = 0; k < b->nr_columns; k++)
		if (same_column(b, b->columns[k], e))
			return;
	for (; i && comes_before(e, b->columns[i - 1]); i--)
		b->columns[i] = b->columns[i - 1];
	b->columns[i] = e;
	b->nr_columns++;
}

static void format_cell(struct cell *cell)
{
	const struct entry *e = cell->entry;
	const size_t size = sizeof(cell->part[0]);

	if (!entry_is_ok(e)) {
		snprintf(cell->part[MEDIAN_PART], size, "fail");
		return;
	}
	if (entry_is(e, METRIC, "bytes_per_s")) {
		text_format(cell->part[MEDIAN_PART], size, e->median / 1e9, "");
	} else {
		text_format_ns(cell->part[MEDIAN_PART], size, e->median);
		if (!isnan(e->floor_ratio))
			text_format(cell->part[FLOOR_PART], size,
				    e->floor_ratio, "x");
	}
	text_format_half(cell->part[INTERVAL_PART], size, e->half);
}

static void find_cell(struct block *b, unsigned line, unsigned column)
{
	struct cell *cell = &b->cells[line * b->nr_columns + column];

	for (unsigned i = 0; i < b->nr && !cell->entry; i++)
		if (same_column(b, b->columns[column], b->v[i]) &&
		    same_line(b, b->lines[line], b->v[i]))
			cell->entry = b->v[i];
	if (cell->entry)
		format_cell(cell);
}

static void widen(int *width, const char *text)
{
	if (*width < text_width(text))
		*width = text_width(text);
}

static void find_widths(struct block *b)
{
	char text[80];

	for (unsigned i = 0; i < b->nr_lines; i++) {
		block_format_label(b, b->lines[i], text, sizeof(text));
		widen(&b->label_width, text);
	}
	for (unsigned i = 0; i < b->nr_columns; i++) {
		block_format_column(b, b->columns[i], text, sizeof(text));
		widen(&b->part_width[MEDIAN_PART], text);
	}
	for (unsigned i = 0; i < b->nr_lines * b->nr_columns; i++)
		for (int part = 0; part < NR_PARTS; part++)
			widen(&b->part_width[part], b->cells[i].part[part]);
}

int block_init(struct block *b, const struct entry *const *v, unsigned nr)
{
	*b = (struct block){ .v = v, .nr = nr, .flat = v[0]->flat };
	b->split_nodes = nodes_collide(b);
	b->lines = calloc(nr, sizeof(*b->lines));
	b->columns = calloc(nr, sizeof(*b->columns));
	if (!b->lines || !b->columns)
		goto free_block;
	find_lines(b);
	for (unsigned i = 0; i < nr; i++)
		add_column(b, v[i]);
	b->cells =
		calloc((size_t)b->nr_lines * b->nr_columns, sizeof(*b->cells));
	if (!b->cells)
		goto free_block;
	for (unsigned line = 0; line < b->nr_lines; line++)
		for (unsigned column = 0; column < b->nr_columns; column++)
			find_cell(b, line, column);
	find_widths(b);
	return 0;

free_block:
	block_free(b);
	return -ENOMEM;
}

void block_free(struct block *b)
{
	free(b->cells);
	free(b->columns);
	free(b->lines);
}

/* 65536 bytes are 64K; other units are counted as they are. */
void block_format_size(const struct entry *e, char *text, size_t size)
{
	static const char *const prefix[] = { "", "K", "M", "G", "T" };
	unsigned long long n = e->size;
	unsigned k = 0;

	if (entry_is(e, SIZE_UNIT, "bytes"))
		for (; n && n % 1024 == 0 && k < 4; k++)
			n /= 1024;
	snprintf(text, size, "%llu%s", n, prefix[k]);
}

bool block_shares(const struct block *b, enum field field)
{
	for (unsigned i = 1; i < b->nr_lines; i++)
		if (!entry_same(b->lines[0], b->lines[i], field))
			return false;
	return true;
}

/* A line's name has the strategy always, the rest where lines differ in it. */
static bool names_line(const struct block *b, const struct entry *line,
		       int field)
{
	if (field == STRATEGY)
		return true;
	if (!tells_lines(b, field) ||
	    !entry_has(line, field == SIZE ? SIZE_UNIT : (enum field)field))
		return false;
	return !block_shares(b, (enum field)field);
}

void block_format_label(const struct block *b, const struct entry *line,
			char *text, size_t size)
{
	size_t used = 0;

	for (int field = 0; field < NR_LINE_FIELDS && used < size; field++) {
		const char *name = line->text[field];
		char number[32];

		if (!names_line(b, line, field))
			continue;
		if (field == SIZE) {
			block_format_size(line, number, sizeof(number));
			name = number;
		}
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 used ? " " : "", name);
	}
}

void block_format_threads(const struct entry *column, char *text, size_t size)
{
	snprintf(text, size, "%u thread%s", column->threads,
		 column->threads == 1 ? "" : "s");
}

void block_format_column(const struct block *b, const struct entry *column,
			 char *text, size_t size)
{
	if (b->flat)
		block_format_threads(column, text, size);
	else
		block_format_size(column, text, size);
}

bool block_is_best(const struct block *b, unsigned line, unsigned column)
{
	const struct entry *e = b->cells[line * b->nr_columns + column].entry;
	const bool more = entry_is(e, METRIC, "bytes_per_s");

	for (unsigned i = 0; i < b->nr_lines; i++) {
		const struct entry *other =
			b->cells[i * b->nr_columns + column].entry;

		if (other && !entry_is_reference(other) &&
		    entry_same(other, e, WORKLOAD) &&
		    (more ? other->median > e->median
			  : other->median < e->median))
			return false;
	}
	return true;
}
