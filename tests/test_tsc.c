/* test_tsc.c - the counter goes on, at the rate that was found. */
#include "test.h"

#include <sched.h>
#include <time.h>

#include "../bench/tsc.h"

/* Counters of two CPUs need not agree. */
static int pin(void **unused)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	(void)unused;
	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static void the_counter_never_goes_back(void **unused)
{
	uint64_t first = tsc_now(), last = first;

	(void)unused;
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t now = tsc_now();

		assert_true(now >= last);
		last = now;
	}
	assert_true(last > first);
}

/* A reading of the counter, and the times it lies between. */
struct reading {
	uint64_t after_ns, ticks, before_ns;
};

static struct reading read_both(void)
{
	struct reading r;

	r.after_ns = bench_now_ns();
	r.ticks = tsc_now();
	r.before_ns = bench_now_ns();
	return r;
}

/* What the clock says lies within 1 %, however long we were interrupted. */
static void ticks_become_nanoseconds(void **unused)
{
	const struct timespec nap = { .tv_nsec = 20000000 };
	double ns_per_tick = tsc_calibrate(10000000), ns;
	struct reading start, stop;

	(void)unused;
	start = read_both();
	nanosleep(&nap, NULL);
	stop = read_both();
	ns = (double)(stop.ticks - start.ticks) * ns_per_tick;
	check(ns >= 0.99 * (double)(stop.after_ns - start.before_ns) &&
		      ns <= 1.01 * (double)(stop.before_ns - start.after_ns),
	      "%g ns by the counter, %llu by the clock", ns,
	      (unsigned long long)(stop.after_ns - start.before_ns));
}

static void a_reading_costs_something(void **unused)
{
	struct tsc_reading r;

	(void)unused;
	tsc_measure(&r);
	assert_true(r.min > 0);
	assert_true(r.median >= r.min);
}

static void differences_are_whole_steps(void **unused)
{
	struct tsc_reading r;

	(void)unused;
	tsc_measure(&r);
	assert_true(r.step >= 1);
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t start = tsc_now();

		assert_int_equal((tsc_now() - start) % r.step, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_counter_never_goes_back),
		cmocka_unit_test(ticks_become_nanoseconds),
		cmocka_unit_test(a_reading_costs_something),
		cmocka_unit_test(differences_are_whole_steps),
	};

	return cmocka_run_group_tests_name("tsc", tests, pin, NULL);
}
