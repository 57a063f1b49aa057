/* rmap_replay_template.h - template: a script run over a STRATEGY. */
#include "../kernels/rmap/world_template.h"

#include "rmap_execute.h"

struct S(run) {
	struct rmap_replay *r;
	struct S(world) world;
	struct mm_struct **mm; /* [script->nr_processes] */
	struct rmap_collection all;
};

static inline int S(collect_leaf)(struct x86_64_mm *tables, x86_64_pte_t *ptep,
				  uint64_t addr, unsigned level, void *arg)
{
	struct S(run) *run = arg;
	x86_64_pte_t pte = x86_64_read(ptep);
	const uint64_t nr = x86_64_level_size(level) >> PAGE_SHIFT;
	struct page *page;

	(void)tables;
	page = x86_64_pte_present(pte) ? S(entry_page)(&run->world, pte) : NULL;
	if (!page)
		return 0;
	return rmap_collect_pages(&run->all, page_to_pfn(run->world.mem, page),
				  addr, nr);
}

/* All that is mapped, by looking at all there is. */
static int S(collect)(struct S(run) * run)
{
	const struct rmap_script *script = run->r->script;
	int err = 0;

	rmap_collect_begin(&run->all);
	for (unsigned id = 0; id < script->nr_processes && !err; id++) {
		struct mm_struct *mm = run->mm[id];

		run->all.process = id;
		for (struct rb_node *n = mm ? rb_first(&mm->areas) : NULL;
		     n && !err; n = rb_next(n))
			err = rmap_collect_area(
				&run->all,
				rb_entry(n, struct vm_area_struct, vm_rb));
		if (mm && !err)
			err = x86_64_walk_page_range(
				&mm->tables, rmap_page_addr(0),
				rmap_page_addr(script->area_pages),
				S(collect_leaf), run);
	}
	return err;
}

static bool S(found_one)(void *arg, struct mm_struct *mm, uint64_t addr,
			 x86_64_pte_t *ptep)
{
	struct S(run) *run = arg;

	(void)ptep;
	rmap_found(&run->all, mm->id, addr);
	return true;
}

/* Ask the strategy for one page, whose mappings are the nr from `first` on. */
static int S(ask)(struct S(run) * run, const struct rmap_mapping *first,
		  uint64_t nr)
{
	struct page *page = pfn_to_page(run->world.mem, first->pfn);
	struct rmap_mapping at = *first;
	const char *how;
	int64_t found;

	if (!rmap_found_begin(&run->all, nr))
		return cannot(run->r, NULL, -ENOMEM);
	found = S(rmap_walk)(&run->world.rmap, 0, page, S(found_one), run);
	how = rmap_found_differs(&run->all, first, nr, &at);
	if (!how && found != (int64_t)nr)
		how = "was found as all others, but they were miscounted";
	if (!how && page_mapcount(page) != nr)
		how = "maps a page whose _mapcount is wrong";
	return how ? differs(run->r, &run->all, &at, how) : 0;
}

static int S(dump)(struct S(run) * run, const struct rmap_op *op)
{
	struct rmap_dump *dump = &run->all.dump;
	struct rmap_stats before, after;
	int err = S(collect)(run);

#ifdef STRATEGY_BUILD
	if (!err)
		err = S(build)(&run->world.rmap);
#endif
	if (err)
		return cannot(run->r, op, err);
	if (!S(validate)(&run->world.rmap))
		return invalid(run->r, op);
	dump->number = op->child;
	dump->line = op->line;
	rmap_collect_end(&run->all);
	S(stats)(&run->world.rmap, &before);
	for (uint64_t i = 0, nr; i < dump->nr_mappings && !err; i += nr) {
		nr = rmap_same_page(dump, i);
		err = S(ask)(run, dump->mappings + i, nr);
	}
	S(stats)(&run->world.rmap, &after);
	run->r->visited += after.visited - before.visited;
	run->r->nr_pages += dump->nr_pages;
	run->r->nr_mappings += dump->nr_mappings;
	return !err && run->r->at_dump ? run->r->at_dump(run->r->arg, dump)
				       : err;
}

/* The process that has this id now. */
static void S(name)(struct S(run) * run, unsigned id)
{
	run->all.process_of[run->mm[id]->id] = id;
}

static int S(run_script)(struct S(run) * run)
{
	const struct rmap_script *script = run->r->script;

	run->mm[0] = S(mm_create)(&run->world, 0);
	if (!run->mm[0])
		return cannot(run->r, NULL, -ENOMEM);
	for (uint64_t i = 0; i < script->nr_ops; i++) {
		const struct rmap_op *op = &script->ops[i];
		int ret = op->kind == RMAP_DUMP
				  ? S(dump)(run, op)
				  : S(execute)(&run->world, run->mm, 0, op);

		if (op->may_fail)
			continue;
		if (ret < 0 && op->kind != RMAP_DUMP)
			return cannot(run->r, op, ret);
		if (ret)
			return ret;
		if (op->kind == RMAP_FORK)
			S(name)(run, op->child);
		else if (op->kind == RMAP_START)
			S(name)(run, op->process);
	}
	return 0;
}

static int S(run_world)(struct S(run) * run, struct rmap_machine *machine)
{
	const struct rmap_script *script = run->r->script;
	const struct rmap_world_config config = {
		.slab = &machine->slab,
		.nr_files = script->nr_files,
		.file_pages = script->file_pages,
		.swap_slots = run->r->nr_frames,
	};
	uint64_t left;
	int ret = S(world_create)(&run->world, &config);

	if (ret)
		return cannot(run->r, NULL, ret);
	ret = S(run_script)(run);
	for (unsigned id = 0; id < script->nr_processes; id++)
		if (run->mm[id])
			S(exit)(&run->world, run->mm[id], 0);
	left = S(world_destroy)(&run->world);
	return ret || !left ? ret : never_freed(run->r, left, "objects");
}

static int S(replay)(struct rmap_replay *r)
{
	static struct S(run) run;
	static struct rmap_machine machine;
	uint64_t left;
	int ret = rmap_machine_create(&machine, r->memory, r->nr_frames);

	if (ret)
		return cannot(r, NULL, ret);
	memset(&run, 0, sizeof(run));
	run.r = r;
	run.mm = calloc(r->script->nr_processes, sizeof(*run.mm));
	ret = run.mm && rmap_collection_init(&run.all, r->script)
		      ? S(run_world)(&run, &machine)
		      : cannot(r, NULL, -ENOMEM);
	rmap_collection_free(&run.all);
	free(run.mm);
	left = rmap_machine_destroy(&machine);
	return ret || !left ? ret : never_freed(r, left, "pages");
}
