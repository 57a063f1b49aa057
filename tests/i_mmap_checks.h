/*
 * i_mmap_checks.h - template: collections of one kind (I_MMAP; i_mmap.h is the
 * contract) against looking at every range there is. Adds the group to
 * groups[].
 */
#define TREE(name) KMB_PASTE(I_MMAP, KMB_PASTE(_test_, name))

struct TREE(range) {
	uint64_t first, last;
	bool in;
	unsigned seen;
	struct I_MMAP_TYPE(node) node;
};

static struct TREE(range) TREE(ranges)[NR_RANGES];

static inline uint64_t TREE(first)(const struct I_MMAP_TYPE(node) * node)
{
	return container_of(node, struct TREE(range), node)->first;
}

static inline uint64_t TREE(last)(const struct I_MMAP_TYPE(node) * node)
{
	return container_of(node, struct TREE(range), node)->last;
}

#include I_MMAP_TEMPLATE

/* All that cover a page of first..last, each once, and no others. */
static void TREE(check_query)(struct I_MMAP_TYPE(root) * root, uint64_t first,
			      uint64_t last)
{
	struct I_MMAP_TYPE(iter) iter;
	struct I_MMAP_TYPE(node) * node;

	for (unsigned i = 0; i < NR_RANGES; i++)
		TREE(ranges)[i].seen = 0;
	TREE(begin)(&iter, root, first, last);
	while ((node = TREE(next)(&iter)))
		container_of(node, struct TREE(range), node)->seen++;
	for (unsigned i = 0; i < NR_RANGES; i++) {
		const struct TREE(range) *range = &TREE(ranges)[i];

		assert_int_equal(range->seen, range->in &&
						      range->first <= last &&
						      range->last >= first);
	}
}

static void TREE(churn)(enum shape shape)
{
	struct random r = { test_seed() + shape };
	struct I_MMAP_TYPE(root) root;
	unsigned nr = 0;

	memset(TREE(ranges), 0, sizeof(TREE(ranges)));
	TREE(init)(&root);
	for (unsigned step = 0; step < NR_STEPS; step++) {
		struct TREE(range) *range =
			&TREE(ranges)[random_below(&r, NR_RANGES)];
		uint64_t first = random_below(&r, NR_PAGES);

		assert_int_equal(TREE(empty)(&root), !nr);
		if (range->in) {
			TREE(remove)(&root, &range->node);
			nr--;
		} else {
			make_range(&r, shape, &range->first, &range->last);
			TREE(insert)(&root, &range->node);
			nr++;
		}
		range->in = !range->in;
		if (step % QUERY_EVERY)
			continue;
		TREE(check_query)(&root, first, first);
		TREE(check_query)
		(&root, first, first + random_below(&r, NR_PAGES - first));
		TREE(check_query)(&root, 0, UINT64_MAX);
		assert_true(TREE(valid)(&root));
	}
	for (unsigned i = 0; i < NR_RANGES; i++)
		if (TREE(ranges)[i].in)
			TREE(remove)(&root, &TREE(ranges)[i].node);
	assert_true(TREE(empty)(&root));
}

static void TREE(scattered)(void **unused)
{
	(void)unused;
	TREE(churn)(SCATTERED);
}

static void TREE(identical)(void **unused)
{
	(void)unused;
	TREE(churn)(IDENTICAL);
}

static void TREE(one_start)(void **unused)
{
	(void)unused;
	TREE(churn)(ONE_START);
}

static void TREE(disjoint)(void **unused)
{
	(void)unused;
	TREE(churn)(DISJOINT);
}

static __attribute__((constructor)) void TREE(add_tests)(void)
{
	const struct CMUnitTest own[] = {
		{ .name = KMB_STRING(I_MMAP) ": scattered",
		  .test_func = TREE(scattered) },
		{ .name = KMB_STRING(I_MMAP) ": identical",
		  .test_func = TREE(identical) },
		{ .name = KMB_STRING(I_MMAP) ": one start",
		  .test_func = TREE(one_start) },
		{ .name = KMB_STRING(I_MMAP) ": disjoint",
		  .test_func = TREE(disjoint) },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(own); i++)
		tests[nr_tests++] = own[i];
}

#undef TREE
