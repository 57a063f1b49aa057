/* rmap_scene.c - a workload's script: its text, and read. */
#include "rmap_scene.h"

#include <errno.h>
#include <stdlib.h>

#include "rmap_bench.h"

void rmap_scene_write(const struct bench_case *bench,
		      const struct bench_point *point, FILE *out)
{
	const struct rmap_workload *workload = bench->arg;

	fprintf(out, "# %s, %llu %s, %u thread%s, seed %llu\n", bench->workload,
		(unsigned long long)point->size, bench->size_unit,
		point->threads, point->threads > 1 ? "s" : "",
		(unsigned long long)point->seed);
	workload->write(out, workload, point);
}

static struct rmap_script *read_workload(const struct bench_case *bench,
					 const struct bench_point *point,
					 char *error, size_t error_size)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	snprintf(error, error_size, "out of memory");
	if (!out)
		return NULL;
	rmap_scene_write(bench, point, out);
	/* Memory ran out; else there is a zero byte behind the text. */
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return rmap_script_parse(bench->workload, text, length, error,
				 error_size);
}

struct rmap_script *rmap_scene_read(const struct bench_case *bench,
				    const struct bench_point *point)
{
	char error[512];
	struct rmap_script *script =
		bench->path
			? rmap_script_open(bench->path, error, sizeof(error))
			: read_workload(bench, point, error, sizeof(error));

	if (!script)
		fprintf(stderr, "%s\n", error);
	return script;
}

/* Of processes: not what is only looked at or marked. */
static uint64_t nr_operations(const struct rmap_script *script)
{
	uint64_t nr = 0;

	for (uint64_t i = 0; i < script->nr_ops; i++)
		nr += script->ops[i].kind != RMAP_DUMP &&
		      script->ops[i].kind != RMAP_PHASE;
	return nr;
}

int rmap_scene_check_file(const char *path, char *error, size_t error_size)
{
	struct rmap_script *script = rmap_script_open(path, error, error_size);
	uint64_t nr;

	if (!script)
		return -EINVAL;
	nr = nr_operations(script);
	rmap_script_close(script);
	if (nr)
		return 0;
	snprintf(error, error_size, "%s: no operation is in it", path);
	return -EINVAL;
}

/* The file was checked; 1 where it is gone since, which setup says. */
uint64_t rmap_scene_file_round(const struct bench_env *env)
{
	struct rmap_script *script = rmap_scene_read(env->bench, &env->point);
	uint64_t nr = script ? nr_operations(script) : 0;

	if (script)
		rmap_script_close(script);
	return nr ? nr : 1;
}
