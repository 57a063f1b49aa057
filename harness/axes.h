/* axes.h - what list --axes prints: what each workload takes. */
#ifndef KMB_AXES_H
#define KMB_AXES_H

#include <stdbool.h>
#include <stdio.h>

#include "plan.h"

/*
 * Family by family and workload by workload, for the cases chosen. False: none
 * is.
 */
bool axes_print(const struct selection *selection, FILE *out);

#endif
