/*
 * test_rmap_script.c - scripts of what processes do: read, executed, and what
 * is found held against all there is and against real kernels' records.
 */
#include "test.h"
#include "host_plain.h"
#include "scratch.h"

#include <errno.h>

#include "../bench/rmap_collection.h"
#include "../bench/rmap_oracle.h"
#include "../bench/rmap_ranges.h"
#include "../bench/rmap_replay.h"
#include "../kernels/base/random.h"
#include "../kernels/rmap/rmap.h"

#define NR_RANGES 100000ull

static char error[4096];

static struct rmap_script *open_text(const char *text)
{
	scratch_write(scratch_path("ops"), text, strlen(text));
	return rmap_script_open(scratch_path("ops"), error, sizeof(error));
}

static void test_every_operation(void **unused)
{
	static const char text[] = "# begins\n"
				   "\tarea  1000 2000 # pages\n"
				   "\n"
				   "mmap 0 10 20 fpriv 7 1980 r\n"
				   "mmap 0 100 200 anon 9 9 rw\n"
				   "mmap 0 0 1 shared 5 0 none\n"
				   "fork 0 12\n"
				   "write 12 1 2 500\n"
				   "read 0 3 4 5\n"
				   "hugepage 0 1 2\n"
				   "mprotect 0 1 2 none\n"
				   "mremap 0 100 200 201 300\n"
				   "dontneed 0 1 2\n"
				   "mlock 0 1 2\n"
				   "munlock 0 1 2\n"
				   "referenced 0 1\n"
				   "unmap 0 1\n"
				   "reclaim 0 1\n"
				   "pageout 0 1\n"
				   "munmap 0 1 2\n"
				   "exit 0\n"
				   "start 0\n"
				   "dump 4000000000\n"
				   "phase one 7\n"
				   "phase two\n"
				   "try read 0 3 4 5\n";
	static const struct rmap_op ops[] = {
		{ .kind = RMAP_MMAP,
		  .line = 4,
		  .page = 10,
		  .nr = 20,
		  .memory = RMAP_FPRIV,
		  .region = 7,
		  .pgoff = 1980,
		  .flags = VM_READ },
		{ .kind = RMAP_MMAP,
		  .line = 5,
		  .page = 100,
		  .nr = 200,
		  .memory = RMAP_ANON,
		  .region = 9,
		  .pgoff = 9,
		  .flags = VM_READ | VM_WRITE },
		{ .kind = RMAP_MMAP,
		  .line = 6,
		  .nr = 1,
		  .memory = RMAP_SHARED,
		  .region = 5 },
		{ .kind = RMAP_FORK, .line = 7, .child = 12 },
		{ .kind = RMAP_WRITE,
		  .line = 8,
		  .process = 12,
		  .page = 1,
		  .nr = 2,
		  .step = 500 },
		{ .kind = RMAP_READ, .line = 9, .page = 3, .nr = 4, .step = 5 },
		{ .kind = RMAP_HUGEPAGE, .line = 10, .page = 1, .nr = 2 },
		{ .kind = RMAP_MPROTECT, .line = 11, .page = 1, .nr = 2 },
		{ .kind = RMAP_MREMAP,
		  .line = 12,
		  .page = 100,
		  .nr = 200,
		  .to_nr = 201,
		  .to = 300 },
		{ .kind = RMAP_DONTNEED, .line = 13, .page = 1, .nr = 2 },
		{ .kind = RMAP_MLOCK, .line = 14, .page = 1, .nr = 2 },
		{ .kind = RMAP_MUNLOCK, .line = 15, .page = 1, .nr = 2 },
		{ .kind = RMAP_REFERENCED, .line = 16, .page = 1 },
		{ .kind = RMAP_UNMAP, .line = 17, .page = 1 },
		{ .kind = RMAP_RECLAIM, .line = 18, .page = 1 },
		{ .kind = RMAP_PAGEOUT, .line = 19, .page = 1 },
		{ .kind = RMAP_MUNMAP, .line = 20, .page = 1, .nr = 2 },
		{ .kind = RMAP_EXIT, .line = 21 },
		{ .kind = RMAP_START, .line = 22 },
		{ .kind = RMAP_DUMP, .line = 23, .child = 4000000000 },
		{ .kind = RMAP_PHASE, .line = 24, .nr = 7 },
		{ .kind = RMAP_PHASE, .line = 25, .child = 1 },
		{ .kind = RMAP_READ,
		  .line = 26,
		  .may_fail = true,
		  .page = 3,
		  .nr = 4,
		  .step = 5 },
	};
	struct rmap_script *s = open_text(text);

	(void)unused;
	check(s, "%s", error);
	assert_int_equal(s->area_pages, 1000);
	assert_int_equal(s->file_pages, 2000);
	assert_int_equal(s->nr_processes, 13);
	assert_int_equal(s->nr_files, 8);
	assert_int_equal(s->nr_dumps, 1);
	assert_int_equal(s->nr_lives, 3);
	assert_int_equal(s->nr_reclaims, 4);
	assert_int_equal(s->nr_phases, 2);
	assert_int_equal(s->nr_rounds, 1);
	assert_string_equal(s->phase[1], "two");
	assert_int_equal(s->nr_ops, ARRAY_SIZE(ops));
	for (unsigned i = 0; i < ARRAY_SIZE(ops); i++)
		check(!memcmp(&s->ops[i], &ops[i], sizeof(ops[i])), "line %u",
		      ops[i].line);
	rmap_script_close(s);
}

