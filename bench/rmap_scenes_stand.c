/*
 * rmap_scenes_stand.c - scripts of the workloads whose world stands: processes
 * or areas that have pages in common, which are then asked for.
 */
#include "rmap_scene_lines.h"

#include "../kernels/base/random.h"

/* Pages that are asked for: whose, and where. */
struct aim {
	uint64_t process, page;
};

static void shuffle(struct aim *aims, uint64_t nr, struct random *random)
{
	for (uint64_t i = nr; i > 1; i--) {
		uint64_t j = random_below(random, i);
		struct aim swapped = aims[i - 1];

		aims[i - 1] = aims[j];
		aims[j] = swapped;
	}
}

/* The round of those that only ask, in a world that stands. */
static void ask_all(FILE *out, uint64_t ops, const struct aim *aims,
		    uint64_t nr)
{
	fprintf(out, "dump 1\n");
	scene_phase(out, "walk", ops);
	for (uint64_t i = 0; i < nr; i++)
		scene_ask(out, "referenced", aims[i].process, aims[i].page);
}

/* ---- rmap_loops_walk.h */

void rmap_scene_walk(FILE *out, const struct rmap_workload *workload,
		     const struct bench_point *at)
{
	struct random random = { at->seed };
	struct aim aims[RMAP_WALK_PAGES];

	(void)workload;
	scene_family(out, RMAP_WALK_PAGES, RMAP_WALK_PAGES, at->size);
	for (uint64_t i = 0; i < RMAP_WALK_PAGES; i++)
		aims[i] = (struct aim){ 0, i };
	shuffle(aims, RMAP_WALK_PAGES, &random);
	ask_all(out, at->size * RMAP_WALK_PAGES, aims, RMAP_WALK_PAGES);
}

/* Pages that the parent has not touched become whose who does. */
void rmap_scene_mix(FILE *out, const struct rmap_workload *workload,
		    const struct bench_point *at)
{
	struct random random = { at->seed };
	struct aim aims[RMAP_MIX_PAGES];

	(void)workload;
	scene_family(out, RMAP_MIX_PAGES, RMAP_MIX_SHARED, at->size);
	for (uint64_t i = 0; i < RMAP_MIX_PAGES; i++) {
		bool shared = i < RMAP_MIX_SHARED;
		uint64_t p = shared ? 0 : random_below(&random, at->size);

		if (!shared)
			scene_touch(out, "write", p, i, 1, 1);
		aims[i] = (struct aim){ p, i };
	}
	shuffle(aims, RMAP_MIX_PAGES, &random);
	ask_all(out, RMAP_MIX_PAGES, aims, RMAP_MIX_PAGES);
}

void rmap_scene_copied(FILE *out, const struct rmap_workload *workload,
		       const struct bench_point *at)
{
	struct random random = { at->seed };
	struct aim aims[RMAP_COPIED_TARGETS];

	(void)workload;
	scene_family(out, RMAP_COPIED_PAGES, RMAP_COPIED_PAGES, at->size + 1);
	for (uint64_t p = 1; p <= at->size; p++)
		scene_touch(out, "write", p, 0, RMAP_COPIED_PAGES, 1);
	for (uint64_t i = 0; i < RMAP_COPIED_TARGETS; i++)
		aims[i] = (struct aim){ 1 + i * at->size / RMAP_COPIED_TARGETS,
					i * 37 % RMAP_COPIED_PAGES };
	shuffle(aims, RMAP_COPIED_TARGETS, &random);
	ask_all(out, RMAP_COPIED_TARGETS, aims, RMAP_COPIED_TARGETS);
}

/* ---- rmap_loops_add.h */

void rmap_scene_add(FILE *out, const struct rmap_workload *workload,
		    const struct bench_point *at)
{
	const uint64_t ops = at->size * RMAP_WALK_PAGES;

	(void)workload;
	scene_family(out, RMAP_WALK_PAGES, RMAP_WALK_PAGES, 1);
	fprintf(out,
		"# Each of these pages gets %llu more mappings, which are no "
		"process's.\n",
		(number)at->size);
	scene_phase(out, "add", ops);
	for (uint64_t i = 0; i < RMAP_WALK_PAGES; i++)
		scene_ask(out, "referenced", 0, i);
	fprintf(out, "# And loses them.\n");
	scene_phase(out, "remove", ops);
}

