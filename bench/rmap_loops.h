/*
 * rmap_loops.h - template: the timed loops of family rmap for one STRATEGY, and
 * what they share: a world, setup, check, metrics. A loop and its cases are in
 * rmap_loops_*.h, included at the end.
 *
 * The main axis is how many processes or areas there are that could map a page.
 */
#include "rmap_bench.h"

#include "../kernels/rmap/world_template.h"

#define L(name) S(KMB_PASTE(bench_, name))

/* A new world of the size that the workload needs; NULL: out of memory. */
static struct rmap_bench *L(new)(const struct bench_env *env)
{
	struct rmap_bench *bench = rmap_bench_new(env, sizeof(struct S(world)));
	struct rmap_world_config config;

	if (!bench)
		return NULL;
	config = (struct rmap_world_config){
		.slab = &bench->slab,
		.pages = &bench->data.source,
		.nr_files = 1,
		.file_pages = bench->needs.file_pages,
		.swap_slots = bench->needs.swap_slots,
	};
	if (!S(world_create)(bench->world, &config))
		return bench;
	rmap_bench_free(bench);
	return NULL;
}

static void L(teardown)(void *state)
{
	struct rmap_bench *bench = state;
	struct S(world) *w = bench->world;
	uint64_t left;

	rmap_bench_forget(bench);
	for (uint64_t i = 0; i < bench->needs.mms; i++)
		if (bench->mm[i])
			S(exit)(w, bench->mm[i], 0);
	left = S(world_destroy)(w);
	KMB_BUG_ON(left);
	(void)left;
	rmap_bench_free(bench);
}

/* All is set up, or is not (err), and is gone then. */
static struct rmap_bench *L(ready)(struct rmap_bench *bench, int err)
{
	struct S(world) *w = bench->world;

#ifdef STRATEGY_BUILD
	if (!err)
		err = S(build)(&w->rmap);
#endif
	S(stats)(&w->rmap, &bench->before);
	if (!err)
		return bench;
	L(teardown)(bench);
	return NULL;
}

static bool L(check)(void *state)
{
	struct rmap_bench *bench = state;
	struct S(world) *w = bench->world;

	return S(validate)(&w->rmap);
}

/* What there is now: the most that the workload has at once. */
static void L(see_peak)(struct rmap_bench *bench)
{
	struct S(world) *w = bench->world;
	uint64_t areas = rmap_cache_live(&w->vmas);
	struct rmap_stats stats;

	S(stats)(&w->rmap, &stats);
	bench->peak = (struct rmap_peak){
		.bytes = stats.bytes + areas * S(vma_bytes),
		.mappings = rmap_bench_mappings(&w->mmlist),
		.processes = rmap_bench_processes(&w->mmlist),
		.areas = areas,
		.links = stats.links,
		.anon_vmas = stats.anon_vmas,
	};
}

/* Of a world that stands, or of a round that is run for it. */
static void L(metrics)(void *state, bench_metric_fn emit, void *arg)
{
	struct rmap_bench *bench = state;
	const struct bench_env *env = bench->env;
	struct S(world) *w = bench->world;
	struct bench_thread self = { .state = bench, .env = env };
	struct rmap_stats stats;

	S(stats)(&w->rmap, &stats);
	if (env->bench->round && !bench->nr_mms) {
		bench->peaking = true;
		env->bench->loop(&self, env->bench->round(env));
		bench->peaking = false;
	} else {
		L(see_peak)(bench);
	}
	rmap_bench_metrics(bench, &stats, emit, arg);
}

/* ---- processes */

forceinline uint64_t L(anon_addr)(uint64_t i)
{
	return RMAP_ANON_BASE + (i << PAGE_SHIFT);
}

/* A process with an area of its own, the first nr of whose pages it has
 * written; NULL: no memory. */
