/* test_journal.c - what a kill, a reboot or a stranger may leave in a run. */
#include "test.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../harness/journal.h"

#define LINE(seq, bytes)                                          \
	"{\"seq\":" #seq ",\"point\":\"p\",\"process\":" #seq     \
	",\"status\":\"ok\",\"seconds\":0.5,\"ns_per_op\":[1.5]," \
	"\"samples_bytes\":" #bytes "}\n"
#define PLAN "{\"version\":1,\"points\":[],\"identity\":{}}"

static char error[512];

static void write_text(const char *name, const char *text)
{
	scratch_write(scratch_path(name), text, strlen(text));
}

static int read_with(const char *journal, unsigned samples_bytes,
		     struct journal_state *state)
{
	char samples[64] = "";

	memset(samples, 'x', samples_bytes);
	write_text("plan.json", PLAN);
	write_text("journal.jsonl", journal);
	write_text("samples.csv", samples);
	return journal_read(state, scratch_dir, error, sizeof(error));
}

static void whole_lines_are_taken(void **unused)
{
	struct journal_state s;

	(void)unused;
	assert_int_equal(read_with(LINE(0, 10) LINE(1, 20), 20, &s), 0);
	assert_int_equal(s.nr_done, 2);
	assert_int_equal(s.samples_bytes, 20);
	assert_int_equal(s.journal_bytes, strlen(LINE(0, 10) LINE(1, 20)));
	journal_state_free(&s);
}

/* A kill in the middle of a write. */
static void a_torn_last_line_is_left_out(void **unused)
{
	const char *torn = LINE(0, 10) "{\"seq\":1,\"poi";
	struct journal_state s;

	(void)unused;
	assert_int_equal(read_with(torn, 33, &s), 0);
	assert_int_equal(s.nr_done, 1);
	assert_int_equal(s.samples_bytes, 10);
	assert_int_equal(s.journal_bytes, strlen(LINE(0, 10)));
	journal_state_free(&s);
}

/* A reboot that lost the end of samples.csv, but not of the journal. */
static void lines_without_their_rows_do_not_count(void **unused)
{
	struct journal_state s;

	(void)unused;
	assert_int_equal(read_with(LINE(0, 10) LINE(1, 20), 19, &s), 0);
	assert_int_equal(s.nr_done, 1);
	assert_int_equal(s.samples_bytes, 10);
	journal_state_free(&s);
}

static void strange_lines_are_named(void **unused)
{
	struct journal_state s;

	(void)unused;
	assert_int_equal(read_with(LINE(0, 10) "{\"seq\":1}\n", 20, &s),
			 -EINVAL);
	assert_non_null(strstr(error, "journal.jsonl:2: not a line"));
	journal_state_free(&s);
}

static void missing_and_strange_files_are_named(void **unused)
{
	struct journal_state s;

	(void)unused;
	assert_int_not_equal(
		journal_read(&s, scratch_dir, error, sizeof(error)), 0);
	assert_non_null(strstr(error, "plan.json"));
	journal_state_free(&s);
	write_text("plan.json", "{\"version\":99}");
	assert_int_equal(journal_read(&s, scratch_dir, error, sizeof(error)),
			 -EINVAL);
	assert_non_null(strstr(error, "version"));
	write_text("plan.json", PLAN);
	assert_int_equal(journal_read(&s, scratch_dir, error, sizeof(error)),
			 -ENOENT);
	assert_non_null(strstr(error, "samples.csv"));
	journal_state_free(&s);
}

static void one_writer_at_a_time(void **unused)
{
	struct journal first, second;

	(void)unused;
	assert_int_equal(journal_open(&first, scratch_dir), 0);
	assert_int_equal(journal_open(&second, scratch_dir), -EBUSY);
	journal_close(&first);
	assert_int_equal(journal_open(&second, scratch_dir), 0);
	journal_close(&second);
}

static void a_line_comes_back_as_it_was_written(void **unused)
{
	struct bench_case bench = { .family = "frame",
				    .strategy = "floor",
				    .workload = "pair",
				    .isa = "scalar" };
	struct plan_point point = { .bench = &bench,
				    .point = { .size = 3, .threads = 2 },
				    .place = "compact",
				    .mem = "local",
				    .arm = "b" };
	struct plan_job job = { 0, 4 };
	struct plan plan = {
		.nr_points = 1, .nr_jobs = 1, .points = &point, .jobs = &job
	};
	struct outcome outcome = { .status = OUTCOME_OK, .seconds = 0.25 };
	const double values[] = { 1.5, 2.5 };
	struct journal journal;
	struct journal_state s;
	int samples;
	json_t *line;

	(void)unused;
	write_text("plan.json", PLAN);
	write_text("samples.csv", "12345");
	samples = open(scratch_path("samples.csv"), O_RDWR);
	assert_int_equal(journal_open(&journal, scratch_dir), 0);
	assert_int_equal(
		journal_add(&journal, &plan, 0, &outcome, values, 2, samples),
		0);
	journal_close(&journal);
	close(samples);
	assert_int_equal(journal_read(&s, scratch_dir, error, sizeof(error)),
			 0);
	line = json_array_get(s.done, 0);
	assert_string_equal(json_string_value(json_object_get(line, "point")),
			    "frame/floor/pair/scalar 3 2 4k compact local b");
	assert_int_equal(json_integer_value(json_object_get(line, "process")),
			 4);
	assert_true(json_real_value(json_array_get(
			    json_object_get(line, "ns_per_op"), 1)) == 2.5);
	assert_int_equal(s.samples_bytes, 5);
	journal_state_free(&s);
}

#define journal_test(name) \
	cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		journal_test(whole_lines_are_taken),
		journal_test(a_torn_last_line_is_left_out),
		journal_test(lines_without_their_rows_do_not_count),
		journal_test(strange_lines_are_named),
		journal_test(missing_and_strange_files_are_named),
		journal_test(one_writer_at_a_time),
		journal_test(a_line_comes_back_as_it_was_written),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
