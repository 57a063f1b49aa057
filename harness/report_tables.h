/* report_tables.h - the tables of report.html that are summary.csv's. */
#ifndef KMB_REPORT_TABLES_H
#define KMB_REPORT_TABLES_H

#include <stdio.h>

#include "table_entry.h"

/* How many points have which status. */
void report_statuses(const struct entries *all, FILE *out);
/* A family's medians. 0 or -ENOMEM. */
int report_medians(const struct entries *all, const char *family, FILE *out);
/* What was not measured, or with a reservation, and why. */
void report_troubles(const struct entries *all, FILE *out);

#endif
