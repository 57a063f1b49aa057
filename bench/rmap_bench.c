/* rmap_bench.c - memory, targets and metrics of family rmap. */
#include "rmap_bench.h"

#include <stdlib.h>

#include "rmap_scene.h"

/* For each page asked for, such a scheme looks at so many processes' all. */
#define SCAN_MAX_PROCESSES 256

static struct page *fresh_pages(struct rmap_pages *p, unsigned order)
{
	struct page *page = NULL;
	pfn_t pfn;

	spin_lock(&p->lock);
	pfn = align_up(p->next, 1ull << order);
	if (pfn + (1ull << order) <= p->end) {
		page = pfn_to_page(p->mem, pfn);
		p->next = pfn + (1ull << order);
	}
	spin_unlock(&p->lock);
	return page;
}

static struct page *pages_alloc(void *self, unsigned cpu, unsigned order)
{
	struct rmap_pages *p = self;
	struct list_head *free = &p->cpu[cpu].free[order];

	if (list_empty(free))
		return fresh_pages(p, order);
	return list_entry(list_pop(free), struct page, lru);
}

static void pages_free(void *self, unsigned cpu, struct page *page,
		       unsigned order)
{
	struct rmap_pages *p = self;

	list_add(&page->lru, &p->cpu[cpu].free[order]);
}

static int pages_init(struct rmap_pages *p, struct physmem *mem, pfn_t next,
		      pfn_t end, unsigned nr_cpus)
{
	p->cpu = aligned_alloc(CACHE_LINE_BYTES, nr_cpus * sizeof(*p->cpu));
	if (!p->cpu)
		return -ENOMEM;
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
			list_init(&p->cpu[cpu].free[o]);
	spin_lock_init(&p->lock);
	p->mem = mem;
	p->next = next;
	p->end = end;
	p->source = (struct page_source){ .alloc_pages = pages_alloc,
					  .free_pages = pages_free,
					  .self = p,
					  .mem = mem };
	return 0;
}

/* Whole blocks; of data also a huge page of zeros, of tables what slabs leave
 * unused, and what each CPU keeps. */
static int memory_init(struct rmap_bench *bench)
{
	const struct bench_env *env = bench->env;
	const struct rmap_needs *needs = &bench->needs;
	const uint64_t block = 1ull << MAX_PAGE_ORDER;
	uint64_t data =
		align_up(needs->pages + needs->file_pages + block, block);
	uint64_t tables =
		align_up(needs->tables + block +
				 (needs->object_bytes >> PAGE_SHIFT) * 5 / 4,
			 block);
	struct physmem_config config = { .nr_nodes = 1,
					 .node_pages = { data + tables } };
	unsigned cpus = env->point.threads;

	if (physmem_init(&bench->mem, &config, env->host))
		return -ENOMEM;
	if (pages_init(&bench->data, &bench->mem, 0, data, cpus) ||
	    pages_init(&bench->tables, &bench->mem, data, data + tables,
		       cpus)) {
		free(bench->data.cpu);
		physmem_destroy(&bench->mem);
		return -ENOMEM;
	}
	bench->slab = (struct slab_host){
		.pages = &bench->tables.source,
		.nr_cpus = cpus,
		.nr_nodes = 1,
	};
	return 0;
}

/* Cut the script's rounds at its phases. */
static void cut_rounds(struct rmap_bench *bench, bool aims)
{
	const struct rmap_script *s = bench->script;
	const struct rmap_op *op = s->ops, *end = s->ops + s->nr_ops;
	struct rmap_stretch *next = bench->stretch, *stretch = NULL;
	uint64_t target = 0;

	while (op < end && op->kind != RMAP_PHASE)
		op++;
	bench->built = op;
	for (; op < end; op++) {
		if (op->kind == RMAP_PHASE) {
			stretch = next++;
			*stretch = (struct rmap_stretch){
				.first = op + 1,
				.end = op + 1,
				.ops = op->nr,
				.target = target,
				.looks = aims,
			};
			continue;
		}
		stretch->end = op + 1;
		stretch->looks &= rmap_op_asks(op);
		stretch->unmaps |=
			rmap_op_asks(op) && op->kind != RMAP_REFERENCED;
		target += rmap_op_asks(op);
		bench->dumps |= op->kind == RMAP_DUMP;
	}
}

/* The script of env's point, and what is as large as it says. False: no
 * memory. */
static bool script_init(struct rmap_bench *bench)
{
	const struct bench_env *env = bench->env;
	const struct rmap_workload *workload = env->bench->arg;
	struct rmap_script *s = rmap_scene_read(env->bench, &env->point);

	bench->script = s;
	if (!s)
		return false;
	bench->stretch = calloc(s->nr_rounds * (uint64_t)s->nr_phases + 1,
				sizeof(*bench->stretch));
	bench->turn = aligned_alloc(CACHE_LINE_BYTES,
				    env->point.threads * sizeof(*bench->turn));
	bench->mm = calloc(s->nr_processes, sizeof(*bench->mm));
	bench->target = calloc(s->nr_reclaims + 1ull, sizeof(*bench->target));
	if (!bench->stretch || !bench->turn || !bench->mm || !bench->target)
		return false;
	for (unsigned t = 0; t < env->point.threads; t++)
		bench->turn[t].next = t;
	bench->round = env->bench->round ? env->bench->round(env) : 1;
	bench->dumps = env->bench->path && s->nr_dumps;
	bench->built = s->ops;
	if (!env->bench->path)
		cut_rounds(bench, workload->aims);
	return true;
}