/* What lies at a border is right, and what is one behind it is not. */
static void test_borders(void **unused)
{
	static const struct {
		const char *line;
		bool right;
	} tries[] = {
		{ "mmap 0 99 1 anon 0 0 rw", true },
		{ "mmap 0 99 2 anon 0 0 rw", false },
		{ "mmap 0 20 1 anon 0 0 rw", true },
		{ "mmap 0 19 1 anon 0 0 rw", false },
		{ "mmap 0 9 1 anon 0 0 rw", true },
		{ "mmap 0 9 2 anon 0 0 rw", false },
		{ "mmap 0 0 4 shared 63 1020 rw", true },
		{ "mmap 0 0 5 shared 63 1020 rw", false },
		{ "write 0 0 2 99", true },
		{ "write 0 1 2 99", false },
		{ "write 0 99 1 100", true },
		{ "write 0 0 100 1", true },
		{ "fork 0 65535", true },
		{ "fork 0 65536", false },
		{ "mremap 0 10 10 5 0", true },
		{ "mremap 0 10 10 11 0", false },
		{ "mremap 0 10 10 80 20", true },
		{ "mremap 0 10 10 81 20", false },
		{ "mremap 0 10 10 90 10", true },
		{ "mremap 0 9 10 10 50", false },
		{ "write 18446744073709551615 0 1 1", false },
		{ "write 0 18446744073709551616 1 1", false },
		{ "dump 4294967295", true },
		{ "dump 4294967296", false },
	};
	char text[128];

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(tries); i++) {
		struct rmap_script *s;

		snprintf(text, sizeof(text),
			 "area 100\nmmap 0 10 10 anon 0 0 rw\n%s\n",
			 tries[i].line);
		s = open_text(text);
		check(!s == !tries[i].right, "%s: %s", tries[i].line, error);
		if (s)
			rmap_script_close(s);
		else
			check(strstr(error, "ops:3: '"), "%s", error);
	}
}

/* An id is taken again; phases come in rounds; what is tried may be anything.
 */
static void test_lives_and_rounds(void **unused)
{
	static const char text[] = "area 9\n"
				   "fork 0 1\n"
				   "exit 1\n"
				   "start 1\n"
				   "exit 1\n"
				   "phase make 1\n"
				   "fork 0 1\n"
				   "phase end 1\n"
				   "exit 1\n"
				   "phase make 1\n"
				   "try mmap 0 1 2 anon 0 0 rw\n"
				   "try mmap 0 2 2 anon 0 0 rw\n"
				   "try mremap 0 5 2 2 6\n"
				   "phase end 1\n"
				   "munmap 0 0 9\n"
				   "mmap 0 0 9 anon 0 0 rw\n"
				   "dump 1\n";
	struct rmap_script *s = open_text(text);
	struct rmap_replay replay = { .script = s,
				      .memory = &host_plain,
				      .nr_frames = 16384,
				      .error = error,
				      .error_size = sizeof(error) };

	(void)unused;
	check(s, "%s", error);
	assert_int_equal(s->nr_processes, 2);
	assert_int_equal(s->nr_lives, 4);
	assert_int_equal(s->nr_phases, 2);
	assert_int_equal(s->nr_rounds, 2);
	for (unsigned i = 0; i < nr_rmap_replayers; i++)
		check(!rmap_replayers[i].run(&replay), "%s: %s",
		      rmap_replayers[i].strategy, error);
	rmap_script_close(s);
}

