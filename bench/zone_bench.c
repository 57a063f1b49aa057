/* zone_bench.c - machine, kswapd's threads and tasks of family zone. */
#include "zone_bench.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The i386 whose zones are drawn to scale, and the DMA of all machines. */
#define BLOCK (1ull << MAX_PAGE_ORDER)
#define ISA_DMA_PAGES ((16ull << 20) >> PAGE_SHIFT)

uint64_t zone_bench_node_pages(const struct bench_env *env)
{
	return align_down(env->point.memory >> PAGE_SHIFT, BLOCK);
}

unsigned zone_bench_cpus(const struct bench_env *env)
{
	return env->point.threads + env->nr_nodes;
}

static uint64_t at_least(uint64_t pages, uint64_t least)
{
	pages = align_down(pages, BLOCK);
	return pages < least ? least : pages;
}

static void lay_out(struct physmem_config *config, const struct bench_env *env)
{
	const struct zone_workload *workload = env->bench->arg;
	uint64_t pages = zone_bench_node_pages(env);

	config->nr_nodes = env->nr_nodes;
	for (unsigned n = 0; n < env->nr_nodes; n++)
		config->node_pages[n] = pages;
	pages *= env->nr_nodes;
	if (workload->highmem) {
		config->dma_end = at_least(pages / 256, BLOCK);
		config->normal_end = at_least(pages * 7 / 32, 2 * BLOCK);
		return;
	}
	config->dma_end = at_least(pages / 16, BLOCK);
	if (config->dma_end > ISA_DMA_PAGES)
		config->dma_end = ISA_DMA_PAGES;
}

static void wake(void *self, unsigned node)
{
	struct zone_kswapd *k = &((struct zone_bench *)self)->kswapds[node];

	pthread_mutex_lock(&k->mutex);
	k->woken = true;
	pthread_cond_signal(&k->cond);
	pthread_mutex_unlock(&k->mutex);
}

/* Between two of its sleeps kswapd has freed something, mostly. */
static bool wait_to_be_woken(void *self, unsigned node)
{
	struct zone_bench *bench = self;
	struct zone_kswapd *k = &bench->kswapds[node];
	bool stop;

	fetch_add_relaxed(&bench->nr_reclaims, 1);
	pthread_mutex_lock(&k->mutex);
	while (!k->woken && !k->stop)
		pthread_cond_wait(&k->cond, &k->mutex);
	k->woken = false;
	stop = k->stop;
	pthread_mutex_unlock(&k->mutex);
	return !stop;
}

/*
 * There is no disk to wait for, so others will have freed pages long before the
 * time is up: until kswapd has finished, or this CPU has served all others.
 */
static void congestion_wait(void *self, struct zone_task *task)
{
	struct zone_bench *bench = self;
	uint64_t seen = READ_ONCE(bench->nr_reclaims);
	uint64_t end = bench_now_ns() + ZONE_RETRY_MS * 1000000ull;

	(void)task;
	for (unsigned i = 0; i < 64; i++) {
		sched_yield();
		if (READ_ONCE(bench->nr_reclaims) != seen ||
		    bench_now_ns() >= end)
			return;
	}
}

/* The one that asks is killed: what it holds is free. */
static bool kill_task(void *self, struct zone_task *task, gfp_t gfp,
		      unsigned order)
{
	struct zone_bench *bench = self;

	(void)gfp, (void)order;
	return zone_thread_drop(&bench->threads[task->cpu]) > 0;
}

static void *run_kswapd(void *arg)
{
	struct zone_kswapd *k = arg;
	/* Room for any CPU number that Linux can have. */
	cpu_set_t cpus[8192 / CPU_SETSIZE];

	/* The main thread was pinned; the run as a whole may use these. */
	if (!sched_getaffinity(getppid(), sizeof(cpus), cpus))
		sched_setaffinity(0, sizeof(cpus), cpus);
	k->bench->kswapd(k->bench->zones, &k->task);
	return NULL;
}

int zone_bench_start_kswapds(struct zone_bench *bench)
{
	for (unsigned n = 0; n < bench->env->nr_nodes; n++) {
		struct zone_kswapd *k = &bench->kswapds[n];
		int err;

		k->task = (struct zone_task){
			.cpu = bench->env->point.threads + n,
			.node = n,
		};
		k->bench = bench;
		pthread_mutex_init(&k->mutex, NULL);
		pthread_cond_init(&k->cond, NULL);
		err = pthread_create(&k->thread, NULL, run_kswapd, k);
		if (err) {
			zone_bench_stop_kswapds(bench);
			return -err;
		}
		k->started = true;
	}
	return 0;
}

