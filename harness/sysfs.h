/* sysfs.h - small text files of /sys and /proc. */
#ifndef KMB_SYSFS_H
#define KMB_SYSFS_H

#include <stddef.h>
#include <stdint.h>

#include "../kernels/base/compiler.h"

/*
 * The first line of a file without its LF, cut to fit. Its length, or -errno
 * with buf empty.
 */
int sysfs_line(char *buf, size_t size, const char *path, ...) printf_like(3, 4);

/* The number a file starts with, or `missing`. */
uint64_t sysfs_uint(uint64_t missing, const char *path, ...) printf_like(2, 3);

#endif
