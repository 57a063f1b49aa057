/*
 * test_pgtable_loops.c - every timed loop of family pgtable, run for a short
 * while over a small span: each walk finds the page that was mapped, and every
 * table comes back.
 */
#include "host_plain.h"
#include "loop_run.h"

#include <math.h>

#include "../bench/pgtable_mix.h"
#include "../kernels/mm/page_flags.h"

#define NR_CALLS 3
#define MAX_THREADS 2
#ifdef PGTABLE_FEW_FORMATS
#define NR_FORMATS 2
#define NR_FORMATS_64 1
#else
#define NR_FORMATS 5
#define NR_FORMATS_64 2
#endif
/* Strategies, formats, and the workloads that each strategy has. */
#define NR_CASES                                                        \
	(NR_FORMATS * (7 + 5 + 1 + 4 * 1 + 3 * 8 + 7 + 6 + 2 * 2 + 7) + \
	 NR_FORMATS_64 * 2 * 6)

static bool workload_is(const struct bench_case *bench, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(bench->workload, name, length) &&
	       bench->workload[length] == '@';
}

static bool strategy_is(const struct bench_case *bench, const char *name)
{
	return !strcmp(bench->strategy, name);
}

/* What the last call of walk_many() found, where it was given addresses. */
static void check_found(const struct loop_run *run, unsigned cpu)
{
	const struct pgtable_thread *t = run->thread[cpu].local;
	uint64_t first = (NR_CALLS - 1) * PGTABLE_BATCH_OPS;

	if (!workload_is(run->bench, "many_random") ||
	    strategy_is(run->bench, "null") ||
	    strategy_is(run->bench, "floor_batch"))
		return;
	for (uint64_t i = 0; i < PGTABLE_BATCH_OPS; i++)
		assert_int_equal(t->pfn[i],
				 pgtable_frame(t->bench, t->addr[first + i]));
}

/* Whatever reference was taken went back, and so did every page's lock. */
static void check_frames(const struct pgtable_bench *bench)
{
	for (pfn_t pfn = 0; pfn <= bench->zero_pfn; pfn++) {
		const struct page *page = pfn_to_page(&bench->mem, pfn);

		assert_int_equal(page->_refcount, 1);
		assert_false(page_test(page, PG_locked));
	}
}

struct metrics {
	double loads, bytes;
};

static struct metrics metrics_of(const struct loop_run *run)
{
	for (unsigned i = 0; i < run->nr_metrics; i++) {
		const struct loop_metric *m = &run->metrics[i];
		bool bytes = !strcmp(m->name, "table_bytes_per_page");

		if (!bytes && strncmp(m->name, "node_", 5) &&
		    strcmp(m->name, "local_walk_share"))
			assert_string_equal(m->name, "loads_per_walk");
		assert_string_equal(m->unit, bytes ? "B" : "1");
	}
	return (struct metrics){ loop_run_value(run, "loads_per_walk"),
				 loop_run_value(run, "table_bytes_per_page") };
}

/* Setup to teardown at one point. */
static struct metrics run_case(const struct bench_case *bench,
			       struct bench_env *env)
{
	struct loop_run run = { .bench = bench,
				.env = env,
				.nr = bench->batch,
				.nr_calls = NR_CALLS };
	struct metrics metrics;

	env->bench = bench;
	if (bench->round)
		run.nr = bench->round(env);
	loop_run_begin(&run);
	for (unsigned t = 0; t < env->point.threads; t++) {
		check(run.done[t] == NR_CALLS * run.nr,
		      "%s %s size %llu thread %u: %llu of %llu",
		      bench->strategy, bench->workload,
		      (unsigned long long)env->point.size, t,
		      (unsigned long long)run.done[t],
		      (unsigned long long)(NR_CALLS * run.nr));
		check_found(&run, t);
	}
	check_frames(run.state);
	metrics = metrics_of(&run);
	loop_run_end(&run);
	return metrics;
}

