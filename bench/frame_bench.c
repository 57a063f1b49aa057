/* frame_bench.c - memory, shares and inputs for the loops of family frame. */
#include "frame_bench.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

/* Below this a phase is too short for its clock (20 ns) not to show. */
#define PHASED_BLOCKS 256
/* Of less than a page, in a round. */
#define SMALL_BLOCKS 4096
/* Longer than threads that do the same differ by. */
#define MEET_IN_SETUP_NS 5000000000

uint64_t frame_bench_node_pages(const struct bench_env *env)
{
	return align_down(env->point.memory >> PAGE_SHIFT,
			  1ull << MAX_PAGE_ORDER);
}

const struct zone *frame_bench_zone(const struct frame_bench *bench,
				    unsigned node)
{
	return &bench->mem.node_data[node].zones[ZONE_NORMAL];
}

void *frame_bench_allocator(const struct frame_bench *bench, unsigned node)
{
	return bench->allocators + node * bench->allocator_bytes;
}

struct frame_bench *frame_bench_new(const struct bench_env *env,
				    size_t boot_bytes, size_t allocator_bytes)
{
	struct physmem_config config = { .nr_nodes = env->nr_nodes,
					 .boot_bytes = boot_bytes };
	struct frame_bench *bench =
		aligned_alloc(CACHE_LINE_BYTES, sizeof(*bench));
	unsigned threads = env->point.threads;

	if (!bench)
		return NULL;
	*bench = (struct frame_bench){ .env = env };
	bench->allocator_bytes = align_up(allocator_bytes, CACHE_LINE_BYTES);
	for (unsigned n = 0; n < env->nr_nodes; n++)
		config.node_pages[n] = frame_bench_node_pages(env);
	if (physmem_init(&bench->mem, &config, env->host))
		goto free_bench;
	bench->threads = aligned_alloc(CACHE_LINE_BYTES,
				       threads * sizeof(*bench->threads));
	bench->rings = aligned_alloc(CACHE_LINE_BYTES,
				     (threads + 1) / 2 * sizeof(*bench->rings));
	bench->allocators = aligned_alloc(
		CACHE_LINE_BYTES, env->nr_nodes * bench->allocator_bytes);
	if (!bench->threads || !bench->rings || !bench->allocators)
		goto free_arrays;
	for (unsigned t = 0; t < threads; t++)
		bench->threads[t] = (struct frame_thread){ 0 };
	for (unsigned r = 0; r < (threads + 1) / 2; r++)
		bench->rings[r].head = bench->rings[r].tail = 0;
	return bench;

free_arrays:
	free(bench->threads);
	free(bench->rings);
	free(bench->allocators);
	physmem_destroy(&bench->mem);
free_bench:
	free(bench);
	return NULL;
}

/* Most threads have freed theirs in thread_teardown. */
static void free_thread(struct frame_thread *t)
{
	free(t->held);
	free(t->indices);
	t->held = NULL;
	t->indices = NULL;
}

void frame_bench_free(struct frame_bench *bench)
{
	for (unsigned t = 0; t < bench->env->point.threads; t++)
		free_thread(&bench->threads[t]);
	free(bench->pool);
	free(bench->ages);
	free(bench->threads);
	free(bench->rings);
	free(bench->allocators);
	physmem_destroy(&bench->mem);
	free(bench);
}

uint64_t frame_bench_share(const struct bench_env *env)
{
	uint64_t most = 1, share;

	for (unsigned n = 0; n < env->nr_nodes; n++) {
		unsigned threads = 0;

		for (unsigned i = 0; i < env->point.threads; i++)
			threads += env->thread_node[i] == n;
		if (threads > most)
			most = threads;
	}
	share = frame_bench_node_pages(env) / most;
	if (share >= 1u << MAX_PAGE_ORDER)
		share = align_down(share, 1u << MAX_PAGE_ORDER);
	return share;
}

/* A share smaller than one block still has room to ask for one. */
static uint64_t blocks_in_share(const struct bench_env *env, unsigned order)
{
	uint64_t blocks = frame_bench_share(env) >> order;

	return blocks ? blocks : 1;
}

uint64_t frame_bench_round(const struct bench_env *env)
{
	return 2 * blocks_in_share(env, (unsigned)env->point.size);
}

