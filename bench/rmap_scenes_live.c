/* rmap_scenes_live.c - scripts of the workloads whose processes come and go. */
#include "rmap_scene_lines.h"

#include "../kernels/base/random.h"

/* ---- rmap_loops_fork.h */

/* The eighths that child c writes: not those that its sister does. */
static void copy_pages(FILE *out, uint64_t c, unsigned eighths)
{
	if (eighths == 8) {
		scene_touch(out, "write", c, 0, RMAP_FORK_PAGES, 1);
		return;
	}
	for (unsigned i = 0; i < eighths; i++)
		scene_touch(out, "write", c, (8 + i - c % 8) % 8,
			    RMAP_FORK_PAGES / 8, 8);
}

/* A page of every fourth process; how many go: of those that share one, the
 * first has taken it from all. */
static uint64_t reclaimed_pages(uint64_t children, unsigned eighths)
{
	uint64_t nr = 1;

	for (uint64_t p = 4; p <= children; p += 4)
		nr += (RMAP_FORK_PLACE + p) % 8 < eighths;
	return nr;
}

void rmap_scene_fork(FILE *out, const struct rmap_workload *workload,
		     const struct bench_point *at)
{
	const unsigned eighths = workload->copied;

	scene_family(out, RMAP_FORK_PAGES, RMAP_FORK_PAGES, 1);
	scene_phase(out, "fork", at->size);
	for (uint64_t c = 1; c <= at->size; c++)
		scene_fork_one(out, 0, c);
	if (eighths)
		scene_phase(out, "write",
			    at->size * RMAP_FORK_PAGES / 8 * eighths);
	else
		fprintf(out, "phase write\n");
	for (uint64_t c = 1; c <= at->size; c++)
		copy_pages(out, c, eighths);
	fprintf(out, "dump 1\n");
	scene_phase(out, "reclaim", reclaimed_pages(at->size, eighths));
	for (uint64_t p = 0; p <= at->size; p += 4)
		scene_ask(out, "pageout", p, RMAP_FORK_PLACE);
	scene_phase(out, "exit", at->size);
	for (uint64_t c = 1; c <= at->size; c++)
		scene_one(out, "exit", c);
	/* What the parent has lost comes back. */
	scene_touch(out, "write", 0, RMAP_FORK_PLACE, 1, 1);
}

/* ---- rmap_loops_chain.h */

void rmap_scene_chain(FILE *out, const struct rmap_workload *workload,
		      const struct bench_point *at)
{
	scene_family(out, RMAP_CHAIN_PAGES, RMAP_CHAIN_PAGES, 1);
	scene_phase(out, "fork", at->size);
	for (uint64_t g = 1; g <= at->size; g++) {
		scene_fork_one(out, g - 1, g);
		if (workload->orphan && g > 1)
			scene_one(out, "exit", g - 1);
		scene_touch(out, "write", g, g % RMAP_CHAIN_PAGES, 1, 1);
	}
	fprintf(out, "dump 1\n");
	scene_phase(out, "exit", at->size);
	for (uint64_t g = workload->orphan ? at->size : 1; g <= at->size; g++)
		scene_one(out, "exit", g);
}

/* ---- rmap_loops_server.h */

/* Worker i is there, and has written its pages, each 11 behind the last. */
static void start_worker(FILE *out, uint64_t i)
{
	uint64_t page = i * 7 % RMAP_SERVER_PAGES;

	scene_fork_one(out, 0, i);
	for (uint64_t left = RMAP_WORKER_COPIES, nr; left; left -= nr) {
		nr = (RMAP_SERVER_PAGES - 1 - page) / 11 + 1;
		if (nr > left)
			nr = left;
		scene_touch(out, "write", i, page, nr, 11);
		page = (page + nr * 11) % RMAP_SERVER_PAGES;
	}
}

/* As many as bring both the workers and the pages round. */
static uint64_t prefork_rounds(uint64_t workers)
{
	uint64_t rounds = workers;

	while (rounds * RMAP_WORKER_COPIES % RMAP_SERVER_PAGES)
		rounds += workers;
	return rounds;
}

void rmap_scene_prefork(FILE *out, const struct rmap_workload *workload,
			const struct bench_point *at)
{
	(void)workload;
	scene_family(out, RMAP_SERVER_PAGES, RMAP_SERVER_PAGES, 1);
	for (uint64_t i = 1; i <= at->size; i++)
		start_worker(out, i);
	fprintf(out, "dump 1\n");
	for (uint64_t r = 0; r < prefork_rounds(at->size); r++) {
		uint64_t i = 1 + r % at->size, first = r * RMAP_WORKER_COPIES;

		scene_phase(out, "exit", 1);
		scene_one(out, "exit", i);
		scene_phase(out, "start", 1);
		start_worker(out, i);
		scene_phase(out, "age", RMAP_WORKER_COPIES);
		for (uint64_t j = 0; j < RMAP_WORKER_COPIES; j++)
			scene_ask(out, "referenced", 0,
				  (first + j) % RMAP_SERVER_PAGES);
	}
}

