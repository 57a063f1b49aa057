/*
 * test_frame_trace.c - replay of page traces: through every strategy against a
 * map of the frames, and by the timed loops of trace:FILE against a notebook.
 *
 * test_frame_trace [FILE...]: those traces instead of a made one.
 */
#include "host_plain.h"
#include "loop_run.h"
#include "made_trace.h"
#include "recorder.h"
#include "scratch.h"
#include "trace_subject.h"

/* Calls of a loop: of a short trace many, or no thread gets a round ahead. */
static unsigned nr_calls;

static void (*replays[32])(const struct trace_subject *t);
static unsigned nr_replays;

#define STRATEGY_TEMPLATE "../../tests/frame_trace_checks.h"
#include "../kernels/frame/strategies.h"
#undef STRATEGY_TEMPLATE

#define STRATEGY recorder
#define STRATEGY_MIGRATETYPES
#include "../bench/frame_loops.h"
#undef STRATEGY_MIGRATETYPES
#undef STRATEGY

/* ---- the timed loops ---- */

struct run {
	struct bench_case *bench; /* of the trace; ours */
	struct bench_env env;
	unsigned node[LOOP_RUN_MAX_THREADS];
	struct loop_run loop;
	uint64_t done;
};

/* Setup to teardown of the case with a file. */
static void run_case(struct run *run, const struct bench_case *bench,
		     const char *path, unsigned threads, uint64_t pages)
{
	const bool two_nodes = threads > 2;

	*run = (struct run){ .bench = bench_case_of_file(bench, "x", path) };
	if (two_nodes)
		run->node[1] = run->node[2] = 1;
	run->env = (struct bench_env){
		.point = { .threads = threads, .memory = pages << PAGE_SHIFT },
		.host = &host_plain,
		.nr_nodes = two_nodes ? 2 : 1,
		.thread_node = run->node,
		.bench = run->bench,
	};
	run->loop = (struct loop_run){ .bench = run->bench,
				       .env = &run->env,
				       .nr = bench_batch(run->bench, &run->env),
				       .nr_calls = nr_calls };
	loop_run_begin(&run->loop);
	for (unsigned t = 0; t < threads; t++)
		run->done += run->loop.done[t];
	loop_run_end(&run->loop);
}

/* Samples along the trace of how the free memory lies. */
static unsigned nr_shares(const struct loop_run *run)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < run->nr_metrics; i++)
		if (!strncmp(run->metrics[i].name, "huge_free_share_at_", 19)) {
			assert_true(run->metrics[i].value <= 1);
			nr++;
		}
	return nr;
}

typedef void (*look_fn)(const struct trace_subject *t, const struct run *run);

/* Every strategy's case that so many threads can run. */
static void run_all(const struct trace_subject *t, uint64_t pages, look_fn look)
{
	static const unsigned counts[] = { 1, 2, 4 };
	unsigned nr, ran = 0;
	const struct bench_case *const *cases = bench_cases(&nr);

	nr_calls = t->header.nr_events < 100 ? 200 : 2;
	for (unsigned i = 0; i < nr; i++)
		for (unsigned c = 0; c < ARRAY_SIZE(counts); c++) {
			struct run run;

			if (!cases[i]->file ||
			    counts[c] > cases[i]->max_threads)
				continue;
			recorder_clear();
			run_case(&run, cases[i], t->path, counts[c], pages);
			look(t, &run);
			free(run.bench);
			ran++;
		}
	assert_true(ran > nr_replays);
}

/* With memory in plenty; on each of two nodes, too. */
static void all_is_done(const struct trace_subject *t, const struct run *run)
{
	assert_int_equal(run->done,
			 run->loop.nr * run->env.point.threads * nr_calls);
	assert_int_equal(run->done % (2 * t->header.nr[TRACE_PAGE_ALLOC]), 0);
	assert_true(loop_run_value(&run->loop, "peak_pages") ==
		    (double)t->peak_pages);
	assert_true(loop_run_value(&run->loop, "trace_unknown_frees") ==
		    (double)t->header.unknown_pages);
	assert_true(loop_run_value(&run->loop, "trace_implied_frees") ==
		    (double)t->implied_pages);
	/* null has no memory that could lie well or badly. */
	assert_int_equal(nr_shares(&run->loop),
			 strcmp(run->bench->strategy, "null") ? 11 : 0);
}

/* What fails is counted, what is not there is not freed, and no one hangs. */
static void some_of_it_fails(const struct trace_subject *t,
			     const struct run *run)
{
	(void)t;
	assert_true(run->done <=
		    run->loop.nr * run->env.point.threads * nr_calls);
}

/* Kernels' further types are unmovable. */
static uint8_t wanted_type(const struct trace_event *e)
{
	return e->type <= MIGRATE_MOVABLE ? e->type : MIGRATE_UNMOVABLE;
}

/* One round of one thread in the log, from *at on. */
static void check_round(const struct trace_subject *t, unsigned threads,
			unsigned cpu, uint64_t *at, uint64_t *rest)
{
	const struct recorder_log *log = &recorder_logs[cpu];

	for (uint64_t i = 0; i < t->header.nr_events; i++) {
		const struct trace_event *e = &t->events[i];
		const bool alloc = e->kind == TRACE_PAGE_ALLOC;
		const struct recorder_call *call = &log->v[*at];

		if (!trace_is_page(e->kind) || e->cpu % threads != cpu)
			continue;
		assert_true(++*at <= log->nr);
		assert_int_equal(call->alloc, alloc);
		assert_int_equal(call->order, e->order);
		assert_int_equal(call->type, alloc ? wanted_type(e) : 0);
	}
	/* Behind the trace only frees; the next round begins otherwise. */
	for (; *at < log->nr && !log->v[*at].alloc && rest[cpu]; ++*at)
		rest[cpu]--;
}

