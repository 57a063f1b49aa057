/*
 * suite_scan.c - scans of a bitmap from its first bit to the answer.
 *
 * One call scans up to 32 MiB, so a pointer to the variant costs nothing and
 * the cases are made from the variants' table: every variant under every
 * workload, and null and floor. Each thread has a bitmap of its own.
 */
#include "bench.h"
#include "thread_sets.h"
#include "scan_maps.h"

#include <stdlib.h>
#include <string.h>

#include "../kernels/base/strategy.h"
#include "../kernels/scan/scan.h"
#include "../kernels/scan/scan_word.h"

#define RUN 8

BENCH_FAMILY(scan) = {
	.name = "scan",
	.what = "bitmap scans: first clear bit, first run of 8 clear bits, "
		"number of clear bits",
};

struct workload {
	const char *name;
	void (*fill)(uint64_t *map, uint64_t nr_words, uint64_t seed);
	uint64_t (*expect)(const uint64_t *map, uint64_t nr_bits);
	uint64_t (*loop)(struct bench_thread *self, uint64_t nr);
	bool first; /* the answer is among the first bits, whatever the size */
	bool slow_by_word; /* a mispredicted branch for each hole */
};

struct scan_case {
	struct bench_case bench;
	const struct scan_variant *variant;
	const struct workload *workload;
};

struct scan_thread {
	const uint64_t *map;
	uint64_t nr_words; /* that any scan must read */
	uint64_t expected, result;
} cacheline_aligned;

struct scan_state {
	const struct scan_case *own;
	struct thread_sets *maps;
	uint64_t nr_bits;
	struct scan_thread threads[];
};

typedef uint64_t (*scan_fn)(const struct scan_state *state,
			    const struct scan_thread *thread);

/* Scan nr times; the last result is what validate sees. */
forceinline uint64_t scan_loop(struct bench_thread *self, uint64_t nr,
			       scan_fn once)
{
	struct scan_thread *thread = self->local;
	uint64_t result = 0;

	for (uint64_t i = 0; i < nr; i++) {
		result = once(self->state, thread);
		OPTIMIZER_HIDE(result);
	}
	thread->result = result;
	return nr;
}

