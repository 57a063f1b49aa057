/*
 * rmap_loops.h - template: the timed loops of family rmap for one STRATEGY, and
 * what they share: a world, setup, rounds, check, metrics. What processes do is
 * each workload's script (rmap_scenes.h), read before the clock. A loop and its
 * cases are in rmap_loops_*.h, included at the end.
 *
 * The main axis is how many processes or areas there are that could map a page.
 */
#include "rmap_bench.h"

#include "../kernels/rmap/world_template.h"

#include "rmap_execute.h"

#define L(name) S(KMB_PASTE(bench_, name))

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
		.nr_files = bench->script->nr_files,
		.file_pages = bench->script->file_pages,
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
	for (unsigned i = 0; i < bench->script->nr_processes; i++)
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

/* ---- a script: what is before its phases once, then its rounds */

/* How many could not be done; what a process would do that could not be forked
 * is not tried, and `skipped` has these added. */
static never_inline uint64_t L(run)(struct rmap_bench *bench, unsigned cpu,
				    const struct rmap_op *op,
				    const struct rmap_op *end,
				    uint64_t *skipped)
{
	struct S(world) *w = bench->world;
	uint64_t failed = 0;

	for (; op < end; op++) {
		if (likely(bench->mm[op->process] || op->kind == RMAP_START))
			failed += S(execute)(w, bench->mm, cpu, op) < 0 &&
				  !op->may_fail;
		else if (op->kind == RMAP_FORK)
			failed++;
		else
			*skipped += !op->may_fail && op->kind != RMAP_DUMP &&
				    op->kind != RMAP_PHASE;
		if (op->kind == RMAP_DUMP && bench->peaking)
			L(see_peak)(bench);
	}
	return failed;
}

/* What an operation asks of a page that nobody has locked; false: it was not
 * had. */
static inline bool L(ask)(struct rmap_bench *bench, unsigned cpu,
			  const struct rmap_op *op, struct page *page)
{
	struct S(world) *w = bench->world;

	if (op->kind != RMAP_REFERENCED)
		return S(reclaim)(w, cpu, page) == SWAP_SUCCESS;
	if (!trylock_page(page))
		return false;
	S(page_referenced)(&w->rmap, cpu, page);
	unlock_page(page);
	return true;
}

/* A stretch that does nothing but ask for targets; how many were not had. */
static uint64_t L(look)(struct rmap_bench *bench, unsigned cpu,
			const struct rmap_stretch *s)
{
	const struct rmap_workload *workload = bench->env->bench->arg;
	struct page **target = bench->target + s->target;
	struct S(world) *w = bench->world;
	uint64_t failed = 0;

	for (const struct rmap_op *op = s->first; op < s->end; op++, target++)
		if (workload->takes)
			failed += !L(ask)(bench, cpu, op, *target);
		else
			S(page_referenced)(&w->rmap, cpu, *target);
	return failed;
}

/* What a stretch counts as, less the part of its lines that were not done. */
static uint64_t L(counted)(const struct rmap_stretch *s, uint64_t undone)
{
	const uint64_t lines = (uint64_t)(s->end - s->first);

	return undone ? s->ops * (lines - undone) / lines : s->ops;
}

/* A round's operations that were done, of those it counts as: not what is only
 * looked at, nor what a process does that was not forked. */
static uint64_t L(round)(struct bench_thread *self)
{
	struct rmap_bench *bench = self->state;
	const struct rmap_stretch *s = rmap_bench_turn(bench, self->cpu);
	uint64_t failed = 0;

	for (unsigned p = 0; p < bench->script->nr_phases; p++, s++) {
		uint64_t lost = 0, skipped = 0;

		if (s->unmaps && !RMAP_UNMAPS)
			continue;
		if (s->looks)
			skipped = L(look)(bench, self->cpu, s);
		else
			lost = L(run)(bench, self->cpu, s->first, s->end,
				      &skipped);
		failed += lost;
		if (s->ops)
			bench_phase(self, p, L(counted)(s, lost + skipped));
	}
	return failed < bench->round ? bench->round - failed : 0;
}

