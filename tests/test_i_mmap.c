/*
 * test_i_mmap.c - the collections of areas of family rmap: they find what an
 * array that is searched whole finds, and a prio_tree is as deep as it may be.
 */
#include "test.h"

#include <string.h>

#include "../kernels/base/random.h"
#include "../kernels/rmap/interval_tree.h"
#include "../kernels/rmap/prio_tree.h"
#include "../kernels/rmap/vma_list.h"

#define NR_AREAS 300
#define NR_STEPS (KMB_DEBUG >= 2 ? 20000u : 100000u)

/* The pages of a new area, or of a query. */
typedef void (*draw_fn)(struct random *r, unsigned step, unsigned nr_steps,
			uint64_t *first, uint64_t *last);

static void draw_below(struct random *r, uint64_t limit, uint64_t *first,
		       uint64_t *last)
{
	*first = random_below(r, limit);
	*last = *first + random_below(r, limit - *first);
}

/* So few pages that many areas are the same, or begin or end alike. */
static void draw_small(struct random *r, unsigned step, unsigned nr_steps,
		       uint64_t *first, uint64_t *last)
{
	(void)step, (void)nr_steps;
	draw_below(r, 24, first, last);
}

/* Of any size, up to the last page that there could be. */
static void draw_any(struct random *r, unsigned step, unsigned nr_steps,
		     uint64_t *first, uint64_t *last)
{
	uint64_t a = random_next(r) >> random_below(r, 64);
	uint64_t b = random_next(r) >> random_below(r, 64);

	(void)step, (void)nr_steps;
	*first = a < b ? a : b;
	*last = a < b ? b : a;
}

/* One first page, as of stacks: all else is in a prio_tree's overflow. */
static void draw_stack(struct random *r, unsigned step, unsigned nr_steps,
		       uint64_t *first, uint64_t *last)
{
	(void)step, (void)nr_steps;
	*first = 5;
	*last = 5 + random_below(r, 1000);
}

/* A file that grows with time, and so index_bits do. */
static void draw_growing(struct random *r, unsigned step, unsigned nr_steps,
			 uint64_t *first, uint64_t *last)
{
	unsigned bits = 2 + 50 * step / nr_steps;

	draw_below(r, 1ull << random_below(r, bits + 1), first, last);
}

#define KIND_(name) KMB_PASTE(vma_list_, name)
#define KIND_TEMPLATE "../kernels/rmap/vma_list_template.h"
#include "i_mmap_checks.h"
#undef KIND_TEMPLATE
#undef KIND_

#define KIND_(name) KMB_PASTE(interval_tree_, name)
#define KIND_TEMPLATE "../kernels/rmap/interval_tree_template.h"
#include "i_mmap_checks.h"
#undef KIND_TEMPLATE
#undef KIND_

#define KIND_(name) KMB_PASTE(prio_tree_, name)
#define KIND_TEMPLATE "../kernels/rmap/prio_tree_template.h"
#include "i_mmap_checks.h"
#undef KIND_TEMPLATE
#undef KIND_

static void insert(struct prio_tree_root *root, unsigned i, uint64_t first,
		   uint64_t last)
{
	prio_tree_areas[i].first = first;
	prio_tree_areas[i].last = last;
	prio_tree_check_insert(root, &prio_tree_areas[i].node);
}

/* The levels from the top down to where an area is: the top's is 0. */
static unsigned level_of(unsigned i)
{
	const struct prio_tree_node *node = &prio_tree_areas[i].node;
	unsigned level = 0;

	for (; node->parent != node; node = node->parent)
		level++;
	return level;
}

static uint64_t visited(struct prio_tree_root *root, uint64_t page)
{
	struct prio_tree_iter iter;

	prio_tree_check_begin(&iter, root, page, page);
	while (prio_tree_check_next(&iter))
		continue;
	return iter.visited;
}