static void test_rounds_are_whole(void **unused)
{
	(void)unused;
	assert_null(open_text("area 9\nphase a\nphase b\nphase c\n"
			      "phase a\nread 0 0 1 1\n"));
	check(strstr(error, "ops:6: 'b': the last round lacks this phase"),
	      "%s", error);
}

/* Every operation, printed as it was read. */
static void test_printed(void **unused)
{
	static const char text[] = "mmap 0 10 20 fpriv 7 1001 r\n"
				   "mmap 0 100 200 anon 9 0 rw\n"
				   "fork 0 12\n"
				   "try write 12 1 2 500\n"
				   "try mprotect 0 1 2 none\n"
				   "try mremap 0 100 200 201 300\n"
				   "munlock 0 1 2\n"
				   "pageout 0 1\n"
				   "exit 0\n"
				   "start 0\n"
				   "dump 7\n";
	char with_area[sizeof(text) + 16], *printed;
	struct rmap_script *s;
	size_t length;
	FILE *out = open_memstream(&printed, &length);

	(void)unused;
	assert_non_null(out);
	snprintf(with_area, sizeof(with_area), "area 1000\n%s", text);
	s = open_text(with_area);
	check(s, "%s", error);
	for (uint64_t i = 0; i < s->nr_ops; i++)
		rmap_op_print(&s->ops[i], out);
	fclose(out);
	assert_string_equal(printed, text);
	free(printed);
	rmap_script_close(s);
}

/* Ranges against a bit for each page. */
static void test_ranges(void **unused)
{
	struct rmap_ranges ranges = { 0 }, copy = { 0 };
	struct random r = { test_seed() };
	bool mapped[64] = { false };

	(void)unused;
	for (unsigned step = 0; step < 100000; step++) {
		uint64_t start = random_below(&r, 64);
		uint64_t end = start + 1 + random_below(&r, 64 - start);
		bool set = random_next(&r) & 1, any = false, all = true;
		uint64_t edges = 0;

		for (uint64_t i = start; i < end; i++) {
			any |= mapped[i];
			all &= mapped[i];
		}
		assert_int_equal(rmap_ranges_any(&ranges, start, end), any);
		assert_int_equal(rmap_ranges_all(&ranges, start, end), all);
		assert_true(rmap_ranges_set(&ranges, start, end, set));
		for (uint64_t i = start; i < end; i++)
			mapped[i] = set;
		for (uint64_t i = 0; i < 64; i++)
			edges += mapped[i] && (!i || !mapped[i - 1]);
		assert_int_equal(ranges.nr, edges);
	}
	assert_true(rmap_ranges_copy(&copy, &ranges));
	assert_int_equal(copy.nr, ranges.nr);
	for (uint64_t i = 0; i < 64; i++)
		assert_int_equal(rmap_ranges_any(&copy, i, i + 1), mapped[i]);
	rmap_ranges_free(&copy);
	rmap_ranges_free(&ranges);
}

/* So many that whoever moves all behind for each would be seen to stand still:
 * from the last down, and in any order; every second page. */
static void test_many_ranges(void **unused)
{
	struct rmap_ranges down = { 0 }, mixed = { 0 };

	(void)unused;
	for (uint64_t i = NR_RANGES; i--;) {
		uint64_t other = i * 7919 % NR_RANGES;

		assert_true(rmap_ranges_set(&down, 2 * i, 2 * i + 1, true));
		assert_true(rmap_ranges_set(&mixed, 2 * other, 2 * other + 1,
					    true));
	}
	assert_int_equal(down.nr, NR_RANGES);
	assert_int_equal(mixed.nr, NR_RANGES);
	for (uint64_t page = 0; page < 2 * NR_RANGES; page++) {
		bool is = page % 2 == 0;

		assert_int_equal(rmap_ranges_any(&down, page, page + 1), is);
		assert_int_equal(rmap_ranges_all(&mixed, page, page + 1), is);
	}
	assert_true(rmap_ranges_set(&down, 1, 2 * NR_RANGES - 2, true));
	assert_int_equal(down.nr, 1);
	assert_true(rmap_ranges_set(&mixed, 1, 2 * NR_RANGES - 2, false));
	assert_int_equal(mixed.nr, 2);
	rmap_ranges_free(&down);
	rmap_ranges_free(&mixed);
}

