/* rmap_scene.c - a workload's script: its text, and read. */
#include "rmap_scene.h"

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

struct rmap_script *rmap_scene_read(const struct bench_case *bench,
				    const struct bench_point *point)
{
	char *text = NULL, error[512];
	struct rmap_script *script;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	rmap_scene_write(bench, point, out);
	/* Memory ran out; else there is a zero byte behind the text. */
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	script = rmap_script_parse(bench->workload, text, length, error,
				   sizeof(error));
	if (!script)
		fprintf(stderr, "%s\n", error);
	return script;
}