/* By hand: [0,7] [2,6] [4,5] [5,5] in 3 bits, on top the greatest last page. */
static void prio_tree_is_laid_out_by_bits(void **unused)
{
	struct prio_tree_root root;
	const struct prio_tree_node *node;

	(void)unused;
	prio_tree_check_init(&root);
	insert(&root, 0, 4, 5);
	insert(&root, 1, 5, 5);
	insert(&root, 2, 2, 6);
	insert(&root, 3, 0, 7);
	assert_int_equal(root.index_bits, 3);
	node = &prio_tree_areas[3].node;
	assert_ptr_equal(root.top, node);
	/* Of 2..6 the highest of three bits is 0, of 4..5 and 5..5 1. */
	assert_ptr_equal(node->child[0], &prio_tree_areas[2].node);
	assert_ptr_equal(node->child[1], &prio_tree_areas[0].node);
	/* Both end at 5: the one that begins first is above. */
	assert_ptr_equal(node->child[1]->child[0], &prio_tree_areas[1].node);
	/* Page 3 is looked for on the left only. */
	assert_int_equal(visited(&root, 3), 2);
	/* A last page of 16 makes it 5 bits: top, the greatest, the rest. */
	insert(&root, 4, 1, 16);
	assert_int_equal(root.index_bits, 5);
	assert_ptr_equal(root.top, &prio_tree_areas[4].node);
	assert_ptr_equal(root.top->child[0], node);
	assert_null(root.top->child[1]);
	assert_true(prio_tree_check_valid(&root));
}

/* Those with the same pages are one node, and go in any order. */
static void prio_tree_sets_hang_together(void **unused)
{
	struct prio_tree_root root;

	(void)unused;
	prio_tree_check_init(&root);
	for (unsigned i = 0; i < 4; i++)
		insert(&root, i, 3, 9);
	insert(&root, 4, 3, 8);
	assert_int_equal(visited(&root, 3), 5);
	assert_ptr_equal(root.top, &prio_tree_areas[0].node);
	assert_ptr_equal(root.top->head, &prio_tree_areas[1].node);
	prio_tree_check_remove(&root, &prio_tree_areas[0].node);
	assert_ptr_equal(root.top, &prio_tree_areas[1].node);
	prio_tree_check_remove(&root, &prio_tree_areas[3].node);
	prio_tree_check_remove(&root, &prio_tree_areas[2].node);
	assert_null(root.top->head);
	assert_true(prio_tree_check_valid(&root));
	prio_tree_check_remove(&root, &prio_tree_areas[1].node);
	assert_ptr_equal(root.top, &prio_tree_areas[4].node);
	prio_tree_check_remove(&root, &prio_tree_areas[4].node);
	assert_true(prio_tree_check_empty(&root));
}

/* Two words' bits of levels, and no more. */
static void prio_tree_is_two_words_deep_at_most(void **unused)
{
	struct prio_tree_root root;
	unsigned deepest = 0;

	(void)unused;
	prio_tree_check_init(&root);
	insert(&root, 0, 0, UINT64_MAX);
	assert_int_equal(root.index_bits, 64);
	/* All begin at 1: 63 levels to tell 0 from 1, the rest are sizes. */
	for (unsigned i = 1; i < NR_AREAS; i++)
		insert(&root, i, 1, i);
	for (unsigned i = 0; i < NR_AREAS; i++)
		if (level_of(i) > deepest)
			deepest = level_of(i);
	assert_true(deepest > 64 && deepest <= 128);
	assert_true(prio_tree_check_valid(&root));
}

/* log n, where a list is n. */
static void prio_tree_finds_one_of_many_soon(void **unused)
{
	struct prio_tree_root root;

	(void)unused;
	prio_tree_check_init(&root);
	for (unsigned i = 0; i < 256; i++)
		insert(&root, i, 4 * i, 4 * i + 3);
	for (unsigned page = 0; page < 1024; page++)
		assert_true(visited(&root, page) <= 2 * 10);
}

#define KIND_TESTS(kind)                            \
	cmocka_unit_test(kind##_small_pages),       \
		cmocka_unit_test(kind##_any_pages), \
		cmocka_unit_test(kind##_one_start), \
		cmocka_unit_test(kind##_growing_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KIND_TESTS(vma_list),
		KIND_TESTS(interval_tree),
		KIND_TESTS(prio_tree),
		cmocka_unit_test(prio_tree_is_laid_out_by_bits),
		cmocka_unit_test(prio_tree_sets_hang_together),
		cmocka_unit_test(prio_tree_is_two_words_deep_at_most),
		cmocka_unit_test(prio_tree_finds_one_of_many_soon),
	};

	return cmocka_run_group_tests_name("i_mmap", tests, NULL, NULL);
}
