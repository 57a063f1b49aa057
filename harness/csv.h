/*
 * csv.h - RFC 4180 tables: read whole, written a row at a time.
 *
 * UTF-8, LF, fields quoted only where they must be. Numbers are written with
 * '.' whatever the locale, and nothing is written as NA.
 */
#ifndef KMB_CSV_H
#define KMB_CSV_H

#include <stddef.h>

struct csv {
	unsigned nr_columns, nr_rows;
	char **columns; /* [nr_columns] */
	char **cells;	/* [nr_rows * nr_columns], row by row */
	char *text;
};

/*
 * Read a file with a header row. A last line without its LF (a killed writer)
 * is left out. 0, or -errno with one line in error (file, line, what).
 */
int csv_read(struct csv *csv, const char *path, char *error, size_t error_size);
void csv_free(struct csv *csv);

/* Column index by name, or -1. */
int csv_column(const struct csv *csv, const char *name);
/* Cell by row and column; "" when the column is -1. */
const char *csv_cell(const struct csv *csv, unsigned row, int column);
/* A cell as a number; NaN for NA and for what is no number. */
double csv_number(const char *cell);

/* A row being built; grows as needed. All zeros is an empty one. */
struct csv_row {
	char *text;
	size_t used, size;
	int error; /* out of memory on the way: csv_write says so */
};
/* NULL is NA. */
void csv_add_text(struct csv_row *row, const char *text);
void csv_add_uint(struct csv_row *row, unsigned long long value);
/* Short text that reads back to the same double; NaN is NA. */
void csv_add_number(struct csv_row *row, double value);
/* Names between commas, as they stand: a header. */
void csv_add_header(struct csv_row *row, const char *names);
/* End a row and begin another one, to be written with it. */
void csv_end_row(struct csv_row *row);
/*
 * Append the row and its LF to fd in one write, and empty it. 0 or -errno; a
 * line that did not fit whole is cut off again, so that the file still parses.
 */
int csv_write(struct csv_row *row, int fd);
void csv_row_free(struct csv_row *row);

/* write(2) until all is written. 0 or -errno. */
int csv_write_all(int fd, const char *text, size_t bytes);

#endif
