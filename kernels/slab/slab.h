/*
 * slab.h - the contract of slab allocators: objects of one size, cut from
 * pages.
 *
 * A strategy S is one header that defines, all static inline or static:
 *
 *   struct S_cache;             begins with struct kmem_cache cache;
 *   enum { S_max_threads };     1: not locked; KMB_MAX_THREADS: any number
 *   enum { S_traits };          of enum slab_trait
 *   static const char S_models[];   one line: what it models, kernel and file
 *
 *   int S_create(struct S_cache *c, const struct slab_params *params,
 *                const struct slab_host *host);
 *       An empty cache. All its memory, its own metadata too, is drawn from
 *       host->pages, on the CPU's node where it is a CPU's. 0; -EINVAL: see
 *       slab_params_error(); -ENOMEM. One thread.
 *   void *S_alloc(struct S_cache *c, unsigned cpu);
 *       An object, constructed if there is a constructor, else with whatever
 *       is in it; NULL: no pages.
 *   void S_free(struct S_cache *c, unsigned cpu, void *object);
 *       Give back what S_alloc gave on any CPU, in its constructed state. What
 *       is not such an object, NULL too, is not looked for in timed builds, and
 *       what then happens is undefined; in checked builds it is reported
 *       (host->fault) and left alone: NULL, foreign, freed twice, overrun.
 *   unsigned S_alloc_bulk(struct S_cache *c, unsigned cpu, unsigned nr,
 *                         void **objects);
 *       nr objects, or 0 and none (kmem_cache_alloc_bulk()).
 *   void S_free_bulk(struct S_cache *c, unsigned cpu, unsigned nr,
 *                    void **objects);
 *       Give nr of them back. May leave the array in another order.
 *   uint64_t S_shrink(struct S_cache *c, unsigned cpu);
 *       Give back every page that no object in use lies in; the pages given.
 *       What all CPUs keep is flushed first, so no other call may run.
 *   void S_drain_cpu(struct S_cache *c, unsigned cpu, unsigned dead);
 *       CPU `dead` went away: what it keeps goes to where others find it.
 *       Called on `cpu`; others may run, but none as `dead`.
 *   void S_stats(struct S_cache *c, struct slab_stats *stats);
 *       No other call may run.
 *   bool S_validate(struct S_cache *c);
 *       Recompute the state from scratch: false if an invariant of the
 *       strategy does not hold. No other call may run.
 *   uint64_t S_destroy(struct S_cache *c);
 *       Give all pages back but slabs with objects in use; the number of those
 *       objects (0: all is well). One thread.
 *
 * `cpu` is this CPU, 0..nr_cpus-1: no two threads pass the same one at once, as
 * in a kernel with preemption off. Where strategies.h defines STRATEGY_ANY_CPU
 * beside STRATEGY a thread may be moved to another CPU at any moment: `cpu` is
 * then only handed on to host->pages, and nr_cpus covers the numbers of the
 * host's own CPUs; `dead` is one of those.
 *
 * In checked builds (KMB_DEBUG >= 1) an object has a red zone behind it and is
 * filled with POISON_FREE while it is free (but see slab_keeps_objects()): a
 * strategy passes what it gives through slab_check_alloc(), what it is given
 * through slab_check_free(), and new objects through slab_init_object().
 */
#ifndef KMB_SLAB_H
#define KMB_SLAB_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/bitops.h"
#include "../base/debug.h"
#include "../base/strategy.h"
#include "../mm/page_flags.h"
#include "../mm/page_source.h"
#include "../sync/atomic.h"

enum slab_trait {
	/* A line to compare with (null, floor), not an allocator to pick. */
	SLAB_REFERENCE = 1 << 0,
	/* Hands out the same object again and again: the loop's own cost. */
	SLAB_NULL = 1 << 1,
	/* A CPU may free only what it allocated itself. */
	SLAB_CPU_LOCAL = 1 << 2,
	/* Keeps its pages until it is destroyed. */
	SLAB_NO_SHRINK = 1 << 3,
};

enum slab_flag {
	/* Objects begin at a cache line, small ones at an even part of it. */
	SLAB_HWCACHE_ALIGN = 1 << 0,
	/* Can be had back: 2.6.11 keeps the slabs of small ones at a page. */
	SLAB_RECLAIM_ACCOUNT = 1 << 1,
	/* Pages stay the cache's until it is shrunk or destroyed: a freed
	 * object stays one, as it was left or as it is given next, so that who
	 * has a stale pointer may take a lock in it. */
	SLAB_TYPESAFE_BY_RCU = 1 << 2,
};

