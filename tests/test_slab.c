/*
 * test_slab.c - the contract of kernels/slab/slab.h, checked for every strategy
 * against the model: random operations of several CPUs by one thread.
 */
#include "slab_model.h"

#define SLAB_SCALE (KMB_DEBUG ? 20 : 1) /* so many times fewer operations */
/* The largest k of each k-th page that fails. */
#define SLAB_FAIL_MOST (KMB_DEBUG ? 12 : 40)

/* From 8 bytes to 8 KiB, powers of two, 2^k + 8, and what fits nowhere. */
static const uint32_t slab_sizes[] = {
	8,   13,  16,  24,  32,	  40,	64,   72,   96,	  128,	136,  192,
	256, 264, 512, 520, 1000, 1024, 1032, 2048, 2056, 4096, 4104, 8192,
};

/* Objects that are given or taken in a trace: 10^7 over all sizes. */
static uint64_t slab_trace_ops(uint32_t size)
{
	return (size <= 128 ? 900000 : 115200000 / size) / SLAB_SCALE;
}

static struct slab_source slab_source;
static uint64_t slab_nr_ops; /* of all traces of a strategy */

enum slab_trace_what {
	TRACE_DRAIN = 1 << 0,  /* CPUs go away now and then */
	TRACE_SHRINK = 1 << 1, /* so does what is not in use */
	TRACE_SHORT = 1 << 2,  /* a tenth as many operations */
};

/* One to SLAB_MODEL_BULK objects; returns how many. */
static unsigned trace_step(struct slab_model *m, unsigned cpu, bool up,
			   struct random *r)
{
	unsigned most =
		m->max / 4 < SLAB_MODEL_BULK ? m->max / 4 : SLAB_MODEL_BULK;
	bool bulk = random_below(r, 16) == 0;
	unsigned nr = bulk ? 1 + (unsigned)random_below(r, most) : 1;

	if (random_below(r, 8) < (up ? 5 : 3)) {
		if (m->nr + nr > m->max)
			return 0;
		if (bulk)
			slab_model_alloc_bulk(m, cpu, nr);
		else
			slab_model_alloc(m, cpu);
	} else if (m->nr >= nr) {
		if (bulk)
			slab_model_free_bulk(m, cpu, nr, r);
		else
			slab_model_free(m, cpu,
					(unsigned)random_below(r, m->nr));
	}
	return nr;
}

/* Any other CPU goes away; it may come back. */
static void trace_drain(struct slab_model *m, unsigned cpu, struct random *r)
{
	unsigned dead = (unsigned)random_below(r, SLAB_SOURCE_CPUS - 1);

	m->on->drain_cpu(m->cache, cpu, dead + (dead >= cpu));
}

/* Mostly up until nearly all is held, mostly down until nearly nothing is. */
static void trace_cache(struct slab_model *m, unsigned what, struct random *r)
{
	const uint64_t nr_ops =
		slab_trace_ops(m->params.size) / (what & TRACE_SHORT ? 10 : 1);
	const unsigned stay = m->on->any_cpu ? 1024 : 8;
	unsigned cpu = 0, steps = 0;
	bool up = true;

	for (uint64_t ops = 0; ops < nr_ops; steps++) {
		if (random_below(r, stay) == 0) {
			cpu = (unsigned)random_below(r, SLAB_SOURCE_CPUS);
			slab_run_on(m->on, cpu);
		}
		ops += trace_step(m, cpu, up, r);
		if (up ? m->nr + m->max / 8 > m->max : m->nr < m->max / 8)
			up = !up;
		if (steps % 8192 == 8191)
			slab_model_check(m);
		if (what & TRACE_DRAIN && random_below(r, 4096) == 0)
			trace_drain(m, cpu, r);
		if (what & TRACE_SHRINK && random_below(r, 8192) == 0)
			slab_model_shrink(m, cpu);
	}
	slab_nr_ops += nr_ops;
}

static void trace(const struct slab_subject *on,
		  const struct slab_params *params, unsigned nr_nodes,
		  unsigned what)
{
	struct random r = { test_seed() + params->size };
	struct slab_model m;

	slab_source_begin(&slab_source, nr_nodes);
	assert_int_equal(slab_model_create(&m, on, &slab_source, params), 0);
	trace_cache(&m, what, &r);
	slab_model_end(&m, 0);
	slab_source_end(&slab_source);
}

static void objects_are_ones_own_aligned_and_left_alone(void **state)
{
	slab_nr_ops = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(slab_sizes); i++)
		trace(*state,
		      &(struct slab_params){ .name = "trace",
					     .size = slab_sizes[i] },
		      1, TRACE_DRAIN | TRACE_SHRINK);
	if (!KMB_DEBUG)
		assert_true(slab_nr_ops >= 10000000);
}

