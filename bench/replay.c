/* replay.c - from the events of a trace to each thread's steps. */
#include "replay.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/bitops.h"
#include "../kernels/base/strategy.h"
#include "../kernels/mm/mmzone.h"
#include "trace_file.h"

#define NO_THREAD UINT16_MAX
_Static_assert(KMB_MAX_THREADS < NO_THREAD, "a thread's number is 16 bits");

/* A block between its allocation and its free, while the steps are made. */
struct live_block {
	uint32_t slot;
	uint16_t thread; /* that allocated it; NO_THREAD: not live */
	uint16_t class;
	uint8_t op, order, node;
};

/* Slots of one thread that are free to be used again. */
struct free_slots {
	uint32_t *v, nr, room;
};

struct builder {
	struct replay *r;
	const struct bench_env *env;
	struct live_block *live; /* [nr_objects] */
	uint32_t nr_objects;
	struct free_slots *free; /* [threads] */
};

/* In memory only: another thread will free what is allocated here. */
#define TRACE_FREED_BY_OTHER (1 << 3)
_Static_assert(TRACE_FREED_BY_OTHER != TRACE_IMPLIED, "flags of an event");

static bool is_replayed(const struct trace_event *e, enum replay_what what)
{
	return trace_is_page(e->kind) == (what == REPLAY_PAGES);
}

static uint64_t nr_allocs(const struct trace_header *h, enum replay_what what)
{
	return what == REPLAY_PAGES
		       ? h->nr[TRACE_PAGE_ALLOC]
		       : h->nr[TRACE_KMALLOC] + h->nr[TRACE_CACHE_ALLOC];
}

int replay_check(const char *path, enum replay_what what, char *error,
		 size_t error_size)
{
	struct trace_header header;
	const struct trace_event *events;
	struct trace_file *file =
		trace_file_open(path, &header, error, error_size);
	int nr = 1;

	if (!file)
		return -EINVAL;
	while (nr > 0)
		nr = trace_file_next(file, &events, error, error_size);
	trace_file_close(file);
	if (nr < 0 || nr_allocs(&header, what))
		return nr;
	snprintf(error, error_size, "%s: no %s is allocated in it", path,
		 what == REPLAY_PAGES ? "page" : "object of a slab");
	return -EINVAL;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
	return b ? gcd(b, a % b) : a;
}

uint64_t replay_round(const struct bench_env *env, enum replay_what what)
{
	struct trace_header header;
	char error[256];
	struct trace_file *file = trace_file_open(env->bench->path, &header,
						  error, sizeof(error));
	uint64_t ops;

	if (!file)
		return 1; /* setup will fail */
	trace_file_close(file);
	ops = 2 * nr_allocs(&header, what);
	return ops / gcd(ops, env->point.threads);
}

static unsigned thread_of(const struct builder *b, const struct trace_event *e)
{
	return e->cpu % b->env->point.threads;
}

static void add_step(struct builder *b, unsigned thread,
		     struct replay_step step)
{
	struct replay_thread *t = &b->r->threads[thread];

	t->steps[t->nr++] = step;
	b->r->turn[b->r->nr++] = (uint16_t)thread;
}

static uint32_t take_slot(struct builder *b, unsigned thread, bool shared)
{
	struct free_slots *free = &b->free[thread];

	if (shared)
		return b->r->nr_shared++;
	return free->nr ? free->v[--free->nr] : b->r->threads[thread].nr_own++;
}

static bool give_slot(struct builder *b, unsigned thread, uint32_t slot)
{
	struct free_slots *free = &b->free[thread];

	if (free->nr == free->room) {
		uint32_t room = free->room ? 2 * free->room : 64;
		uint32_t *v = realloc(free->v, room * sizeof(*v));

		if (!v)
			return false;
		free->v = v;
		free->room = room;
	}
	free->v[free->nr++] = slot;
	return true;
}

/* Kernels have further types for pages that they keep apart. */
static uint8_t type_of(const struct trace_event *e)
{
	return e->type <= MIGRATE_MOVABLE ? e->type : MIGRATE_UNMOVABLE;
}

