/* zone_spill.c - the workload spill: demands, and counters of each node. */
#include "zone_spill.h"
#include "node_metrics.h"

#include <sched.h>

static unsigned node_threads(const struct bench_env *env, unsigned node)
{
	unsigned nr = 0;

	for (unsigned t = 0; t < env->point.threads; t++)
		nr += env->thread_node[t] == node;
	return nr;
}

/* A quarter of a node, dealt out to as many threads as the fullest has. */
uint64_t zone_spill_round(const struct bench_env *env)
{
	unsigned most = 1;
	uint64_t pages;

	for (unsigned n = 0; n < env->nr_nodes; n++)
		if (node_threads(env, n) > most)
			most = node_threads(env, n);
	pages = zone_bench_node_pages(env) / 4 / most;
	return pages ? pages : 1;
}

bool zone_spill_is_first(const struct bench_env *env, unsigned cpu)
{
	for (unsigned t = 0; t < cpu; t++)
		if (env->thread_node[t] == env->thread_node[cpu])
			return false;
	return true;
}

static uint64_t demand(const struct bench_env *env, unsigned node)
{
	return zone_spill_round(env) * node_threads(env, node);
}

/* What GFP_KERNEL may take of a node above low, for its own. */
static uint64_t node_share(const struct zone_bench *bench, unsigned node)
{
	const struct zonelist *list =
		zones_list(bench->zones, node, GFP_KERNEL);
	uint64_t pages = 0;

	for (struct zone_state *const *at = list->zones; *at; at++) {
		const struct zone_marks *marks = &(*at)->marks;
		uint64_t kept = marks->low + marks->reserve[list->classzone];

		if ((*at)->zone->node == node && (*at)->zone->nr_pages > kept)
			pages += (*at)->zone->nr_pages - kept;
	}
	return pages;
}

uint64_t zone_spill_in_use(const struct zone_bench *bench, unsigned node)
{
	const struct bench_env *env = bench->env;
	uint64_t share = node_share(bench, node), own = demand(env, node);
	uint64_t first = demand(env, 0);

	if (!node)
		own = own * (100 - env->point.size) / 100;
	/* A little more, since CPUs' lists keep some. */
	if (node)
		own += first / (env->nr_nodes - 1) + first / 32;
	return share > own ? share - own : 0;
}

void zone_spill_reset(struct bench_thread *self)
{
	struct zone_thread *t = self->local;
	struct zone_bench *bench = t->bench;
	struct host_memory *host = bench->mem.host;

	for (uint64_t i = 0; i < t->nr_held; i++)
		if (t->held[i] != ZONE_NO_BLOCK)
			host->release(host,
				      pfn_to_virt(&bench->mem, t->held[i] >> 4),
				      PAGE_SIZE);
	zone_thread_drop(t);
	zone_thread_start(t);
	t->at++;
}

/* Who shares a CPU with one of the others must let it run. */
void zone_spill_wait(struct zone_thread *t)
{
	const struct bench_env *env = t->bench->env;
	uint64_t others = env->point.threads - node_threads(env, 0);

	while (smp_load_acquire(&t->bench->nr_done) < t->at * others)
		sched_yield();
}

void zone_spill_done(struct zone_thread *t)
{
	/* pairs with the acquire in zone_spill_wait() */
	fetch_add_release(&t->bench->nr_done, 1);
}

bool zone_spill_count(struct zone_bench *bench)
{
	bool equal = true;

	for (unsigned i = 0; i < bench->env->point.threads; i++) {
		const struct zone_thread *t = &bench->threads[i];

		for (uint64_t h = 0; h < t->nr_held; h++)
			if (t->held[h] != ZONE_NO_BLOCK)
				bench->node_pages[page_to_nid(pfn_to_page(
					&bench->mem, t->held[h] >> 4))]++;
	}
	for (unsigned n = 0; n < bench->env->nr_nodes; n++) {
		struct numa_stat sum;

		zones_sum_numa(bench->zones, n, &sum);
		equal &= sum.numa_hit + sum.numa_miss == bench->node_pages[n];
	}
	bench->counted = true;
	return equal;
}

void zone_spill_metrics(void *state, bench_metric_fn emit, void *arg)
{
	const struct zone_bench *bench = state;

	zone_bench_metrics(state, emit, arg);
	for (unsigned n = 0; bench->counted && n < bench->env->nr_nodes; n++) {
		struct numa_stat sum;

		zones_sum_numa(bench->zones, n, &sum);
		node_metric(n, "pages", bench->node_pages[n], emit, arg);
		node_metrics(n, &sum, emit, arg);
	}
}
