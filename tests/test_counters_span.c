/* test_counters_span.c - from reading around a span to metrics. */
#include "fake_perf.h"

#include <math.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static struct counters_set set;
static char error[512];

static void choose(const char *spec, const struct counters_os *os)
{
	assert_int_equal(counters_choose(&set, spec, "/nowhere", os, error,
					 sizeof(error)),
			 0);
}

static int end(void **state)
{
	counters_set_free(&set);
	return fake_end(state);
}

#define span_test(name) cmocka_unit_test_setup_teardown(name, fake_begin, end)

/* One span of 100 operations; how many metrics it gave. */
static unsigned measure(struct counter_metric m[COUNTERS_MAX_METRICS])
{
	struct counters *c = counters_new(&set, 1, &fake_os);
	struct bench_span span = { .ops = 100 };

	counters_thread_open(c, 0);
	counters_span_begin(c, 0, &span);
	counters_span_end(c, 0, &span);
	counters_free(c);
	return counters_metrics(&set, &span, 1, m);
}

static void check_metric(const struct counter_metric *m, const char *name,
			 double value, const char *source, double coverage)
{
	assert_string_equal(m->name, name);
	check(m->value == value || (isnan(m->value) && isnan(value)), "%s: %g",
	      name, m->value);
	assert_string_equal(m->source, source);
	check(m->coverage == coverage ||
		      (isnan(m->coverage) && isnan(coverage)),
	      "%s: %g", name, m->coverage);
}

/* The fake's cycles step by 10 and its instructions by 20 a reading. */
static void counts_are_per_operation(void **unused)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];

	(void)unused;
	choose("CYCLES:u,INSTRUCTIONS:u", &fake_os);
	set.nr_ratios = 1;
	set.ratio[0] = (struct counter_ratio){ "ipc", 1, 0 };
	assert_int_equal(measure(m), 3);
	check_metric(&m[0], "cycles_per_op", 0.1, "perf:CYCLES:u", 1);
	check_metric(&m[1], "instructions_per_op", 0.2, "perf:INSTRUCTIONS:u",
		     1);
	check_metric(&m[2], "ipc", 2, "perf:INSTRUCTIONS:u/CYCLES:u", 1);
	assert_string_equal(m[0].unit, "1");
}

static void a_part_of_the_time_is_scaled_up(void **unused)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];

	(void)unused;
	choose("CYCLES:u", &fake_os);
	fake.running_step = 250;
	assert_int_equal(measure(m), 1);
	check_metric(&m[0], "cycles_per_op", 0.4, "perf:CYCLES:u", 0.25);
}

static void no_time_is_not_zero(void **unused)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];

	(void)unused;
	choose("CYCLES:u", &fake_os);
	fake.running_step = 0;
	assert_int_equal(measure(m), 1);
	check_metric(&m[0], "cycles_per_op", NAN, "perf:CYCLES:u", 0);
}

static void what_cannot_be_read_is_not_zero(void **unused)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];

	(void)unused;
	choose("CYCLES:u,BRANCHES:u", &fake_os);
	fake.short_read = 8;
	assert_int_equal(measure(m), 2);
	check_metric(&m[1], "branches_per_op", NAN, "perf:BRANCHES:u", NAN);
	fake.short_read = 5 * 8; /* the end of file of a group in error */
	measure(m);
	check_metric(&m[0], "cycles_per_op", NAN, "perf:CYCLES:u", NAN);
	fake.short_read = 0;
	fake.read_error = EIO;
	measure(m);
	check_metric(&m[0], "cycles_per_op", NAN, "perf:CYCLES:u", NAN);
}

/* The files run out in the middle of a group: the others go on. */
static void what_a_thread_cannot_open_is_not_zero(void **unused)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];

	(void)unused;
	choose("CYCLES:u,BRANCHES:u", &fake_os);
	fake.max_open = 3;
	measure(m);
	check_metric(&m[0], "cycles_per_op", 0.1, "perf:CYCLES:u", 1);
	check_metric(&m[1], "branches_per_op", NAN, "perf:BRANCHES:u", NAN);
	fake.max_open = 2;
	measure(m);
	check_metric(&m[0], "cycles_per_op", NAN, "perf:CYCLES:u", NAN);
}

/* From `before` on, in steps of `step`: what one span counts of it. */
static double count_from(uint64_t before, uint64_t step)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];
	struct counters *c = counters_new(&set, 1, &fake_os);
	struct bench_span span = { .ops = 1 };

	counters_thread_open(c, 0);
	fake.event[fake.nr - 1].value = before - step;
	fake.event[fake.nr - 1].step = step;
	counters_span_begin(c, 0, &span);
	if (before < 1ull << 48 && before + step >= 1ull << 48)
		fake.event[fake.nr - 1].value -= 1ull << 48;
	counters_span_end(c, 0, &span);
	counters_free(c);
	counters_metrics(&set, &span, 1, m);
	return m[0].value;
}

static void counters_wrap(void **unused)
{
	(void)unused;
	choose("CYCLES:u", &fake_os);
	assert_true(count_from(0, 0) == 0);
	assert_true(count_from(UINT64_MAX - 4, 10) == 10);
	assert_true(count_from((1ull << 48) - 5, 10) == 10);
	assert_true(count_from(1ull << 48, 10) == 10);
	assert_true(count_from(1ull << 50, 1ull << 40) == 1ll << 40);
	/* Backwards is no count. */
	assert_true(isnan(count_from(1000, -10ull)));
	assert_true(isnan(count_from(1ull << 60, -10ull)));
	assert_true(isnan(count_from(1ull << 60, 5 - (1ull << 48))));
}

