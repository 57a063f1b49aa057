/* slab_replay.c - from the classes of a replay to caches, and to calls. */
#include "slab_replay.h"

#include <errno.h>
#include <stdlib.h>

#include "../kernels/slab/kmalloc.h"

int slab_replay_check(const char *path, char *error, size_t error_size)
{
	return replay_check(path, REPLAY_SLAB, error, error_size);
}

uint64_t slab_replay_round(const struct bench_env *env)
{
	return replay_round(env, REPLAY_SLAB);
}

/* What one of a class gets: bytes of an object of its cache. */
static uint32_t object_bytes(const struct replay_class *class)
{
	uint64_t bytes = class->kmalloc
				 ? kmalloc_size(&kmalloc_slub, class->bytes)
				 : class->bytes;

	return bytes && bytes < SLAB_MAX_SIZE ? (uint32_t)bytes
					      : (uint32_t)SLAB_MAX_SIZE;
}

/* The cache of a class, made if it is the first of it. */
static uint16_t cache_of(struct slab_replay *r,
			 const struct replay_class *class)
{
	const char *const name = class->kmalloc ? "kmalloc" : "kmem_cache";
	const uint32_t size = object_bytes(class);

	for (unsigned i = 0; i < r->nr_caches; i++)
		if (r->params[i].size == size && r->params[i].name == name)
			return (uint16_t)i;
	r->params[r->nr_caches] =
		(struct slab_params){ .name = name, .size = size };
	return (uint16_t)r->nr_caches++;
}

struct slab_replay *slab_replay_new(const struct bench_env *env)
{
	struct slab_replay *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->replay = replay_new(env, REPLAY_SLAB);
	if (!r->replay)
		goto free_r;
	r->params = calloc(r->replay->nr_classes + 1, sizeof(*r->params));
	r->class_cache =
		calloc(r->replay->nr_classes + 1, sizeof(*r->class_cache));
	if (!r->params || !r->class_cache)
		goto free_r;
	for (uint32_t i = 0; i < r->replay->nr_classes; i++)
		r->class_cache[i] = cache_of(r, &r->replay->classes[i]);
	return r;

free_r:
	slab_replay_free(r);
	return NULL;
}

void slab_replay_free(struct slab_replay *r)
{
	if (r->replay)
		replay_free(r->replay);
	free(r->params);
	free(r->class_cache);
	free(r);
}

/* A library is asked for the very bytes, and has one cache for all. */
void slab_replay_reset(struct bench_thread *self)
{
	struct slab_bench *b = self->state;
	struct slab_thread *t = &b->threads[self->cpu];
	const struct replay *r = b->replay->replay;

	slab_pages_cpu = self->cpu;
	for (uint32_t i = 0; i < r->nr_classes; i++) {
		void *cache = slab_cache(b, b->replay->class_cache[i]);

		b->subject->call(cache, self->cpu, r->classes[i].bytes,
				 &t->calls[i]);
	}
}

int slab_replay_thread(struct bench_thread *self)
{
	struct slab_bench *b = self->state;
	struct slab_thread *t = &b->threads[self->cpu];
	const struct replay *r = b->replay->replay;

	self->local = t;
	t->bench = b;
	t->steps = &r->threads[self->cpu];
	t->out = &b->rings[self->cpu];
	t->calls = calloc(r->nr_classes + 1, sizeof(*t->calls));
	if (!t->calls || replay_settle(t->steps))
		return -ENOMEM;
	slab_replay_reset(self);
	slab_begin(self);
	/* All that a round touches was touched. The others do theirs now. */
	self->env->bench->loop(self, bench_batch(self->env->bench, self->env));
	return 0;
}

/* Behind which step most bytes are in use. */
static uint64_t find_peak(const struct replay *r, uint64_t *most)
{
	const struct replay_thread *t = &r->threads[0];
	uint64_t live = 0, at = 0;

	*most = 0;
	for (uint64_t i = 0; i < t->nr; i++) {
		const struct replay_step *s = &t->steps[i];
		const uint64_t bytes = r->classes[s->class].bytes;

		live += s->op & REPLAY_ALLOC ? bytes : -bytes;
		if (live > *most) {
			*most = live;
			at = i;
		}
	}
	return at;
}

static void do_step(struct slab_thread *t, const struct replay *r,
		    const struct replay_step *s)
{
	const struct slab_call *call = &t->calls[s->class];
	uint64_t *slot = &t->steps->own[s->slot];

	if (s->op & REPLAY_ALLOC) {
		void *object =
			call->alloc(call->alloc_arg[0], call->alloc_arg[1]);

		slab_touch(object, r->classes[s->class].bytes);
		*slot = object ? (uintptr_t)object : REPLAY_FAILED;
	} else if (*slot != REPLAY_FAILED) {
		call->free((void *)(uintptr_t)*slot, call->free_arg[0],
			   call->free_arg[1]);
	}
}

/* One thread: all steps are its own, and so are the slots. */
void slab_replay_measure(struct slab_bench *b)
{
	const struct replay *r = b->replay->replay;
	struct slab_thread *t = &b->threads[0];
	uint64_t peak = find_peak(r, &b->live_bytes);

	for (uint64_t i = 0; i < t->steps->nr; i++) {
		do_step(t, r, &t->steps->steps[i]);
		if (i == peak)
			b->peak_bytes = slab_held_bytes(b);
	}
}
