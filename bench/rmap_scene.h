/* rmap_scene.h - a workload of family rmap at a point, as a script. */
#ifndef KMB_RMAP_SCENE_H
#define KMB_RMAP_SCENE_H

#include <stdio.h>

#include "bench.h"

struct rmap_script;

/* Its text. */
void rmap_scene_write(const struct bench_case *bench,
		      const struct bench_point *point, FILE *out);
/* The same, or a user's file, read. NULL: out of memory; or one line on stderr.
 */
struct rmap_script *rmap_scene_read(const struct bench_case *bench,
				    const struct bench_point *point);

/* A user's script: see bench_case.check_file; and its operations. */
int rmap_scene_check_file(const char *path, char *error, size_t error_size);
uint64_t rmap_scene_file_round(const struct bench_env *env);

#endif