/* What each thread has to free behind the trace: what it allocated last. */
static void count_rest(const struct trace_subject *t, unsigned threads,
		       uint64_t rest[LOOP_RUN_MAX_THREADS])
{
	uint16_t *owner = calloc(t->header.page_objects + 1, sizeof(*owner));

	assert_non_null(owner);
	memset(rest, 0, LOOP_RUN_MAX_THREADS * sizeof(*rest));
	for (uint64_t i = 0; i < t->header.nr_events; i++)
		if (t->events[i].kind == TRACE_PAGE_ALLOC)
			owner[t->events[i].object] = t->events[i].cpu % threads;
	for (uint32_t o = 0; o < t->header.page_objects; o++)
		rest[owner[o]] += t->live_order[o] != 0;
	free(owner);
}

/* Each CPU's events in its order, nothing else, round after round. */
static void check_log(const struct trace_subject *t, const struct run *run)
{
	const unsigned threads = run->env.point.threads;
	const uint64_t ops = 2 * t->header.nr[TRACE_PAGE_ALLOC];
	/* One that is untimed, and as many in each call as divide evenly. */
	const uint64_t rounds = 1 + nr_calls * run->loop.nr * threads / ops;

	for (unsigned cpu = 0; cpu < threads; cpu++) {
		uint64_t at = 0;

		for (uint64_t i = 0; i < rounds; i++) {
			uint64_t rest[LOOP_RUN_MAX_THREADS];

			count_rest(t, threads, rest);
			check_round(t, threads, cpu, &at, rest);
			assert_int_equal(rest[cpu], 0);
		}
		assert_int_equal(at, recorder_logs[cpu].nr);
	}
}

static void look_into_the_log(const struct trace_subject *t,
			      const struct run *run)
{
	unsigned nodes = run->env.nr_nodes;

	all_is_done(t, run);
	if (strcmp(run->bench->strategy, "recorder"))
		return;
	assert_int_equal(recorder_wrong, 0);
	assert_int_equal(recorder_live, 0);
	assert_int_equal(recorder_live_at[0], 0);
	assert_int_equal(recorder_live_at[10 * nodes], t->live_pages);
	check_log(t, run);
}

/* The sanitizers' builds are ten times slower. */
#if KMB_DEBUG
#define NR_MADE 4000
#else
#define NR_MADE 20000
#endif

static char *const *given; /* traces of the command line */

/* Each given trace, or the made one. */
static void for_each_subject(void (*fn)(const struct trace_subject *))
{
	char *const made[] = { (char *)"", NULL };

	for (char *const *path = given ? given : made; *path; path++) {
		struct trace_subject t =
			subject_read(given ? *path : make_trace(NR_MADE, true));

		if (given)
			printf("# %s: %llu events, %llu live at the end, peak "
			       "%llu pages, %llu unknown, %llu implied\n",
			       t.path, (unsigned long long)t.header.nr_events,
			       (unsigned long long)t.nr_live,
			       (unsigned long long)t.peak_pages,
			       (unsigned long long)t.header.unknown_pages,
			       (unsigned long long)t.implied_pages);
		fn(&t);
		subject_free(&t);
	}
}

static void replay_all(const struct trace_subject *t)
{
	assert_int_equal(t->peak_pages,
			 given ? t->header.peak_pages : t->peak_pages);
	for (unsigned i = 0; i < nr_replays; i++)
		replays[i](t);
}

static void no_overlap_and_the_live_set_of_the_model(void **unused)
{
	(void)unused;
	for_each_subject(replay_all);
}

static void run_in_plenty(const struct trace_subject *t)
{
	run_all(t, trace_map_pages(t), look_into_the_log);
}

static void loops_do_each_cpus_events_in_their_order(void **unused)
{
	(void)unused;
	for_each_subject(run_in_plenty);
}

static void no_cpu_gets_a_round_ahead(void **unused)
{
	struct trace_subject t = subject_read(make_one_way());

	(void)unused;
	run_in_plenty(&t);
	subject_free(&t);
}

static void run_in_need(const struct trace_subject *t)
{
	run_all(t, 1ull << MAX_PAGE_ORDER, some_of_it_fails);
}

static void memory_below_the_peak_is_counted(void **unused)
{
	(void)unused;
	for_each_subject(run_in_need);
}

static const struct bench_case *trace_case(void)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++)
		if (cases[i]->file)
			return cases[i];
	return NULL;
}

static void what_is_no_page_trace_is_refused(void **unused)
{
	const struct bench_case *bench = trace_case();
	char error[512] = "";
	const char *path = scratch_path("none");

	(void)unused;
	assert_int_not_equal(bench->check_file(path, error, sizeof(error)), 0);
	assert_non_null(strstr(error, path));
	scratch_write(path, "text", 4);
	assert_int_not_equal(bench->check_file(path, error, sizeof(error)), 0);
	assert_non_null(strstr(error, path));
	path = make_trace(10, false);
	assert_int_not_equal(bench->check_file(path, error, sizeof(error)), 0);
	assert_non_null(strstr(error, "no page is allocated"));
	path = make_trace(10, true);
	assert_int_equal(bench->check_file(path, error, sizeof(error)), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		scratch_test(no_overlap_and_the_live_set_of_the_model),
		scratch_test(loops_do_each_cpus_events_in_their_order),
		scratch_test(no_cpu_gets_a_round_ahead),
		scratch_test(memory_below_the_peak_is_counted),
		scratch_test(what_is_no_page_trace_is_refused),
	};
	int failed;

	if (argc > 1)
		given = argv + 1;
	failed = cmocka_run_group_tests_name("frame_trace", tests, NULL, NULL);
	recorder_drop();
	return failed;
}
