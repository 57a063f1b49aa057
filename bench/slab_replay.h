/*
 * slab_replay.h - the slab objects of a trace: which caches they are in, and
 * how each thread is to call them.
 *
 * kmem_cache_alloc() has a cache for each size of object, kmalloc() the size
 * classes of 3.13, and above those one for each power of two. Which of them it
 * is was found beforehand, as compilers find it for a size that they know.
 */
#ifndef KMB_SLAB_REPLAY_H
#define KMB_SLAB_REPLAY_H

#include "replay.h"
#include "slab_bench.h"

struct slab_replay {
	struct replay *replay;
	unsigned nr_caches;
	struct slab_params *params; /* [nr_caches] */
	uint16_t *class_cache;	    /* [replay->nr_classes] */
};

/* bench_case.check_file and .round */
int slab_replay_check(const char *path, char *error, size_t error_size);
uint64_t slab_replay_round(const struct bench_env *env);

/* The trace of env's case. NULL: out of memory, or it can no longer be read. */
struct slab_replay *slab_replay_new(const struct bench_env *env);
void slab_replay_free(struct slab_replay *r);

/* slab_workload.thread_setup, .thread_reset, .measure */
int slab_replay_thread(struct bench_thread *self);
void slab_replay_reset(struct bench_thread *self);
void slab_replay_measure(struct slab_bench *bench);

#endif