static const unsigned nodes[MAX_THREADS] = { 0, 1 };

static struct bench_env env_of(unsigned threads, uint64_t size)
{
	return (struct bench_env){ .point = { .threads = threads,
					      .size = size,
					      .memory = 8 << 20,
					      .seed = test_seed() },
				   .host = &host_plain,
				   .nr_nodes = threads,
				   .thread_node = nodes };
}

static void run_all(unsigned threads, uint64_t size)
{
	struct bench_env env = env_of(threads, size);
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++) {
		struct metrics m;

		env.point.size =
			size < cases[i]->size_max ? size : cases[i]->size_max;
		if (threads < cases[i]->min_threads ||
		    (threads > 1 && threads > cases[i]->max_threads))
			continue;
		m = run_case(cases[i], &env);
		assert_true(m.loads <= 5);
		if (m.loads > 0 && !workload_is(cases[i], "race"))
			assert_true(m.bytes >= 4);
	}
}

static void one_thread(void **unused)
{
	(void)unused;
	run_all(1, 1 << 20);
}

/* There is memory for every other table only. */
static void sparse_span(void **unused)
{
	struct bench_env env = env_of(1, 1 << 30);
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	env.point.memory = 4 << 20;
	for (unsigned i = 0; i < nr; i++)
		if (!strcmp(cases[i]->workload, "many_random@x86_64"))
			run_case(cases[i], &env);
}

static void two_threads_on_two_nodes(void **unused)
{
	(void)unused;
	run_all(2, 4 << 20);
}

static struct metrics run_named(const char *strategy, const char *workload,
				uint64_t size)
{
	struct bench_env env = env_of(1, size);

	env.point.memory = 16 << 20;
	return run_case(loop_case(strategy, workload), &env);
}

static void metrics_are_those_of_the_tables(void **unused)
{
	(void)unused;
	assert_true(run_named("walk", "seq@i386", 4 << 20).loads == 2);
	assert_true(run_named("gup_fast", "seq@x86_64", 4 << 20).loads == 4);
	assert_true(
		run_named("floor_batch", "many_random@i386", 4 << 20).loads ==
		1);
#ifndef PGTABLE_FEW_FORMATS
	assert_true(run_named("walk", "seq@pae", 4 << 20).loads == 3);
	assert_true(run_named("walk", "seq@x86_64_la57", 4 << 20).loads == 5);
	assert_true(
		run_named("floor_batch", "many_random@arm", 4 << 20).loads ==
		1);
#endif
	assert_true(run_named("null", "seq@i386", 4 << 20).loads == 0);
	/* 32 tables of the pages, one each above, for 32 or 16384 pages. */
	assert_true(run_named("walk", "stride@x86_64", 64 << 20).bytes ==
		    35 * 4096 / 32.0);
	assert_true(run_named("walk", "seq@x86_64", 64 << 20).bytes ==
		    35 * 4096 / 16384.0);
	/* 16 tables of 4 MiB each, and the page directory. */
	assert_true(run_named("walk", "stride@i386", 64 << 20).bytes ==
		    17 * 4096 / 16.0);
	/* All 32 tables are known; of 512, those of the next 2 MiB are not. */
	assert_true(run_named("walk_cached", "stride@x86_64", 64 << 20).loads ==
		    1);
	assert_true(run_named("walk_cached", "stride@x86_64", 1 << 30).loads ==
		    2);
	assert_true(run_named("walk_cached", "seq@x86_64", 1 << 30).loads <
		    1.1);
}

/* With huge pages among the others, every format's. */
static void mixed_spans(void **unused)
{
	struct bench_env env = env_of(1, 64 << 20);
	unsigned nr, nr_mixed = 0;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	env.point.memory = 16 << 20;
	for (unsigned i = 0; i < nr; i++) {
		const struct pgtable_workload *workload = cases[i]->arg;

		if (workload->mixed) {
			run_case(cases[i], &env);
			nr_mixed++;
		}
	}
	assert_int_equal(nr_mixed, NR_FORMATS * 2 * 2);
}

