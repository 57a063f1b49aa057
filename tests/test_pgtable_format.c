/* test_pgtable_format.c - every page-table format by itself. */
#include "chaos.h"
#include "pgtable_source.h"

#define NR_HARDWARE_ROUNDS (300 / PGTABLE_DEBUG_SCALE)
#define NR_DIGEST_OPS (30000 / PGTABLE_DEBUG_SCALE)

static int (*format_groups[8])(void);
static unsigned nr_format_groups;

static uint64_t x86_64_trace_digest(unsigned largest);

#define FORMAT_TEMPLATE "../../tests/pgtable_format_checks.h"
#include "../kernels/pgtable/each_format.h"

int main(void)
{
	int failed = 0;

	for (unsigned i = 0; i < nr_format_groups; i++)
		failed += format_groups[i]();
	return failed != 0;
}