/* ---- rmap_loops_unmap.h */

void rmap_scene_unmap(FILE *out, const struct rmap_workload *workload,
		      const struct bench_point *at)
{
	const uint64_t ops = at->size * RMAP_UNMAP_PAGES;

	(void)workload;
	scene_family(out, RMAP_UNMAP_PAGES, RMAP_UNMAP_PAGES, at->size);
	fprintf(out, "dump 1\n");
	scene_phase(out, "unmap", ops);
	for (uint64_t i = 0; i < RMAP_UNMAP_PAGES; i++) {
		scene_ask(out, "referenced", 0, i);
		scene_ask(out, "unmap", 0, i);
	}
	scene_phase(out, "map", ops);
	for (uint64_t p = 0; p < at->size; p++)
		scene_touch(out, "read", p, 0, RMAP_UNMAP_PAGES, 1);
}

/* ---- rmap_loops_file.h: a hole is behind each area, lest some become one */

/* The first page of area i, of those that are all alike. */
static uint64_t area_page(uint64_t i)
{
	return RMAP_FILE_PAGE + i * (RMAP_FILE_AREA + 1);
}

void rmap_scene_disjoint(FILE *out, const struct rmap_workload *workload,
			 const struct bench_point *at)
{
	const uint64_t nr = rmap_disjoint_targets(at->size);
	struct random random = { at->seed };
	struct aim aims[RMAP_DISJOINT_TARGETS];

	(void)workload;
	scene_area_and_file(out, at->size * (RMAP_FILE_AREA + 1),
			    at->size * RMAP_FILE_AREA);
	for (uint64_t i = 0; i < at->size; i++) {
		scene_map_file(out, 0, area_page(i), RMAP_FILE_AREA,
			       i * RMAP_FILE_AREA, "r");
		scene_touch(out, "read", 0, area_page(i), 1, 1);
	}
	/* Of many, some: any of them is as good. */
	for (uint64_t i = 0; i < nr; i++)
		aims[i] = (struct aim){ 0, area_page(i * at->size / nr) };
	shuffle(aims, nr, &random);
	ask_all(out, nr, aims, nr);
}

void rmap_scene_identical(FILE *out, const struct rmap_workload *workload,
			  const struct bench_point *at)
{
	struct random random = { at->seed };
	struct aim aims[RMAP_FILE_AREA];

	(void)workload;
	scene_area_and_file(out, at->size * (RMAP_FILE_AREA + 1),
			    RMAP_FILE_AREA);
	for (uint64_t i = 0; i < at->size; i++) {
		scene_map_file(out, 0, area_page(i), RMAP_FILE_AREA, 0, "r");
		scene_touch(out, "read", 0, area_page(i), RMAP_FILE_AREA, 1);
	}
	for (uint64_t p = 0; p < RMAP_FILE_AREA; p++)
		aims[p] = (struct aim){ 0, area_page(0) + p };
	shuffle(aims, RMAP_FILE_AREA, &random);
	ask_all(out, at->size * RMAP_FILE_AREA, aims, RMAP_FILE_AREA);
}

/* The i-th area has the first i + 1 pages, of which the last one has all. */
void rmap_scene_stack(FILE *out, const struct rmap_workload *workload,
		      const struct bench_point *at)
{
	uint64_t page = RMAP_FILE_PAGE, found = 0;
	struct random random = { at->seed };
	struct aim aims[RMAP_STACK_TARGETS];

	(void)workload;
	scene_area_and_file(out, at->size * (at->size + 3) / 2, at->size);
	for (uint64_t i = 0; i < at->size; i++, page += i + 1) {
		scene_map_file(out, 0, page, i + 1, 0, "r");
		for (uint64_t t = 0; t < RMAP_STACK_TARGETS; t++) {
			uint64_t p = rmap_stack_page(at->size, t);

			aims[t] = (struct aim){ 0, page + p };
			if (p <= i)
				scene_touch(out, "read", 0, page + p, 1, 1);
		}
	}
	for (uint64_t t = 0; t < RMAP_STACK_TARGETS; t++)
		found += at->size - rmap_stack_page(at->size, t);
	shuffle(aims, RMAP_STACK_TARGETS, &random);
	ask_all(out, found, aims, RMAP_STACK_TARGETS);
}
