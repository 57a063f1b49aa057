/*
 * table_block.h - the entries of one table in lines and columns: a line per
 * strategy (and what else tells its entries apart), a column per number of
 * threads and size.
 *
 * A flat block holds all workloads of a family that have one size: its lines
 * name the workload, its columns are the numbers of threads.
 */
#ifndef KMB_TABLE_BLOCK_H
#define KMB_TABLE_BLOCK_H

#include "table_entry.h"

/* A cell's texts, side by side. */
enum part { MEDIAN_PART, INTERVAL_PART, FLOOR_PART, NR_PARTS };

struct cell {
	const struct entry *entry; /* NULL: none */
	char part[NR_PARTS][16];   /* UTF-8, "" where there is nothing to say */
};

struct block {
	const struct entry *const *v; /* of one metric */
	unsigned nr;
	bool flat, split_nodes;
	unsigned nr_lines, nr_columns;
	const struct entry **lines, **columns; /* an entry like the others */
	struct cell *cells;		       /* [nr_lines * nr_columns] */
	int label_width, part_width[NR_PARTS];
};

/* Lay out v[nr], nr > 0, which must stay. 0 or -ENOMEM. */
int block_init(struct block *b, const struct entry *const *v, unsigned nr);
void block_free(struct block *b);

/* All lines have the same text in a field. */
bool block_shares(const struct block *b, enum field field);
/* "free_area thp": the strategy, and what tells it from other lines. */
void block_format_label(const struct block *b, const struct entry *line,
			char *text, size_t size);
/* What stands above a column: its size, or "2 threads". */
void block_format_column(const struct block *b, const struct entry *column,
			 char *text, size_t size);
void block_format_size(const struct entry *e, char *text, size_t size);
void block_format_threads(const struct entry *column, char *text, size_t size);

/* No other strategy of the same workload is better in this column. */
bool block_is_best(const struct block *b, unsigned line, unsigned column);

#endif