/*
 * To a multiple of 8, as all allocators do at least; large ones to a power of
 * two. So there are no more classes than REPLAY_MAX_CLASSES.
 */
static uint32_t round_bytes(uint32_t bytes)
{
	if (bytes <= 8192)
		return bytes ? (uint32_t)align_up(bytes, 8) : 8;
	return bytes > 1u << 31 ? UINT32_MAX : 2u << fls64(bytes - 1);
}

/* The class of a request; there are few of them in a trace. */
static uint16_t class_of(struct replay *r, const struct trace_event *e)
{
	const bool kmalloc = e->kind == TRACE_KMALLOC;
	const uint32_t bytes = round_bytes(e->bytes);

	for (uint32_t i = 0; i < r->nr_classes; i++)
		if (r->classes[i].bytes == bytes &&
		    r->classes[i].kmalloc == kmalloc)
			return (uint16_t)i;
	r->classes[r->nr_classes] =
		(struct replay_class){ .bytes = bytes, .kmalloc = kmalloc };
	return (uint16_t)r->nr_classes++;
}

/* A step of a block of whichever kind. */
static struct replay_step step_of(const struct builder *b,
				  const struct live_block *block)
{
	struct replay_step step = { .slot = block->slot,
				    .op = block->op,
				    .node = block->node };

	if (b->r->what == REPLAY_SLAB)
		step.class = block->class;
	else
		step.order = block->order;
	return step;
}

static void add_alloc(struct builder *b, const struct trace_event *e)
{
	const bool shared = e->flags & TRACE_FREED_BY_OTHER;
	unsigned thread = thread_of(b, e);
	struct live_block *block = &b->live[e->object];
	struct replay_step step;

	*block = (struct live_block){
		.slot = take_slot(b, thread, shared),
		.thread = (uint16_t)thread,
		.op = shared ? REPLAY_SHARED : 0,
		.order = e->order,
		.node = (uint8_t)b->env->thread_node[thread],
	};
	if (b->r->what == REPLAY_SLAB)
		block->class = class_of(b->r, e);
	step = step_of(b, block);
	step.op |= REPLAY_ALLOC;
	if (b->r->what == REPLAY_PAGES)
		step.type = type_of(e);
	add_step(b, thread, step);
}

static bool add_free(struct builder *b, unsigned thread, uint32_t object)
{
	struct live_block *block = &b->live[object];
	const unsigned owner = block->thread;

	add_step(b, thread, step_of(b, block));
	block->thread = NO_THREAD;
	return block->op & REPLAY_SHARED || give_slot(b, owner, block->slot);
}

/*
 * Mark each allocation whose block another thread will free. From the end,
 * where each free is met first.
 */
static void mark_shared(struct builder *b, struct trace_event *events,
			uint64_t nr)
{
	for (uint64_t i = nr; i--;) {
		struct trace_event *e = &events[i];
		uint16_t *freer;

		if (!is_replayed(e, b->r->what))
			continue;
		freer = &b->live[e->object].thread;
		if (!trace_is_alloc(e->kind)) {
			*freer = (uint16_t)thread_of(b, e);
			continue;
		}
		if (*freer != NO_THREAD && *freer != thread_of(b, e))
			e->flags |= TRACE_FREED_BY_OTHER;
		*freer = NO_THREAD;
	}
}

static bool add_steps(struct builder *b, const struct trace_event *events,
		      uint64_t nr)
{
	for (uint64_t i = 0; i < nr; i++) {
		const struct trace_event *e = &events[i];

		if (!is_replayed(e, b->r->what))
			continue;
		if (trace_is_alloc(e->kind)) {
			add_alloc(b, e);
			continue;
		}
		if (!add_free(b, thread_of(b, e), e->object))
			return false;
		b->r->implied_frees += e->flags & TRACE_IMPLIED;
	}
	b->r->nr_traced = b->r->nr;
	for (unsigned t = 0; t < b->r->nr_threads; t++)
		b->r->threads[t].nr_traced = b->r->threads[t].nr;
	for (uint32_t object = 0; object < b->nr_objects; object++)
		if (b->live[object].thread != NO_THREAD &&
		    !add_free(b, b->live[object].thread, object))
			return false;
	return true;
}

