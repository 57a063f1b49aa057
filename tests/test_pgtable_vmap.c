/*
 * test_pgtable_vmap.c - pages mapped into the kernel's addresses, and the bits
 * that the hardware sets asked for over ranges, every format.
 */
#include "chaos.h"
#include "pgtable_area.h"

#define NR_VMAP_OPS (100000 / PGTABLE_DEBUG_SCALE)
#define NR_AGING_OPS (100000 / PGTABLE_DEBUG_SCALE)
#define NR_AGING_ROUNDS (KMB_DEBUG ? 20 : 200)

static int (*vmap_groups[8])(void);
static unsigned nr_vmap_groups;

#define FORMAT_TEMPLATE "../../tests/pgtable_area_parts.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

#define FORMAT_TEMPLATE "../../tests/pgtable_mmu.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

#define FORMAT_TEMPLATE "../../tests/pgtable_aging_checks.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

#define FORMAT_TEMPLATE "../../tests/pgtable_vmap_checks.h"
#include "../kernels/pgtable/each_format.h"
#undef FORMAT_TEMPLATE

int main(void)
{
	int failed = 0;

	for (unsigned i = 0; i < nr_vmap_groups; i++)
		failed += vmap_groups[i]();
	return failed != 0;
}