/* What every object of ours is aligned to at least: a word. */
#define SLAB_MIN_ALIGN 8
#define SLAB_MAX_ALIGN PAGE_SIZE
/* One object in the largest block of pages, red zone and link included. */
#define SLAB_MAX_SIZE ((PAGE_SIZE << MAX_PAGE_ORDER) - PAGE_SIZE)

struct slab_params {
	const char *name; /* as in /proc/slabinfo; outlives the cache */
	uint32_t size;	  /* bytes that the user may write, 1..SLAB_MAX_SIZE */
	uint32_t align;	  /* a power of two <= SLAB_MAX_ALIGN; 0: a word */
	uint32_t flags;	  /* enum slab_flag */
	/* Called once for each object of a new slab. NULL: none. */
	void (*ctor)(void *object);
};

enum slab_fault_kind {
	SLAB_FREE_NULL,
	SLAB_FREE_FOREIGN, /* not in this memory, or in no slab */
	SLAB_FREE_OTHER,   /* an object of another cache */
	SLAB_FREE_INSIDE,  /* not where an object begins */
	SLAB_FREE_TWICE,
	SLAB_OVERRUN,	/* the red zone was written */
	SLAB_USE_AFTER, /* written while it was free; seen at its next alloc */
	SLAB_NR_FAULTS
};

/* What is known of a fault; kernels print nothing. */
struct slab_fault {
	enum slab_fault_kind kind;
	const char *cache; /* the one that was called */
	const void *object;
	const char *owner;  /* the cache it lies in; NULL: none */
	const void *begins; /* of the object that it lies in; NULL: none */
	uint64_t offset;    /* of the first byte that is wrong, in the object */
};

/* What a cache lives on; outlives it. */
struct slab_host {
	struct page_source *pages;
	unsigned nr_cpus, nr_nodes;
	const uint8_t *cpu_node; /* [nr_cpus]; NULL: all on node 0 */
	/* [nr_nodes] the order in which each asks the others, as node_order()
	 * makes it; NULL: by number, in a circle. */
	const uint8_t (*node_order)[MAX_NUMNODES];
	/* Told of a fault, on the CPU that made it. NULL: trap. */
	void (*fault)(void *arg, const struct slab_fault *fault);
	void *fault_arg;
};

#define SLAB_NOT_COUNTED UINT64_MAX

struct slab_stats {
	uint64_t nr_slabs;
	uint64_t nr_objects;	 /* in use and free, in all slabs */
	uint64_t live_objects;	 /* given and not yet given back */
	uint64_t cached_objects; /* free, and kept above the slabs */
	uint64_t page_bytes;	 /* of slabs and of metadata: all it holds */
	uint64_t metadata_bytes; /* of page_bytes, what no object can be in */
	/* Since it was created: objects freed to a slab that is another CPU's,
	 * and trips from a CPU's own store to what is shared. Or
	 * SLAB_NOT_COUNTED. */
	uint64_t remote_frees, refills;
};

/* What every cache is; the strategy's own struct begins with it. */
struct kmem_cache {
	struct slab_params params;
	const struct slab_host *host;
	struct page_source *pages;
	uint32_t object_size; /* params.size */
	uint32_t size;	      /* from one object to the next */
	uint32_t align;	      /* of every object */
	uint32_t link;	      /* offset of a free object's link word */
	uint64_t nr_pages;    /* held; changed by all CPUs, on slow paths */
};

/* NULL, or what is wrong with these, in a few words. */
static inline const char *slab_params_error(const struct slab_params *params)
{
	if (!params->size)
		return "an object has no size";
	if (params->size > SLAB_MAX_SIZE)
		return "an object is larger than the largest block of pages";
	if (params->align & (params->align - 1))
		return "an alignment is no power of two";
	if (params->align > SLAB_MAX_ALIGN)
		return "an alignment is larger than a page";
	return NULL;
}

/* Is a free object left as it is, since it is constructed, or since others may
 * yet look at it? */
forceinline bool slab_keeps_objects(const struct slab_params *params)
{
	return params->ctor || params->flags & SLAB_TYPESAFE_BY_RCU;
}

/* May a slab without an object in use go before the cache is shrunk? */
forceinline bool slab_may_go(const struct kmem_cache *c)
{
	return !(c->params.flags & SLAB_TYPESAFE_BY_RCU);
}

#include "slab_check.h"
#include "slab_page.h"

#endif