/* Empty slots; all threads see the shared ones. */
static bool make_slots(struct replay *r)
{
	r->shared = malloc(r->nr_shared * sizeof(*r->shared) + 1);
	if (!r->shared)
		return false;
	for (uint32_t i = 0; i < r->nr_shared; i++)
		r->shared[i] = REPLAY_EMPTY;
	for (unsigned i = 0; i < r->nr_threads; i++) {
		struct replay_thread *t = &r->threads[i];

		t->shared = r->shared;
		t->own = calloc(t->nr_own + 1, sizeof(*t->own));
		if (!t->own)
			return false;
	}
	return true;
}

/* Room for a round's steps: no thread has more than all of them. */
static bool make_room(struct builder *b, uint64_t nr)
{
	unsigned threads = b->env->point.threads;
	struct replay *r = b->r;

	r->threads =
		aligned_alloc(CACHE_LINE_BYTES, threads * sizeof(*r->threads));
	r->turn = calloc(nr, sizeof(*r->turn));
	b->live = malloc((b->nr_objects + 1) * sizeof(*b->live));
	b->free = calloc(threads, sizeof(*b->free));
	r->classes = calloc(REPLAY_MAX_CLASSES, sizeof(*r->classes));
	if (!r->threads || !r->turn || !b->live || !b->free || !r->classes)
		return false;
	for (uint32_t i = 0; i < b->nr_objects; i++)
		b->live[i].thread = NO_THREAD;
	memset(r->threads, 0, threads * sizeof(*r->threads));
	r->nr_threads = threads;
	for (unsigned t = 0; t < threads; t++) {
		r->threads[t].steps = malloc(nr * sizeof(*r->threads[t].steps));
		if (!r->threads[t].steps)
			return false;
	}
	return true;
}

static bool build(struct builder *b, struct trace_event *events,
		  const struct trace_header *header)
{
	const bool pages = b->r->what == REPLAY_PAGES;

	b->nr_objects = pages ? header->page_objects : header->slab_objects;
	b->r->unknown_frees =
		pages ? header->unknown_pages : header->unknown_slab;
	if (!make_room(b, 2 * nr_allocs(header, b->r->what)))
		return false;
	mark_shared(b, events, header->nr_events);
	return add_steps(b, events, header->nr_events) && make_slots(b->r);
}

struct replay *replay_new(const struct bench_env *env, enum replay_what what)
{
	struct trace_header header;
	char error[256];
	struct trace_event *events = trace_file_read(env->bench->path, &header,
						     error, sizeof(error));
	struct builder b = { .r = calloc(1, sizeof(*b.r)), .env = env };
	bool built;

	if (b.r)
		b.r->what = what;
	built = events && b.r && build(&b, events, &header);

	for (unsigned t = 0; b.free && t < env->point.threads; t++)
		free(b.free[t].v);
	free(b.free);
	free(b.live);
	free(events);
	if (built)
		return b.r;
	if (b.r)
		replay_free(b.r);
	return NULL;
}

void replay_free(struct replay *r)
{
	for (unsigned t = 0; t < r->nr_threads; t++) {
		free(r->threads[t].steps);
		free(r->threads[t].own);
	}
	free(r->threads);
	free(r->turn);
	free(r->shared);
	free(r->classes);
	free(r);
}

int replay_settle(struct replay_thread *t)
{
	struct replay_step *steps = malloc(t->nr * sizeof(*steps) + 1);
	uint64_t *own = calloc(t->nr_own + 1, sizeof(*own));

	if (!steps || !own) {
		free(steps);
		free(own);
		return -ENOMEM;
	}
	memcpy(steps, t->steps, t->nr * sizeof(*steps));
	free(t->steps);
	free(t->own);
	t->steps = steps;
	t->own = own;
	return 0;
}

/* A thread whose partner shares its CPU must let it run. */
void replay_wait(const uint64_t *slot, bool empty)
{
	unsigned spins = 0;

	while ((smp_load_acquire(slot) == REPLAY_EMPTY) != empty) {
		cpu_relax();
		if (++spins % 1024 == 0)
			sched_yield();
	}
}
