/*
 * slab_subject.h - template: a STRATEGY of kernels/slab as a slab_subject, and
 * its timed loops: with its code inlined, and for calls through a pointer,
 * which are to functions that have it inlined.
 */

forceinline void *S(bench_get)(const struct slab_call *call)
{
	return S(alloc)((struct S(cache) *)call->alloc_arg[0],
			(unsigned)call->alloc_arg[1]);
}

forceinline void S(bench_put)(const struct slab_call *call, void *object)
{
	S(free)
	((struct S(cache) *)call->free_arg[0], (unsigned)call->free_arg[1],
	 object);
}

static void *S(called_alloc)(uintptr_t cache, uintptr_t cpu)
{
	return S(alloc)((struct S(cache) *)cache, (unsigned)cpu);
}

static void S(called_free)(void *object, uintptr_t cache, uintptr_t cpu)
{
	S(free)((struct S(cache) *)cache, (unsigned)cpu, object);
}

static int S(subject_create)(void *cache, const struct slab_params *params,
			     const struct slab_host *host)
{
	return S(create)(cache, params, host);
}

static void S(subject_call)(void *cache, unsigned cpu, uint64_t size,
			    struct slab_call *call)
{
	(void)size;
	*call = (struct slab_call){
		.alloc = S(called_alloc),
		.free = S(called_free),
		.alloc_arg = { (uintptr_t)cache, cpu },
		.free_arg = { (uintptr_t)cache, cpu },
	};
}

static uint64_t S(subject_shrink)(void *cache, unsigned cpu)
{
	return S(shrink)(cache, cpu);
}

static void S(subject_stats)(void *cache, struct slab_stats *stats)
{
	S(stats)(cache, stats);
}

static bool S(subject_validate)(void *cache)
{
	return S(validate)(cache);
}

static uint64_t S(subject_destroy)(void *cache)
{
	return S(destroy)(cache);
}

static const struct slab_subject S(subject) = {
	.name = STRATEGY_NAME,
	.models = S(models),
	.max_threads = S(max_threads),
	.traits = S(traits),
	.max_size = SLAB_MAX_SIZE,
#ifdef STRATEGY_ANY_CPU
	.any_cpu = true,
#endif
	.cache_bytes = sizeof(struct S(cache)),
	.create = S(subject_create),
	.call = S(subject_call),
	.shrink = S(subject_shrink),
	.stats = S(subject_stats),
	.validate = S(subject_validate),
	.destroy = S(subject_destroy),
};

#include "slab_loops.h"
#include "slab_loops_bulk.h"

static __attribute__((constructor)) void S(subject_add)(void)
{
	static const slab_loop_fn loops[SLAB_NR_LOOPS] = {
		SLAB_COMMON_LOOPS,
		[SLAB_BULK] = S(bulk_loop),
	};

	slab_add_cases(&S(subject), loops, "inline");
	slab_add_cases(&S(subject), slab_indirect_loops, "indirect");
}
