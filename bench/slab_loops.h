/*
 * slab_loops.h - template: the timed loops of family slab for one STRATEGY,
 * which is one of kernels/slab, or `indirect`: then each call goes through
 * struct slab_call. S(bench_get)() and S(bench_put)() are there before it is
 * included.
 *
 * Every operation begins and ends with its state in memory, as if it had been
 * called from anywhere: hence the OPTIMIZER_CLOBBER()s. What one operation is:
 *   pair, ctor_reuse       an alloc and the free of what it gave
 *   batch_*, bulk, refill  the same, of nr_objects at a time
 *   larson                 a random object freed and another had in its place
 *   producer_consumer      an alloc on one thread, a free on the other
 *   two_way                an alloc, and a free of what the partner allocated
 *   nodes                  an alloc that is kept, or half a free elsewhere
 *   trace:FILE             an alloc, or a free
 *   shred                  an object that was freed and had again, or was left
 */

#include "slab_nodes.h"

/* A thread's call, in registers as far as there are any. */
forceinline struct slab_call S(bench_caller)(const struct slab_thread *t)
{
	struct slab_call call = t->call;

	OPTIMIZER_HIDE(call.alloc);
	OPTIMIZER_HIDE(call.free);
	return call;
}

#include "slab_loops_pair.h"
#include "slab_loops_batch.h"
#include "slab_loops_larson.h"
#include "slab_loops_remote.h"
#include "slab_loops_shred.h"
#include "slab_loops_nodes.h"
#include "slab_loops_trace.h"
