/*
 * test_rmap_loops.c - every timed loop of family rmap, run for a short while
 * over a small world: all that was asked for is done, what schemes keep and
 * look at is what it should be, and everything comes back.
 */
#include "host_plain.h"
#include "loop_run.h"
#include "scratch.h"

#include "../bench/rmap_bench.h"

#define NR_CALLS 3
#define MAX_THREADS 2

struct metrics {
	double bytes, links, anon_vmas, visited; /* < 0: were not said */
};

static struct metrics metrics_of(const struct loop_run *run)
{
	for (unsigned i = 0; i < run->nr_metrics; i++) {
		const struct loop_metric *m = &run->metrics[i];

		assert_string_equal(m->unit,
				    strncmp(m->name, "bytes", 5) ? "1" : "B");
		check(!strcmp(m->name, "bytes_per_mapping") ||
			      !strcmp(m->name, "links_per_process") ||
			      !strcmp(m->name, "anon_vmas_per_area") ||
			      !strcmp(m->name, "visited_per_mapping"),
		      "metric %s", m->name);
	}
	return (struct metrics){
		.bytes = loop_run_value(run, "bytes_per_mapping"),
		.links = loop_run_value(run, "links_per_process"),
		.anon_vmas = loop_run_value(run, "anon_vmas_per_area"),
		.visited = loop_run_value(run, "visited_per_mapping"),
	};
}

/* Setup to teardown at one point. */
static struct metrics run_case(const struct bench_case *bench, unsigned threads,
			       uint64_t size)
{
	static const unsigned nodes[MAX_THREADS];
	const struct bench_env env = { .point = { .threads = threads,
						  .size = size,
						  .memory = 32 << 20,
						  .seed = test_seed() },
				       .host = &host_plain,
				       .nr_nodes = 1,
				       .thread_node = nodes,
				       .bench = bench };
	struct loop_run run = { .bench = bench,
				.env = &env,
				.nr = bench->batch,
				.nr_calls = NR_CALLS };
	struct metrics metrics;

	if (bench->round)
		run.nr = bench->round(&env);
	loop_run_begin(&run);
	for (unsigned t = 0; t < threads; t++)
		check(run.done[t] == NR_CALLS * run.nr,
		      "%s %s size %llu thread %u: %llu of %llu",
		      bench->strategy, bench->workload,
		      (unsigned long long)size, t,
		      (unsigned long long)run.done[t],
		      (unsigned long long)(NR_CALLS * run.nr));
	metrics = metrics_of(&run);
	loop_run_end(&run);
	return metrics;
}

static struct metrics run_named(const char *strategy, const char *workload,
				uint64_t size)
{
	return run_case(loop_case(strategy, workload), 1, size);
}

static void all_that_is_asked_for_is_done(void **unused)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	for (unsigned i = 0; i < nr; i++) {
		struct metrics one, some;

		if (cases[i]->file)
			continue;
		one = run_case(cases[i], 1, 1);
		some = run_case(cases[i], 1, 9);
		assert_true(one.visited < 0 || one.visited >= 1);
		assert_true(some.visited < 0 || some.visited >= 1);
		if (!strcmp(cases[i]->strategy, "pte_chain") &&
		    some.visited >= 0)
			assert_true(some.visited == 1);
	}
}

static void threads_do_what_they_are_asked_for(void **unused)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	for (unsigned i = 0; i < nr; i++)
		if (cases[i]->max_threads > 1)
			run_case(cases[i], 2, 3);
}

/* 64 pages of 16 mappings each: three arrays of 7 each, and the CPU's spare
 * one; or areas. */
static void memory_is_what_the_schemes_keep(void **unused)
{
	struct metrics m = run_named("pte_chain", "walk", 16);
	const bool exact = !KMB_DEBUG; /* else objects have red zones */

	(void)unused;
	assert_true(m.links == (64 * 3 + 1) / 16.0);
	if (exact)
		assert_true(m.bytes == (64 * 3 + 1) / 16.0);
	assert_true(run_named("pte_chain", "walk", 1).links == 1);
	assert_true(run_named("full_scan", "walk", 16).bytes == 0);
	m = run_named("anon_vma", "walk", 16);
	assert_true(m.links == 1);
	assert_true(m.anon_vmas == 1 / 16.0);
	/* A pointer, a list node and 32 bytes for files in each area; and an
	 * anon_vma. */
	if (exact)
		assert_true(m.bytes == (16 * (24 + 32) + 24) / 1024.0);
	/* One's own, and the parent's but for the parent. */
	assert_true(run_named("anon_vma_chain_tree", "walk", 16).links ==
		    31 / 16.0);
}

/* The g-th has a link to each before it and its own; where the g-th ends once
 * it has a child, what it had is taken over. */
static void links_of_a_chain_grow_or_are_bounded(void **unused)
{
	struct metrics m = run_named("anon_vma_chain_tree", "chain@live", 8);

	(void)unused;
	assert_true(m.links == 45 / 9.0);
	assert_true(m.anon_vmas == 1);
	m = run_named("anon_vma_chain_tree", "chain@orphan", 64);
	assert_true(m.anon_vmas <= 2);
	assert_true(m.links <= 4);
	assert_true(run_named("anon_vma", "chain@live", 8).links == 1);
}