static uint64_t L(rounds)(struct bench_thread *self, uint64_t nr)
{
	const struct rmap_bench *bench = self->state;
	uint64_t done = 0;

	for (uint64_t left = nr; left; left -= bench->round)
		done += L(round)(self);
	return done;
}

/* Once there and back: all memory was touched. */
static int L(round_thread)(struct bench_thread *self)
{
	const struct rmap_bench *bench = self->state;

	self->env->bench->loop(self, bench->round);
	return 0;
}

/* The page that an operation is to ask for; NULL: there is none. */
static inline struct page *L(asked_page)(struct rmap_bench *bench,
					 const struct rmap_op *op)
{
	const uint64_t addr = rmap_page_addr(op->page);
	struct mm_struct *mm = bench->mm[op->process];
	const struct vm_area_struct *vma = find_vma(mm, addr);
	x86_64_pte_t pte = x86_64_lookup(&mm->tables, addr).pte;

	if (vma && vma->vm_start <= addr && vma->vm_mapping)
		return vma->vm_mapping
			->pages[vma->vm_pgoff +
				((addr - vma->vm_start) >> PAGE_SHIFT)];
	return x86_64_pte_present(pte) ? S(entry_page)(bench->world, pte)
				       : NULL;
}

/* At all that the rounds ask for, in the world as it stands. */
static int L(aim)(struct rmap_bench *bench)
{
	const struct rmap_script *script = bench->script;
	const struct rmap_op *op, *end = script->ops + script->nr_ops;

	for (op = bench->built; op < end; op++) {
		struct page *page;

		if (!rmap_op_asks(op))
			continue;
		page = L(asked_page)(bench, op);
		if (!page)
			return -ENOMEM;
		rmap_bench_target(bench, page);
	}
	if (((const struct rmap_workload *)bench->env->bench->arg)->takes)
		rmap_bench_unlock(bench);
	return 0;
}

static void *L(setup)(const struct bench_env *env)
{
	const struct rmap_workload *workload = env->bench->arg;
	struct rmap_bench *bench = L(new)(env);
	uint64_t skipped = 0;
	int err = 0;

	if (!bench)
		return NULL;
	bench->mm[0] = S(mm_create)(bench->world, 0);
	if (!bench->mm[0] ||
	    L(run)(bench, 0, bench->script->ops, bench->built, &skipped))
		err = -ENOMEM;
	if (!err && workload->aims)
		err = L(aim)(bench);
	return L(ready)(bench, err);
}

/* Of a world that stands, or of one more round at its last dump. A script
 * without one leaves nothing to be counted. */
static void L(metrics)(void *state, bench_metric_fn emit, void *arg)
{
	struct rmap_bench *bench = state;
	struct S(world) *w = bench->world;
	struct bench_thread self = { .state = bench, .env = bench->env };
	struct rmap_stats stats;

	S(stats)(&w->rmap, &stats);
	bench->peaking = true;
	if (bench->dumps)
		bench->env->bench->loop(&self, bench->round);
	else if (!bench->env->bench->path)
		L(see_peak)(bench);
	bench->peaking = false;
	rmap_bench_metrics(bench, &stats, emit, arg);
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

#include "rmap_loops_walk.h"
#include "rmap_loops_file.h"
#include "rmap_loops_unmap.h"
#include "rmap_loops_add.h"
#include "rmap_loops_fork.h"
#include "rmap_loops_chain.h"
#include "rmap_loops_server.h"
#include "rmap_loops_race.h"
#include "rmap_loops_script.h"

#undef RMAP_OF_FILES
#undef RMAP_OF_ANON
#undef RMAP_UNMAPS
#undef RMAP_CHANGES
#undef RMAP_FINDS
#undef RMAP_ADD
#undef RMAP_CASE
#undef L
