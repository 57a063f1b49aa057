/*
 * test_zone_stress.c - every strategy of family zone under random requests:
 * by one thread against the formula, and by several with kswapd beside them
 * (for $KMB_STRESS_SECONDS, else a second).
 */
#include "zone_drift.h"
#include "zone_machine.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "../kernels/zone/zone_lock.h"
#include "../kernels/zone/zone_pcp.h"

#define TRACE_ZONES 6

#define STRESS_THREADS 3
#define STRESS_CPUS (STRESS_THREADS + 2)
#define STRESS_HELD 1024
#define STRESS_SLOTS 1024

struct stress_thread {
	struct zone_task task;
	uint64_t held[STRESS_HELD];
	unsigned nr_held;
	pfn_t slots[STRESS_SLOTS];
	uint64_t nr_ops, bad;
};

static struct stress_thread stress_threads[STRESS_THREADS];
static bool stress_over;

static pthread_mutex_t stress_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stress_cond = PTHREAD_COND_INITIALIZER;
static bool stress_woken[2], stress_kswapds_end; /* under the mutex */

static uint64_t stamp(const struct stress_thread *t)
{
	return 0x5afe00 + t->task.cpu;
}

static void stress_wake(void *self, unsigned node)
{
	(void)self;
	pthread_mutex_lock(&stress_mutex);
	stress_woken[node] = true;
	pthread_cond_broadcast(&stress_cond);
	pthread_mutex_unlock(&stress_mutex);
}

static bool stress_wait(void *self, unsigned node)
{
	bool end;

	(void)self;
	pthread_mutex_lock(&stress_mutex);
	while (!stress_woken[node] && !stress_kswapds_end)
		pthread_cond_wait(&stress_cond, &stress_mutex);
	stress_woken[node] = false;
	end = stress_kswapds_end;
	pthread_mutex_unlock(&stress_mutex);
	return !end;
}

static void stress_nap(void *self, struct zone_task *task)
{
	(void)self, (void)task;
	sched_yield();
}

static void stress_stop_kswapds(void)
{
	pthread_mutex_lock(&stress_mutex);
	stress_kswapds_end = true;
	pthread_cond_broadcast(&stress_cond);
	pthread_mutex_unlock(&stress_mutex);
}

static void stress_begin(void)
{
	test_seed(); /* the first call is for one thread */
	stress_over = stress_kswapds_end = false;
	memset(stress_threads, 0, sizeof(stress_threads));
	for (unsigned t = 0; t < STRESS_THREADS; t++) {
		stress_threads[t].task.cpu = t;
		stress_threads[t].task.node = t % 2;
		for (unsigned i = 0; i < STRESS_SLOTS; i++)
			stress_threads[t].slots[i] = PFN_NONE;
	}
}

static void stress_sleep(void)
{
	const char *text = getenv("KMB_STRESS_SECONDS");
	double seconds = text ? atof(text) : 1;
	struct timespec left = { .tv_sec = (time_t)seconds };

	left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
	nanosleep(&left, NULL);
	WRITE_ONCE(stress_over, true);
}

#define ZONE_CREATED(s) ((void)(s))

/* What each strategy's formula counts: a buddy's own blocks, or all of them. */
#define ZONE_COUNTED(z, stats) free_area_stats(&(z)->frames, stats)
#define STRATEGY zone_lock
#include "zone_trace_checks.h"
#include "zone_stress_checks.h"
#undef STRATEGY
#undef ZONE_COUNTED

#define ZONE_COUNTED(z, stats) free_area_stats(&(z)->frames.buddy, stats)
#define STRATEGY zone_pcp
#include "zone_trace_checks.h"
#include "zone_stress_checks.h"
#undef STRATEGY
#undef ZONE_COUNTED

#define ZONE_COUNTED(z, stats) percpu_bitfield_stats(&(z)->frames.frames, stats)
#define ZONE_ANY_BLOCK
#undef ZONE_CREATED
#define ZONE_CREATED(s) drift_far(s)
#define STRATEGY zone_frame
#include "zone_trace_checks.h"
#include "zone_stress_checks.h"
#undef STRATEGY
#undef ZONE_ANY_BLOCK
#undef ZONE_CREATED
#undef ZONE_COUNTED

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zone_lock_success_leaves_the_formula_true),
		cmocka_unit_test(zone_pcp_success_leaves_the_formula_true),
		cmocka_unit_test(zone_frame_success_leaves_the_formula_true),
		cmocka_unit_test(
			zone_lock_threads_and_kswapd_never_share_a_page),
		cmocka_unit_test(
			zone_pcp_threads_and_kswapd_never_share_a_page),
		cmocka_unit_test(
			zone_frame_threads_and_kswapd_never_share_a_page),
	};

	return cmocka_run_group_tests_name("zone_stress", tests, NULL, NULL);
}
