/*
 * test_slab_nodes.c - pages and objects from other nodes, the nearest first,
 * and the counters of both.
 */
#include "host_plain.h"
#include "test.h"

#include "../bench/slab_pages.h"
#include "../kernels/base/random.h"
#include "../kernels/slab/array_cache.h"

#define NR_NODES 4
#define NR_CPUS 4
#define NODE_PAGES 1024

static const uint8_t cpu_node[NR_CPUS] = { 0, 1, 2, 3 };
/* No node's column, nor the nodes' numbers, are in the order of its row. */
static const uint8_t distance[NR_NODES * NR_NODES] = {
	10, 28, 16, 22, 17, 10, 32, 23, 30, 18, 10, 24, 26, 21, 19, 10,
};
static const unsigned order[NR_NODES][NR_NODES] = {
	{ 0, 2, 3, 1 },
	{ 1, 0, 3, 2 },
	{ 2, 1, 3, 0 },
	{ 3, 2, 1, 0 },
};

static struct slab_pages pages;

static void begin(const struct slab_pages_kind *kind)
{
	assert_int_equal(slab_pages_init(&pages, kind, &host_plain, NODE_PAGES,
					 NR_NODES, NR_CPUS, cpu_node, distance),
			 0);
}

static unsigned node_of(const struct page *page)
{
	return page_to_nid(page);
}

/* One CPU takes all pages of all nodes. */
static void pages_come_from_the_nearest_node(void **unused)
{
	(void)unused;
	for (unsigned cpu = 0; cpu < NR_CPUS; cpu++) {
		struct page *page;
		unsigned nr = 0;

		begin(slab_pages_kinds[2]); /* without lists of CPUs */
		while ((page = pages.source.alloc_pages(&pages, cpu, 0))) {
			assert_int_equal(node_of(page),
					 order[cpu][nr / NODE_PAGES]);
			nr++;
		}
		assert_int_equal(nr, NR_NODES * NODE_PAGES);
		slab_pages_destroy(&pages);
	}
}

struct model {
	struct slab_pages_count count[NR_NODES];
	struct page *held[NR_NODES * NODE_PAGES];
	uint8_t order[NR_NODES * NODE_PAGES];
	unsigned nr_held;
};

static void model_take(struct model *m, unsigned cpu, unsigned order_of)
{
	struct page *page = pages.source.alloc_pages(&pages, cpu, order_of);
	struct slab_pages_count *own = &m->count[cpu_node[cpu]], *by;

	if (!page)
		return;
	by = &m->count[node_of(page)];
	by->numa.numa_hit += by == own;
	by->numa.local_node += by == own;
	by->numa.numa_miss += by != own;
	by->numa.other_node += by != own;
	own->numa.numa_foreign += by != own;
	by->pgalloc += 1ull << order_of;
	m->order[m->nr_held] = (uint8_t)order_of;
	m->held[m->nr_held++] = page;
}

static void model_give(struct model *m, unsigned cpu, unsigned at)
{
	m->count[node_of(m->held[at])].pgfree += 1ull << m->order[at];
	pages.source.free_pages(&pages, cpu, m->held[at], m->order[at]);
	m->held[at] = m->held[--m->nr_held];
	m->order[at] = m->order[m->nr_held];
}

static void model_equals(const struct model *m)
{
	for (unsigned n = 0; n < NR_NODES; n++) {
		struct slab_pages_count sum;

		slab_pages_sum(&pages, n, &sum);
		assert_memory_equal(&sum.numa, &m->count[n].numa,
				    5 * sizeof(uint64_t));
		assert_int_equal(sum.pgalloc, m->count[n].pgalloc);
		assert_int_equal(sum.pgfree, m->count[n].pgfree);
		assert_int_equal(slab_pages_taken(&pages, n),
				 sum.pgalloc - sum.pgfree);
	}
}

/* It fills up, and empties again. */
static void counts_are_those_of_random_requests(void **unused)
{
	static struct model m;
	struct random r = { test_seed() };

	(void)unused;
	for (unsigned kind = 0; slab_pages_kinds[kind]; kind++) {
		m = (struct model){ .nr_held = 0 };
		begin(slab_pages_kinds[kind]);
		for (unsigned i = 0; i < 8000; i++) {
			unsigned cpu = (unsigned)random_below(&r, NR_CPUS);

			if (m.nr_held &&
			    random_below(&r, 10) < (i / 4000 ? 8 : 1))
				model_give(
					&m, cpu,
					(unsigned)random_below(&r, m.nr_held));
			else
				model_take(&m, cpu,
					   random_below(&r, 3) ? 0 : 1);
			if (i == 3999)
				model_equals(&m);
		}
		model_equals(&m);
		while (m.nr_held)
			model_give(&m, 0, 0);
		assert_true(slab_pages_all_free(&pages));
		slab_pages_destroy(&pages);
	}
}

/* No pages are left, but free objects on every node. */
static void objects_come_from_the_nearest_node(void **unused)
{
	static const struct slab_params params = { .name = "page",
						   .size = 2048 };
	static struct array_cache_cache cache;
	static struct page *taken[NR_NODES * NODE_PAGES];
	void *object[NR_CPUS];
	struct slab_host host;
	unsigned nr = 0;

	(void)unused;
	begin(slab_pages_kinds[2]);
	host = (struct slab_host){ .pages = &pages.source,
				   .nr_cpus = NR_CPUS,
				   .nr_nodes = NR_NODES,
				   .cpu_node = cpu_node,
				   .node_order = pages.order };
	assert_int_equal(array_cache_create(&cache, &params, &host), 0);
	for (unsigned cpu = 0; cpu < NR_CPUS; cpu++)
		object[cpu] = array_cache_alloc(&cache, cpu);
	while ((taken[nr] = pages.source.alloc_pages(&pages, 0, 0)))
		nr++;
	for (unsigned cpu = 1; cpu < NR_CPUS; cpu++) {
		array_cache_free(&cache, cpu, object[cpu]);
		array_cache_drain_cpu(&cache, 0, cpu);
	}
	for (unsigned at = 0; at < NR_NODES - 1;) {
		void *got = array_cache_alloc(&cache, 0);
		unsigned node = node_of(slab_virt_to_page(&cache.cache, got));

		at += node != order[0][at];
		assert_int_equal(node, order[0][at]);
	}
	while (nr--)
		pages.source.free_pages(&pages, 0, taken[nr], 0);
	slab_pages_destroy(&pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_come_from_the_nearest_node),
		cmocka_unit_test(counts_are_those_of_random_requests),
		cmocka_unit_test(objects_come_from_the_nearest_node),
	};

	return cmocka_run_group_tests_name("slab_nodes", tests, NULL, NULL);
}