/* The program's file and memory, and what it touches first. */
static void run_program(FILE *out, uint64_t p)
{
	const uint64_t text = RMAP_FILE_PAGE, data = text + RMAP_TEXT_PAGES;

	scene_map_file(out, p, text, RMAP_TEXT_PAGES, 0, "r");
	scene_map_file(out, p, data, RMAP_DATA_PAGES, RMAP_TEXT_PAGES, "rw");
	fprintf(out, "mmap %llu 0 %u anon 0 0 rw\n", (number)p,
		RMAP_HEAP_PAGES);
	scene_touch(out, "read", p, text, RMAP_TEXT_PAGES, 1);
	scene_touch(out, "write", p, data, RMAP_DATA_PAGES, 1);
	scene_touch(out, "write", p, 0, RMAP_HEAP_PAGES, 1);
}

void rmap_scene_shells(FILE *out, const struct rmap_workload *workload,
		       const struct bench_point *at)
{
	const uint64_t file = RMAP_TEXT_PAGES + RMAP_DATA_PAGES;

	(void)workload;
	scene_area_and_file(out, file, file);
	run_program(out, 0);
	scene_phase(out, "fork", at->size);
	for (uint64_t i = 1; i <= at->size; i++)
		scene_fork_one(out, 0, i);
	scene_phase(out, "exec", at->size);
	for (uint64_t i = 1; i <= at->size; i++) {
		/* execve(): what was forked goes, the program's comes. */
		scene_one(out, "exit", i);
		scene_one(out, "start", i);
		run_program(out, i);
	}
	fprintf(out, "dump 1\n");
	scene_phase(out, "exit", at->size);
	for (uint64_t i = 1; i <= at->size; i++)
		scene_one(out, "exit", i);
}

/* ---- rmap_loops_race.h: round r is a thread's, whose process is 1 + r modulo
 * the threads */
#define RACE_ROUNDS 4 /* of each thread, that look at other pages */

static void race_family(FILE *out, const struct bench_point *at)
{
	scene_area_and_file(out, RMAP_RACE_PAGES, RMAP_RACE_PAGES);
	scene_begin_own(out, RMAP_RACE_PAGES, RMAP_RACE_PAGES);
	for (uint64_t p = 1; p <= at->threads + at->size; p++)
		scene_fork_one(out, 0, p);
	for (unsigned t = 0; t < at->threads; t++)
		scene_map_file(out, 1 + t, RMAP_FILE_PAGE, RMAP_RACE_PAGES, 0,
			       "r");
}

void rmap_scene_fault(FILE *out, const struct rmap_workload *workload,
		      const struct bench_point *at)
{
	struct random random = { at->seed };

	(void)workload;
	race_family(out, at);
	for (uint64_t r = 0; r < RACE_ROUNDS * (uint64_t)at->threads; r++) {
		const uint64_t p = 1 + r % at->threads;

		scene_phase(out, "fault", 2 * RMAP_RACE_PAGES);
		for (uint64_t i = 0; i < RMAP_RACE_PAGES; i++) {
			scene_touch(out, "read", p, RMAP_FILE_PAGE + i, 1, 1);
			scene_touch(out, "write", p, i, 1, 1);
		}
		scene_phase(out, "reclaim", 2 * RMAP_RACE_RECLAIM);
		for (unsigned i = 0; i < RMAP_RACE_RECLAIM; i++) {
			uint64_t own = random_below(&random, RMAP_RACE_PAGES);
			uint64_t page = RMAP_FILE_PAGE +
					random_below(&random, RMAP_RACE_PAGES);

			scene_ask(out, "referenced", 0, own);
			scene_ask(out, "referenced", p, page);
			scene_ask(out, "unmap", p, page);
		}
		scene_phase(out, "unmap", 2 * RMAP_RACE_PAGES);
		fprintf(out, "dontneed %llu 0 %u\n", (number)p,
			RMAP_RACE_PAGES);
		fprintf(out, "dontneed %llu %llu %u\n", (number)p,
			RMAP_FILE_PAGE, RMAP_RACE_PAGES);
	}
}

/* Threads' children have ids 8 apart: where the bench keeps their processes, no
 * two are in a cache line. */
void rmap_scene_life(FILE *out, const struct rmap_workload *workload,
		     const struct bench_point *at)
{
	(void)workload;
	race_family(out, at);
	for (uint64_t r = 0; r < at->threads; r++) {
		uint64_t child = at->threads + at->size + 8 * (r + 1);

		scene_phase(out, "fork", 1);
		scene_fork_one(out, 1 + r, child);
		scene_phase(out, "write", RMAP_WORKER_COPIES);
		scene_touch(out, "write", child, 0, RMAP_WORKER_COPIES, 8);
		scene_phase(out, "exit", 1);
		scene_one(out, "exit", child);
	}
}
