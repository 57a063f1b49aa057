/* slab_indirect.c - the loops of family slab that call through pointers. */
#include "slab_replay.h"

#define STRATEGY indirect

forceinline void *indirect_bench_get(const struct slab_call *call)
{
	return call->alloc(call->alloc_arg[0], call->alloc_arg[1]);
}

forceinline void indirect_bench_put(const struct slab_call *call, void *object)
{
	call->free(object, call->free_arg[0], call->free_arg[1]);
}

#include "slab_loops.h"

/* Who has no constructors is given one after each alloc. */
static uint64_t S(ctor_each_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(bench_pairs)(self, nr, S(CONSTRUCTED));
}

const slab_loop_fn slab_indirect_loops[SLAB_NR_LOOPS] = {
	SLAB_COMMON_LOOPS,
	[SLAB_CTOR_EACH] = indirect_ctor_each_loop,
};
