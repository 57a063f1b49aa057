/*
 * frame_loops.h - template: the timed loops of family frame for one STRATEGY.
 *
 * Each thread works on its own node's allocator, on its fair share of the
 * node's frames. Every operation begins and ends with its state in memory, as
 * if it had been called from anywhere: hence the OPTIMIZER_CLOBBER()s.
 *
 * What one operation is:
 *   pair, pair_fresh   an alloc and the free of what it gave
 *   fill_drain_*       an alloc, or a free
 *   churn_*            a free and an alloc
 *   remote_free        an alloc on one thread, a free on the other
 *
 * Frames in use, so that a strategy is seen as a running kernel sees it: `pair`
 * and `remote_free` on a share of which a random half is in use by blocks of
 * the same order, `churn` on 50 % or 90 % in use by blocks of all orders up to
 * it; either is made by filling the share up and freeing at random. pair_fresh
 * is the other extreme, a zone with nothing in use: a buddy there splits the
 * largest block for each alloc, and merges it again for each free.
 */
#include "frame_bench.h"

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

/* What each thread still holds goes back; then nothing may be missing. */
static bool S(check)(void *state)
{
	struct frame_bench *bench = state;

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

static void S(metrics)(void *state, bench_metric_fn emit, void *arg)
{
	struct frame_bench *bench = state;
	double gib = (double)bench->mem.nr_pages / (1 << (30 - PAGE_SHIFT));
	double bytes = 0;

	for (unsigned n = 0; n < bench->env->nr_nodes; n++) {
		struct frame_stats stats;

		S(stats)(frame_bench_allocator(bench, n), &stats);
		bytes += (double)stats.metadata_bytes;
	}
	emit(arg, "metadata_bytes_per_gib", bytes / gib, "B");
}

/* Fill this thread's share, then free at random down to `percent` of it. */
static void S(age)(struct bench_thread *self, bool mixed, unsigned percent)
{
	struct frame_thread *t = self->local;
	struct random r = frame_thread_random(self);
	uint64_t used = 0;

	while (t->nr_held < t->max_held) {
		unsigned order =
			mixed ? (unsigned)random_below(&r, t->order + 1)
			      : t->order;
		pfn_t pfn = PFN_NONE;

		if (used + (1ull << order) <= t->share)
			pfn = S(alloc)(t->allocator, self->cpu, order);
		if (pfn == PFN_NONE)
			break;
		t->held[t->nr_held++] = frame_block(pfn, order);
		used += 1ull << order;
	}
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
		S(age)(self, false, 50);
	return err;
}

static uint64_t S(pair_loop)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->allocator;
	const unsigned cpu = self->cpu, order = t->order;
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		pfn_t pfn = S(alloc)(a, cpu, order);

		OPTIMIZER_HIDE(pfn);
		OPTIMIZER_CLOBBER();
		if (likely(pfn != PFN_NONE))
			S(free)(a, cpu, pfn, order);
		else
			failed++;
		OPTIMIZER_CLOBBER();
	}
	return nr - failed;
}

enum S(drain_order) { S(FORWARD), S(REVERSE), S(RANDOM) };

static int S(fill_thread)(struct bench_thread *self)
{
	int err = frame_thread_init(self, false);
	struct frame_thread *t = self->local;

	if (err)
		return err;
	t->nr_held = t->max_held;
	for (uint64_t i = 0; i < t->max_held; i++)
		t->held[i] = FRAME_NO_BLOCK;
	return frame_thread_permute(self);
}

static uint64_t S(fill)(struct frame_thread *t, unsigned cpu)
{
	struct S(allocator) *a = t->allocator;
	const unsigned order = t->order;
	const uint64_t nr = t->max_held;
	uint64_t *held = t->held, failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		held[i] = frame_block(S(alloc)(a, cpu, order), order);
		failed += held[i] == FRAME_NO_BLOCK;
		OPTIMIZER_CLOBBER();
	}
	return nr - failed;
}

forceinline uint64_t S(drain)(struct frame_thread *t, unsigned cpu,
			      enum S(drain_order) direction)
{
	struct S(allocator) *a = t->allocator;
	const unsigned order = t->order;
	const uint64_t nr = t->max_held;
	uint64_t *held = t->held, failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		uint64_t *block = direction == S(FORWARD) ? &held[i]
				  : direction == S(REVERSE)
					  ? &held[nr - 1 - i]
					  : &held[t->indices[i]];

