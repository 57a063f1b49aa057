/* slab_bench.c - memory, a cache and objects for the loops of family slab. */
#include "slab_bench.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "slab_fault.h"
#include "slab_replay.h"
#include "trace.h"

/* Random slots in a list: a lap is no period that could be learnt. */
#define NR_SLOTS 65536

static uint64_t construct_bytes;

void slab_construct(void *object)
{
	memset(object, 0, construct_bytes);
}

/* As many as the workload says, but no more than a quarter of the memory. */
uint64_t slab_nr_objects(const struct bench_env *env)
{
	const struct slab_case *what = env->bench->arg;
	const struct slab_workload *w = what->workload;
	uint64_t nr = w->object_bytes ? w->object_bytes / env->point.size
				      : w->nr_objects;
	uint64_t room =
		env->point.memory / 4 / env->point.threads / env->point.size;

	if (nr > room)
		nr = room;
	return nr ? nr : 1;
}

static void *alloc_lines(size_t bytes)
{
	size_t lines = align_up(bytes, CACHE_LINE_BYTES);
	void *array = aligned_alloc(CACHE_LINE_BYTES, lines);

	return array ? memset(array, 0, lines) : NULL;
}

static int init_pages(struct slab_bench *b)
{
	const struct bench_env *env = b->env;
	uint64_t node_pages = align_down(env->point.memory >> PAGE_SHIFT,
					 1ull << MAX_PAGE_ORDER);
	int err;

	if (b->subject->library)
		return 0;
	if (!node_pages)
		return -ENOMEM;
	err = slab_pages_init(&b->pages, b->what->pages, env->host, node_pages,
			      env->nr_nodes, env->point.threads, b->thread_node,
			      env->distance);
	b->pages.any_cpu = b->subject->any_cpu;
	b->pages.resident = b->what->workload->nodes;
	b->host.node_order = b->pages.order;
	b->host.pages = &b->pages.source;
	return err;
}

static int init_caches(struct slab_bench *b)
{
	const struct slab_subject *s = b->subject;
	unsigned nr = s->library ? 1 : b->nr_caches;
	int err = 0;

	b->cache_bytes = align_up(s->cache_bytes, CACHE_LINE_BYTES);
	b->caches = alloc_lines(nr * b->cache_bytes);
	if (!b->caches)
		return -ENOMEM;
	for (unsigned i = 0; i < nr && !err; i++) {
		const struct slab_params *params =
			b->replay ? &b->replay->params[i] : &b->params;

		err = s->create(slab_cache(b, i), params, &b->host);
		b->nr_created += !err;
	}
	return err;
}

static int init_params(struct slab_bench *b)
{
	const struct slab_workload *w = b->what->workload;

	b->nr_caches = 1;
	construct_bytes = b->env->point.size;
	b->params = (struct slab_params){
		.name = "bench",
		.size = (uint32_t)b->env->point.size,
		.ctor = w->ctor && !b->subject->library ? slab_construct : NULL,
	};
	if (!w->trace)
		return 0;
	b->replay = slab_replay_new(b->env);
	if (!b->replay)
		return -ENOMEM;
	b->nr_caches = b->replay->nr_caches;
	return 0;
}

static void free_arrays(struct slab_bench *b)
{
	for (unsigned t = 0; b->boxes && t < b->env->point.threads; t++)
		free(b->boxes[t]);
	free(b->boxes);
	free(b->thread_node);
	free(b->cpu_node);
	free(b->caches);
	if (b->replay)
		slab_replay_free(b->replay);
	free(b->threads);
	free(b->rings);
	free(b);
}

static struct slab_bench *alloc_bench(const struct bench_env *env)
{
	const unsigned threads = env->point.threads;
	struct slab_bench *b = alloc_lines(sizeof(*b));

	if (!b)
		return NULL;
	b->env = env;
	b->what = env->bench->arg;
	b->subject = b->what->subject;
	b->host.nr_cpus =
		b->subject->any_cpu ? (unsigned)get_nprocs_conf() : threads;
	b->host.nr_nodes = env->nr_nodes;
	b->host.fault = slab_fault_print;
	b->threads = alloc_lines(threads * sizeof(*b->threads));
	b->rings = alloc_lines(threads * sizeof(*b->rings));
	b->boxes = calloc(threads, sizeof(*b->boxes));
	b->thread_node = calloc(threads, 1);
	b->cpu_node = calloc(b->host.nr_cpus, 1);
	b->host.cpu_node = b->cpu_node;
	if (b->threads && b->rings && b->boxes && b->thread_node && b->cpu_node)
		return b;
	free_arrays(b);
	return NULL;
}

/* A CPU is a thread, or one of the host's; where their numbers have holes one
 * may be beyond their count. */
static void init_nodes(struct slab_bench *b)
{
	const struct bench_env *env = b->env;

	for (unsigned t = 0; t < env->point.threads; t++) {
		unsigned cpu = t;

		b->thread_node[t] = (uint8_t)env->thread_node[t];
		if (b->subject->any_cpu)
			cpu = env->thread_cpu ? env->thread_cpu[t] : UINT_MAX;
		if (cpu < b->host.nr_cpus)
			b->cpu_node[cpu] = b->thread_node[t];
	}
}

