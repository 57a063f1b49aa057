/*
 * test_slab_loops.c - every timed loop of family slab, run for a short while:
 * every request is served, and every page comes back.
 */
#include "host_plain.h"
#include "loop_run.h"

#include <stdlib.h>

#include "../bench/slab_peers.h"
#include "../bench/trace_file.h"
#include "scratch.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#define NR_CALLS 1
#define MEMORY (8 << 20)
#else
#define SANITIZED 0
#define NR_CALLS 3
#define MEMORY (32 << 20)
#endif
#define MAX_THREADS 2

/* -1: no such row. */
struct metrics {
	double failed, peak, shredded, shrunk;
};

static struct metrics metrics_of(const struct loop_run *run)
{
	static const char *const known[] = {
		"failed_requests",
		"held_per_live_byte",
		"held_per_live_byte_shredded",
		"held_per_live_byte_shrunk",
		"refills_per_op",
		"remote_frees_per_op",
		"freed_elsewhere",
		"remote_frees",
	};

	for (unsigned i = 0; i < run->nr_metrics; i++) {
		unsigned k = 0;

		if (!strncmp(run->metrics[i].name, "node_", 5))
			continue;
		while (k < ARRAY_SIZE(known) &&
		       strcmp(run->metrics[i].name, known[k]))
			k++;
		check(k < ARRAY_SIZE(known), "metric %s", run->metrics[i].name);
		assert_string_equal(run->metrics[i].unit, "1");
	}
	return (struct metrics){
		.failed = loop_run_value(run, known[0]),
		.peak = loop_run_value(run, known[1]),
		.shredded = loop_run_value(run, known[2]),
		.shrunk = loop_run_value(run, known[3]),
	};
}

/* Setup to teardown at one point. */
static struct metrics run_case(const struct bench_case *bench,
			       struct bench_env *env)
{
	struct loop_run run = { .bench = bench,
				.env = env,
				.nr_calls = bench->one_batch ? 1 : NR_CALLS };
	struct metrics metrics;

	env->bench = bench;
	run.nr = bench_batch(bench, env);
	loop_run_begin(&run);
	for (unsigned t = 0; t < env->point.threads && !bench->file; t++)
		check(run.done[t] == run.nr_calls * run.nr,
		      "%s %s size %llu thread %u: %llu of %llu",
		      bench->strategy, bench->workload,
		      (unsigned long long)env->point.size, t,
		      (unsigned long long)run.done[t],
		      (unsigned long long)(run.nr_calls * run.nr));
	metrics = metrics_of(&run);
	assert_true(metrics.failed == 0);
	loop_run_end(&run);
	return metrics;
}

static const unsigned nodes[MAX_THREADS] = { 0, 1 };
static const unsigned cpus[MAX_THREADS] = { 0, 1 };

static struct bench_env env_of(unsigned threads, uint64_t size)
{
	return (struct bench_env){ .point = { .threads = threads,
					      .size = size,
					      .memory = MEMORY,
					      .seed = test_seed() },
				   .host = &host_plain,
				   .nr_nodes = threads,
				   .thread_node = nodes,
				   .thread_cpu = cpus };
}

/*
 * Sanitizers bring a malloc of their own: of the libraries only glibc's. They
 * are slow, too: all sizes of batches have the same loops, and so have all whom
 * these call through pointers.
 */
static bool runs_here(const struct bench_case *bench)
{
	const struct slab_case *c = bench->arg;

	if (SANITIZED && c->subject->library)
		return !strcmp(bench->strategy, "glibc");
	if (SANITIZED && strstr(bench->workload, "@indirect") &&
	    strcmp(bench->strategy, "list_lock"))
		return false;
	if (SANITIZED && !strncmp(bench->workload, "batch_", 6) &&
	    strncmp(bench->workload, "batch_1024_", 11))
		return false;
	return !c->subject->unsupported || !c->subject->unsupported();
}

static void run_all(unsigned threads, uint64_t size)
{
	struct bench_env env = env_of(threads, size);
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++)
		if (!cases[i]->file && runs_here(cases[i]) &&
		    threads >= cases[i]->min_threads &&
		    threads <= cases[i]->max_threads &&
		    size <= cases[i]->size_max)
			run_case(cases[i], &env);
}

static void one_thread(void **unused)
{
	(void)unused;
	run_all(1, 136);
}

