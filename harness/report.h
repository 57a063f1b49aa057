/* report.h - a run on one page, report.html: whole by itself, for the mail. */
#ifndef KMB_REPORT_H
#define KMB_REPORT_H

#include <stddef.h>

/*
 * Make dir/report.html of manifest.json, summary.csv, plots/ and, where it is,
 * doctor-before.json. The same files give the same bytes. 0, or -errno with
 * one line in error.
 */
int report_write(const char *dir, char *error, size_t error_size);

#endif
