/* test_estimate.c - how long a job will take, from hand-written journals. */
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

#include "../harness/estimate.h"

#define HOST "here"
#define GUESS 0.02 /* of a point that nothing is known of, before measuring */

static const struct bench_case pair = { .family = "frame",
					.strategy = "free_area",
					.workload = "pair",
					.isa = "scalar" };
static const struct bench_case churn = { .family = "frame",
					 .strategy = "free_area",
					 .workload = "churn",
					 .isa = "scalar" };
static const struct bench_case other = { .family = "frame_like",
					 .strategy = "free_area",
					 .workload = "pair",
					 .isa = "scalar" };
static const struct placement somewhere;

static struct plan_point point_of(const struct bench_case *bench, uint64_t size)
{
	return (struct plan_point){
		.bench = bench,
		.point = { .size = size, .threads = 2 },
		.pages = HOST_PAGES_4K,
		.place = "compact",
		.mem = "local",
		.placement = &somewhere,
	};
}

/* Ten milliseconds of measuring. */
static const struct options effort = { .reps = 2,
				       .min_time_s = 0.005,
				       .memory = 64 << 20 };

/* A run of two repetitions of 5 ms, `age` seconds ago. */
static void write_run_of(const char *name, const char *host,
			 const char *journal, unsigned age, uint64_t memory)
{
	char path[64], text[256];
	struct timespec then[2];

	mkdir(scratch_path(name), 0777);
	snprintf(path, sizeof(path), "%s/manifest.json", name);
	snprintf(text, sizeof(text),
		 "{\"host\": \"%s\", \"effort\": {\"reps\": 2, "
		 "\"min_time_s\": 0.005, \"memory_bytes\": %llu}}",
		 host, (unsigned long long)memory);
	scratch_write(scratch_path(path), text, strlen(text));
	snprintf(path, sizeof(path), "%s/journal.jsonl", name);
	scratch_write(scratch_path(path), journal, strlen(journal));
	clock_gettime(CLOCK_REALTIME, &then[0]);
	then[0].tv_sec -= age;
	then[1] = then[0];
	assert_int_equal(utimensat(AT_FDCWD, scratch_path(path), then, 0), 0);
}

static void write_run(const char *name, const char *host, const char *journal,
		      unsigned age)
{
	write_run_of(name, host, journal, age, effort.memory);
}

#define LINE(point, seconds)                                \
	"{\"seq\":0,\"point\":\"" point "\",\"process\":0," \
	"\"status\":\"ok\",\"seconds\":" seconds "}\n"

static const char journal[] = LINE(
	"frame/free_area/pair/scalar 0 2 4k compact local",
	"0.050") LINE("frame/free_area/pair/scalar 0 2 4k compact local",
		      "0.070")
	LINE("frame/free_area/pair/scalar 0 2 4k compact local", "0.060") LINE(
		"frame/free_area/pair/scalar 3 2 4k compact local", "0.110")
		LINE("frame/null/pair/scalar 3 2 4k compact local", "0.020");

static void expect(const struct estimate *e, struct plan_point point,
		   double seconds, enum estimate_source source)
{
	struct estimate_basis basis;
	double is = estimate_point(e, &point, &effort, &basis);

	check(is > seconds - 1e-9 && is < seconds + 1e-9, "%g is not %g", is,
	      seconds);
	assert_int_equal(basis.source, source);
}

static void a_point_then_its_case_then_its_family(void **unused)
{
	struct estimate *e;

	(void)unused;
	write_run("run", HOST, journal, 1);
	e = estimate_read(scratch_dir, HOST, effort.memory);
	assert_int_equal(estimate_runs(e), 1);
	expect(e, point_of(&pair, 0), 0.060, ESTIMATE_POINT);
	expect(e, point_of(&pair, 3), 0.110, ESTIMATE_POINT);
	/* The mean of 0.060 and 0.110, then of these and 0.020. */
	expect(e, point_of(&pair, 9), 0.085, ESTIMATE_CASE);
	expect(e, point_of(&churn, 0), 0.190 / 3, ESTIMATE_FAMILY);
	expect(e, point_of(&other, 0), GUESS + 0.010, ESTIMATE_NOTHING);
	estimate_free(e);
}

static void other_effort_changes_the_measured_part_only(void **unused)
{
	const struct options more = { .reps = 10, .min_time_s = 0.1 };
	struct plan_point point = point_of(&pair, 0);
	struct estimate_basis basis;
	struct estimate *e;
	double seconds;

	(void)unused;
	write_run("run", HOST, journal, 1);
	e = estimate_read(scratch_dir, HOST, effort.memory);
	seconds = estimate_point(e, &point, &more, &basis);
	check(seconds > 1.0499 && seconds < 1.0501, "%g", seconds);
	estimate_free(e);
}

/* What a run with that much memory would take of it. */
static void expect_with(uint64_t memory, struct plan_point point,
			double seconds, bool less_memory)
{
	struct estimate *e = estimate_read(scratch_dir, HOST, memory);
	struct estimate_basis basis;
	double is = estimate_point(e, &point, &effort, &basis);

	check(is > seconds - 1e-9 && is < seconds + 1e-9, "%g is not %g", is,
	      seconds);
	check(basis.less_memory == less_memory, "with %llu",
	      (unsigned long long)memory);
	estimate_free(e);
}

