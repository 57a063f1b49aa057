/* csv.c - RFC 4180 tables: read whole, written a row at a time. */
#include "csv.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static locale_t c_locale;

static void make_c_locale(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* glibc has this one built in: making it cannot fail. */
static locale_t get_c_locale(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_c_locale);
	return c_locale;
}

/* A file's text with a NUL behind it. */
static char *read_text(const char *path, size_t *size, int *err)
{
	struct stat st;
	char *text = NULL;
	ssize_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*size = 0;
	if (fd < 0 || fstat(fd, &st)) {
		*err = errno;
		goto out;
	}
	text = malloc((size_t)st.st_size + 1);
	if (!text) {
		*err = ENOMEM;
		goto out;
	}
	while (*size < (size_t)st.st_size) {
		got = read(fd, text + *size, (size_t)st.st_size - *size);
		if (got <= 0)
			break;
		*size += (size_t)got;
	}
	if (got < 0) {
		*err = errno;
		free(text);
		text = NULL;
		goto out;
	}
	text[*size] = '\0';
out:
	if (fd >= 0)
		close(fd);
	return text;
}

/* Fields are taken apart where they lie: each becomes a string in the text. */
struct parser {
	char *at;
	unsigned line;
	const char *problem;
};

/* The text of a field in quotes, brought to the front; its end in p->at. */
static void parse_quoted(struct parser *p)
{
	char *in = p->at + 1, *out = p->at;

	while (*in && !(*in == '"' && in[1] != '"')) {
		if (*in == '"')
			in++;
		if (*in == '\n')
			p->line++;
		*out++ = *in++;
	}
	if (*in == '"')
		in++;
	if (*in == '\r' && in[1] == '\n')
		in++;
	if (*in && *in != ',' && *in != '\n')
		p->problem = "text behind a closing quote";
	p->at = in;
	/* in is ahead of out by the opening quote at least, or at the end. */
	if (out < in)
		*out = '\0';
}

static void parse_plain(struct parser *p)
{
	char *end = p->at + strcspn(p->at, ",\"\n");

	if (*end == '"')
		p->problem = "a quote inside a field without quotes";
	if (*end == '\n' && end > p->at && end[-1] == '\r')
		end[-1] = '\0';
	p->at = end;
}

/* One field; returns what ended it: ',', '\n', or 0 at the end of the file. */
static char parse_field(struct parser *p, char **cell)
{
	char ended_by;

	*cell = p->at;
	if (*p->at == '"')
		parse_quoted(p);
	else
		parse_plain(p);
	ended_by = *p->at;
	if (ended_by)
		*p->at++ = '\0';
	if (ended_by == '\n')
		p->line++;
	return ended_by;
}

/* Cells of any number of rows, in one array that doubles. */
struct cells {
	char **v;
	size_t nr, room;
};

static int push_cell(struct cells *c, char *cell)
{
	if (c->nr == c->room) {
		size_t room = c->room ? 2 * c->room : 256;
		char **v = realloc(c->v, room * sizeof(*v));

		if (!v)
			return -ENOMEM;
		c->v = v;
		c->room = room;
	}
	c->v[c->nr++] = cell;
	return 0;
}

/* One whole row; 0 fields when only a piece of one is left. -errno. */
static int parse_row(struct parser *p, struct cells *cells)
{
	const size_t first = cells->nr;
	char ended_by = ',';
	char *cell;

	while (ended_by == ',') {
		ended_by = parse_field(p, &cell);
		if (p->problem)
			return -EINVAL;
		if (push_cell(cells, cell))
			return -ENOMEM;
	}
	if (!ended_by)
		cells->nr = first;
	return (int)(cells->nr - first);
}

static int parse(struct csv *csv, struct cells *cells, const char *path,
		 char *error, size_t error_size)
{
	struct parser p = { .at = csv->text, .line = 1 };
	unsigned nr_rows = 0;
	int nr = 0;

	while (*p.at) {
		const unsigned line = p.line;

		nr = parse_row(&p, cells);
		if (nr <= 0)
			break;
		if (!csv->nr_columns)
			csv->nr_columns = (unsigned)nr;
		if ((unsigned)nr != csv->nr_columns) {
			snprintf(error, error_size,
				 "%s:%u: %d fields where the header has %u",
				 path, line, nr, csv->nr_columns);
			return -EINVAL;
		}
		nr_rows++;
	}
	if (nr < 0) {
		snprintf(error, error_size, "%s:%u: %s", path, p.line,
			 p.problem ? p.problem : strerror(-nr));
		return nr;
	}
	if (!nr_rows) {
		snprintf(error, error_size, "%s: no header line", path);
		return -EINVAL;
	}
	csv->nr_rows = nr_rows - 1;
	return 0;
}

