/*
 * test_rmap_threads.c - every strategy of reverse mapping with processes on
 * some threads, and reclaim on another. $KMB_STRESS_SECONDS: at least so long
 * for each strategy.
 */
#include "chaos.h"

#include "rmap_random.h"
#include "rmap_source.h"

#include <pthread.h>

#define NR_WORKERS 3
#define TEST_FRAMES 16384
#define AREA_PAGES 48
#define NR_OFFERED 8
#define NR_STEPS (KMB_DEBUG ? 1000 : 20000)
#define LEAST_UNMAPPED 20
#define CHAOS_ONE_IN 512

static struct page *offered[NR_OFFERED]; /* each with a reference */
static unsigned nr_working;
static uint64_t nr_wrong, nr_walked, nr_unmapped;
static uint64_t stress_end;

/* Whoever takes a page sees what who offered it did to it before. */
static struct page *swap_offered(uint64_t i, struct page *page)
{
	return __atomic_exchange_n(&offered[i], page, __ATOMIC_ACQ_REL);
}

static void begin_threads(void)
{
	memset(offered, 0, sizeof(offered));
	nr_working = NR_WORKERS;
	nr_wrong = nr_walked = nr_unmapped = 0;
	stress_end = test_stress_end();
}

#if KMB_DEBUG
#define RMAP_ONE_OF_A_KIND
#endif
#define STRATEGY_TEMPLATE "../../tests/rmap_threads_checks.h"
#include "../kernels/rmap/strategies.h"

int main(void)
{
	return _cmocka_run_group_tests("rmap_threads", tests, nr_tests, NULL,
				       NULL);
}