static void more_memory_is_known_to_be_more(void **unused)
{
	const uint64_t memory = effort.memory;

	(void)unused;
	write_run("run", HOST, journal, 1);
	expect_with(memory, point_of(&pair, 0), 0.060, false);
	expect_with(memory + 1, point_of(&pair, 0), 0.060, true);
	/* Its family's. */
	expect_with(memory, point_of(&churn, 0), 0.190 / 3, false);
	expect_with(memory + 1, point_of(&churn, 0), 0.190 / 3, true);
}

/* Runs with 1, 4 and 16 MiB of a point, with 1 MiB alone of another. */
static void the_runs_with_the_nearest_memory_that_is_enough_count(void **unused)
{
	const struct plan_point point = point_of(&pair, 0);
	const uint64_t mib = 1 << 20;

	(void)unused;
	write_run_of("small", HOST, journal, 1, mib);
	write_run_of(
		"more", HOST,
		LINE("frame/free_area/pair/scalar 0 2 4k compact local", "0.5")
			LINE("frame/free_area/pair/scalar 0 2 4k compact local",
			     "0.7"),
		2, 4 * mib);
	write_run_of(
		"most", HOST,
		LINE("frame/free_area/pair/scalar 0 2 4k compact local", "2"),
		3, 16 * mib);
	expect_with(mib / 2, point, 0.060, false);
	expect_with(mib, point, 0.060, false);
	expect_with(2 * mib, point, 0.6, false);
	expect_with(4 * mib, point, 0.6, false);
	expect_with(5 * mib, point, 2, false);
	expect_with(17 * mib, point, 2, true);
	/* A mean of enough and of less is at least. */
	expect_with(2 * mib, point_of(&pair, 3), 0.110, true);
	expect_with(2 * mib, point_of(&pair, 9), (0.6 + 0.110) / 2, true);
}

static void what_cannot_run_takes_no_time(void **unused)
{
	struct plan_point point = point_of(&pair, 0);
	struct estimate *e;

	(void)unused;
	point.placement = NULL;
	e = estimate_read(scratch_dir, HOST, effort.memory);
	expect(e, point, 0, ESTIMATE_POINT);
	estimate_free(e);
}

static void nothing_known_is_a_guess(void **unused)
{
	struct estimate *e =
		estimate_read(scratch_path("none"), HOST, effort.memory);

	(void)unused;
	assert_int_equal(estimate_runs(e), 0);
	expect(e, point_of(&pair, 0), GUESS + 0.010, ESTIMATE_NOTHING);
	estimate_free(e);
}

static void other_machines_tell_nothing(void **unused)
{
	struct estimate *e;

	(void)unused;
	write_run("run", "there", journal, 1);
	e = estimate_read(scratch_dir, HOST, effort.memory);
	assert_int_equal(estimate_runs(e), 0);
	expect(e, point_of(&pair, 0), GUESS + 0.010, ESTIMATE_NOTHING);
	estimate_free(e);
}

static void lines_that_are_none_are_passed_over(void **unused)
{
	struct estimate *e;

	(void)unused;
	write_run("run", HOST,
		  "junk\n\n[]\n{\"point\": 7, \"seconds\": 1}\n"
		  "{\"point\": \"no/blank\", \"seconds\": 1}\n" LINE(
			  "frame/free_area/pair/scalar 0 2 4k compact local",
			  "0.030") "{\"point\": \"frame/free_area/pair/scalar "
				   "0 2 4k com",
		  1);
	e = estimate_read(scratch_dir, HOST, effort.memory);
	expect(e, point_of(&pair, 0), 0.030, ESTIMATE_POINT);
	estimate_free(e);
}

static void only_the_newest_runs_count_and_latest_not_twice(void **unused)
{
	struct estimate *e;

	(void)unused;
	for (unsigned i = 0; i < 5; i++) {
		char name[16];

		snprintf(name, sizeof(name), "new%u", i);
		write_run(name, HOST, journal, i);
	}
	write_run(
		"old", HOST,
		LINE("frame/free_area/churn/scalar 0 2 4k compact local", "9"),
		100);
	assert_int_equal(symlink("new0", scratch_path("latest")), 0);
	e = estimate_read(scratch_dir, HOST, effort.memory);
	assert_int_equal(estimate_runs(e), 5);
	expect(e, point_of(&churn, 0), 0.190 / 3, ESTIMATE_FAMILY);
	estimate_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_point_then_its_case_then_its_family),
		scratch_test(other_effort_changes_the_measured_part_only),
		scratch_test(more_memory_is_known_to_be_more),
		scratch_test(
			the_runs_with_the_nearest_memory_that_is_enough_count),
		scratch_test(what_cannot_run_takes_no_time),
		scratch_test(nothing_known_is_a_guess),
		scratch_test(other_machines_tell_nothing),
		scratch_test(lines_that_are_none_are_passed_over),
		scratch_test(only_the_newest_runs_count_and_latest_not_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
