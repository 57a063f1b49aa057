/*
 * test_pgtable_replicated.c - replicated's copies: each on its node and walked
 * by its CPUs, with the bits of any of them.
 */
#include "pgtable_source.h"

#define FORMAT x86_64
#define STRATEGY replicated
#include "../kernels/pgtable/replicated.h"

#define NR_NODES 3
#define NR_CPUS 4
static const uint8_t cpu_node[NR_CPUS] = { 2, 0, 1, 2 };

/* counting's pages, and how many of them each node has given. */
struct node_source {
	struct page_source source;
	uint64_t nr_pages;
	uint64_t left;
};

static struct node_source nodes[NR_NODES];
static struct replicated_x86_64_space space;

static struct page *node_alloc(void *self, unsigned cpu, unsigned order)
{
	struct node_source *node = self;

	if (!node->left)
		return NULL;
	node->left--;
	node->nr_pages += 1ull << order;
	return counting_alloc(&counting, cpu, order);
}

static void node_free(void *self, unsigned cpu, struct page *page,
		      unsigned order)
{
	struct node_source *node = self;

	node->nr_pages -= 1ull << order;
	counting_free(&counting, cpu, page, order);
}

static struct replicated_x86_64_space *begin(void)
{
	struct page_source *sources[NR_NODES];

	counting_begin(0);
	for (unsigned n = 0; n < NR_NODES; n++) {
		nodes[n] = (struct node_source){
			.source = { node_alloc, node_free, &nodes[n],
				    &counting.mem },
			.left = UINT64_MAX,
		};
		sources[n] = &nodes[n].source;
	}
	assert_int_equal(replicated_x86_64_create(&space, sources, NR_NODES,
						  NR_CPUS, cpu_node),
			 0);
	return &space;
}

static void end(struct replicated_x86_64_space *s)
{
	assert_true(replicated_x86_64_validate(s));
	replicated_x86_64_destroy(s);
	for (unsigned n = 0; n < NR_NODES; n++)
		assert_int_equal(nodes[n].nr_pages, 0);
	counting_end();
}

static int map(struct replicated_x86_64_space *s, uint64_t addr, unsigned level)
{
	return replicated_x86_64_map(s, 0, addr, 512, level,
				     PAGE_PRESENT | PAGE_RW);
}

/* pgd, pud, pmd and pte tables, of each node its own. */
static void every_node_has_its_tables(void **unused)
{
	struct replicated_x86_64_space *s = begin();
	struct pgtable_stats stats;

	(void)unused;
	assert_int_equal(map(s, 0, LEVEL_PTE), 0);
	assert_int_equal(map(s, 1ull << 40, LEVEL_PMD), 0);
	for (unsigned n = 0; n < NR_NODES; n++)
		assert_int_equal(nodes[n].nr_pages, 4 + 2);
	replicated_x86_64_stats(s, &stats);
	assert_int_equal(stats.nr_tables, 18);
	assert_int_equal(stats.table_bytes, 18 * 4096);
	assert_int_equal(stats.mapped_pages, 1 + 512);
	assert_int_equal(replicated_x86_64_unmap(s, 0, 0, 1ull << 46), 513);
	for (unsigned n = 0; n < NR_NODES; n++)
		assert_int_equal(nodes[n].nr_pages, 1);
	end(s);
}

/* What only one copy has, for once, only its node's CPUs find. */
static void a_cpu_walks_its_nodes_copy(void **unused)
{
	struct replicated_x86_64_space *s = begin();

	(void)unused;
	assert_int_equal(map(s, 0, LEVEL_PTE), 0);
	for (unsigned n = 0; n < NR_NODES; n++) {
		x86_64_pte_t *ptep = x86_64_lookup(&s->copy[n], 0).ptep;

		*ptep = x86_64_pfn_pte(100 + n, PAGE_PRESENT);
	}
	for (unsigned cpu = 0; cpu < NR_CPUS; cpu++)
		assert_int_equal(replicated_x86_64_walk(s, cpu, 0),
				 100 + cpu_node[cpu]);
	end(s);
}

/* As Mitosis has it: read from all copies, cleared in all. */
static void accessed_and_dirty_are_of_any_copy(void **unused)
{
	const uint64_t touched = PAGE_ACCESSED | PAGE_DIRTY;
	struct replicated_x86_64_space *s = begin();

	(void)unused;
	assert_int_equal(map(s, 1ull << 21, LEVEL_PMD), 0);
	for (unsigned n = 0; n < NR_NODES; n++) {
		struct x86_64_leaf leaf =
			x86_64_lookup(&s->copy[n], 1ull << 21);
		uint64_t bits = n == 1 ? PAGE_ACCESSED : PAGE_DIRTY;
		const uint64_t start = 1ull << 21, next = start + PAGE_SIZE;

		assert_int_equal(replicated_x86_64_flags(s, start),
				 PAGE_PRESENT | PAGE_RW);
		assert_true(x86_64_touch(leaf.ptep, leaf.pte, (uint32_t)bits));
		assert_int_equal(replicated_x86_64_flags(s, start),
				 PAGE_PRESENT | PAGE_RW | bits);
		/* A split keeps what each copy had; so does a protection. */
		assert_int_equal(replicated_x86_64_protect(s, 0, start, next, 0,
							   PAGE_RW),
				 0);
		assert_int_equal(replicated_x86_64_flags(s, start),
				 PAGE_PRESENT | bits);
		assert_int_equal(replicated_x86_64_flags(s, next),
				 PAGE_PRESENT | PAGE_RW | bits);
		assert_int_equal(replicated_x86_64_protect(s, 0, start, next, 0,
							   touched),
				 0);
		assert_int_equal(replicated_x86_64_flags(s, start),
				 PAGE_PRESENT);
		assert_int_equal(replicated_x86_64_flags(s, next),
				 PAGE_PRESENT | PAGE_RW | bits);
		assert_int_equal(
			replicated_x86_64_unmap(s, 0, start, 2 * start), 512);
		assert_int_equal(map(s, start, LEVEL_PMD), 0);
	}
	end(s);
}

/* One node has no memory: no copy has the page, nor loses one. */
static void a_node_without_memory(void **unused)
{
	struct replicated_x86_64_space *s = begin();

	(void)unused;
	assert_int_equal(map(s, 1ull << 21, LEVEL_PMD), 0);
	for (unsigned n = 0; n < NR_NODES; n++) {
		nodes[n].left = 0;
		assert_int_equal(map(s, 1ull << 40, LEVEL_PTE), -ENOMEM);
		assert_int_equal(replicated_x86_64_unmap(s, 0, 1ull << 21,
							 (1ull << 21) + 4096),
				 -ENOMEM);
		for (unsigned cpu = 0; cpu < NR_CPUS; cpu++) {
			assert_int_equal(
				replicated_x86_64_walk(s, cpu, 1ull << 40),
				PFN_NONE);
			assert_int_equal(
				replicated_x86_64_walk(s, cpu, 1ull << 21),
				512);
		}
		assert_true(replicated_x86_64_validate(s));
		nodes[n].left = UINT64_MAX;
	}
	assert_int_equal(map(s, 1ull << 40, LEVEL_PTE), 0);
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_node_has_its_tables),
		cmocka_unit_test(a_cpu_walks_its_nodes_copy),
		cmocka_unit_test(accessed_and_dirty_are_of_any_copy),
		cmocka_unit_test(a_node_without_memory),
	};

	return cmocka_run_group_tests_name("pgtable/replicated", tests, NULL,
					   NULL);
}