static void constructed_state_is_kept(void **state)
{
	static const uint32_t sizes[] = { 8, 32, 64, 200, 1024, 4104 };

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++)
		trace(*state,
		      &(struct slab_params){ .name = "constructed",
					     .size = sizes[i],
					     .ctor = slab_construct },
		      1, TRACE_DRAIN | TRACE_SHRINK | TRACE_SHORT);
}

static void two_nodes_keep_the_contract(void **state)
{
	static const uint32_t sizes[] = { 32, 192, 1024, 2056 };

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++)
		trace(*state,
		      &(struct slab_params){ .name = "nodes",
					     .size = sizes[i] },
		      2, TRACE_DRAIN | TRACE_SHORT);
}

/* A new slab's objects are constructed once each, and not at an alloc. */
static void each_object_is_constructed_once(void **state)
{
	const struct slab_params params = { .name = "once",
					    .size = 192,
					    .ctor = slab_construct };
	struct slab_stats stats;
	struct slab_model m;

	slab_source_begin(&slab_source, 1);
	assert_int_equal(slab_model_create(&m, *state, &slab_source, &params),
			 0);
	for (unsigned round = 0; round < 3; round++) {
		while (m.nr < 1000)
			slab_model_alloc(&m, 0);
		m.on->stats(m.cache, &stats);
		assert_int_equal(slab_nr_constructed, stats.nr_objects);
		while (m.nr > 900)
			slab_model_free(&m, 0, m.nr / 2);
	}
	slab_model_end(&m, 0);
	slab_source_end(&slab_source);
}

/* Many more than one, so that not all lie where a slab begins. */
static void check_aligned(const struct slab_subject *on,
			  const struct slab_params *params, uint32_t align)
{
	struct slab_model m;

	slab_source_begin(&slab_source, 1);
	assert_int_equal(slab_model_create(&m, on, &slab_source, params), 0);
	assert_int_equal(m.cache->align, align);
	for (unsigned i = 0; i < 100; i++) {
		slab_model_alloc(&m, 0);
		assert_int_equal((uintptr_t)m.held[i].object % align, 0);
	}
	slab_model_end(&m, 0);
	slab_source_end(&slab_source);
}

static void objects_are_aligned_as_asked(void **state)
{
	static const struct {
		uint32_t size, align, flags, is;
	} t[] = {
		{ 8, 0, 0, 8 },
		{ 1, 0, 0, 8 },
		{ 24, 4, 0, 8 },
		{ 24, 16, 0, 16 },
		{ 100, 64, 0, 64 },
		{ 100, 256, 0, 256 },
		{ 3000, 4096, 0, 4096 },
		{ 5000, 4096, 0, 4096 },
		{ 8, 0, SLAB_HWCACHE_ALIGN, 8 },
		{ 16, 0, SLAB_HWCACHE_ALIGN, 16 },
		{ 17, 0, SLAB_HWCACHE_ALIGN, 32 },
		{ 32, 0, SLAB_HWCACHE_ALIGN, 32 },
		{ 33, 0, SLAB_HWCACHE_ALIGN, 64 },
		{ 192, 0, SLAB_HWCACHE_ALIGN, 64 },
		{ 192, 128, SLAB_HWCACHE_ALIGN, 128 },
		{ 64, 0, SLAB_RECLAIM_ACCOUNT, 8 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(t); i++)
		check_aligned(*state,
			      &(struct slab_params){ .name = "aligned",
						     .size = t[i].size,
						     .align = t[i].align,
						     .flags = t[i].flags },
			      t[i].is);
}

/* Of some MiB, to the largest there can be. */
static void an_object_may_be_as_large_as_a_block(void **state)
{
	static const uint32_t sizes[] = { 16384, 40000, 1 << 20,
					  SLAB_MAX_SIZE };

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		const struct slab_params params = { .name = "large",
						    .size = sizes[i] };
		struct slab_model m;

		slab_source_begin(&slab_source, 1);
		assert_int_equal(
			slab_model_create(&m, *state, &slab_source, &params),
			0);
		while (m.nr < 3)
			assert_true(slab_model_alloc(&m, 0));
		slab_model_free(&m, 1, 1);
		assert_true(slab_model_alloc(&m, 1));
		slab_model_end(&m, 0);
		slab_source_end(&slab_source);
	}
}

