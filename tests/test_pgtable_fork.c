/* test_pgtable_fork.c - fork, copy on write and unmapping, every format. */
#include "chaos.h"
#include "pgtable_area.h"

#define NR_FORK_OPS (100000 / PGTABLE_DEBUG_SCALE)
#define NR_FORK_ROUNDS (KMB_DEBUG ? 20 : 200)

static int (*fork_groups[8])(void);
static unsigned nr_fork_groups;

#define FORMAT_TEMPLATE "../../tests/pgtable_area_parts.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

#define FORMAT_TEMPLATE "../../tests/pgtable_mmu.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

#define FORMAT_TEMPLATE "../../tests/pgtable_fork_checks.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

#include "pgtable_fork_model.h"

#define FORMAT_TEMPLATE "../../tests/pgtable_fork_trace.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

int main(void)
{
	int failed = 0;

	for (unsigned i = 0; i < nr_fork_groups; i++)
		failed += fork_groups[i]();
	return failed != 0;
}
