/*
 * fuzz_rmap_script.c - scripts of what processes do, and what is known of them,
 * against libFuzzer's bytes.
 *
 * What begins as an oracle or a list of areas is read as one, all else as a
 * script; one that is taken is run over two strategies, which must find all
 * there is, and give back all they took. tests/fuzz_rmap_script.sh builds and
 * runs it.
 */
#include <stdbool.h>

#include "../bench/rmap_oracle.h"
#include "../bench/rmap_replay.h"
#include "fuzz_input.h"
#include "host_plain.h"

#define ORACLE_BEGIN "dump,pfn"
#define AREAS_BEGIN "dump,proc"
/* What is run is to end soon. */
#define MAX_ACCESSES 20000
#define MAX_DUMPS 8
#define NR_FRAMES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_oracle(void)
{
	const struct rmap_script none = { .path = input_path };
	struct rmap_dump dump = { .number = 1 };
	struct rmap_oracle *o =
		rmap_oracle_open(input_path, error, sizeof(error));

	if (!o) {
		check_error();
		return;
	}
	if (rmap_oracle_fits(o, &none, error, sizeof(error)))
		check_error();
	require(rmap_oracle_compare(o, &dump, error, sizeof(error)) >= 0);
	rmap_oracle_close(o);
}

static void fuzz_areas(void)
{
	struct rmap_dump dump = { .number = 1 };
	struct rmap_areas *a =
		rmap_areas_open(input_path, error, sizeof(error));

	if (!a) {
		check_error();
		return;
	}
	require(rmap_areas_compare(a, &dump, error, sizeof(error)) >= 0);
	rmap_areas_close(a);
}

static bool is_short(const struct rmap_script *s)
{
	uint64_t nr = 0;

	for (uint64_t i = 0; i < s->nr_ops; i++)
		if (s->ops[i].kind == RMAP_READ || s->ops[i].kind == RMAP_WRITE)
			nr += s->ops[i].nr;
	return nr <= MAX_ACCESSES && s->nr_dumps <= MAX_DUMPS &&
	       s->nr_files * s->file_pages <= NR_FRAMES;
}

/* A line that cannot be executed is one, too. */
static void run(const struct rmap_script *s, const char *strategy)
{
	for (unsigned i = 0; i < nr_rmap_replayers; i++) {
		struct rmap_replay replay = { .script = s,
					      .memory = &host_plain,
					      .nr_frames = NR_FRAMES,
					      .error = error,
					      .error_size = sizeof(error) };
		int ret;

		if (strcmp(rmap_replayers[i].strategy, strategy))
			continue;
		ret = rmap_replayers[i].run(&replay);
		require(ret <= 0);
		if (ret)
			check_error();
	}
}

static void fuzz_script(void)
{
	struct rmap_script *s =
		rmap_script_open(input_path, error, sizeof(error));

	if (!s) {
		check_error();
		return;
	}
	require(s->area_pages && s->area_pages <= RMAP_MAX_AREA);
	if (is_short(s)) {
		run(s, "anon_vma_chain_tree");
		run(s, "pte_chain");
	}
	rmap_script_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	set_input(data, size);
	if (size >= 8 && !memcmp(data, ORACLE_BEGIN, 8))
		fuzz_oracle();
	else if (size >= 9 && !memcmp(data, AREAS_BEGIN, 9))
		fuzz_areas();
	else
		fuzz_script();
	return 0;
}