static void two_threads_on_two_nodes(void **unused)
{
	(void)unused;
	run_all(2, 1024);
}

/* Each thread frees half of what the other allocated, on the other node. */
static void pages_and_frees_are_counted_by_node(void **unused)
{
	struct bench_env env = env_of(2, 64);
	struct loop_run run = { .env = &env, .nr_calls = 1 };

	(void)unused;
	run.bench = env.bench = loop_case("array_cache", "nodes@inline");
	run.nr = bench_batch(env.bench, &env);
	loop_run_begin(&run);
	assert_true(loop_run_value(&run, "freed_elsewhere") == (double)run.nr);
	assert_true(loop_run_value(&run, "remote_frees") == (double)run.nr);
	for (unsigned n = 0; n < 2; n++) {
		const char *const names[] = { "pages", "pgalloc", "numa_miss",
					      "other_node" };
		double value[4];

		for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
			char name[48];

			snprintf(name, sizeof(name), "node_%02u_%s", n,
				 names[i]);
			value[i] = loop_run_value(&run, name);
		}
		/* 64 bytes each, and what SLAB keeps beside. */
		assert_true(value[0] >= (double)run.nr / 64);
		assert_true(value[0] == value[1]);
		assert_true(value[2] == 0 && value[3] == 0);
	}
	loop_run_end(&run);
}

/*
 * 64 objects of 64 bytes are a slab of a page: nothing else is held. Of 4 MiB
 * one in 64 is left, in each page, so shrinking gives nothing back.
 */
static void memory_held_is_the_pages(void **unused)
{
	struct bench_env env = env_of(1, 64);
	const char *const strategy[] = { "list_lock", "floor" };

	(void)unused;
#if KMB_DEBUG >= 1
	skip(); /* objects are larger */
#endif
	for (unsigned i = 0; i < 2; i++) {
		struct metrics m;

		m = run_case(loop_case(strategy[i], "batch_64_lifo@inline"),
			     &env);
		assert_true(m.peak == 1 && m.shredded == -1);
		m = run_case(loop_case(strategy[i], "shred@indirect"), &env);
		assert_true(m.peak == 1);
		assert_true(m.shredded == 64 && m.shrunk == 64);
	}
	assert_true(run_case(loop_case("null", "shred@inline"), &env).peak ==
		    -1);
}

/* One object of each slab's worth of addresses, whatever the size. */
static void one_of_each_slab_is_left(void **unused)
{
	static const uint64_t sizes[] = { 8, 64, 192, 520, 1024, 4096, 8192 };

	(void)unused;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		uint64_t slab = slab_shred_bytes(sizes[i]), left = 0;

		for (uint64_t at = 0; at + sizes[i] <= slab; at += sizes[i])
			left += slab_is_left((void *)(16 * slab + at), slab,
					     sizes[i]);
		assert_int_equal(left, 1);
		assert_int_equal(slab & (slab - 1), 0);
	}
}

/* Two CPUs: of each the other frees every second, of both kinds. */
static void write_trace(const char *path)
{
	struct trace_header header = { .nr_cpus = 2, .slab_objects = 64 };
	struct trace_writer *w;
	char error[256];

	w = trace_writer_open(path, error, sizeof(error));
	check(w, "%s", error);
	for (unsigned i = 0; i < 128; i++) {
		unsigned object = i % 64, cache = object % 3 == 0;
		struct trace_event e = { .object = object,
					 .cpu = (uint16_t)(object % 2) };

		e.bytes = i < 64 ? 24u << object % 8 : 0;
		e.kind = cache ? TRACE_CACHE_ALLOC : TRACE_KMALLOC;
		if (i >= 64) {
			e.kind = cache ? TRACE_CACHE_FREE : TRACE_KFREE;
			e.cpu = (uint16_t)(object / 2 % 2);
		}
		if (object == 63 && i >= 64)
			continue; /* it is never freed */
		header.nr[e.kind]++;
		header.nr_events++;
		assert_int_equal(trace_writer_add(w, &e), 0);
	}
	check(!trace_writer_finish(w, &header, error, sizeof(error)), "%s",
	      error);
}