#define SCAN_LOOP(name, call)                                               \
	forceinline uint64_t name##_once(const struct scan_state *state,    \
					 const struct scan_thread *thread)  \
	{                                                                   \
		return state->own->variant->call;                           \
	}                                                                   \
                                                                            \
	static uint64_t name##_loop(struct bench_thread *self, uint64_t nr) \
	{                                                                   \
		return scan_loop(self, nr, name##_once);                    \
	}

SCAN_LOOP(first_zero, first_zero(thread->map, state->nr_bits, 0))
SCAN_LOOP(first_run, first_run(thread->map, state->nr_bits, 0, RUN))
SCAN_LOOP(count_zeros, count_zeros(thread->map, state->nr_bits, 0))
SCAN_LOOP(floor, load(thread->map, thread->nr_words))

static uint64_t null_loop(struct bench_thread *self, uint64_t nr)
{
	(void)self;
	for (uint64_t i = 0; i < nr; i++)
		OPTIMIZER_HIDE(i);
	return nr;
}

static uint64_t expect_last(const uint64_t *map, uint64_t nr_bits)
{
	(void)map;
	return nr_bits - 1;
}

static uint64_t expect_last_run(const uint64_t *map, uint64_t nr_bits)
{
	(void)map;
	return nr_bits - RUN;
}

static uint64_t expect_first(const uint64_t *map, uint64_t nr_bits)
{
	return scan_next_zero(map, nr_bits, 0);
}

static uint64_t expect_count(const uint64_t *map, uint64_t nr_bits)
{
	return scan_nr_zeros(map, nr_bits, 0);
}

static const struct workload workloads[] = {
	{ "first_zero_full", scan_fill_last, expect_last, first_zero_loop,
	  false, false },
	{ "first_zero_half", scan_fill_random, expect_first, first_zero_loop,
	  true, false },
	{ "first_run_8_full", scan_fill_few_holes, expect_last_run,
	  first_run_loop, false, false },
	{ "first_run_8_half", scan_fill_short_holes, expect_last_run,
	  first_run_loop, false, true },
	{ "count_zeros_full", scan_fill_last, expect_count, count_zeros_loop,
	  false, false },
	{ "count_zeros_half", scan_fill_random, expect_count, count_zeros_loop,
	  false, false },
};

static uint64_t map_words(const struct bench_point *point)
{
	return point->size / sizeof(uint64_t);
}

static uint64_t map_bytes(const struct bench_point *point)
{
	return map_words(point) * sizeof(uint64_t);
}

static void *scan_setup(const struct bench_env *env)
{
	size_t bytes = sizeof(struct scan_state) +
		       env->point.threads * sizeof(struct scan_thread);
	struct scan_state *state = aligned_alloc(CACHE_LINE_BYTES, bytes);

	if (!state)
		return NULL;
	memset(state, 0, bytes);
	state->own = env->bench->arg;
	state->nr_bits = map_words(&env->point) * BITS_PER_WORD;
	state->maps = thread_sets_new(env, map_bytes(&env->point));
	if (state->maps)
		return state;
	free(state);
	return NULL;
}

static int scan_thread_setup(struct bench_thread *self)
{
	struct scan_state *state = self->state;
	const struct scan_case *own = state->own;
	struct scan_thread *thread = &state->threads[self->cpu];
	uint64_t *map = state->maps->addr[self->cpu];
	uint64_t nr_words = map_words(&self->env->point), answer;

	own->workload->fill(map, nr_words, self->env->point.seed);
	answer = own->workload->expect(map, state->nr_bits);
	if (own->workload->first)
		nr_words = answer / BITS_PER_WORD + 1;
	thread->map = map;
	thread->nr_words = nr_words;
	thread->expected = answer;
	if (own->bench.loop == floor_loop)
		thread->expected = scan_variants->load(map, nr_words);
	self->local = thread;
	return 0;
}

static bool scan_validate(void *arg)
{
	const struct scan_state *state = arg;

	for (unsigned i = 0; i < state->maps->nr; i++)
		if (state->threads[i].result != state->threads[i].expected)
			return false;
	return true;
}

static void scan_teardown(void *arg)
{
	struct scan_state *state = arg;

	thread_sets_free(state->maps);
	free(state);
}

static const struct bench_sizes all_sizes =
	BENCH_SIZES(512, KIB(2), KIB(8), KIB(32), KIB(128), KIB(512), MIB(1),
		    MIB(2), MIB(8), MIB(32));
static const struct bench_sizes quick_sizes =
	BENCH_SIZES(KIB(32), MIB(1), MIB(32));
static const struct bench_sizes one_size = BENCH_SIZES(KIB(32));

/* For scans that take up to a second each beyond. */
static struct bench_sizes up_to_1m(struct bench_sizes sizes)
{
	while (sizes.v[sizes.nr - 1] > MIB(1))
		sizes.nr--;
	return sizes;
}

static const struct bench_case base_case = {
	.family = "scan",
	.size_unit = "bytes",
	.size_min = 512,
	.size_max = GIB(1),
	.max_threads = KMB_MAX_THREADS,
};

/* A case of this workload, to be changed by the caller before it registers. */
static struct scan_case *new_case(const struct workload *workload,
				  const struct scan_variant *variant)
{
	struct scan_case *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->workload = workload;
	c->variant = variant;
	c->bench = base_case;
	c->bench.arg = c;
	c->bench.workload = workload->name;
	c->bench.sizes = all_sizes;
	c->bench.quick_sizes = workload->first ? one_size : quick_sizes;
	c->bench.isa = variant->isa;
	c->bench.unsupported = variant->unsupported;
	c->bench.setup = scan_setup;
	c->bench.thread_setup = scan_thread_setup;
	c->bench.validate = scan_validate;
	c->bench.teardown = scan_teardown;
	c->bench.batch_bytes = MIB(1);
	c->bench.op_bytes = map_bytes;
	if (workload->first) {
		c->bench.batch = 4096;
		c->bench.batch_bytes = 0;
		c->bench.op_bytes = NULL;
	}
	return c;
}

static void add_variant(const struct workload *workload,
			const struct scan_variant *variant)
{
	struct scan_case *c = new_case(workload, variant);
	bool naive = !strcmp(variant->strategy, "naive");
	bool word = !strcmp(variant->strategy, "word");

	c->bench.strategy = variant->strategy;
	c->bench.models = variant->models;
	c->bench.loop = workload->loop;
	if (naive || (word && workload->slow_by_word)) {
		c->bench.sizes = up_to_1m(c->bench.sizes);
		c->bench.quick_sizes = up_to_1m(c->bench.quick_sizes);
	}
	bench_add_case(&c->bench);
}

static void add_references(const struct workload *workload)
{
	struct scan_case *floor = new_case(workload, scan_widest());
	struct scan_case *null = new_case(workload, scan_variants);

	floor->bench.strategy = "floor";
	floor->bench.models = "reading each word once, up to the answer";
	floor->bench.reference = true;
	floor->bench.loop = floor_loop;
	bench_add_case(&floor->bench);

	null->bench.strategy = "null";
	null->bench.models = "the timed loop with nothing in it";
	null->bench.reference = true;
	null->bench.loop = null_loop;
	null->bench.setup = NULL;
	null->bench.thread_setup = NULL;
	null->bench.validate = NULL;
	null->bench.teardown = NULL;
	null->bench.batch = 4096;
	null->bench.batch_bytes = 0;
	null->bench.op_bytes = NULL;
	bench_add_case(&null->bench);
}

static __attribute__((constructor)) void add_cases(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(workloads); i++) {
		for (unsigned v = 0; v < nr_scan_variants; v++)
			add_variant(&workloads[i], &scan_variants[v]);
		add_references(&workloads[i]);
	}
}
