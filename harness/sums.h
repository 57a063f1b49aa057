/*
 * sums.h - SHA256SUMS: a run's files as it left them, in the format of
 * coreutils' sha256sum, which does the sums.
 *
 * All files below the run's directory are in it, by their relative names and
 * sorted, but SHA256SUMS itself and names that begin with a dot (files that
 * are being written).
 */
#ifndef KMB_SUMS_H
#define KMB_SUMS_H

#include <limits.h>
#include <stddef.h>

#define SUMS_NAME "SHA256SUMS"
#define SUMS_HEX 64 /* digits of a sum */

/*
 * Write dir/SHA256SUMS; last of all files. 0, or -errno with one line in
 * error (-ENOENT: no sha256sum).
 */
int sums_write(const char *dir, char *error, size_t error_size);
/*
 * plots/ or report.html were made again: sum those anew and keep the other
 * lines. Without a SHA256SUMS (the run did not end) nothing is written.
 */
int sums_refresh(const char *dir, char *error, size_t error_size);

/* Told of each file that is not as it was: its name, and in what it differs. */
typedef void (*sums_tell)(void *arg, const char *name, const char *what);
/*
 * Check every file. The number of differences, -errno with one line in error
 * when SHA256SUMS itself cannot be used.
 */
int sums_check(const char *dir, sums_tell tell, void *arg, char *error,
	       size_t error_size);

/* The sum of one file, or "". */
void sums_of_file(const char *path, char hex[SUMS_HEX + 1]);

#endif