static void a_trace_is_replayed(void **unused)
{
	unsigned nr, ran = 0;
	const struct bench_case *const *cases = bench_cases(&nr);
	const char *path = scratch_path("slab.kmbtrace");
	char error[256];

	(void)unused;
	write_trace(path);
	for (unsigned i = 0; i < nr; i++) {
		struct bench_case *c;

		if (!cases[i]->file || !runs_here(cases[i]))
			continue;
		c = bench_case_of_file(cases[i], "slab", path);
		check(!c->check_file(path, error, sizeof(error)), "%s", error);
		for (unsigned threads = 1;
		     threads <= 2 && threads <= c->max_threads; threads++) {
			struct bench_env env = env_of(threads, 0);

			env.bench = c;
			assert_int_equal(c->round(&env), 128 / threads);
			run_case(c, &env);
			ran++;
		}
		free(c);
	}
	assert_true(ran >= 10);
}

static void a_trace_of_pages_is_refused(void **unused)
{
	const struct bench_case *bench = loop_case("null", "trace@inline");
	struct trace_header header = { .nr_cpus = 1,
				       .nr_events = 1,
				       .page_objects = 1 };
	struct trace_event e = { .kind = TRACE_PAGE_ALLOC };
	const char *path = scratch_path("page.kmbtrace");
	struct trace_writer *w;
	char error[256];

	(void)unused;
	header.nr[TRACE_PAGE_ALLOC] = 1;
	w = trace_writer_open(path, error, sizeof(error));
	check(w, "%s", error);
	assert_int_equal(trace_writer_add(w, &e), 0);
	assert_int_equal(trace_writer_finish(w, &header, error, sizeof(error)),
			 0);
	assert_int_equal(bench->check_file(path, error, sizeof(error)),
			 -EINVAL);
	assert_non_null(strstr(error, "no object of a slab is allocated"));
}

/* Every library that is there says which it is; the C library is. */
static void libraries_have_versions(void **unused)
{
	unsigned nr, found = 0;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	for (unsigned i = 0; i < nr; i++)
		if (cases[i]->version && runs_here(cases[i]) &&
		    !strcmp(cases[i]->workload, "pair@indirect")) {
			const char *version = cases[i]->version();

			assert_true(version[0] >= '0' && version[0] <= '9');
			found++;
		}
	assert_true(found >= 1);
}

static void a_library_that_is_not_there_is_missed(void **unused)
{
	static const char *const files[] = { "libno-such-malloc.so.1", NULL };
	static const char *const here[] = { "libno-such-malloc.so.1",
					    "libc.so.6", NULL };
	struct slab_library missing = { .name = "missing", .files = files };
	struct slab_library second = { .name = "second", .files = here };

	(void)unused;
	assert_false(slab_library_found(&missing));
	assert_string_equal(missing.why_not, "no libno-such-malloc.so.1");
	assert_true(slab_library_found(&second));
	slab_library_load(&second);
	assert_non_null(slab_library_symbol(&second, "malloc"));
	assert_null(slab_library_symbol(&second, "no_such_malloc"));
}

static void no_memory_is_reported(void **unused)
{
	struct bench_env env = env_of(1, 64);
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	(void)unused;
	env.point.memory = 1 << 20;
	for (unsigned i = 0; i < nr; i++) {
		const struct slab_case *c = cases[i]->arg;

		env.bench = cases[i];
		if (!c->subject->library && !cases[i]->file)
			assert_null(cases[i]->setup(&env));
	}
}

/* What every case's process has: room for jemalloc's thread-local variables. */
static void begin_again_with_room(char **argv)
{
	if (getenv("GLIBC_TUNABLES"))
		return;
	setenv("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=16384", 1);
	execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_thread),
		cmocka_unit_test(two_threads_on_two_nodes),
		cmocka_unit_test(pages_and_frees_are_counted_by_node),
		cmocka_unit_test(memory_held_is_the_pages),
		cmocka_unit_test(one_of_each_slab_is_left),
		cmocka_unit_test(a_trace_is_replayed),
		cmocka_unit_test(a_trace_of_pages_is_refused),
		cmocka_unit_test(libraries_have_versions),
		cmocka_unit_test(a_library_that_is_not_there_is_missed),
		cmocka_unit_test(no_memory_is_reported),
	};

	(void)argc;
	begin_again_with_room(argv);
	return cmocka_run_group_tests_name("slab_loops", tests, scratch_make,
					   scratch_remove);
}
