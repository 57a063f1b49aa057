/* rmap_bench.c - memory, targets and metrics of family rmap. */
#include "rmap_bench.h"

#include <stdlib.h>

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

struct rmap_bench *rmap_bench_new(const struct bench_env *env,
				  size_t world_bytes)
{
	const struct rmap_workload *workload = env->bench->arg;
	struct rmap_bench *bench = aligned_alloc(
		CACHE_LINE_BYTES, align_up(sizeof(*bench), CACHE_LINE_BYTES));

	if (!bench)
		return NULL;
	*bench = (struct rmap_bench){ .env = env,
				      .random = { env->point.seed } };
	workload->needs(env, &bench->needs);
	bench->world = aligned_alloc(CACHE_LINE_BYTES,
				     align_up(world_bytes, CACHE_LINE_BYTES));
	bench->mm = calloc(bench->needs.mms, sizeof(*bench->mm));
	bench->target =
		calloc(bench->needs.targets + 1, sizeof(*bench->target));
	bench->entries = calloc(env->point.size + 1, sizeof(*bench->entries));
	if (bench->world && bench->mm && bench->target && bench->entries &&
	    !memory_init(bench))
		return bench;
	free(bench->world);
	free(bench->mm);
	free(bench->target);
	free(bench->entries);
	free(bench);
	return NULL;
}

void rmap_bench_free(struct rmap_bench *bench)
{
	physmem_destroy(&bench->mem);
	free(bench->tables.cpu);
	free(bench->data.cpu);
	free(bench->world);
	free(bench->mm);
	free(bench->target);
	free(bench->entries);
	free(bench);
}

void rmap_bench_target(struct rmap_bench *bench, struct page *page, uint64_t nr)
{
	get_page(page);
	trylock_page(page);
	bench->target[bench->nr_targets++] = (struct rmap_target){ page, nr };
	bench->nr_found += nr;
}

void rmap_bench_shuffle(struct rmap_bench *bench)
{
	for (uint64_t i = bench->nr_targets; i > 1; i--) {
		uint64_t j = random_below(&bench->random, i);
		struct rmap_target swapped = bench->target[i - 1];

		bench->target[i - 1] = bench->target[j];
		bench->target[j] = swapped;
	}
}

/* Each is still mapped, or its file's: ours is not the last reference. */
void rmap_bench_forget(struct rmap_bench *bench)
{
	while (bench->nr_targets) {
		struct page *page = bench->target[--bench->nr_targets].page;

		unlock_page(page);
		fetch_add_relaxed(&page->_refcount, -1);
	}
	bench->nr_found = 0;
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
