/* test_pgtable_follow.c - follow_page() and each of its flags, every format. */
#include "chaos.h"
#include "pgtable_follow_model.h"

#define NR_FOLLOW_OPS (200000 / PGTABLE_DEBUG_SCALE)
#define NR_SPLIT_ROUNDS (KMB_DEBUG ? 1 : 3)

static int (*follow_groups[8])(void);
static unsigned nr_follow_groups;

#define FORMAT_TEMPLATE "../../tests/pgtable_area_parts.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

#define FORMAT_TEMPLATE "../../tests/pgtable_follow_checks.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

#define FORMAT_TEMPLATE "../../tests/pgtable_follow_huge_checks.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

#define FORMAT_TEMPLATE "../../tests/pgtable_follow_trace.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

int main(void)
{
	int failed = 0;

	for (unsigned i = 0; i < nr_follow_groups; i++)
		failed += follow_groups[i]();
	return failed != 0;
}