		if (likely(*block != FRAME_NO_BLOCK))
			S(free)(a, cpu, frame_block_pfn(*block), order);
		else
			failed++;
		*block = FRAME_NO_BLOCK;
		OPTIMIZER_CLOBBER();
	}
	return nr - failed;
}

/* Whole rounds: nr is a multiple of frame_bench_round(). */
forceinline uint64_t S(fill_drain)(struct bench_thread *self, uint64_t nr,
				   enum S(drain_order) direction)
{
	struct frame_thread *t = self->local;
	uint64_t done = 0;

	for (uint64_t i = 0; i < nr; i += 2 * t->max_held) {
		done += S(fill)(t, self->cpu);
		if (t->phased)
			bench_phase(self, 0, t->max_held);
		done += S(drain)(t, self->cpu, direction);
		if (t->phased)
			bench_phase(self, 1, t->max_held);
	}
	return done;
}

static uint64_t S(fill_drain_forward_loop)(struct bench_thread *self,
					   uint64_t nr)
{
	return S(fill_drain)(self, nr, S(FORWARD));
}

static uint64_t S(fill_drain_reverse_loop)(struct bench_thread *self,
					   uint64_t nr)
{
	return S(fill_drain)(self, nr, S(REVERSE));
}

static uint64_t S(fill_drain_random_loop)(struct bench_thread *self,
					  uint64_t nr)
{
	return S(fill_drain)(self, nr, S(RANDOM));
}

static uint64_t S(churn_loop)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->allocator;
	const unsigned cpu = self->cpu;
	const uint64_t mask = t->nr_steps - 1, stop = t->at + nr;
	const uint32_t *steps = t->indices;
	uint64_t *held = t->held, failed = 0;

	for (uint64_t i = t->at; i < stop; i++) {
		uint32_t step = steps[i & mask];
		uint64_t *block = &held[step >> 4];
		unsigned order = frame_block_order(step);

		if (likely(*block != FRAME_NO_BLOCK))
			S(free_block)(a, cpu, *block);
		OPTIMIZER_CLOBBER();
		*block = frame_block(S(alloc)(a, cpu, order), order);
		failed += *block == FRAME_NO_BLOCK;
		OPTIMIZER_CLOBBER();
	}
	t->at = stop;
	return nr - failed;
}

/* To the steady state: every block has been replaced about twice. */
static int S(churn_thread)(struct bench_thread *self, unsigned percent)
{
	int err = frame_thread_init(self, true);
	struct frame_thread *t = self->local;

	if (err)
		return err;
	S(age)(self, true, percent);
	err = frame_thread_steps(self);
	if (!err)
		S(churn_loop)(self, 2 * t->nr_held);
	return err;
}

static int S(churn_50_thread)(struct bench_thread *self)
{
	return S(churn_thread)(self, 50);
}

static int S(churn_90_thread)(struct bench_thread *self)
{
	return S(churn_thread)(self, 90);
}

static int S(remote_thread)(struct bench_thread *self)
{
	int err = S(half_thread)(self);

	if (!err)
		frame_thread_join(self);
	return err;
}

/* Even threads. A failed alloc goes through the ring like any other. */
static uint64_t S(remote_alloc)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->ring_allocator;
	struct frame_ring *ring = t->ring;
	uint64_t head = ring->head, failed = 0;

	for (uint64_t stop = head + nr; head < stop;) {
		pfn_t *entry = &ring->entry[head % FRAME_RING_ENTRIES];

		if (head + FRAME_RING_GROUP > FRAME_RING_ENTRIES)
			frame_ring_wait(&ring->tail,
					head + FRAME_RING_GROUP -
						FRAME_RING_ENTRIES);
		for (unsigned i = 0; i < FRAME_RING_GROUP; i++) {
			entry[i] = S(alloc)(a, self->cpu, t->order);
			failed += entry[i] == PFN_NONE;
		}
		head += FRAME_RING_GROUP;
		/* pairs with the acquire in the consumer's wait */
		smp_store_release(&ring->head, head);
	}
	return nr - failed;
}

