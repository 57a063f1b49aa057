/*
 * test_rmap.c - every strategy of reverse mapping against looking at all
 * entries, under random operations of processes.
 */
#define NR_PROCESSES 80
#include "rmap_random.h"
#include "rmap_source.h"

#include "../bench/rmap_replay.h"

/* A million for each strategy that can search. */
#if KMB_DEBUG
#define NR_OPS 4000
#define NR_CROWD_OPS 1600
#define NR_HUGE_OPS 160
#define NR_HANDS 5
#define FAILING_STEP 37
#else
#define NR_OPS 1000000
#define NR_CROWD_OPS 40000
#define NR_HUGE_OPS 6400
#define NR_HANDS 40
#define FAILING_STEP 5
#endif
#define TEST_FRAMES 16384
#define NR_FAILING_OPS 60

#if KMB_DEBUG
#define RMAP_ONE_OF_A_KIND
#endif
#define STRATEGY_TEMPLATE "../../tests/rmap_checks.h"
#include "../kernels/rmap/strategies.h"

static uint64_t last_dump;

static int keep_dump(void *arg, const struct rmap_dump *dump)
{
	(void)arg;
	last_dump = dump->nr_mappings;
	return 0;
}

static const struct rmap_replayer *find_replayer(const char *strategy)
{
	unsigned i = 0;

	while (strcmp(rmap_replayers[i].strategy, strategy))
		i++;
	return &rmap_replayers[i];
}

/* ---- the hand of virtual_clock */

/* A huge page is met once, and found where it is, though the hand stands inside
 * it: somebody's small page was there. */
static void hand_in_huge_page(void **unused)
{
	struct page *page;

	(void)unused;
	virtual_clock_begin(16);
	virtual_clock_play("mmap 0 0 512 anon 0 0 rw\n"
			   "write 0 300 1 1\n"
			   "referenced 0 300\n"
			   "munmap 0 0 512\n"
			   "mmap 0 0 512 anon 0 0 rw\n"
			   "hugepage 0 0 512\n"
			   "write 0 0 1 1");
	virtual_clock_check_all();
	assert_int_equal(nr_truth, 512);
	page = virtual_clock_page_at(0, 500);
	assert_int_equal(virtual_clock_asks(page), 1);
	assert_int_equal(virtual_clock_unmaps(page), SWAP_FAIL);
	virtual_clock_puts(page);
	virtual_clock_end();
}

/* The same wherever it stands, whatever happens then. */
static void hand_anywhere(void **unused)
{
	struct rmap_random r = { .r = { test_seed() },
				 .area_pages = 4 * 512,
				 .reclaims = true,
				 .processes = 4,
				 .kinds = RMAP_HUGE_KINDS };

	(void)unused;
	for (unsigned i = 0; i < NR_HANDS; i++) {
		unsigned page = (unsigned)below(&r, r.area_pages);

		virtual_clock_begin(64);
		virtual_clock_play("mmap 0 %u 1 anon 0 0 rw\n"
				   "write 0 %u 1 1\n"
				   "referenced 0 %u\n"
				   "munmap 0 %u 1\n"
				   "mmap 0 0 2048 anon 0 0 rw\n"
				   "hugepage 0 0 2048\n"
				   "write 0 0 4 512",
				   page, page, page, page);
		virtual_clock_churn(&r, 20, virtual_clock_check_all);
		virtual_clock_end();
	}
}

/* Entries that the hand meets until it has found a page. */
static uint64_t hand_meets(unsigned process, unsigned page)
{
	struct rmap_stats before, after;

	virtual_clock_stats(&virtual_clock_tested.rmap, &before);
	virtual_clock_play("referenced %u %u", process, page);
	virtual_clock_stats(&virtual_clock_tested.rmap, &after);
	return after.visited - before.visited;
}

/* It goes on from where it was, also if it was all round until then. */
static void hand_stays(void **unused)
{
	(void)unused;
	virtual_clock_begin(16);
	virtual_clock_play("mmap 0 0 10 anon 0 0 rw\n"
			   "write 0 0 10 1\n"
			   "fork 0 1\n"
			   "write 1 0 10 1");
	assert_int_equal(hand_meets(0, 8), 9);
	/* Pages 8 and 9, the child's, and 0 to 3. */
	assert_int_equal(hand_meets(0, 3), 2 + 10 + 4);
	assert_int_equal(hand_meets(0, 5), 3);
	virtual_clock_check_all();
	assert_int_equal(hand_meets(0, 6), 2);
	virtual_clock_end();
}

/* What is printed when a test fails is what it did. */
static void printed_is_replayed(void **unused)
{
	struct rmap_random r = { .r = { test_seed() },
				 .area_pages = 48,
				 .reclaims = true };
	char error[256], *text;
	struct rmap_replay replay = { .memory = &host_plain,
				      .nr_frames = TEST_FRAMES,
				      .at_dump = keep_dump,
				      .error = error,
				      .error_size = sizeof(error) };
	struct rmap_script *script;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)unused;
	assert_non_null(out);
	pte_chain_begin(TEST_FRAMES);
	pte_chain_churn(&r, 2000, pte_chain_check_all);
	pte_chain_check_all();
	play_print(out);
	fclose(out);
	pte_chain_end();
	replay.script = script = rmap_script_parse("printed", text, length,
						   error, sizeof(error));
	check(script, "%s", error);
	assert_in_range(script->nr_dumps, 100, 400);
	check(!find_replayer("pte_chain")->run(&replay), "%s", error);
	assert_int_equal(last_dump, nr_truth);
	rmap_script_close(script);
}

int main(void)
{
	add_test("virtual_clock: the hand in a huge page", hand_in_huge_page);
	add_test("virtual_clock: the hand anywhere", hand_anywhere);
	add_test("virtual_clock: the hand stays", hand_stays);
	add_test("what was done, printed and replayed", printed_is_replayed);
	return _cmocka_run_group_tests("rmap", tests, nr_tests, NULL, NULL);
}