static void script_free(struct rmap_bench *bench)
{
	free(bench->stretch);
	free(bench->turn);
	free(bench->mm);
	free(bench->target);
	if (bench->script)
		rmap_script_close(bench->script);
}

struct rmap_bench *rmap_bench_new(const struct bench_env *env,
				  size_t world_bytes)
{
	const struct rmap_workload *workload = env->bench->arg;
	struct rmap_bench *bench = aligned_alloc(
		CACHE_LINE_BYTES, align_up(sizeof(*bench), CACHE_LINE_BYTES));

	if (!bench)
		return NULL;
	*bench = (struct rmap_bench){ .env = env };
	workload->needs(env, &bench->needs);
	bench->world = aligned_alloc(CACHE_LINE_BYTES,
				     align_up(world_bytes, CACHE_LINE_BYTES));
	bench->entries = calloc(env->point.size + 1, sizeof(*bench->entries));
	if (bench->world && bench->entries && script_init(bench) &&
	    !memory_init(bench))
		return bench;
	script_free(bench);
	free(bench->world);
	free(bench->entries);
	free(bench);
	return NULL;
}

void rmap_bench_free(struct rmap_bench *bench)
{
	physmem_destroy(&bench->mem);
	free(bench->tables.cpu);
	free(bench->data.cpu);
	script_free(bench);
	free(bench->world);
	free(bench->entries);
	free(bench);
}

/* It may be one already: then it is locked, and has our reference. */
void rmap_bench_target(struct rmap_bench *bench, struct page *page)
{
	if (trylock_page(page))
		get_page(page);
	bench->target[bench->nr_targets++] = page;
}

void rmap_bench_unlock(struct rmap_bench *bench)
{
	for (uint64_t i = 0; i < bench->nr_targets; i++)
		unlock_page(bench->target[i]);
}

/* Each is still mapped, or its file's: ours is not the last reference. */
void rmap_bench_forget(struct rmap_bench *bench)
{
	for (uint64_t i = 0; i < bench->nr_targets; i++)
		trylock_page(bench->target[i]);
	while (bench->nr_targets) {
		struct page *page = bench->target[--bench->nr_targets];

		if (!page_test(page, PG_locked))
			continue;
		unlock_page(page);
		fetch_add_relaxed(&page->_refcount, -1);
	}
}

const struct rmap_stretch *rmap_bench_turn(struct rmap_bench *bench,
					   unsigned cpu)
{
	const struct rmap_script *s = bench->script;
	uint64_t round = bench->turn[cpu].next;
	uint64_t next = round + bench->env->point.threads;

	bench->turn[cpu].next = next < s->nr_rounds ? next : cpu;
	return bench->stretch + round * s->nr_phases;
}

uint64_t rmap_bench_mappings(const struct list_head *mmlist)
{
	const struct list_head *l;
	uint64_t nr = 0;

	list_for_each (l, mmlist)
		nr += list_entry(l, struct mm_struct, mmlist)->rss;
	return nr;
}

uint64_t rmap_bench_processes(const struct list_head *mmlist)
{
	const struct list_head *l;
	uint64_t nr = 0;

	list_for_each (l, mmlist)
		nr++;
	return nr;
}

static void emit_ratio(const char *metric, uint64_t part, uint64_t whole,
		       const char *unit, bench_metric_fn emit, void *arg)
{
	if (whole)
		emit(arg, metric, (double)part / (double)whole, unit);
}

void rmap_bench_metrics(const struct rmap_bench *bench,
			const struct rmap_stats *stats, bench_metric_fn emit,
			void *arg)
{
	const struct rmap_peak *peak = &bench->peak;

	emit_ratio("bytes_per_mapping", peak->bytes, peak->mappings, "B", emit,
		   arg);
	emit_ratio("links_per_process", peak->links, peak->processes, "1", emit,
		   arg);
	emit_ratio("anon_vmas_per_area", peak->anon_vmas, peak->areas, "1",
		   emit, arg);
	emit_ratio("visited_per_mapping",
		   stats->visited - bench->before.visited,
		   stats->found - bench->before.found, "1", emit, arg);
}

/* The sizes are in ascending order. */
static void limit_sizes(struct bench_sizes *sizes, uint64_t max)
{
	while (sizes->nr && sizes->v[sizes->nr - 1] > max)
		sizes->nr--;
}

void rmap_add_case(struct bench_case *bench, unsigned traits)
{
	if (traits & RMAP_SCAN && bench->size_max > SCAN_MAX_PROCESSES)
		bench->size_max = SCAN_MAX_PROCESSES;
	limit_sizes(&bench->sizes, bench->size_max);
	limit_sizes(&bench->quick_sizes, bench->size_max);
	bench_add_case(bench);
}