/* 14848 pages: 8 huge ones, of 24 tables 7 of 8 entries; 24 tables, 3 above. */
static void forks_copy_every_page(void **unused)
{
	struct bench_env env = env_of(1, 64 << 20);

	(void)unused;
	env.point.memory = 16 << 20;
	env.bench = loop_case("walk_mm_lock", "fork_copy@x86_64");
	assert_int_equal(env.bench->round(&env), 2 * 14848);
	assert_true(run_case(env.bench, &env).bytes == 27 * 4096 / 14848.0);
}

/* Each of eight kinds of calls as often; a page for 78 in 100 of them. */
static void all_flags_are_asked_with(void **unused)
{
	struct bench_env env = env_of(1, 64 << 20);
	struct bench_thread self = { .env = &env };
	const struct pgtable_thread *t;
	double asked[PGTABLE_FOLLOW_FLAGS + 1] = { 0 }, found = 0;

	(void)unused;
	env.point.memory = 16 << 20;
	env.bench = loop_case("walk_mm_lock", "follow_page@x86_64");
	self.state = env.bench->setup(&env);
	assert_non_null(self.state);
	assert_int_equal(env.bench->thread_setup(&self), 0);
	t = self.local;
	for (uint64_t i = 0; i < t->nr_addrs; i++) {
		asked[t->addr[i] & PGTABLE_FOLLOW_FLAGS]++;
		found += t->addr[i] & PGTABLE_FOLLOW_FOUND ? 1 : 0;
	}
	for (unsigned k = 0; k < ARRAY_SIZE(pgtable_follow_flags); k++)
		assert_true(fabs(asked[pgtable_follow_flags[k]] /
					 (double)t->nr_addrs -
				 0.125) < 0.01);
	/* 1/4 huge, and of 3/4 the half, 1/8 * 7/8 and 1/8 * 6/8. */
	assert_true(fabs(found / (double)t->nr_addrs - 0.777) < 0.01);
	env.bench->thread_teardown(&self);
	env.bench->teardown(self.state);
}

/* Pages that differ, in the span, in tables for which there is memory. */
static void check_span(uint64_t size, uint64_t memory, bool stride)
{
	const struct bench_case *bench =
		loop_case("walk", stride ? "stride@x86_64" : "random@x86_64");
	struct bench_env env = env_of(1, size);
	struct pgtable_bench *b;
	uint64_t before = 0;

	env.bench = bench;
	env.point.memory = memory;
	b = pgtable_bench_new(&env, 64, 2 << 20);
	assert_non_null(b);
	assert_int_equal(b->span.nr_pages,
			 b->span.nr_tables * b->span.per_table);
	assert_true(b->span.nr_pages <= PGTABLE_MAX_PAGES);
	assert_true(b->span.nr_tables <= memory / 4096 / 4);
	for (uint64_t i = 0; i < b->span.nr_pages; i++) {
		uint64_t addr = pgtable_span_addr(&b->span, i);

		assert_true(i ? addr > before : addr == 0);
		assert_true(addr % 4096 == 0);
		before = addr;
	}
	assert_true(before < size);
	assert_true(b->span.nr_pages == 1 || before >= size / 2);
	pgtable_bench_free(b);
}

static void spans_are_spread_over_what_there_is(void **unused)
{
	(void)unused;
	check_span(1 << 20, 4 << 20, false);
	check_span(1 << 20, 4 << 20, true);
	check_span(64 << 20, 8 << 20, false);
	check_span(4ull << 30, 8 << 20, false);
	check_span(4ull << 30, 8 << 20, true);
	check_span(1ull << 40, 16 << 20, false);
	check_span(1ull << 40, 16 << 20, true);
	check_span((1ull << 40) - (3 << 20), 16 << 20, false);
}

