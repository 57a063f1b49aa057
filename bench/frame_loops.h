/*
 * frame_loops.h - template: the timed loops of family frame for one STRATEGY,
 * and what they share: setup, ageing, check, metrics. A loop and its cases are
 * in frame_loops_*.h, one idea in each, included at the end.
 *
 * Each thread works on its own node's allocator, on its fair share of the
 * node's frames. Every operation begins and ends with its state in memory, as
 * if it had been called from anywhere: hence the OPTIMIZER_CLOBBER()s.
 *
 * What one operation is:
 *   pair, pair_fresh       an alloc and the free of what it gave
 *   fill_drain_*, bulk*    an alloc, or a free
 *   contend*, small_blocks an alloc, or a free
 *   churn*, mixed, aging   a free and an alloc
 *   remote_free            an alloc on one thread, a free on the other
 *   trace:FILE             an alloc, or a free
 *
 * Frames in use, so that a strategy is seen as a running kernel sees it: a
 * random half of the share by blocks of the same order (pair, churn1, churn512,
 * contend*, remote_free), 50 % or 90 % by blocks of all orders up to it
 * (churn_*), or half by blocks as real kernels ask for them (mixed). Each is
 * made by filling the share up and freeing at random; churn and mixed go on to
 * replace every block about twice, untimed. pair_fresh is the other extreme, a
 * zone with nothing in use: a buddy there splits the largest block for each
 * alloc, and merges it again for each free.
 */
#include "frame_bench.h"

#include <stdlib.h>

static void *S(setup)(const struct bench_env *env)
{
	unsigned cpus = env->point.threads;
	uint64_t pages = frame_bench_node_pages(env);
	struct frame_bench *bench = frame_bench_new(
		env, S(boot_bytes)(pages, cpus), sizeof(struct S(allocator)));

	if (!bench)
		return NULL;
	for (unsigned n = 0; n < env->nr_nodes; n++)
		if (S(create)(frame_bench_allocator(bench, n), &bench->mem,
			      frame_bench_zone(bench, n), cpus)) {
			while (n--)
				S(destroy)(frame_bench_allocator(bench, n));
			frame_bench_free(bench);
			return NULL;
		}
	return bench;
}

static void S(teardown)(void *state)
{
	struct frame_bench *bench = state;

	for (unsigned n = 0; n < bench->env->nr_nodes; n++)
		S(destroy)(frame_bench_allocator(bench, n));
	frame_bench_free(bench);
}

/* Frames of a type, of which a strategy may know nothing. */
forceinline pfn_t S(alloc_typed)(struct S(allocator) * a, unsigned cpu,
				 unsigned order, enum migratetype type)
{
#ifdef STRATEGY_MIGRATETYPES
	return S(alloc_mt)(a, cpu, order, type);
#else
	(void)type;
	return S(alloc)(a, cpu, order);
#endif
}

forceinline void S(free_block)(struct S(allocator) * a, unsigned cpu,
			       uint64_t block)
{
	S(free)(a, cpu, frame_block_pfn(block), frame_block_order(block));
}

/* How the free memory lies. What is no allocator has none. */
static void S(look)(const struct frame_bench *bench, struct frame_space *space)
{
	for (unsigned n = 0; n < bench->env->nr_nodes; n++) {
		struct frame_stats stats;

		S(stats)(frame_bench_allocator(bench, n), &stats);
		if (!(S(traits) & FRAME_NULL))
			frame_space_add(space, &stats);
	}
}

