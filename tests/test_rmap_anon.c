/* test_rmap_anon.c - anon_vmas: who is linked to whom. */
#include "rmap_random.h"
#include "rmap_source.h"

#include "../kernels/rmap/anon_vma_chain.h"
#include "../kernels/rmap/anon_vma_chain_tree.h"
#include "../kernels/rmap/i_mmap_list.h"

#define TEST_FRAMES 8192
#define NR_OPS (KMB_DEBUG ? 2000 : 20000)
#define MAX_ANON_VMAS 4096

#define STRATEGY anon_vma_chain
#define ANON_TYPE(name) KMB_PASTE(vma_list_, name)
#define AVC_DEGREE 0
#include "rmap_avc_checks.h"
#undef AVC_DEGREE
#undef ANON_TYPE
#undef STRATEGY

#define STRATEGY anon_vma_chain_tree
#define ANON_TYPE(name) KMB_PASTE(interval_tree_, name)
#define AVC_DEGREE 1
#include "rmap_avc_checks.h"
#undef AVC_DEGREE
#undef ANON_TYPE
#undef STRATEGY

#define STRATEGY i_mmap_list
#include "rmap_family_checks.h"
#undef STRATEGY

int main(void)
{
	return _cmocka_run_group_tests("rmap_anon", tests, nr_tests, NULL,
				       NULL);
}
