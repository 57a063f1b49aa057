/*
 * i_mmap_checks.h - template: a KIND of collection of areas (i_mmap.h) held
 * against an array that is searched whole.
 */
struct KIND_(area) {
	uint64_t first, last;
	bool in;
	uint64_t found; /* in the query that is being checked */
	struct KIND_(node) node;
};

#define TREE(name) KIND_(KMB_PASTE(check_, name))

static inline uint64_t TREE(first)(const struct KIND_(node) * node)
{
	return container_of(node, struct KIND_(area), node)->first;
}

static inline uint64_t TREE(last)(const struct KIND_(node) * node)
{
	return container_of(node, struct KIND_(area), node)->last;
}

#include KIND_TEMPLATE

static struct KIND_(area) KIND_(areas)[NR_AREAS];

/* Each that covers a page of first..last, once, and no other. */
static void KIND_(check_query)(struct KIND_(root) * root, uint64_t first,
			       uint64_t last)
{
	struct KIND_(area) *areas = KIND_(areas);
	struct KIND_(iter) iter;
	struct KIND_(node) * node;
	uint64_t found = 0;

	for (unsigned i = 0; i < NR_AREAS; i++)
		areas[i].found = 0;
	TREE(begin)(&iter, root, first, last);
	while ((node = TREE(next)(&iter))) {
		container_of(node, struct KIND_(area), node)->found++;
		found++;
	}
	assert_true(iter.visited >= found);
	for (unsigned i = 0; i < NR_AREAS; i++) {
		bool covers = areas[i].in && areas[i].first <= last &&
			      areas[i].last >= first;

		check(areas[i].found == covers,
		      "area %u, pages %llu..%llu, asked for %llu..%llu: "
		      "%llu times",
		      i, (unsigned long long)areas[i].first,
		      (unsigned long long)areas[i].last,
		      (unsigned long long)first, (unsigned long long)last,
		      (unsigned long long)areas[i].found);
	}
}

/* Areas come, grow and go in an order that `draw` makes; at the end all go. */
static void KIND_(against_an_array)(draw_fn draw, unsigned nr_steps)
{
	struct KIND_(area) *areas = KIND_(areas);
	struct random r = { test_seed() };
	struct KIND_(root) root;
	unsigned nr = 0;

	memset(areas, 0, sizeof(KIND_(areas)));
	TREE(init)(&root);
	assert_true(TREE(empty)(&root));
	for (unsigned step = 0; step < nr_steps; step++) {
		struct KIND_(area) *a = &areas[random_below(&r, NR_AREAS)];
		uint64_t first, last;

		if (a->in)
			TREE(remove)(&root, &a->node);
		nr -= a->in;
		a->in = !a->in || random_below(&r, 2);
		if (a->in) {
			draw(&r, step, nr_steps, &a->first, &a->last);
			TREE(insert)(&root, &a->node);
		}
		nr += a->in;
		assert_int_equal(TREE(empty)(&root), !nr);
		if (step % 16)
			continue;
		assert_true(TREE(valid)(&root));
		draw(&r, step, nr_steps, &first, &last);
		KIND_(check_query)(&root, first, first);
		KIND_(check_query)(&root, first, last);
		KIND_(check_query)(&root, 0, UINT64_MAX);
	}
	for (unsigned i = 0; i < NR_AREAS; i++)
		if (areas[i].in)
			TREE(remove)(&root, &areas[i].node);
	assert_true(TREE(empty)(&root));
}

static void KIND_(small_pages)(void **unused)
{
	(void)unused;
	KIND_(against_an_array)(draw_small, NR_STEPS);
}

static void KIND_(any_pages)(void **unused)
{
	(void)unused;
	KIND_(against_an_array)(draw_any, NR_STEPS);
}

static void KIND_(one_start)(void **unused)
{
	(void)unused;
	KIND_(against_an_array)(draw_stack, NR_STEPS);
}

static void KIND_(growing_file)(void **unused)
{
	(void)unused;
	KIND_(against_an_array)(draw_growing, NR_STEPS);
}

#undef TREE