/* A reference's memory is its own: only the number counts. */
static void destroy_returns_what_is_in_use(void **state)
{
	const struct slab_params params = { .name = "live", .size = 200 };
	uint64_t pages;
	struct slab_model m;

	slab_source_begin(&slab_source, 1);
	assert_int_equal(slab_model_create(&m, *state, &slab_source, &params),
			 0);
	while (m.nr < 1000)
		slab_model_alloc(&m, 0);
	while (m.nr > 7)
		slab_model_free(&m, 0, m.nr / 3);
	slab_model_live(&m, &pages);
	assert_int_equal(m.on->destroy(m.cache), 7);
	if (!(m.on->traits & SLAB_NO_SHRINK))
		assert_int_equal(slab_source.nr_pages, pages);
	free(m.held);
	free(m.cache);
	slab_source_end(&slab_source);
}

static void wrong_params_are_refused(void **state)
{
	static const struct slab_params wrong[] = {
		{ .size = 0 },
		{ .size = SLAB_MAX_SIZE + 1 },
		{ .size = UINT32_MAX },
		{ .size = 64, .align = 24 },
		{ .size = 64, .align = 2 * PAGE_SIZE },
	};
	struct slab_model m;

	slab_source_begin(&slab_source, 1);
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(
			slab_model_create(&m, *state, &slab_source, &wrong[i]),
			-EINVAL);
	assert_int_equal(slab_source.nr_pages, 0);
	slab_source_end(&slab_source);
}

/* Another CPU's free objects are found once it is gone, to the last. */
static void a_cpu_that_is_gone_keeps_nothing(void **state)
{
	const struct slab_subject *on = *state;
	const struct slab_params params = { .name = "drain", .size = 128 };
	struct slab_stats stats;
	struct slab_model m;

	if (on->traits & (SLAB_CPU_LOCAL | SLAB_NO_SHRINK))
		skip();
	slab_source_begin(&slab_source, 1);
	assert_int_equal(slab_model_create(&m, on, &slab_source, &params), 0);
	for (unsigned cpu = 0; cpu < SLAB_SOURCE_CPUS; cpu++) {
		slab_run_on(on, cpu);
		for (unsigned i = 0; i < 500; i++)
			slab_model_alloc(&m, cpu);
		for (unsigned i = 0; i < 300; i++)
			slab_model_free(&m, cpu, i * 7 % m.nr);
	}
	slab_run_on(on, 0);
	for (unsigned cpu = 1; cpu < slab_source.host.nr_cpus; cpu++)
		on->drain_cpu(m.cache, 0, cpu);
	slab_model_check(&m);
	slab_source.fail_every = 1;
	while (slab_model_alloc(&m, 0))
		continue;
	on->stats(m.cache, &stats);
	assert_int_equal(stats.nr_objects, m.nr);
	slab_source.fail_every = 0;
	slab_model_end(&m, 0);
	slab_source_end(&slab_source);
}

/* More than any strategy keeps of its own accord; then they are as they were
 * left, and none of their pages went. */
static void typesafe_slabs_stay_until_a_shrink(void **state)
{
	const struct slab_params params = { .name = "typesafe",
					    .size = 8192,
					    .flags = SLAB_TYPESAFE_BY_RCU };
	struct slab_stats before, after;
	struct slab_model m;

	slab_source_begin(&slab_source, 1);
	assert_int_equal(slab_model_create(&m, *state, &slab_source, &params),
			 0);
	m.max = 3000;
	m.held = realloc(m.held, m.max * sizeof(*m.held));
	assert_non_null(m.held);
	while (m.nr < m.max)
		assert_true(slab_model_alloc(&m, 0));
	m.on->stats(m.cache, &before);
	while (m.nr)
		slab_model_free(&m, 0, m.nr / 3);
	while (m.nr < 100)
		assert_true(slab_model_alloc(&m, 0));
	while (m.nr)
		slab_model_free(&m, 0, m.nr / 3);
	slab_run_on(m.on, 1);
	m.on->drain_cpu(m.cache, 1, 0);
	m.on->stats(m.cache, &after);
	assert_int_equal(after.nr_slabs, before.nr_slabs);
	assert_true(after.page_bytes >= before.page_bytes);
	slab_model_check(&m);
	slab_model_end(&m, 0);
	slab_source_end(&slab_source);
}

