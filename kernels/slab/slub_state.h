/*
 * slub_state.h - the state of a slab, one double word in its head page, and
 * who has it.
 *
 *             frozen  freelist           on
 *   cpu slab  yes     what others freed  slub_cpu.page
 *   partial   yes     not empty          slub_cpu.partial
 *   partial   no      not empty          slub_node.partial; inuse may be 0
 *   full      no      empty              nothing
 *
 * A frozen slab is one CPU's: it alone allocates from it and moves it. Others
 * free to it, which is one exchange and nothing else.
 */
#ifndef KMB_SLAB_SLUB_STATE_H
#define KMB_SLAB_SLUB_STATE_H

#include "slab.h"

#include "../sync/cmpxchg_double.h"
#include "../sync/spinlock.h"

/* As it is in page->freelist and page->counters. */
struct slub_state {
	void *freelist; /* objects - inuse of them */
	union {
		uint64_t counters;
		struct {
			uint32_t inuse : 16; /* or on a CPU's own freelist */
			uint32_t objects : 15;
			uint32_t frozen : 1;
			uint32_t cpu; /* whose cpu slab it was last */
		};
	};
};
_Static_assert(sizeof(struct slub_state) == 16, "a double word");

/* Written by this CPU alone, kmem_cache_cpu in 3.13. */
struct slub_cpu {
	void *freelist;	   /* free objects of `page` that nobody else knows */
	uint64_t tid;	   /* of the last change to freelist */
	struct page *page; /* the cpu slab; NULL: none */
	struct page *partial; /* frozen too, by next */
	uint64_t refills, remote_frees;
} cacheline_aligned;
_Static_assert(offsetof(struct slub_cpu, tid) ==
		       offsetof(struct slub_cpu, freelist) + 8,
	       "freelist and tid are exchanged as one");

/* kmem_cache_node in 3.13. */
struct slub_node {
	struct spinlock list_lock;
	unsigned order;		  /* of the pages that this is in */
	uint64_t nr_partial;	  /* == length of partial; under list_lock */
	struct list_head partial; /* by lru; under list_lock */
	uint64_t nr_slabs, nr_objects; /* here; changed by all CPUs */
} cacheline_aligned;

/* Maybe torn; then the exchange that is based on it fails. */
forceinline struct slub_state slub_state(struct page *head)
{
	return (struct slub_state){
		.freelist = READ_ONCE(head->freelist),
		.counters = READ_ONCE(head->counters),
	};
}

/* Of a slab that nobody else knows yet. */
static inline void slub_set_state(struct page *head, struct slub_state state)
{
	WRITE_ONCE(head->freelist, state.freelist);
	WRITE_ONCE(head->counters, state.counters);
}

/* The one atomic operation on a slab; false: it has changed meanwhile. */
forceinline bool slub_exchange(struct page *head, struct slub_state old,
			       struct slub_state new)
{
#if HAVE_CMPXCHG_DOUBLE
	return cmpxchg_double(&head->freelist, &head->counters, old.freelist,
			      old.counters, new.freelist, new.counters);
#else
	bool same;

	while (!trylock_page(head))
		cpu_relax();
	same = READ_ONCE(head->freelist) == old.freelist &&
	       READ_ONCE(head->counters) == old.counters;
	if (same)
		slub_set_state(head, new);
	unlock_page(head);
	return same;
#endif
}

#endif
