/* sysfs.c - small text files of /sys and /proc. */
#include "sysfs.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_line(char *buf, size_t size, const char *path)
{
	FILE *file = fopen(path, "re");
	int err = 0;

	buf[0] = '\0';
	if (!file)
		return -errno;
	errno = 0;
	if (!fgets(buf, (int)size, file)) {
		buf[0] = '\0';
		err = errno ? -errno : 0;
	}
	fclose(file);
	buf[strcspn(buf, "\n")] = '\0';
	return err ? err : (int)strlen(buf);
}

int sysfs_line(char *buf, size_t size, const char *path, ...)
{
	char name[PATH_MAX];
	va_list args;

	va_start(args, path);
	vsnprintf(name, sizeof(name), path, args);
	va_end(args);
	return read_line(buf, size, name);
}

uint64_t sysfs_uint(uint64_t missing, const char *path, ...)
{
	char name[PATH_MAX], line[64], *end;
	unsigned long long value;
	va_list args;

	va_start(args, path);
	vsnprintf(name, sizeof(name), path, args);
	va_end(args);
	if (read_line(line, sizeof(line), name) <= 0)
		return missing;
	value = strtoull(line, &end, 10);
	return end == line ? missing : value;
}
