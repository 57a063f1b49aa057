/*
 * rmap_workloads.h - the workloads of family rmap: how large their worlds are.
 * Only for suite_rmap.c.
 */
#ifndef KMB_RMAP_WORKLOADS_H
#define KMB_RMAP_WORKLOADS_H

#include "rmap_scene.h"
#include "rmap_scenes.h"

/* An mm_struct, its areas, and what any scheme has for a fork's links. */
#define RMAP_PROCESS_BYTES 1024
/* Of a chain of single entries, for each mapping. */
#define RMAP_MAPPING_BYTES 16
/* The longest link of an area to an anon_vma. */
#define RMAP_LINK_BYTES 64
/* One of each level, of a process with pages in one place. */
#define RMAP_PLACE_TABLES 4
#define RMAP_TABLE_PAGES 512

/* Processes that share some pages, and may each have copies of their own. */
static void rmap_family_needs(struct rmap_needs *needs, uint64_t processes,
			      uint64_t shared, uint64_t own)
{
	uint64_t tables = RMAP_PLACE_TABLES + (shared + own) / RMAP_TABLE_PAGES;

	*needs = (struct rmap_needs){
		.tables = processes * tables,
		.pages = shared + processes * own,
		.object_bytes = processes * (RMAP_PROCESS_BYTES +
					     shared * RMAP_MAPPING_BYTES),
		.swap_slots = shared,
	};
}

static uint64_t rmap_size_round(const struct bench_env *env)
{
	return env->point.size;
}

/* ---- rmap_loops_walk.h, rmap_loops_add.h */

static void rmap_walk_needs(const struct bench_env *env,
			    struct rmap_needs *needs)
{
	rmap_family_needs(needs, env->point.size, RMAP_WALK_PAGES, 0);
}

static uint64_t rmap_walk_round(const struct bench_env *env)
{
	return env->point.size * RMAP_WALK_PAGES;
}

static const struct rmap_workload rmap_walk = { .write = rmap_scene_walk,
						.needs = rmap_walk_needs,
						.aims = true };

static void rmap_add_needs(const struct bench_env *env,
			   struct rmap_needs *needs)
{
	rmap_family_needs(needs, 1, RMAP_WALK_PAGES, 0);
	/* The shortest chains, half of whose memory is still free. */
	needs->object_bytes +=
		2 * env->point.size * RMAP_WALK_PAGES * 2 * RMAP_MAPPING_BYTES;
}

static const struct rmap_workload rmap_add = { .write = rmap_scene_add,
					       .needs = rmap_add_needs,
					       .aims = true };

static void rmap_mix_needs(const struct bench_env *env,
			   struct rmap_needs *needs)
{
	rmap_family_needs(needs, env->point.size, RMAP_MIX_PAGES, 0);
}

static uint64_t rmap_mix_round(const struct bench_env *env)
{
	(void)env;
	return RMAP_MIX_PAGES;
}

static const struct rmap_workload rmap_mix = { .write = rmap_scene_mix,
					       .needs = rmap_mix_needs,
					       .aims = true };

static void rmap_copied_needs(const struct bench_env *env,
			      struct rmap_needs *needs)
{
	rmap_family_needs(needs, env->point.size + 1, RMAP_COPIED_PAGES,
			  RMAP_COPIED_PAGES);
}

static uint64_t rmap_copied_round(const struct bench_env *env)
{
	(void)env;
	return RMAP_COPIED_TARGETS;
}

static const struct rmap_workload rmap_copied = { .write = rmap_scene_copied,
						  .needs = rmap_copied_needs,
						  .aims = true };

/* ---- rmap_loops_file.h: all in one process */

/* `pages` of addresses, in which `read` entries map something. */
static void rmap_file_needs(struct rmap_needs *needs, uint64_t areas,
			    uint64_t pages, uint64_t read)
{
	*needs = (struct rmap_needs){
		.tables = 2 * RMAP_PLACE_TABLES + pages / RMAP_TABLE_PAGES +
			  pages / RMAP_TABLE_PAGES / RMAP_TABLE_PAGES,
		.object_bytes = areas * RMAP_PROCESS_BYTES +
				read * 2 * RMAP_MAPPING_BYTES,
	};
}

static void rmap_disjoint_needs(const struct bench_env *env,
				struct rmap_needs *needs)
{
	uint64_t nr = env->point.size;

	rmap_file_needs(needs, nr, nr * (RMAP_FILE_AREA + 1), nr);
	needs->file_pages = nr * RMAP_FILE_AREA;
}

static uint64_t rmap_disjoint_round(const struct bench_env *env)
{
	return rmap_disjoint_targets(env->point.size);
}

static const struct rmap_workload rmap_disjoint = {
	.write = rmap_scene_disjoint, .needs = rmap_disjoint_needs, .aims = true
};

static void rmap_identical_needs(const struct bench_env *env,
				 struct rmap_needs *needs)
{
	uint64_t nr = env->point.size;

	rmap_file_needs(needs, nr, nr * (RMAP_FILE_AREA + 1),
			nr * RMAP_FILE_AREA);
	needs->file_pages = RMAP_FILE_AREA;
}

static uint64_t rmap_identical_round(const struct bench_env *env)
{
	return env->point.size * RMAP_FILE_AREA;
}

static const struct rmap_workload rmap_identical = {
	.write = rmap_scene_identical,
	.needs = rmap_identical_needs,
	.aims = true
};