/* Whatever a strategy may find wrongly is a difference, by its place. */
static void test_found(void **unused)
{
	static const struct {
		uint64_t page[4];
		unsigned nr;
		const char *differs;
		uint64_t at;
	} finds[] = {
		{ { 5, 7, 9 }, 3, NULL, 0 },
		{ { 9, 5, 7 }, 3, NULL, 0 },
		{ { 5, 9 }, 2, "maps the page and was not found", 7 },
		{ { 5, 7 }, 2, "maps the page and was not found", 9 },
		{ { 7, 9 }, 2, "maps the page and was not found", 5 },
		{ { 0 }, 0, "maps the page and was not found", 5 },
		{ { 5, 7, 9, 7 }, 4, "was found twice", 7 },
		{ { 5, 7, 9, 9 }, 4, "was found twice", 9 },
		{ { 5, 7, 9, 11 },
		  4,
		  "was found and does not map the page",
		  11 },
		{ { 4, 5, 7, 9 }, 4, "was found and does not map the page", 4 },
	};
	const struct rmap_mapping is[] = { { 77, 0, 5 },
					   { 77, 0, 7 },
					   { 77, 0, 9 } };
	const struct rmap_script script = { .nr_lives = 1 };
	struct rmap_collection c;

	(void)unused;
	assert_true(rmap_collection_init(&c, &script));
	for (unsigned i = 0; i < ARRAY_SIZE(finds); i++) {
		struct rmap_mapping at = { 0 };
		const char *how;

		assert_true(rmap_found_begin(&c, ARRAY_SIZE(is)));
		for (unsigned j = 0; j < finds[i].nr; j++)
			rmap_found(&c, 0, rmap_page_addr(finds[i].page[j]));
		how = rmap_found_differs(&c, is, ARRAY_SIZE(is), &at);
		if (!finds[i].differs) {
			assert_null(how);
			continue;
		}
		assert_string_equal(how, finds[i].differs);
		assert_int_equal(at.page, finds[i].at);
	}
	/* More than there could be. */
	assert_true(rmap_found_begin(&c, ARRAY_SIZE(is)));
	for (unsigned j = 0; j < 1000; j++)
		rmap_found(&c, 0, rmap_page_addr(5));
	assert_non_null(rmap_found_differs(&c, is, ARRAY_SIZE(is),
					   &(struct rmap_mapping){ 0 }));
	rmap_collection_free(&c);
}

struct truth {
	struct rmap_oracle *oracle;
	struct rmap_areas *areas;
	unsigned nr_dumps;
};

static int compare(void *arg, const struct rmap_dump *dump)
{
	struct truth *truth = arg;
	int ret =
		rmap_oracle_compare(truth->oracle, dump, error, sizeof(error));

	truth->nr_dumps++;
	return ret ? ret
		   : rmap_areas_compare(truth->areas, dump, error,
					sizeof(error));
}

/* A real kernel's record: every strategy finds what that had. */
static void replay_record(const char *name, unsigned nr_dumps)
{
	char path[512];
	struct rmap_script *s;
	struct truth truth = { 0 };

	snprintf(path, sizeof(path), KMB_TEST_DATA "/rmap/%s.ops.xz", name);
	s = rmap_script_open(path, error, sizeof(error));
	check(s, "%s", error);
	snprintf(path, sizeof(path), KMB_TEST_DATA "/rmap/%s.oracle.csv.xz",
		 name);
	truth.oracle = rmap_oracle_open(path, error, sizeof(error));
	check(truth.oracle, "%s", error);
	assert_int_equal(
		rmap_oracle_fits(truth.oracle, s, error, sizeof(error)), 0);
	snprintf(path, sizeof(path), KMB_TEST_DATA "/rmap/%s.vmas.csv.xz",
		 name);
	truth.areas = rmap_areas_open(path, error, sizeof(error));
	check(truth.areas, "%s", error);
	for (unsigned i = 0; i < nr_rmap_replayers; i++) {
		const struct rmap_replayer *replayer = &rmap_replayers[i];
		struct rmap_replay replay = { .script = s,
					      .memory = &host_plain,
					      .nr_frames = 16384,
					      .at_dump = compare,
					      .arg = &truth,
					      .error = error,
					      .error_size = sizeof(error) };

		if (!rmap_replay_can_ask(replayer, s))
			continue;
		truth.nr_dumps = 0;
		check(!replayer->run(&replay), "%s: %s", replayer->strategy,
		      error);
		assert_int_equal(truth.nr_dumps, nr_dumps);
	}
	rmap_oracle_close(truth.oracle);
	rmap_areas_close(truth.areas);
	rmap_script_close(s);
}

