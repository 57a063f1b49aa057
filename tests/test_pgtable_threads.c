/*
 * test_pgtable_threads.c - every strategy of family pgtable that any number of
 * threads may call: walkers against mappers, for $KMB_STRESS_SECONDS in all.
 */
#include "chaos.h"
/* Tables come back at once, and now and then too many wait. */
#define WALKERS_BATCH 2
#define WALKERS_MAX_DEFERRED 16

#include "pgtable_source.h"

#include <stdbool.h>
#include <time.h>

static int (*threads_groups[128])(void);
static unsigned nr_threads_groups;
static bool threads_stop;

/* Let all threads run for this group's share of the time, and stop them. */
static void threads_run(void)
{
	const char *text = getenv("KMB_STRESS_SECONDS");
	double seconds = (text ? strtod(text, NULL) : 2) / nr_threads_groups;
	time_t whole = (time_t)seconds;
	struct timespec t = { whole, (long)((seconds - (double)whole) * 1e9) };

	nanosleep(&t, NULL);
	WRITE_ONCE(threads_stop, true);
}

#define STRATEGY_TEMPLATE "../../tests/pgtable_threads_checks.h"
#include "../kernels/pgtable/strategies.h"

int main(void)
{
	int failed = 0;

	for (unsigned i = 0; i < nr_threads_groups; i++)
		failed += threads_groups[i]();
	return failed != 0;
}
