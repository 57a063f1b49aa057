/* scratch.h - a directory for a test's files, gone when the test ends. */
#ifndef KMB_SCRATCH_H
#define KMB_SCRATCH_H

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kernels/base/compiler.h"

static char scratch_dir[PATH_MAX];

static maybe_unused int scratch_remove_one(const char *path,
					   const struct stat *st, int type,
					   struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/* cmocka's set-up and tear-down of one test. */
static maybe_unused int scratch_make(void **unused)
{
	const char *tmp = getenv("TMPDIR");

	(void)unused;
	snprintf(scratch_dir, sizeof(scratch_dir), "%s/kmbench-test-XXXXXX",
		 tmp ? tmp : "/tmp");
	return mkdtemp(scratch_dir) ? 0 : -1;
}

static maybe_unused int scratch_remove(void **unused)
{
	(void)unused;
	return nftw(scratch_dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* scratch_dir/name; one of four buffers in turn. */
static maybe_unused const char *scratch_path(const char *name)
{
	static char path[4][PATH_MAX + 64];
	static unsigned next;

	next = (next + 1) % 4;
	snprintf(path[next], sizeof(path[next]), "%s/%s", scratch_dir, name);
	return path[next];
}

static maybe_unused void scratch_write(const char *path, const void *text,
				       size_t bytes)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(text, 1, bytes, file) != bytes || fclose(file))
		abort();
}

/* A file's text; the caller frees it. */
static maybe_unused char *scratch_read(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		return NULL;
	if (getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = strdup("");
	}
	fclose(file);
	return text;
}

#define scratch_test(name) \
	cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

#endif
