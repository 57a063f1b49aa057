/* test_noise.c - faults counted, and when a process was disturbed too much. */
#include "test.h"

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../harness/extra.h"
#include "../harness/noise.h"

/* Each first touch of a page is a fault of this thread. */
static void faults_are_counted(void **unused)
{
	const unsigned nr = 64;
	long page = sysconf(_SC_PAGESIZE);
	struct bench_span span = { 0 };
	volatile char *pages =
		mmap(NULL, nr * (size_t)page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)unused;
	assert_true(pages != MAP_FAILED);
	madvise((void *)pages, nr * (size_t)page, MADV_NOHUGEPAGE);
	noise_span_begin(&span);
	for (unsigned i = 0; i < nr; i++)
		pages[i * page] = 1;
	noise_span_end(&span);
	assert_true(span.extra[EXTRA_FAULTS] >= nr);
	assert_true(span.extra[EXTRA_FAULTS] < 4 * nr);
	munmap((void *)pages, nr * (size_t)page);
}

static void a_quiet_span_has_none(void **unused)
{
	struct bench_span span = { 0 };

	(void)unused;
	noise_span_begin(&span);
	noise_span_end(&span);
	memset(&span, 0, sizeof(span));
	noise_span_begin(&span);
	noise_span_end(&span);
	assert_int_equal(span.extra[EXTRA_FAULTS], 0);
	assert_true(span.extra[EXTRA_MIGRATIONS] == 0 ||
		    span.extra[EXTRA_MIGRATIONS] == EXTRA_NA);
}

static bool is_high(double steal_ms, double seconds, unsigned threads,
		    unsigned migrations)
{
	struct noise noise = { .steal_ns = steal_ms * 1e6,
			       .seconds = seconds,
			       .nr_threads = threads,
			       .migrations = migrations };
	char reason[128];

	return noise_is_high(&noise, reason, sizeof(reason));
}

/* A tick is 10 ms (at 100 Hz): one tick is what rounding alone can do. */
static void steal_and_migrations_are_judged(void **unused)
{
	const double tick_ms = 1e3 / (double)sysconf(_SC_CLK_TCK);

	(void)unused;
	assert_false(is_high(0, 1, 1, 0));
	assert_false(is_high(tick_ms, 0.01, 1, 0));
	assert_true(is_high(2 * tick_ms, 0.1, 1, 0));
	assert_false(is_high(2 * tick_ms, 10, 1, 0));
	assert_false(is_high(2 * tick_ms, 0.9, 2, 0));
	assert_true(is_high(0, 1, 1, 1));
	assert_false(is_high(NAN, 1, 1, 0));
}

static void the_reason_has_the_figure(void **unused)
{
	struct noise noise = { .steal_ns = 250e6,
			       .seconds = 1,
			       .nr_threads = 1 };
	char reason[128] = "";

	(void)unused;
	assert_true(noise_is_high(&noise, reason, sizeof(reason)));
	assert_string_equal(reason, "25 % of its time stolen");
}

static void steal_only_grows(void **unused)
{
	struct placement p = { .nr_threads = 1 };
	uint64_t before = noise_steal_ns(&p);

	(void)unused;
	assert_true(before == UINT64_MAX || noise_steal_ns(&p) >= before);
	p.cpu[0] = 100000;
	assert_true(noise_steal_ns(&p) == UINT64_MAX);
	assert_true(isnan(noise_cpu_mhz(100000)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_counted),
		cmocka_unit_test(a_quiet_span_has_none),
		cmocka_unit_test(steal_and_migrations_are_judged),
		cmocka_unit_test(the_reason_has_the_figure),
		cmocka_unit_test(steal_only_grows),
	};

	return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