static uint64_t half_of(uint64_t blocks)
{
	return blocks > 1 ? blocks / 2 : 1;
}

uint64_t frame_bench_half_round(const struct bench_env *env)
{
	return 2 * half_of(blocks_in_share(env, (unsigned)env->point.size));
}

/* As many as there are, but never more than a quarter of the memory holds. */
static uint64_t small_blocks(const struct bench_env *env)
{
	uint64_t room = env->point.memory / 4 / env->point.size;

	return room < SMALL_BLOCKS ? room : SMALL_BLOCKS;
}

uint64_t frame_bench_small_round(const struct bench_env *env)
{
	return 2 * small_blocks(env);
}

/* Come to the meeting; how many will have come to it when it is over. */
static uint64_t arrive(struct frame_bench *bench)
{
	const uint64_t threads = bench->env->point.threads;
	uint64_t arrived = fetch_add_full(&bench->arrived, 1) + 1;

	return (arrived + threads - 1) / threads * threads;
}

void frame_bench_meet(struct frame_bench *bench)
{
	frame_ring_wait(&bench->arrived, arrive(bench));
}

void frame_bench_meet_in_setup(struct frame_bench *bench)
{
	uint64_t all = arrive(bench), start = bench_now_ns();

	while (smp_load_acquire(&bench->arrived) < all &&
	       bench_now_ns() - start < MEET_IN_SETUP_NS)
		sched_yield();
}

void frame_bench_metrics(void *state, bench_metric_fn emit, void *arg)
{
	struct frame_bench *bench = state;
	const struct bench_env *env = bench->env;
	double gib = (double)bench->mem.nr_pages / (1 << (30 - PAGE_SHIFT));
	uint64_t nr_failed = 0;

	for (unsigned t = 0; t < env->point.threads; t++)
		nr_failed += bench->threads[t].nr_failed;
	emit(arg, "metadata_bytes_per_gib",
	     (double)bench->space.metadata_bytes / gib, "B");
	emit(arg, "failed_requests", (double)nr_failed, "1");
	frame_space_emit(&bench->space, emit, arg);
	if (bench->ages)
		frame_ages_emit(bench->ages, env->point.threads == 1, emit,
				arg);
}

int frame_thread_init(struct bench_thread *self, bool mixed)
{
	struct frame_bench *bench = self->state;
	struct frame_thread *t = &bench->threads[self->cpu];

	t->allocator = frame_bench_allocator(bench, self->node);
	t->order = (unsigned)self->env->point.size;
	t->share = frame_bench_share(self->env);
	t->max_held = blocks_in_share(self->env, mixed ? 0 : t->order);
	t->held = malloc(t->max_held * sizeof(*t->held));
	if (!t->held)
		return -ENOMEM;
	t->held[0] = FRAME_NO_BLOCK;
	t->phased = t->max_held >= PHASED_BLOCKS;
	self->local = t;
	return 0;
}

int frame_thread_small(struct bench_thread *self)
{
	struct frame_bench *bench = self->state;
	struct frame_thread *t = &bench->threads[self->cpu];
	struct random r = frame_thread_random(self);

	self->local = t;
	t->allocator = frame_bench_allocator(bench, self->node);
	t->max_held = small_blocks(self->env);
	t->held = malloc(t->max_held * sizeof(*t->held));
	t->indices = malloc(t->max_held * sizeof(*t->indices));
	if (!t->held || !t->indices)
		return -ENOMEM;
	for (uint64_t i = 0; i < t->max_held; i++)
		t->indices[i] =
			1 + (uint32_t)random_below(&r, self->env->point.size);
	return 0;
}

void frame_thread_halve(struct bench_thread *self)
{
	struct frame_thread *t = self->local;

	t->share /= 2;
	t->max_held = half_of(t->max_held);
	t->phased = t->max_held >= PHASED_BLOCKS;
}

void frame_thread_one_zone(struct bench_thread *self)
{
	struct frame_thread *t = self->local;
	uint64_t fair =
		frame_bench_node_pages(self->env) / self->env->point.threads;

	t->allocator = frame_bench_allocator(self->state, 0);
	if (t->share > fair)
		t->share = fair;
}

