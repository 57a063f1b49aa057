/* repro.h - the commands that do a run again. */
#ifndef KMB_REPRO_H
#define KMB_REPRO_H

#include <jansson.h>
#include <stdio.h>

/* As lines for a shell, from a run's manifest. */
void repro_print(const json_t *manifest, FILE *out);

#endif
