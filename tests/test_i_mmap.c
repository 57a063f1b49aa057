/* test_i_mmap.c - the collections of areas, each kind: who covers a page? */
#include "test.h"

#include "../kernels/base/random.h"
#include "../kernels/rmap/interval_tree.h"
#include "../kernels/rmap/vma_list.h"

#define NR_RANGES 96
#define NR_PAGES 256
#define NR_STEPS (KMB_DEBUG ? 4000 : 40000)
#define QUERY_EVERY 4

static struct CMUnitTest tests[64];
static unsigned nr_tests;

/* As areas of a file come: anywhere, all the same, stacks, one by one. */
enum shape { SCATTERED, IDENTICAL, ONE_START, DISJOINT };

static void make_range(struct random *r, enum shape shape, uint64_t *first,
		       uint64_t *last)
{
	switch (shape) {
	case SCATTERED:
		*first = random_below(r, NR_PAGES);
		*last = *first + random_below(r, NR_PAGES - *first);
		break;
	case IDENTICAL:
		*first = 10 + random_below(r, 2);
		*last = 20;
		break;
	case ONE_START:
		*first = 10;
		*last = 10 + random_below(r, NR_PAGES - 10);
		break;
	case DISJOINT:
		*first = *last = random_below(r, NR_PAGES);
		break;
	}
}

#define I_MMAP vma_list
#define I_MMAP_TEMPLATE "../kernels/rmap/vma_list_template.h"
#include "i_mmap_checks.h"
#undef I_MMAP_TEMPLATE
#undef I_MMAP

#define I_MMAP interval_tree
#define I_MMAP_TEMPLATE "../kernels/rmap/interval_tree_template.h"
#include "i_mmap_checks.h"
#undef I_MMAP_TEMPLATE
#undef I_MMAP

int main(void)
{
	return _cmocka_run_group_tests("i_mmap", tests, nr_tests, NULL, NULL);
}