void *slab_setup(const struct bench_env *env)
{
	struct slab_bench *b = alloc_bench(env);

	if (!b)
		return NULL;
	init_nodes(b);
	if (init_params(b) || init_pages(b))
		goto free_arrays;
	if (!init_caches(b))
		return b;
	slab_teardown(b);
	return NULL;

free_arrays:
	free_arrays(b);
	return NULL;
}

void slab_teardown(void *state)
{
	struct slab_bench *b = state;

	while (b->nr_created)
		b->subject->destroy(slab_cache(b, --b->nr_created));
	if (!b->subject->library)
		slab_pages_destroy(&b->pages);
	free_arrays(b);
}

static struct random thread_random(const struct bench_thread *self)
{
	struct random seed = { self->env->point.seed };

	return (struct random){ random_next(&seed) ^ self->cpu };
}

/* Each stretch has threads of its own, and libraries look at who calls. */
void slab_thread_reset(struct bench_thread *self)
{
	struct slab_bench *b = self->state;
	struct slab_thread *t = &b->threads[self->cpu];

	slab_pages_cpu = self->cpu;
	b->subject->call(b->caches, self->cpu, self->env->point.size, &t->call);
}

void slab_begin(const struct bench_thread *self)
{
	const struct slab_bench *b = self->state;

	if (self->cpu == 0 && b->subject->begin)
		b->subject->begin(b->caches);
}

/*
 * Its arrays; random[] is yet to be made. All of this is in memory before the
 * first object, or it would count as what a library holds.
 */
static int init_arrays(struct bench_thread *self, uint64_t nr_random)
{
	struct slab_bench *b = self->state;
	struct slab_thread *t = &b->threads[self->cpu];

	self->local = t;
	t->bench = b;
	t->nr_objects = slab_nr_objects(self->env);
	t->out = &b->rings[self->cpu];
	t->in = &b->rings[(self->cpu ^ 1) % self->env->point.threads];
	t->nr_random = nr_random;
	t->held = alloc_lines(t->nr_objects * sizeof(*t->held));
	t->random = alloc_lines(nr_random * sizeof(*t->random));
	if (!t->held || (nr_random && !t->random))
		return -ENOMEM;
	slab_thread_reset(self);
	return 0;
}

int slab_thread_init(struct bench_thread *self)
{
	int err = init_arrays(self, 0);

	if (!err)
		slab_begin(self);
	return err;
}

int slab_thread_warm(struct bench_thread *self)
{
	int err = slab_thread_init(self);

	if (!err)
		self->env->bench->loop(self, slab_nr_objects(self->env));
	return err;
}

int slab_thread_permute(struct bench_thread *self)
{
	struct random r = thread_random(self);
	int err = init_arrays(self, slab_nr_objects(self->env));
	struct slab_thread *t = self->local;

	if (err)
		return err;
	trace_permutation(t->random, t->nr_random, &r);
	slab_begin(self);
	return 0;
}

/* All their pages are touched here, before the clock. */
static void fill(const struct slab_thread *t, void **objects)
{
	const struct slab_call *call = &t->call;

	for (uint64_t i = 0; i < t->nr_objects; i++) {
		objects[i] =
			call->alloc(call->alloc_arg[0], call->alloc_arg[1]);
		slab_touch(objects[i], t->bench->params.size);
	}
}

static void fill_held(struct slab_thread *t)
{
	fill(t, t->held);
	t->nr_held = t->nr_objects;
}

int slab_thread_fill(struct bench_thread *self)
{
	int err = slab_thread_init(self);

	if (!err)
		fill_held(self->local);
	return err;
}

/* The arrays, and random places of held[]. */
static int init_slots(struct bench_thread *self)
{
	struct random r = thread_random(self);
	int err = init_arrays(self, NR_SLOTS);
	struct slab_thread *t = self->local;

	for (uint64_t i = 0; !err && i < t->nr_random; i++)
		t->random[i] = (uint32_t)random_below(&r, t->nr_objects);
	return err;
}

int slab_thread_slots(struct bench_thread *self)
{
	int err = init_slots(self);

	if (err)
		return err;
	slab_begin(self);
	fill_held(self->local);
	return 0;
}

int slab_thread_boxes(struct bench_thread *self)
{
	struct slab_bench *b = self->state;
	int err = init_slots(self);
	struct slab_thread *t = self->local;
	void **box;

	if (err)
		return err;
	box = alloc_lines(t->nr_objects * sizeof(*box));
	if (!box)
		return -ENOMEM;
	b->boxes[self->cpu] = box;
	slab_begin(self);
	fill_held(t);
	fill(t, box);
	return 0;
}

void slab_thread_teardown(struct bench_thread *self)
{
	struct slab_bench *b = self->state;
	struct slab_thread *t = &b->threads[self->cpu];

	free(t->held);
	free(t->random);
	free(t->calls);
}

/* A thread whose partner shares its CPU must let it run. */
void slab_wait(const uint64_t *index, uint64_t least)
{
	unsigned spins = 0;

	while (smp_load_acquire(index) < least) {
		cpu_relax();
		if (++spins % 1024 == 0)
			sched_yield();
	}
}