/* What each thread still holds goes back; then nothing may be missing. */
static bool S(check)(void *state)
{
	struct frame_bench *bench = state;

	S(look)(bench, &bench->space);
	for (unsigned cpu = 0; cpu < bench->env->point.threads; cpu++) {
		struct frame_thread *t = &bench->threads[cpu];

		for (uint64_t i = 0; i < t->nr_held; i++)
			if (t->held[i] != FRAME_NO_BLOCK)
				S(free_block)(t->allocator, cpu, t->held[i]);
		t->nr_held = 0;
	}
	for (unsigned n = 0; n < bench->env->nr_nodes; n++) {
		void *a = frame_bench_allocator(bench, n);
		struct frame_stats stats;

		S(stats)(a, &stats);
		if (!S(validate)(a) ||
		    stats.free_pages != frame_bench_zone(bench, n)->nr_pages)
			return false;
	}
	return true;
}

/*
 * Fill this thread's share, then free at random down to `percent` of it. None
 * frees before all are full: or how much of the zone was never touched would
 * depend on who was first.
 */
static void S(age)(struct bench_thread *self, frame_draw_fn draw,
		   unsigned percent)
{
	struct frame_thread *t = self->local;
	struct random r = frame_thread_random(self);
	uint64_t used = 0;

	while (t->nr_held < t->max_held) {
		uint32_t request = draw(t->order, &r);
		unsigned order = frame_request_order(request);
		pfn_t pfn = PFN_NONE;

		if (used + (1ull << order) <= t->share)
			pfn = S(alloc_typed)(t->allocator, self->cpu, order,
					     frame_request_type(request));
		if (pfn == PFN_NONE)
			break;
		t->held[t->nr_held++] = frame_block(pfn, order);
		used += 1ull << order;
	}
	frame_bench_meet_in_setup(self->state);
	trace_shuffle(t->held, t->nr_held, &r);
	while (t->nr_held && used > t->share * percent / 100) {
		uint64_t block = t->held[--t->nr_held];

		S(free_block)(t->allocator, self->cpu, block);
		used -= 1ull << frame_block_order(block);
	}
	if (!t->nr_held)
		t->held[t->nr_held++] = FRAME_NO_BLOCK;
}

static int S(fresh_thread)(struct bench_thread *self)
{
	return frame_thread_init(self, false);
}

static int S(half_thread)(struct bench_thread *self)
{
	int err = frame_thread_init(self, false);

	if (!err)
		S(age)(self, frame_draw_same, 50);
	return err;
}

/* What all cases have; they say themselves how to set up and to check. */
#define FRAME_BARE_CASE(name, nr_batch)                                       \
	.family = "frame", .strategy = STRATEGY_NAME, .workload = name,       \
	.isa = "scalar", .models = S(models), .batch = nr_batch,              \
	.reference = S(traits) & FRAME_REFERENCE,                             \
	.metrics = frame_bench_metrics, .thread_teardown = frame_thread_free, \
	.teardown = S(teardown)

#define FRAME_CASE(name, nr_batch)                                      \
	FRAME_BARE_CASE(name, nr_batch),                                \
		.size_unit = "order",                                   \
		.sizes = BENCH_SIZES(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), \
		.quick_sizes = BENCH_SIZES(0, 9), .size_min = 0,        \
		.size_max = MAX_PAGE_ORDER, .setup = S(setup),          \
		.validate = S(check)

/* For workloads whose subject is not the order. */
#define FRAME_FEW_CASE(name, nr_batch)                               \
	FRAME_BARE_CASE(name, nr_batch),                             \
		.size_unit = "order", .sizes = BENCH_SIZES(0, 3, 9), \
		.quick_sizes = BENCH_SIZES(0), .size_min = 0,        \
		.size_max = MAX_PAGE_ORDER, .validate = S(check)

#include "frame_loops_pair.h"
#include "frame_loops_fill.h"
#include "frame_loops_churn.h"
#include "frame_loops_group.h"
#include "frame_loops_bulk.h"
#include "frame_loops_aging.h"
#include "frame_loops_contend.h"
#include "frame_loops_remote.h"
#include "frame_loops_trace.h"
#ifdef STRATEGY_BYTES
#include "frame_loops_small.h"
#endif

#undef FRAME_CASE
#undef FRAME_FEW_CASE
#undef FRAME_BARE_CASE