/* The parent is first on the list, then its children as they came. */
static void candidates_are_what_the_lists_hold(void **unused)
{
	(void)unused;
	assert_true(run_named("anon_vma", "copied", 4).visited ==
		    (2 + 3 + 4 + 5) / 4.0);
	assert_true(run_named("anon_vma_chain_tree", "copied", 4).visited == 1);
	assert_true(run_named("i_mmap_list", "file_disjoint", 16).visited ==
		    17 / 2.0);
	assert_true(run_named("i_mmap_list", "file_identical", 16).visited ==
		    1);
	assert_true(run_named("full_scan", "walk", 16).visited > 16);
}

/* Files' schemes are not asked for what is another's, and so on. */
static void cases_are_those_that_make_sense(void **unused)
{
	unsigned nr, of_file = 0, of_anon = 0;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	for (unsigned i = 0; i < nr; i++) {
		const struct bench_case *c = cases[i];

		if (c->file)
			continue;
		assert_true(c->sizes.nr && c->quick_sizes.nr);
		assert_true(c->sizes.v[c->sizes.nr - 1] <= c->size_max);
		if (!strcmp(c->strategy, "full_scan"))
			assert_true(c->size_max <= 256);
		of_file += !strcmp(c->strategy, "i_mmap_list");
		of_anon += !strcmp(c->strategy, "anon_vma");
	}
	assert_int_equal(of_file, 3 + 2);
	assert_int_equal(of_anon, 3 + 1 + 1 + 4 + 2 + 2 + 2);
}

/* Round after round, though what it has left would be in the way; what is only
 * tried does not count, what cannot be done does. */
static void a_script_is_run_from_its_beginning(void **unused)
{
	static const char text[] = "area 2048\n"
				   "mmap 0 0 1024 anon 0 0 rw\n"
				   "hugepage 0 0 1024\n"
				   "write 0 0 2 512\n"
				   "mmap 0 1500 8 shared 1 5 rw\n"
				   "write 0 1500 8 1\n"
				   "try write 0 1900 1 1\n"
				   "fork 0 1\n"
				   "write 1 5 7 3\n"
				   "pageout 1 5\n"
				   "unmap 0 1502\n"
				   "dump 1\n"
				   "exit 0\n";
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	scratch_write(scratch_path("ops"), text, strlen(text));
	for (unsigned i = 0; i < nr; i++) {
		struct bench_case *bench;

		if (!cases[i]->file)
			continue;
		bench = bench_case_of_file(cases[i], "ops",
					   scratch_path("ops"));
		assert_true(run_case(bench, 1, 0).bytes >= 0);
		free(bench);
	}
}

/* Neither a line that fails nor one whose process could not be forked is an
 * operation that was done; and without a dump there is nothing to count. */
static void what_cannot_be_done_does_not_count(void **unused)
{
	/* More page tables than there is memory, so none for a child. */
	static const char text[] = "area 16777216\n"
				   "mmap 0 0 16777216 anon 0 0 r\n"
				   "phase one 1\n"
				   "read 0 0 32768 512\n"
				   "fork 0 1\n"
				   "read 1 0 1 1\n"
				   "try read 1 0 1 1\n";
	static const unsigned node;
	struct bench_case *bench;
	struct bench_env env = { .point = { .threads = 1, .memory = 32 << 20 },
				 .host = &host_plain,
				 .nr_nodes = 1,
				 .thread_node = &node };
	struct loop_run run = { .env = &env, .nr = 5, .nr_calls = 1 };
	struct metrics metrics;

	(void)unused;
	scratch_write(scratch_path("ops"), text, strlen(text));
	bench = bench_case_of_file(loop_case("pte_chain", "script"), "ops",
				   scratch_path("ops"));
	env.bench = run.bench = bench;
	loop_run_begin(&run);
	assert_int_equal(run.done[0], 2);
	/* Once before the clock. */
	assert_int_equal(run.thread[0].span.phase_ops[0], 2 * 2);
	metrics = metrics_of(&run);
	assert_true(metrics.bytes < 0 && metrics.links < 0 &&
		    metrics.anon_vmas < 0);
	loop_run_end(&run);
	free(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_asked_for_is_done),
		cmocka_unit_test(threads_do_what_they_are_asked_for),
		cmocka_unit_test(memory_is_what_the_schemes_keep),
		cmocka_unit_test(links_of_a_chain_grow_or_are_bounded),
		cmocka_unit_test(candidates_are_what_the_lists_hold),
		cmocka_unit_test(cases_are_those_that_make_sense),
		scratch_test(a_script_is_run_from_its_beginning),
		scratch_test(what_cannot_be_done_does_not_count),
	};

	return cmocka_run_group_tests_name("rmap_loops", tests, NULL, NULL);
}