static void threads_are_added_up(void **unused)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];
	struct bench_span span[2] = { { .ops = 60 }, { .ops = 40 } };

	(void)unused;
	choose("CYCLES:u,TASK-CLOCK", &fake_os);
	for (unsigned i = 0; i < 2; i++) {
		const uint64_t words[] = { 500 + i * 500, 1000, 1000 - i * 500,
					   300 + i * 400, 1000, 1000 };

		memcpy(&span[i].extra[EXTRA_COUNTERS], words, sizeof(words));
	}
	set.nr_ratios = 1;
	set.ratio[0] = (struct counter_ratio){ "share", 0, 1 };
	assert_int_equal(counters_metrics(&set, span, 2, m), 3);
	/* 500, and 1000 of half the time: 2000; of 100 operations. */
	check_metric(&m[0], "cycles_per_op", 25, "perf:CYCLES:u", 0.75);
	check_metric(&m[1], "task_clock_per_op", 10, "perf:TASK-CLOCK", 1);
	assert_string_equal(m[1].unit, "ns");
	check_metric(&m[2], "share", 2.5, "perf:CYCLES:u/TASK-CLOCK", 0.75);
	span[0].extra[EXTRA_COUNTERS] = EXTRA_NA;
	counters_metrics(&set, span, 2, m);
	check_metric(&m[0], "cycles_per_op", NAN, "perf:CYCLES:u", 0.75);
}

static void *open_in_thread(void *c)
{
	counters_thread_open(c, 0);
	counters_thread_open(c, 0);
	return NULL;
}

/* A new thread takes its predecessor's place, and its own stays open. */
static void a_thread_opens_once(void **unused)
{
	struct counters *c;
	pthread_t thread;

	(void)unused;
	choose("CYCLES:u", &fake_os);
	c = counters_new(&set, 2, &fake_os);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(
			pthread_create(&thread, NULL, open_in_thread, c), 0);
		pthread_join(thread, NULL);
		assert_int_equal(fake.nr_open, 2);
		assert_int_equal(fake.nr, 2 + i);
	}
	counters_thread_open(c, 1);
	assert_int_equal(fake.nr_open, 3);
	counters_free(c);
	assert_int_equal(fake.nr_open, 1);
}

static void the_set_survives_the_way(void **unused)
{
	struct counters_set back;
	char text[COUNTERS_TEXT_SIZE];

	(void)unused;
	choose("CYCLES,r1234567812345678:u,context-switches", &fake_os);
	set.v[0].code.config1 = UINT64_MAX;
	counters_encode(&set, text);
	assert_int_equal(counters_decode(&back, text), 0);
	assert_int_equal(back.nr, set.nr);
	assert_int_equal(back.nr_groups, set.nr_groups);
	for (unsigned i = 0; i < set.nr; i++) {
		assert_int_equal(back.v[i].group, set.v[i].group);
		assert_memory_equal(&back.v[i].code, &set.v[i].code,
				    sizeof(back.v[i].code));
	}
	assert_int_equal(counters_decode(&back, ""), 0);
	assert_int_equal(back.nr, 0);
	assert_int_equal(counters_decode(&back, "0:1:2"), -EINVAL);
	assert_int_equal(counters_decode(&back, "1:0:0:0:0:0;"), -EINVAL);
	assert_int_equal(counters_decode(&back, "x"), -EINVAL);
}

/* Software events of this very kernel, by libpfm4's names. */
static void touched_pages_are_counted(void **unused)
{
	const unsigned nr_pages = 1000;
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct counter_metric m[COUNTERS_MAX_METRICS];
	struct bench_span span = { .ops = 1 };
	struct rusage before, after;
	struct counters *c;
	char *memory;

	(void)unused;
	choose("page-faults:u", &counters_linux);
	if (!set.nr) {
		counters_explain_error(set.refused[0].error, error,
				       sizeof(error));
		print_message("# page-faults: %s\n", error);
		skip();
	}
	memory = mmap(NULL, nr_pages * page, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(memory != MAP_FAILED);
	madvise(memory, nr_pages * page, MADV_NOHUGEPAGE);
	c = counters_new(&set, 1, &counters_linux);
	counters_thread_open(c, 0);
	getrusage(RUSAGE_THREAD, &before);
	counters_span_begin(c, 0, &span);
	for (unsigned i = 0; i < nr_pages; i++)
		((volatile char *)memory)[i * page] = 1;
	counters_span_end(c, 0, &span);
	getrusage(RUSAGE_THREAD, &after);
	counters_free(c);
	munmap(memory, nr_pages * page);
	assert_int_equal(counters_metrics(&set, &span, 1, m), 1);
	check(m[0].value >= nr_pages &&
		      m[0].value <=
			      (double)(after.ru_minflt - before.ru_minflt),
	      "%g", m[0].value);
	assert_true(m[0].coverage == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		span_test(counts_are_per_operation),
		span_test(a_part_of_the_time_is_scaled_up),
		span_test(no_time_is_not_zero),
		span_test(what_cannot_be_read_is_not_zero),
		span_test(what_a_thread_cannot_open_is_not_zero),
		span_test(counters_wrap),
		span_test(threads_are_added_up),
		span_test(a_thread_opens_once),
		span_test(the_set_survives_the_way),
		span_test(touched_pages_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
