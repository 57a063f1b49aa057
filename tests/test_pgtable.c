/*
 * test_pgtable.c - every strategy of family pgtable over every format; under a
 * sanitizer, which takes minutes to compile them, some over two alone.
 */
#include "pgtable_model.h"

#define NR_STRESS_THREADS 4
#define NR_TRACE_OPS (100000 / PGTABLE_DEBUG_SCALE)

static int (*pgtable_groups[128])(void);
static unsigned nr_pgtable_groups;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WALKER_FORMATS "each_format_few.h"
#endif
#define STRATEGY_TEMPLATE "../../tests/pgtable_checks.h"
#include "../kernels/pgtable/strategies.h"

int main(void)
{
	int failed = 0;

	for (unsigned i = 0; i < nr_pgtable_groups; i++)
		failed += pgtable_groups[i]();
	return failed != 0;
}