int csv_read(struct csv *csv, const char *path, char *error, size_t error_size)
{
	struct cells cells = { 0 };
	size_t size;
	int err = 0;

	memset(csv, 0, sizeof(*csv));
	csv->text = read_text(path, &size, &err);
	if (!csv->text) {
		snprintf(error, error_size, "%s: %s", path, strerror(err));
		return -err;
	}
	if (memchr(csv->text, '\0', size)) {
		snprintf(error, error_size, "%s: a NUL byte: not a table",
			 path);
		err = -EINVAL;
	} else {
		err = parse(csv, &cells, path, error, error_size);
	}
	csv->columns = cells.v;
	if (err)
		csv_free(csv);
	else
		csv->cells = csv->columns + csv->nr_columns;
	return err;
}

void csv_free(struct csv *csv)
{
	free(csv->columns);
	free(csv->text);
	memset(csv, 0, sizeof(*csv));
}

int csv_column(const struct csv *csv, const char *name)
{
	for (unsigned i = 0; i < csv->nr_columns; i++)
		if (!strcmp(csv->columns[i], name))
			return (int)i;
	return -1;
}

const char *csv_cell(const struct csv *csv, unsigned row, int column)
{
	if (column < 0)
		return "";
	return csv->cells[(size_t)row * csv->nr_columns + (unsigned)column];
}

double csv_number(const char *cell)
{
	char *end;
	double value = strtod_l(cell, &end, get_c_locale());

	return end == cell || *end ? NAN : value;
}

/* Room for `bytes` more and the comma behind them; false: row->error is set. */
static bool reserve(struct csv_row *row, size_t bytes)
{
	size_t need = row->used + bytes + 1;
	size_t size = row->size ? row->size : 256;
	char *text;

	if (row->error)
		return false;
	if (need <= row->size)
		return true;
	while (size < need)
		size *= 2;
	text = realloc(row->text, size);
	if (!text) {
		row->error = -ENOMEM;
		return false;
	}
	row->text = text;
	row->size = size;
	return true;
}

static void add_quoted(struct csv_row *row, const char *text)
{
	/* At worst every character is a quote. */
	if (!reserve(row, 2 * strlen(text) + 2))
		return;
	row->text[row->used++] = '"';
	for (; *text; text++) {
		if (*text == '"')
			row->text[row->used++] = '"';
		row->text[row->used++] = *text;
	}
	row->text[row->used++] = '"';
	row->text[row->used++] = ',';
}

void csv_add_header(struct csv_row *row, const char *names)
{
	const size_t bytes = strlen(names);

	if (!reserve(row, bytes))
		return;
	memcpy(row->text + row->used, names, bytes);
	row->used += bytes;
	row->text[row->used++] = ',';
}

void csv_add_text(struct csv_row *row, const char *text)
{
	if (!text)
		text = "NA";
	if (strpbrk(text, ",\"\r\n")) {
		add_quoted(row, text);
		return;
	}
	csv_add_header(row, text);
}

void csv_add_uint(struct csv_row *row, unsigned long long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", value);
	csv_add_text(row, text);
}

void csv_add_number(struct csv_row *row, double value)
{
	char text[32];
	locale_t old;

	if (isnan(value)) {
		csv_add_text(row, NULL);
		return;
	}
	/* 15 digits are always exact in decimal, 17 always in binary. */
	old = uselocale(get_c_locale());
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	uselocale(old);
	csv_add_text(row, text);
}

int csv_write_all(int fd, const char *text, size_t bytes)
{
	while (bytes) {
		ssize_t done = write(fd, text, bytes);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		text += done;
		bytes -= (size_t)done;
	}
	return 0;
}

void csv_end_row(struct csv_row *row)
{
	if (row->used)
		row->text[row->used - 1] = '\n'; /* was the last comma */
}

int csv_write(struct csv_row *row, int fd)
{
	int err = row->error;

	csv_end_row(row);
	if (!err && row->used) {
		off_t end = lseek(fd, 0, SEEK_END); /* -1: a pipe */

		err = csv_write_all(fd, row->text, row->used);
		if (err && end >= 0)
			(void)!ftruncate(fd, end);
	}
	row->used = 0;
	row->error = 0;
	return err;
}

void csv_row_free(struct csv_row *row)
{
	free(row->text);
	memset(row, 0, sizeof(*row));
}