/* Odd threads. */
static uint64_t S(remote_drain)(struct bench_thread *self, uint64_t nr)
{
	struct frame_thread *t = self->local;
	struct S(allocator) *a = t->ring_allocator;
	struct frame_ring *ring = t->ring;
	uint64_t tail = ring->tail, failed = 0;

	for (uint64_t stop = tail + nr; tail < stop;) {
		pfn_t *entry = &ring->entry[tail % FRAME_RING_ENTRIES];

		frame_ring_wait(&ring->head, tail + FRAME_RING_GROUP);
		for (unsigned i = 0; i < FRAME_RING_GROUP; i++) {
			if (likely(entry[i] != PFN_NONE))
				S(free)(a, self->cpu, entry[i], t->order);
			else
				failed++;
		}
		tail += FRAME_RING_GROUP;
		/* pairs with the acquire in the producer's wait */
		smp_store_release(&ring->tail, tail);
	}
	return nr - failed;
}

static uint64_t S(remote_free_loop)(struct bench_thread *self, uint64_t nr)
{
	return self->cpu % 2 ? S(remote_drain)(self, nr)
			     : S(remote_alloc)(self, nr);
}

#define FRAME_CASE(name, nr_batch)                                      \
	.family = "frame", .strategy = STRATEGY_NAME, .workload = name, \
	.isa = "scalar", .models = S(models), .size_unit = "order",     \
	.sizes = BENCH_SIZES(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),         \
	.quick_sizes = BENCH_SIZES(0, 3, 9), .size_min = 0,             \
	.size_max = MAX_PAGE_ORDER, .batch = nr_batch,                  \
	.reference = S(traits) & FRAME_REFERENCE, .setup = S(setup),    \
	.validate = S(check), .metrics = S(metrics),                    \
	.thread_teardown = frame_thread_free, .teardown = S(teardown)

BENCH_CASE(S(pair_case)) = {
	FRAME_CASE("pair", 4096),
	.max_threads = S(max_threads),
	.thread_setup = S(half_thread),
	.loop = S(pair_loop),
};

BENCH_CASE(S(pair_fresh_case)) = {
	FRAME_CASE("pair_fresh", 4096),
	.max_threads = S(max_threads),
	.thread_setup = S(fresh_thread),
	.loop = S(pair_loop),
};

BENCH_CASE(S(fill_drain_forward_case)) = {
	FRAME_CASE("fill_drain_forward", 1024),
	.max_threads = S(max_threads),
	.round = frame_bench_round,
	.phases = { "alloc", "free" },
	.thread_setup = S(fill_thread),
	.loop = S(fill_drain_forward_loop),
};

BENCH_CASE(S(fill_drain_reverse_case)) = {
	FRAME_CASE("fill_drain_reverse", 1024),
	.max_threads = S(max_threads),
	.round = frame_bench_round,
	.phases = { "alloc", "free" },
	.thread_setup = S(fill_thread),
	.loop = S(fill_drain_reverse_loop),
};

BENCH_CASE(S(fill_drain_random_case)) = {
	FRAME_CASE("fill_drain_random", 1024),
	.max_threads = S(max_threads),
	.round = frame_bench_round,
	.phases = { "alloc", "free" },
	.thread_setup = S(fill_thread),
	.loop = S(fill_drain_random_loop),
};

BENCH_CASE(S(churn_50_case)) = {
	FRAME_CASE("churn_50", 256),
	.max_threads = S(max_threads),
	.thread_setup = S(churn_50_thread),
	.loop = S(churn_loop),
};

BENCH_CASE(S(churn_90_case)) = {
	FRAME_CASE("churn_90", 256),
	.max_threads = S(max_threads),
	.thread_setup = S(churn_90_thread),
	.loop = S(churn_loop),
};

/* Where a CPU must free its own frames, one thread at most: no pair to run. */
BENCH_CASE(S(remote_free_case)) = {
	FRAME_CASE("remote_free", 4096),
	.whole_batches = true,
	.min_threads = 2,
	.max_threads = S(traits) & FRAME_CPU_LOCAL ? 1 : S(max_threads),
	.threads_step = 2,
	.thread_setup = S(remote_thread),
	.loop = S(remote_free_loop),
};

#undef FRAME_CASE