/* Every page equally often, or the first of some order far more often. */
static void orders_are_what_they_say(void **unused)
{
	const char *const workload[] = { "random@x86_64", "zipf@x86_64" };
	struct bench_env env = env_of(1, 64 << 20);
	uint64_t most[2];

	(void)unused;
	for (unsigned w = 0; w < 2; w++) {
		struct bench_thread self = { .env = &env };
		uint32_t *times = calloc(16384, sizeof(*times));
		struct pgtable_thread *t;
		uint64_t max = 0;

		env.bench = loop_case("walk", workload[w]);
		self.state = env.bench->setup(&env);
		assert_non_null(self.state);
		assert_int_equal(env.bench->thread_setup(&self), 0);
		t = self.local;
		for (uint64_t i = 0; i < t->nr_addrs; i++)
			if (++times[t->addr[i] >> 12] > max)
				max = times[t->addr[i] >> 12];
		most[w] = max;
		free(times);
		env.bench->thread_teardown(&self);
		env.bench->teardown(self.state);
	}
	/* 65536 draws of 16384: 4 on average; of 15 powers of two: 4369. */
	assert_true(most[0] < 30);
	assert_true(most[1] > 4000 && most[1] < 4800);
}

static void only_x86_64_is_in_quick_runs(void **unused)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	assert_int_equal(nr, NR_CASES);
	for (unsigned i = 0; i < nr; i++) {
		const struct bench_case *c = cases[i];
		const char *format = bench_variant(c->workload);
		bool wide = strstr(format, "64");

		if (strcmp(format, "x86_64"))
			assert_true(c->aside);
		if (!wide)
			assert_true(c->size_max <= 1ull << 31);
		assert_true(c->sizes.nr >= 3);
		assert_true(c->sizes.v[c->sizes.nr - 1] <= c->size_max);
	}
	assert_false(loop_case("walk", "random@x86_64")->aside);
}

static void no_memory_is_reported(void **unused)
{
	struct bench_env env = env_of(1, 1 << 20);
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	env.point.memory = 1 << 20;
	for (unsigned i = 0; i < nr; i++) {
		env.bench = cases[i];
		assert_null(cases[i]->setup(&env));
	}
}

/* Two threads on two nodes; of 64 MiB there are 32 PTE tables. */
static void tables_on(const char *strategy, double node_0, double node_1,
		      double local)
{
	struct bench_env env = env_of(2, 64 << 20);
	struct loop_run run = { .bench = loop_case(strategy, "random@x86_64"),
				.env = &env,
				.nr = PGTABLE_BATCH_OPS,
				.nr_calls = 1 };

	env.bench = run.bench;
	loop_run_begin(&run);
	assert_true(loop_run_value(&run, "node_00_pages") == node_0);
	assert_true(loop_run_value(&run, "node_01_pages") == node_1);
	assert_true(loop_run_value(&run, "local_walk_share") == local);
	loop_run_end(&run);
}

static void replicated_tables_are_on_every_node(void **unused)
{
	(void)unused;
	tables_on("walk", 3 + 32, 0, 0.5);
	tables_on("replicated", 3 + 32, 3 + 32, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_thread),
		cmocka_unit_test(sparse_span),
		cmocka_unit_test(replicated_tables_are_on_every_node),
		cmocka_unit_test(two_threads_on_two_nodes),
		cmocka_unit_test(metrics_are_those_of_the_tables),
		cmocka_unit_test(mixed_spans),
		cmocka_unit_test(forks_copy_every_page),
		cmocka_unit_test(all_flags_are_asked_with),
		cmocka_unit_test(spans_are_spread_over_what_there_is),
		cmocka_unit_test(orders_are_what_they_say),
		cmocka_unit_test(only_x86_64_is_in_quick_runs),
		cmocka_unit_test(no_memory_is_reported),
	};

	return cmocka_run_group_tests_name("pgtable_loops", tests, NULL, NULL);
}