struct random frame_thread_random(const struct bench_thread *self)
{
	struct random seed = { self->env->point.seed };

	return (struct random){ random_next(&seed) ^ self->cpu };
}

int frame_thread_permute(struct bench_thread *self)
{
	struct frame_thread *t = self->local;
	struct random r = frame_thread_random(self);

	t->indices = malloc(t->max_held * sizeof(*t->indices));
	if (!t->indices)
		return -ENOMEM;
	trace_permutation(t->indices, t->max_held, &r);
	return 0;
}

/* All threads of a node draw the same permutation, and each keeps its part. */
int frame_thread_shuffle(struct bench_thread *self)
{
	const struct bench_env *env = self->env;
	struct frame_thread *t = self->local;
	struct random r = { env->point.seed };
	uint64_t nr = 0, first = 0;
	uint32_t *all = malloc(env->point.threads * t->max_held * sizeof(*all));

	t->indices = malloc(t->max_held * sizeof(*t->indices));
	if (!all || !t->indices) {
		free(all);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < env->point.threads; i++) {
		if (i == self->cpu)
			first = nr;
		for (uint64_t b = 0; b < t->max_held; b++)
			if (env->thread_node[i] == self->node)
				all[nr++] = (uint32_t)(i * t->max_held + b);
	}
	trace_shuffle32(all, nr, &r);
	memcpy(t->indices, all + first, t->max_held * sizeof(*all));
	free(all);
	return 0;
}

/*
 * Slots are drawn with replacement, so lifetimes are geometric. There are
 * several steps for each slot, so that a lap is not seen as a period.
 */
int frame_thread_steps(struct bench_thread *self, frame_draw_fn draw)
{
	struct frame_thread *t = self->local;
	struct random r = frame_thread_random(self);
	uint64_t slots =
		t->nr_held < FRAME_MAX_SLOTS ? t->nr_held : FRAME_MAX_SLOTS;

	t->nr_steps = 4096;
	while (t->nr_steps < 2 * t->nr_held)
		t->nr_steps *= 2;
	t->indices = malloc(t->nr_steps * sizeof(*t->indices));
	if (!t->indices)
		return -ENOMEM;
	for (uint64_t i = 0; i < t->nr_steps; i++) {
		uint64_t slot = random_below(&r, slots);

		t->indices[i] = (uint32_t)(slot << FRAME_REQUEST_BITS) |
				draw(t->order, &r);
	}
	return 0;
}

/* The first of a permutation that goes on being shuffled are such a group. */
int frame_thread_groups(struct bench_thread *self, uint64_t group,
			uint64_t nr_groups)
{
	struct frame_thread *t = self->local;
	struct random r = frame_thread_random(self);
	uint32_t *slots = malloc(t->nr_held * sizeof(*slots));

	t->group = group < t->nr_held ? group : t->nr_held;
	t->nr_steps = t->group * nr_groups;
	t->indices = malloc(t->nr_steps * sizeof(*t->indices));
	if (!slots || !t->indices) {
		free(slots);
		return -ENOMEM;
	}
	trace_permutation(slots, t->nr_held, &r);
	for (uint64_t i = 0; i < t->nr_steps; i++) {
		uint64_t at = i % t->group;
		uint64_t other = at + random_below(&r, t->nr_held - at);
		uint32_t slot = slots[other];

		slots[other] = slots[at];
		t->indices[i] = slots[at] = slot;
	}
	free(slots);
	return 0;
}

void frame_thread_join(struct bench_thread *self)
{
	struct frame_bench *bench = self->state;
	struct frame_thread *t = self->local;
	unsigned producer = self->cpu & ~1u;

	t->ring = &bench->rings[producer / 2];
	t->ring_allocator =
		frame_bench_allocator(bench, self->env->thread_node[producer]);
}

void frame_thread_free(struct bench_thread *self)
{
	struct frame_bench *bench = self->state;

	free_thread(&bench->threads[self->cpu]);
}

/* A thread whose partner shares its CPU must let it run. */
void frame_ring_wait(const uint64_t *index, uint64_t least)
{
	unsigned spins = 0;

	while (smp_load_acquire(index) < least) {
		cpu_relax();
		if (++spins % 1024 == 0)
			sched_yield();
	}
}
