/* case_file.c - the name and the sum of a workload's file. */
#include "case_file.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void case_file_init(struct case_file *f, const char *path)
{
	const char *slash = strrchr(path, '/'),
		   *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t length =
		dot && dot != base ? (size_t)(dot - base) : strlen(base);

	f->path = path;
	snprintf(f->name, sizeof(f->name), "%.*s", (int)length, base);
	for (char *i = f->name; *i; i++)
		if (!isalnum((unsigned char)*i) && !strchr("-_.", *i))
			*i = '_';
	sums_of_file(path, f->sha256);
}

json_t *case_file_encode(const struct case_file *f)
{
	return json_pack("{s:s,s:o}", "path", f->path, "sha256",
			 *f->sha256 ? json_string(f->sha256) : json_null());
}
