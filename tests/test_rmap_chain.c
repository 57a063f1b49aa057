/* test_rmap_chain.c - pte_chain: the arrays themselves, and who finds a process
 * busy. */
#include "rmap_source.h"

#include "../kernels/base/random.h"
#include "../kernels/rmap/pte_chain.h"
#include "../kernels/rmap/pte_chain_1.h"

#define NR_PROCESSES 10
#define TEST_FILES 1
#define TEST_FILE_PAGES 1
#define TEST_FRAMES 4096
#define MAX_MAPPINGS 40
#define NR_STEPS (KMB_DEBUG ? 10000 : 100000)

enum { pte_chain_nrpte = 7, pte_chain_1_nrpte = 1 };
_Static_assert(sizeof(struct pte_chain_pte_chain) == 64, "a cache line");
_Static_assert(sizeof(struct pte_chain_1_pte_chain) == 16, "two words");

#define STRATEGY pte_chain
#include "rmap_chain_checks.h"
#undef STRATEGY

#define STRATEGY pte_chain_1
#include "rmap_chain_checks.h"
#undef STRATEGY

int main(void)
{
	return _cmocka_run_group_tests("rmap_chain", tests, nr_tests, NULL,
				       NULL);
}