static void rmap_stack_needs(const struct bench_env *env,
			     struct rmap_needs *needs)
{
	uint64_t nr = env->point.size;

	rmap_file_needs(needs, nr, nr * (nr + 3) / 2, nr * RMAP_STACK_TARGETS);
	needs->file_pages = nr;
}

/* The i-th page is in all areas from the i-th on. */
static uint64_t rmap_stack_round(const struct bench_env *env)
{
	uint64_t nr = env->point.size, found = 0;

	for (uint64_t t = 0; t < RMAP_STACK_TARGETS; t++)
		found += nr - rmap_stack_page(nr, t);
	return found;
}

static const struct rmap_workload rmap_stack = { .write = rmap_scene_stack,
						 .needs = rmap_stack_needs,
						 .aims = true };

/* ---- rmap_loops_unmap.h */

static void rmap_unmap_needs(const struct bench_env *env,
			     struct rmap_needs *needs)
{
	rmap_family_needs(needs, env->point.size, RMAP_UNMAP_PAGES, 0);
}

static uint64_t rmap_unmap_round(const struct bench_env *env)
{
	return env->point.size * RMAP_UNMAP_PAGES;
}

static const struct rmap_workload rmap_unmap = { .write = rmap_scene_unmap,
						 .needs = rmap_unmap_needs,
						 .aims = true,
						 .takes = true };

/* ---- rmap_loops_fork.h */

static void rmap_fork_needs(const struct bench_env *env,
			    struct rmap_needs *needs)
{
	rmap_family_needs(needs, env->point.size + 1, RMAP_FORK_PAGES,
			  RMAP_FORK_PAGES);
	needs->swap_slots = needs->pages;
}

static const struct rmap_workload rmap_fork_0 = { .write = rmap_scene_fork,
						  .needs = rmap_fork_needs,
						  .copied = 0 };
static const struct rmap_workload rmap_fork_1 = { .write = rmap_scene_fork,
						  .needs = rmap_fork_needs,
						  .copied = 1 };
static const struct rmap_workload rmap_fork_4 = { .write = rmap_scene_fork,
						  .needs = rmap_fork_needs,
						  .copied = 4 };
static const struct rmap_workload rmap_fork_8 = { .write = rmap_scene_fork,
						  .needs = rmap_fork_needs,
						  .copied = 8 };

/* ---- rmap_loops_chain.h */

static void rmap_chain_needs(const struct bench_env *env,
			     struct rmap_needs *needs)
{
	uint64_t nr = env->point.size + 1;

	rmap_family_needs(needs, nr, RMAP_CHAIN_PAGES, 1);
	needs->object_bytes += nr * (nr + 1) / 2 * RMAP_LINK_BYTES;
}

static const struct rmap_workload rmap_chain_live = {
	.write = rmap_scene_chain, .needs = rmap_chain_needs
};
static const struct rmap_workload rmap_chain_orphan = {
	.write = rmap_scene_chain, .needs = rmap_chain_needs, .orphan = true
};

/* ---- rmap_loops_server.h */

static void rmap_prefork_needs(const struct bench_env *env,
			       struct rmap_needs *needs)
{
	rmap_family_needs(needs, env->point.size + 1, RMAP_SERVER_PAGES,
			  RMAP_WORKER_COPIES);
}

static const struct rmap_workload rmap_prefork = { .write = rmap_scene_prefork,
						   .needs = rmap_prefork_needs,
						   .aims = true };

static void rmap_shells_needs(const struct bench_env *env,
			      struct rmap_needs *needs)
{
	const uint64_t file = RMAP_TEXT_PAGES + RMAP_DATA_PAGES;

	/* Two more areas, and another place with tables. */
	rmap_family_needs(needs, env->point.size + 1, file,
			  RMAP_DATA_PAGES + RMAP_HEAP_PAGES);
	needs->tables *= 2;
	needs->object_bytes *= 2;
	needs->file_pages = file;
}

static const struct rmap_workload rmap_shells = { .write = rmap_scene_shells,
						  .needs = rmap_shells_needs };

/* ---- rmap_loops_race.h */

static void rmap_race_needs(const struct bench_env *env,
			    struct rmap_needs *needs)
{
	unsigned threads = env->point.threads;

	/* A thread's process and its child. */
	rmap_family_needs(needs, 1 + 2 * threads + env->point.size,
			  RMAP_RACE_PAGES, RMAP_RACE_PAGES);
	needs->tables *= 2;
	needs->object_bytes *= 2;
	needs->file_pages = RMAP_RACE_PAGES;
}

/* Pages of the file and one's own, that come and go. */
static uint64_t rmap_race_round(const struct bench_env *env)
{
	(void)env;
	return 4 * RMAP_RACE_PAGES;
}

static const struct rmap_workload rmap_fault = { .write = rmap_scene_fault,
						 .needs = rmap_race_needs,
						 .aims = true,
						 .takes = true };
static const struct rmap_workload rmap_life = { .write = rmap_scene_life,
						.needs = rmap_race_needs };

/* ---- rmap_loops_script.h: nobody knows what it will need */

static void rmap_script_needs(const struct bench_env *env,
			      struct rmap_needs *needs)
{
	const uint64_t pages = env->point.memory >> PAGE_SHIFT;

	*needs = (struct rmap_needs){
		.pages = pages / 2,
		.tables = pages / 4,
		.object_bytes = env->point.memory / 5,
		.swap_slots = pages / 2,
	};
}

static const struct rmap_workload rmap_user_script = {
	.needs = rmap_script_needs,
};

#endif
