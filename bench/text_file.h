/* text_file.h - a text, plain or compressed, line by line and word by word. */
#ifndef KMB_TEXT_FILE_H
#define KMB_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 64 MiB when decompressed: more is refused. */
#define TEXT_FILE_MAX (64ull << 20)

/* All of it is in memory. */
struct text_file {
	const char *path;
	char *bytes, *next; /* next: of what is not yet read */
	size_t left;
	uint64_t line; /* lines read */
	char *error;
	size_t error_size;
};

/* 0, or -errno with one line in error, as from the other functions, which keep
 * it and path. */
int text_file_open(struct text_file *t, const char *path, char *error,
		   size_t error_size);
void text_file_close(struct text_file *t);

/* The next line, without its end, to be written in: 1; 0: there is none.
 * -EINVAL: it is no text, or cut off. */
int text_file_line(struct text_file *t, char **line);

/* The word at *at that ends before one of `ends` or at the line's end, cut out;
 * *at: behind it. */
char *text_file_word(char **at, const char *ends);

/* A number of that base, without sign or blanks, up to `limit`. */
bool text_number(const char *word, int base, uint64_t limit, uint64_t *value);

/* -EINVAL, and the error is "path:line: 'what': right". */
int text_file_bad(const struct text_file *t, const char *what,
		  const char *right, ...) __attribute__((format(printf, 3, 4)));

#endif