void zone_bench_stop_kswapds(struct zone_bench *bench)
{
	for (unsigned n = 0; n < bench->env->nr_nodes; n++) {
		struct zone_kswapd *k = &bench->kswapds[n];

		if (!k->started)
			continue;
		pthread_mutex_lock(&k->mutex);
		k->stop = true;
		pthread_cond_signal(&k->cond);
		pthread_mutex_unlock(&k->mutex);
		pthread_join(k->thread, NULL);
		pthread_mutex_destroy(&k->mutex);
		pthread_cond_destroy(&k->cond);
		k->started = false;
	}
}

static void *alloc_lines(size_t bytes)
{
	void *lines = aligned_alloc(CACHE_LINE_BYTES,
				    align_up(bytes, CACHE_LINE_BYTES));

	if (lines)
		memset(lines, 0, bytes);
	return lines;
}

struct zone_bench *zone_bench_new(const struct bench_env *env,
				  size_t boot_bytes, size_t zones_bytes)
{
	struct physmem_config config = { .boot_bytes = boot_bytes };
	struct zone_bench *bench = calloc(1, sizeof(*bench));

	if (!bench)
		return NULL;
	bench->env = env;
	lay_out(&config, env);
	if (physmem_init(&bench->mem, &config, env->host))
		goto free_bench;
	bench->hooks = (struct zone_hooks){
		.wake = wake,
		.wait = wait_to_be_woken,
		.congestion_wait = congestion_wait,
		.out_of_memory = kill_task,
		.self = bench,
	};
	bench->config = (struct zones_config){
		.nr_cpus = zone_bench_cpus(env),
		.distance = env->distance,
		.hooks = &bench->hooks,
	};
	bench->zones = alloc_lines(zones_bytes);
	bench->threads =
		alloc_lines(env->point.threads * sizeof(*bench->threads));
	bench->kswapds = alloc_lines(env->nr_nodes * sizeof(*bench->kswapds));
	if (bench->zones && bench->threads && bench->kswapds)
		return bench;
	free(bench->zones);
	free(bench->threads);
	free(bench->kswapds);
	physmem_destroy(&bench->mem);
free_bench:
	free(bench);
	return NULL;
}

void zone_bench_free(struct zone_bench *bench)
{
	zone_bench_stop_kswapds(bench);
	free(bench->zones);
	free(bench->threads);
	free(bench->kswapds);
	physmem_destroy(&bench->mem);
	free(bench);
}

int zone_thread_init(struct bench_thread *self, uint64_t nr_slots,
		     uint64_t nr_held)
{
	struct zone_bench *bench = self->state;
	struct zone_thread *t = &bench->threads[self->cpu];

	t->nr_slots = nr_slots;
	t->nr_held = nr_held;
	t->nr_piles = self->env->nr_nodes * MAX_NR_ZONES;
	t->slots = malloc((nr_slots + 1) * sizeof(*t->slots));
	t->held = malloc((nr_held + 1) * sizeof(*t->held));
	t->pinned = malloc(
		(zone_bench_node_pages(self->env) * self->env->nr_nodes + 1) *
		sizeof(*t->pinned));
	t->piles = malloc(t->nr_piles * sizeof(*t->piles));
	if (!t->slots || !t->held || !t->pinned || !t->piles)
		return -ENOMEM;
	for (uint64_t i = 0; i < nr_slots; i++)
		t->slots[i] = PFN_NONE;
	for (uint64_t i = 0; i < nr_held; i++)
		t->held[i] = ZONE_NO_BLOCK;
	for (unsigned id = 0; id < t->nr_piles; id++) {
		list_init(&t->piles[id].list);
		t->piles[id].nr = 0;
	}
	self->local = t;
	return 0;
}

void zone_thread_free(struct bench_thread *self)
{
	struct zone_bench *bench = self->state;
	struct zone_thread *t = &bench->threads[self->cpu];

	/* It writes to slots. */
	zone_bench_stop_kswapds(bench);
	free(t->slots);
	free(t->held);
	free(t->pinned);
	free(t->piles);
}

void zone_thread_start(struct zone_thread *t)
{
	zones_reset_cpu(t->zones, t->task.cpu);
}

