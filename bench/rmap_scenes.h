/*
 * rmap_scenes.h - what the workloads of family rmap do, as scripts
 * (docs/RMAPSCRIPT.md): the world they begin in, then their rounds. What
 * processes have of their own lies at page 0, what they have of the file at
 * RMAP_FILE_PAGE.
 */
#ifndef KMB_RMAP_SCENES_H
#define KMB_RMAP_SCENES_H

#include "rmap_bench.h"

/* Its page tables are others than those of pages from 0 on. */
#define RMAP_FILE_PAGE (1ull << 20)

/* walk, add, mix, copied, unmap */
#define RMAP_WALK_PAGES 64
#define RMAP_MIX_SHARED 128
#define RMAP_MIX_PAGES 1280
#define RMAP_COPIED_PAGES 1000
#define RMAP_COPIED_TARGETS 256
#define RMAP_UNMAP_PAGES 16

/* file_*: areas in one process */
#define RMAP_FILE_AREA 4
#define RMAP_DISJOINT_TARGETS 256
#define RMAP_STACK_TARGETS 16

/* fork, chain */
#define RMAP_FORK_PAGES 128
#define RMAP_FORK_PLACE 77
#define RMAP_CHAIN_PAGES 16

/* prefork, shells */
#define RMAP_SERVER_PAGES 64
#define RMAP_WORKER_COPIES 8
#define RMAP_TEXT_PAGES 8
#define RMAP_DATA_PAGES 2
#define RMAP_HEAP_PAGES 4

/* race_* */
#define RMAP_RACE_PAGES 64
#define RMAP_RACE_RECLAIM 4

static inline uint64_t rmap_disjoint_targets(uint64_t areas)
{
	return areas < RMAP_DISJOINT_TARGETS ? areas : RMAP_DISJOINT_TARGETS;
}

/* The t-th page that is asked for, of a stack of nr areas. */
static inline uint64_t rmap_stack_page(uint64_t nr, uint64_t t)
{
	return t * nr / RMAP_STACK_TARGETS;
}

rmap_scene_fn rmap_scene_walk, rmap_scene_mix, rmap_scene_copied,
	rmap_scene_add, rmap_scene_unmap, rmap_scene_disjoint,
	rmap_scene_identical, rmap_scene_stack, rmap_scene_fork,
	rmap_scene_chain, rmap_scene_prefork, rmap_scene_shells,
	rmap_scene_fault, rmap_scene_life;

#endif