/* All or nothing: what was got before the pages ran out is not lost. */
static void bulk_is_all_or_nothing(void **state)
{
	const struct slab_params params = { .name = "bulk", .size = 512 };
	struct slab_model m;
	unsigned held;

	slab_source_begin(&slab_source, 1);
	assert_int_equal(slab_model_create(&m, *state, &slab_source, &params),
			 0);
	assert_true(slab_model_alloc_bulk(&m, 0, 5));
	slab_source.fail_every = 1;
	while (slab_model_alloc_bulk(&m, 0, SLAB_MODEL_BULK))
		continue;
	slab_model_check(&m);
	held = m.nr;
	while (slab_model_alloc(&m, 0))
		continue;
	assert_true(m.nr - held < SLAB_MODEL_BULK);
	slab_source.fail_every = 0;
	assert_true(slab_model_alloc_bulk(&m, 0, SLAB_MODEL_BULK));
	assert_int_equal(m.on->alloc_bulk(m.cache, 0, 0, NULL), 0);
	m.on->free_bulk(m.cache, 0, 0, NULL);
	slab_model_end(&m, 0);
	slab_source_end(&slab_source);
}

/* Each k-th call of the source fails, at creation too. */
static void fail_every(const struct slab_subject *on, uint64_t k,
		       const struct slab_params *params)
{
	struct random r = { test_seed() + k };
	struct slab_model m;
	unsigned cpu = 0;
	int err;

	slab_source_begin(&slab_source, 1);
	slab_source.fail_every = k;
	err = slab_model_create(&m, on, &slab_source, params);
	if (err) {
		assert_int_equal(err, -ENOMEM);
		assert_true(slab_source.nr_failed);
		assert_int_equal(slab_source.nr_pages, 0);
		slab_source_end(&slab_source);
		return;
	}
	m.max = m.max < 600 ? m.max : 600;
	for (unsigned step = 0; step < 2000; step++) {
		if (step % 64 == 0) {
			cpu = (unsigned)random_below(&r, SLAB_SOURCE_CPUS);
			slab_run_on(on, cpu);
		}
		trace_step(&m, cpu, step / 500 % 2 == 0, &r);
		if (step % 250 == 249)
			trace_drain(&m, cpu, &r);
		if (step % 900 == 899)
			slab_model_shrink(&m, cpu);
	}
	slab_model_check(&m);
	slab_model_end(&m, 0);
	slab_source_end(&slab_source);
}

static void without_pages_callers_get_none_and_nothing_leaks(void **state)
{
	for (uint64_t k = 1; k <= SLAB_FAIL_MOST; k++) {
		fail_every(
			*state, k,
			&(struct slab_params){ .name = "fail", .size = 1024 });
		fail_every(*state, k,
			   &(struct slab_params){ .name = "fail",
						  .size = 96,
						  .ctor = slab_construct });
	}
}

#define SLAB_CHECK(check_name)                               \
	{                                                    \
		.name = #check_name, .test_func = check_name \
	}

/* What hands out the same object again and again keeps no contract. */
static int run_checks(struct slab_subject *on)
{
	struct CMUnitTest tests[] = {
		SLAB_CHECK(objects_are_ones_own_aligned_and_left_alone),
		SLAB_CHECK(constructed_state_is_kept),
		SLAB_CHECK(two_nodes_keep_the_contract),
		SLAB_CHECK(each_object_is_constructed_once),
		SLAB_CHECK(objects_are_aligned_as_asked),
		SLAB_CHECK(an_object_may_be_as_large_as_a_block),
		SLAB_CHECK(destroy_returns_what_is_in_use),
		SLAB_CHECK(wrong_params_are_refused),
		SLAB_CHECK(a_cpu_that_is_gone_keeps_nothing),
		SLAB_CHECK(typesafe_slabs_stay_until_a_shrink),
		SLAB_CHECK(bulk_is_all_or_nothing),
		SLAB_CHECK(without_pages_callers_get_none_and_nothing_leaks),
	};
	char group[64];

	if (on->traits & SLAB_NULL)
		return 0;
	for (unsigned i = 0; i < ARRAY_SIZE(tests); i++)
		tests[i].initial_state = on;
	snprintf(group, sizeof(group), "slab/%s", on->name);
	return _cmocka_run_group_tests(group, tests, ARRAY_SIZE(tests), NULL,
				       NULL);
}

/* test_slab [STRATEGY ...]: these, or all. */
int main(int argc, char **argv)
{
	int failed = 0;

	if (KMB_TSAN) {
		puts("skipped: but one thread; test_slab_stress has more");
		return TEST_SKIP;
	}
	for (unsigned i = 0; i < nr_slab_subjects; i++) {
		bool asked = argc < 2;

		for (int a = 1; a < argc; a++)
			asked |= !strcmp(argv[a], slab_subjects[i].name);
		if (asked)
			failed += run_checks(&slab_subjects[i]);
	}
	return failed != 0;
}
