/* test_latency.c - which operations are timed, and what is said of them. */
#include "test.h"

#include "../bench/latency.h"

static uint64_t nr_calls, nr_ops, nr_single, sum_of_squares;

static uint64_t counting_loop(struct bench_thread *self, uint64_t nr)
{
	(void)self;
	nr_calls++;
	nr_ops += nr;
	nr_single += nr == 1;
	sum_of_squares += nr * nr;
	return nr;
}

struct heard {
	unsigned nr;
	char name[16][32];
	double value[16];
};

static void hear(void *arg, const char *metric, double value, const char *unit)
{
	struct heard *h = arg;

	assert_true(h->nr < ARRAY_SIZE(h->name));
	assert_string_equal(unit,
			    strcmp(metric, "latency_samples") ? "ns" : "1");
	strcpy(h->name[h->nr], metric);
	h->value[h->nr++] = value;
}

static double heard_value(const struct heard *h, const char *name)
{
	for (unsigned i = 0; i < h->nr; i++)
		if (!strcmp(h->name[i], name))
			return h->value[i];
	return -1;
}

/* nr operations in each of the threads, one after the other. */
static struct heard sample(unsigned threads, uint64_t every, uint64_t nr)
{
	struct latency *l = latency_new(threads, every, test_seed());
	struct heard heard = { 0 };

	assert_non_null(l);
	nr_calls = nr_ops = nr_single = sum_of_squares = 0;
	for (unsigned i = 0; i < threads; i++) {
		struct bench_thread self = { .cpu = i };

		assert_int_equal(latency_thread_begin(l, i), 0);
		latency_sample(l, &self, counting_loop, nr);
	}
	latency_report(l, hear, &heard);
	latency_free(l);
	return heard;
}

static void every_operation_can_be_timed(void **unused)
{
	struct heard heard = sample(2, 1, 1000);

	(void)unused;
	assert_int_equal(nr_ops, 2000);
	assert_int_equal(nr_calls, 2000);
	assert_true(heard_value(&heard, "latency_samples") == 2000);
}

/* Gaps of 1..199: 10000 samples are 5 standard deviations of 0.6 % apart. */
static void one_of_so_many_is_timed_at_random(void **unused)
{
	const uint64_t nr = 1000000, every = 100;
	struct heard heard = sample(1, every, nr);
	double samples = heard_value(&heard, "latency_samples");

	(void)unused;
	assert_true(nr_ops <= nr && nr_ops > nr - 2 * every);
	assert_true(samples > 9700 && samples < 10300);
	/* Were all gaps alike the untimed calls would be of 99 each. */
	assert_true(sum_of_squares - nr_single > 120 * nr);
}

static void metrics_are_in_order(void **unused)
{
	static const char *const order[] = { "latency_p50_ns", "latency_p90_ns",
					     "latency_p99_ns",
					     "latency_p99_9_ns",
					     "latency_max_ns" };
	struct heard heard = sample(1, 1, 20000);
	double last = 0;

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(order); i++) {
		double value = heard_value(&heard, order[i]);

		check(value >= last, "%s: %g", order[i], value);
		last = value;
	}
	assert_true(last > 0);
	assert_true(heard_value(&heard, "latency_timer_ns") > 0);
	assert_true(heard_value(&heard, "latency_step_ns") > 0);
	assert_int_equal(heard.nr, 8);
}

/* p99 of 99 samples would be their maximum; of none there is nothing. */
static void percentiles_need_samples_above_them(void **unused)
{
	struct heard heard = sample(1, 1, 99);

	(void)unused;
	assert_true(heard_value(&heard, "latency_p50_ns") >= 0);
	assert_true(heard_value(&heard, "latency_p90_ns") >= 0);
	assert_true(heard_value(&heard, "latency_p99_ns") < 0);
	assert_true(heard_value(&heard, "latency_p99_9_ns") < 0);
	assert_true(heard_value(&heard, "latency_max_ns") >= 0);
	heard = sample(1, 1, 0);
	assert_true(heard_value(&heard, "latency_max_ns") < 0);
	assert_true(heard_value(&heard, "latency_samples") == 0);
	assert_int_equal(heard.nr, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_can_be_timed),
		cmocka_unit_test(one_of_so_many_is_timed_at_random),
		cmocka_unit_test(metrics_are_in_order),
		cmocka_unit_test(percentiles_need_samples_above_them),
	};

	return cmocka_run_group_tests_name("latency", tests, NULL, NULL);
}
