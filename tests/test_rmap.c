/*
 * test_rmap.c - every strategy of reverse mapping against looking at all
 * entries, under random operations of processes.
 */
#define NR_PROCESSES 80
#include "rmap_random.h"
#include "rmap_source.h"

/* A million for each strategy that can search. */
#if KMB_DEBUG
#define NR_OPS 4000
#define NR_CROWD_OPS 1600
#define NR_HUGE_OPS 160
#define FAILING_STEP 37
#else
#define NR_OPS 1000000
#define NR_CROWD_OPS 40000
#define NR_HUGE_OPS 6400
#define FAILING_STEP 5
#endif
#define TEST_FRAMES 16384
#define NR_FAILING_OPS 60

static struct CMUnitTest tests[256];
static unsigned nr_tests;

static void add_test(const char *name, CMUnitTestFunction fn)
{
	tests[nr_tests++] =
		(struct CMUnitTest){ .name = name, .test_func = fn };
}

static struct rmap_op make_op(enum rmap_op_kind kind, unsigned process,
			      uint64_t page, uint64_t nr)
{
	return (struct rmap_op){ .kind = (uint8_t)kind,
				 .process = process,
				 .page = page,
				 .nr = nr,
				 .step = 1,
				 .flags = VM_READ | VM_WRITE };
}

#if KMB_DEBUG
#define RMAP_ONE_OF_A_KIND
#endif
#define STRATEGY_TEMPLATE "../../tests/rmap_checks.h"
#include "../kernels/rmap/strategies.h"

int main(void)
{
	return _cmocka_run_group_tests("rmap", tests, nr_tests, NULL, NULL);
}