static void test_fanout(void **unused)
{
	(void)unused;
	replay_record("fanout", 1);
}

static void test_mixed(void **unused)
{
	(void)unused;
	replay_record("mixed", 2);
}

static struct rmap_dump last;

static int keep_counts(void *arg, const struct rmap_dump *dump)
{
	(void)arg;
	last = *dump;
	last.mappings = NULL;
	last.areas = NULL;
	return 0;
}

/* Huge pages: split by copy on write, mprotect and munmap; and reclaim. */
static void test_huge_and_reclaim(void **unused)
{
	static const char text[] = "area 4096\n"
				   "mmap 0 1024 1536 anon 0 0 rw\n"
				   "hugepage 0 1024 1536\n"
				   "write 0 1100 1 1\n"
				   "write 0 1600 1 1\n"
				   "read 0 2100 1 1\n"
				   "fork 0 1\n"
				   "write 1 1024 2 1\n"
				   "mprotect 0 1700 1 r\n"
				   "munmap 1 1800 10\n"
				   "dump 1\n"
				   "referenced 1 1025\n"
				   "reclaim 1 1025\n"
				   "mlock 0 1700 1\n"
				   "mlock 1 1050 700\n"
				   "unmap 0 1050\n"
				   "reclaim 0 1700\n"
				   "dump 2\n"
				   "read 1 1025 1 1\n"
				   "dump 3\n"
				   "exit 0\n"
				   "exit 1\n"
				   "dump 4\n";
	struct rmap_script *s = open_text(text);

	(void)unused;
	check(s, "%s", error);
	for (unsigned i = 0; i < nr_rmap_replayers; i++) {
		struct rmap_replay replay = { .script = s,
					      .memory = &host_plain,
					      .nr_frames = 16384,
					      .at_dump = keep_counts,
					      .error = error,
					      .error_size = sizeof(error) };

		if (!rmap_replay_can_ask(&rmap_replayers[i], s))
			continue;
		check(!rmap_replayers[i].run(&replay), "%s: %s",
		      rmap_replayers[i].strategy, error);
		assert_int_equal(last.nr_mappings, 0);
		/* At the dumps: 2 huge pages and 2 own ones, mapped 2 x 1024
		 * times less 10; one less; and again. */
		assert_int_equal(replay.nr_pages, 1026 + 1025 + 1026);
		assert_int_equal(replay.nr_mappings, 2038 + 2037 + 2038);
	}
	rmap_script_close(s);
}

/* What cannot be done is said by its line, and nothing is left behind. */
static void test_cannot(void **unused)
{
	static const struct {
		const char *line, *why;
	} tries[] = {
		{ "write 0 10 1 1",
		  "write 0 10 1 1': no area there, or it may" },
		{ "read 0 9 1 1", "read 0 9 1 1': no area there, or it may" },
		{ "mprotect 0 5 10 r", "mprotect 0 5 10 r': not all of it is" },
		{ "mremap 0 12 4 40 40",
		  "mremap 0 12 4 40 40': it is not one area" },
		{ "mmap 0 100 9000 anon 0 0 rw\nwrite 0 100 9000 1",
		  "write 0 100 9000 1': not enough simulated memory" },
	};
	char text[256];

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(tries); i++) {
		struct rmap_script *s;

		snprintf(text, sizeof(text),
			 "area 10000\nmmap 0 10 4 anon 0 0 r\n"
			 "mmap 0 14 4 anon 0 0 rw\nfork 0 1\n%s\n",
			 tries[i].line);
		s = open_text(text);
		check(s, "%s", error);
		for (unsigned j = 0; j < nr_rmap_replayers; j++) {
			struct rmap_replay replay = {
				.script = s,
				.memory = &host_plain,
				.nr_frames = 4096,
				.error = error,
				.error_size = sizeof(error),
			};

			assert_true(rmap_replayers[j].run(&replay) < 0);
			check(strstr(error, tries[i].why), "%s", error);
		}
		rmap_script_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_every_operation),
		scratch_test(test_borders),
		scratch_test(test_lives_and_rounds),
		scratch_test(test_rounds_are_whole),
		scratch_test(test_printed),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_many_ranges),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_fanout),
		cmocka_unit_test(test_mixed),
		scratch_test(test_huge_and_reclaim),
		scratch_test(test_cannot),
	};

	return cmocka_run_group_tests_name("rmap_script", tests, NULL, NULL);
}