uint64_t zone_thread_share(const struct zone_thread *t, unsigned percent)
{
	const struct zones *zones = t->zones;
	const struct zonelist *list =
		zones_list(zones, t->task.node, GFP_KERNEL);
	uint64_t pages = 0;

	for (struct zone_state *const *at = list->zones; *at; at++) {
		const struct zone_marks *marks = &(*at)->marks;
		uint64_t kept = marks->min * percent / 100 +
				marks->reserve[list->classzone];

		if ((*at)->zone->nr_pages > kept)
			pages += (*at)->zone->nr_pages - kept;
	}
	return pages / t->bench->env->point.threads;
}

void zone_thread_pile(struct zone_thread *t, pfn_t pfn, pfn_t *slot)
{
	struct page *page = pfn_to_page(&t->bench->mem, pfn);
	struct zone_pile *pile =
		&t->piles[zone_id(page_to_nid(page), page_zonenum(page))];

	page->mapping = slot;
	list_add(&page->lru, &pile->list);
	pile->nr++;
}

void zone_thread_give(struct zone_thread *t)
{
	struct zones *zones = t->zones;

	for (unsigned id = 0; id < t->nr_piles; id++) {
		struct zone_pile *pile = &t->piles[id];

		if (!pile->nr)
			continue;
		zone_lru_splice(&zones->zone[id]->lru, &pile->list, pile->nr);
		pile->nr = 0;
	}
}

uint64_t zone_thread_drop(struct zone_thread *t)
{
	struct zone_bench *bench = t->bench;
	uint64_t nr = 0;

	for (uint64_t i = 0; i < t->nr_held; i++) {
		uint64_t block = t->held[i];

		if (block == ZONE_NO_BLOCK)
			continue;
		bench->free_pages(t->zones, &t->task, block >> 4, block & 15);
		t->held[i] = ZONE_NO_BLOCK;
		nr++;
	}
	for (unsigned id = 0; id < t->nr_piles; id++) {
		struct zone_pile *pile = &t->piles[id];

		nr += pile->nr;
		pile->nr = 0;
		while (!list_empty(&pile->list)) {
			struct page *page = list_entry(list_pop(&pile->list),
						       struct page, lru);

			if (page->mapping)
				*(pfn_t *)page->mapping = PFN_NONE;
			bench->free_pages(t->zones, &t->task,
					  page_to_pfn(&bench->mem, page), 0);
		}
	}
	return nr;
}

/* Of all nodes together; what one missed is foreign to another. */
static void numa_metrics(const struct zone_bench *bench, double requests,
			 bench_metric_fn emit, void *arg)
{
	struct numa_stat sum = { 0 };

	for (unsigned n = 0; n < bench->env->nr_nodes; n++) {
		struct numa_stat node;

		zones_sum_numa(bench->zones, n, &node);
		numa_stat_add(&sum, &node);
	}
	emit(arg, "numa_miss_share", (double)sum.numa_miss / requests, "1");
	emit(arg, "other_node_share", (double)sum.other_node / requests, "1");
}

void zone_bench_metrics(void *state, bench_metric_fn emit, void *arg)
{
	static const char *const path[NR_ZONE_PATHS] = {
		[ZONE_FAST] = "fast_share",
		[ZONE_WOKEN] = "woken_share",
		[ZONE_RESERVE] = "reserve_share",
		[ZONE_RECLAIM] = "reclaim_share",
		[ZONE_OOM] = "oom_share",
		[ZONE_FAILED] = "failed_share",
	};
	struct zone_bench *bench = state;
	struct zone_counters sum;
	double requests = 0;

	zones_sum(bench->zones, &sum);
	for (unsigned p = 0; p < NR_ZONE_PATHS; p++)
		requests += (double)sum.path[p];
	if (!requests)
		return;
	for (unsigned p = 0; p < NR_ZONE_PATHS; p++)
		emit(arg, path[p], (double)sum.path[p] / requests, "1");
	emit(arg, "fallback_share", (double)sum.fallback / requests, "1");
	if (bench->env->nr_nodes > 1)
		numa_metrics(bench, requests, emit, arg);
	emit(arg, "scanned_per_request", (double)sum.scanned / requests, "1");
	emit(arg, "reclaimed_per_request", (double)sum.reclaimed / requests,
	     "1");
	emit(arg, "wakeups_per_request", (double)sum.wakeups / requests, "1");
	emit(arg, "waits_per_request", (double)sum.waits / requests, "1");
	emit(arg, "kills_per_request", (double)sum.kills / requests, "1");
}
