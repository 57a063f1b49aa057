/* test_rbtree.c - red-black trees: the invariants by name, and a sorted array.
 */
#include "test.h"

#include "../kernels/base/random.h"
#include "../kernels/base/rbtree.h"

#define NR_ITEMS 512
#define NR_STEPS (KMB_DEBUG ? 20000 : 200000)
#define CHECK_EVERY (KMB_DEBUG ? 16 : 8)

struct item {
	struct rb_node rb;
	unsigned key;
	bool in;
	unsigned nr_below; /* the summary: itself and all below it */
	uint64_t sum;
};

static struct item items[NR_ITEMS];
static struct rb_root root;

static struct item *item_of(struct rb_node *node)
{
	return rb_entry(node, struct item, rb);
}

static void update(struct rb_node *node)
{
	struct item *i = item_of(node);

	i->nr_below = 1;
	i->sum = i->key;
	if (node->left) {
		i->nr_below += item_of(node->left)->nr_below;
		i->sum += item_of(node->left)->sum;
	}
	if (node->right) {
		i->nr_below += item_of(node->right)->nr_below;
		i->sum += item_of(node->right)->sum;
	}
}

static void insert(struct item *new, rb_update_fn fn)
{
	struct rb_node *parent = NULL, **link = &root.node;

	while (*link) {
		parent = *link;
		link = new->key < item_of(parent)->key ? &parent->left
						       : &parent->right;
	}
	rb_link(&new->rb, parent, link);
	rb_insert(&root, &new->rb, fn);
	new->in = true;
}

/* The black height; checks of each node what Cormen et al. ask of it. */
static unsigned check_below(struct rb_node *node, bool summaries)
{
	unsigned left, right;

	if (!node)
		return 1; /* "every leaf (NIL) is black" */
	/* "if a node is red, then both its children are black" */
	assert_false(rb_is_red(node) && rb_is_red(node->left));
	assert_false(rb_is_red(node) && rb_is_red(node->right));
	assert_true(!node->left || rb_parent(node->left) == node);
	assert_true(!node->right || rb_parent(node->right) == node);
	left = check_below(node->left, summaries);
	right = check_below(node->right, summaries);
	/* "all simple paths from the node to descendant leaves contain the same
	 * number of black nodes" */
	assert_int_equal(left, right);
	if (summaries) {
		struct item was = *item_of(node);

		update(node);
		assert_int_equal(was.nr_below, item_of(node)->nr_below);
		assert_int_equal(was.sum, item_of(node)->sum);
	}
	return left + !rb_is_red(node);
}

/* Forwards and backwards all that are in, in order, equal ones as they came. */
static void check_order(unsigned nr)
{
	struct rb_node *node, *last = NULL;
	unsigned n = 0;

	for (node = rb_first(&root); node; node = rb_next(node), n++) {
		assert_true(item_of(node)->in);
		assert_true(!last || item_of(last)->key <= item_of(node)->key);
		assert_ptr_equal(rb_prev(node), last);
		last = node;
	}
	assert_int_equal(n, nr);
}

static void check_tree(unsigned nr, bool summaries)
{
	assert_false(rb_is_red(root.node)); /* "the root is black" */
	assert_true(!root.node || !rb_parent(root.node));
	check_below(root.node, summaries);
	check_order(nr);
}

static void churn(unsigned keys, bool summaries)
{
	rb_update_fn fn = summaries ? update : NULL;
	struct random r = { test_seed() + keys };
	unsigned nr = 0, grow = 0;

	memset(items, 0, sizeof(items));
	root.node = NULL;
	for (unsigned step = 0; step < NR_STEPS; step++) {
		struct item *i = &items[random_below(&r, NR_ITEMS)];

		/* From empty to full and back, more than once. */
		if (step % (NR_STEPS / 8) == 0)
			grow = !grow;
		if (i->in && random_below(&r, 4) >= grow) {
			rb_erase(&root, &i->rb, fn);
			i->in = false;
			nr--;
		} else if (!i->in && random_below(&r, 4) <= 2 * grow) {
			i->key = (unsigned)random_below(&r, keys);
			insert(i, fn);
			nr++;
		}
		if (step % CHECK_EVERY == 0)
			check_tree(nr, summaries);
	}
	for (unsigned i = 0; i < NR_ITEMS; i++)
		if (items[i].in)
			rb_erase(&root, &items[i].rb, fn);
	assert_null(root.node);
}

static void test_random(void **unused)
{
	(void)unused;
	churn(1000, false);
}

static void test_many_equal(void **unused)
{
	(void)unused;
	churn(5, false);
}

static void test_summaries(void **unused)
{
	(void)unused;
	churn(1000, true);
}

/* Equal keys stay as they came, whatever rotations there were. */
static void test_equal_in_order(void **unused)
{
	struct rb_node *node;
	unsigned n = 0;

	(void)unused;
	memset(items, 0, sizeof(items));
	root.node = NULL;
	for (unsigned i = 0; i < NR_ITEMS; i++) {
		items[i].key = i % 2;
		insert(&items[i], NULL);
	}
	for (node = rb_first(&root); node; node = rb_next(node), n++)
		assert_ptr_equal(
			node, &items[n < NR_ITEMS / 2 ? 2 * n
						      : 2 * n - NR_ITEMS + 1]);
	check_tree(NR_ITEMS, false);
}

/* Ascending, descending, from the middle; erased from either end. */
static void test_every_small_tree(void **unused)
{
	(void)unused;
	for (unsigned nr = 1; nr <= 64; nr++)
		for (unsigned step = 1; step < nr + 1; step += 2) {
			memset(items, 0, sizeof(items));
			root.node = NULL;
			for (unsigned i = 0; i < nr; i++) {
				items[i].key = i * step % nr;
				insert(&items[i], update);
			}
			check_tree(nr, true);
			for (unsigned i = 0; i < nr; i++) {
				unsigned gone = i * 7 % nr;

				while (!items[gone].in)
					gone = (gone + 1) % nr;
				rb_erase(&root, &items[gone].rb, update);
				items[gone].in = false;
				check_tree(nr - 1 - i, true);
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_many_equal),
		cmocka_unit_test(test_summaries),
		cmocka_unit_test(test_equal_in_order),
		cmocka_unit_test(test_every_small_tree),
	};

	return cmocka_run_group_tests_name("rbtree", tests, NULL, NULL);
}