static struct mm_struct *L(parent)(struct rmap_bench *bench, uint64_t nr,
				   uint64_t area_pages)
{
	struct S(world) *w = bench->world;
	struct mm_struct *mm = S(mm_create)(w, 0);
	int err;

	if (!mm)
		return NULL;
	err = S(mmap)(w, mm, 0, RMAP_ANON_BASE, area_pages << PAGE_SHIFT,
		      VM_READ | VM_WRITE, NULL, 0);
	for (uint64_t i = 0; i < nr && !err; i++)
		err = S(access)(w, mm, 0, L(anon_addr)(i), true);
	if (!err)
		return mm;
	S(exit)(w, mm, 0);
	return NULL;
}

/* bench->mm[0] is such a process, and [1..nr-1] are its children. */
static int L(family)(struct rmap_bench *bench, uint64_t nr, uint64_t nr_pages,
		     uint64_t area_pages)
{
	struct S(world) *w = bench->world;

	bench->mm[0] = L(parent)(bench, nr_pages, area_pages);
	for (uint64_t i = 1; i < nr && bench->mm[0]; i++) {
		bench->mm[i] = S(fork)(w, bench->mm[0], 0);
		if (!bench->mm[i])
			return -ENOMEM;
	}
	bench->nr_mms = nr;
	return bench->mm[0] ? 0 : -ENOMEM;
}

/* The page that a process has mapped at an address; NULL: none. */
static inline struct page *L(page_at)(struct rmap_bench *bench,
				      struct mm_struct *mm, uint64_t addr)
{
	x86_64_pte_t pte = x86_64_lookup(&mm->tables, addr).pte;

	if (x86_64_pte_none(pte) || !x86_64_pte_present(pte))
		return NULL;
	return S(entry_page)(bench->world, pte);
}

/* What shrink_list() does with a page that it means to have: was it used; away
 * with it. True: nothing maps it any more. */
static inline bool L(reclaim)(struct rmap_bench *bench, unsigned cpu,
			      struct page *page)
{
	struct S(world) *w = bench->world;

	if (!trylock_page(page))
		return false;
	S(page_referenced)(&w->rmap, cpu, page);
	unlock_page(page);
	return S(reclaim)(w, cpu, page) == SWAP_SUCCESS;
}

#define RMAP_CASE(name, unit, how)                                           \
	.family = "rmap", .strategy = STRATEGY_NAME, .workload = name,       \
	.isa = "scalar", .models = S(models), .size_unit = unit, .arg = how, \
	.batch = 64, .size_min = 1, .reference = S(traits) & RMAP_REFERENCE, \
	.validate = L(check), .teardown = L(teardown)

/* A case of those strategies that it makes sense for. */
#define RMAP_ADD(name, applies)                                            \
	static struct bench_case L(name);                                  \
	static __attribute__((constructor)) void L(KMB_PASTE(name, _add))( \
		void)                                                      \
	{                                                                  \
		if (applies)                                               \
			rmap_add_case(&L(name), S(traits));                \
	}                                                                  \
	static struct bench_case L(name)

/*
 * Of processes' own pages; and of files'. null keeps nothing and finds nothing,
 * so it stands for what all but the scheme costs; floor is of no use where
 * anything changes.
 */
#define RMAP_FINDS (!(S(traits) & RMAP_NULL))
#define RMAP_CHANGES (!(S(traits) & RMAP_REFERENCE) || S(traits) & RMAP_NULL)
#define RMAP_UNMAPS (!(S(traits) & RMAP_REFERENCE))
#define RMAP_OF_ANON (!(S(traits) & RMAP_FILE))
#define RMAP_OF_FILES (!(S(traits) & RMAP_OWN_PAGES))

#include "rmap_loops_walk.h"
#include "rmap_loops_file.h"
#include "rmap_loops_unmap.h"
#include "rmap_loops_add.h"
#include "rmap_loops_fork.h"
#include "rmap_loops_chain.h"
#include "rmap_loops_server.h"
#include "rmap_loops_race.h"

#undef RMAP_OF_FILES
#undef RMAP_OF_ANON
#undef RMAP_UNMAPS
#undef RMAP_CHANGES
#undef RMAP_FINDS
#undef RMAP_ADD
#undef RMAP_CASE
#undef L
