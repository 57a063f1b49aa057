/*
 * slub_template.h - SLUB of Linux 3.13 (mm/slub.c): slabs without queues.
 *
 * Parameters, undefined at the end:
 *   STRATEGY       the strategy's prefix
 *   SLUB_HARDENED  1: the link in a free object is encoded (slub_link.h)
 *
 * A CPU allocates from the freelist of one slab, its cpu slab, which it has
 * taken as a whole; a free to that slab goes onto the same list. Both exchange
 * (freelist, tid) as one, so that neither an interrupt nor another CPU's tid
 * goes unseen. All other frees are slow: to the slab's own freelist, by one
 * exchange of (freelist, counters). slub_state.h has the states, slub_order.h
 * the numbers, slub_partial.h the lists.
 *
 * A CPU holds at most its cpu slab and partial slabs with cpu_partial free
 * objects at the time when the last was added, and that one; a node keeps
 * min_partial empty slabs.
 */
#include "../base/random.h"
#include "slub_order.h"
#include "slub_state.h"

struct S(cache) {
	struct kmem_cache cache;
	/* Constants from here on. */
	struct slub_cpu **cpu cacheline_aligned; /* [nr_cpus] */
	uint64_t tid_step;
#if SLUB_HARDENED
	uint64_t secret;
#endif
	uint32_t cpu_partial, min_partial;
	unsigned order, min_order;
	struct slub_node *node[MAX_NUMNODES]; /* by page_to_nid() */
};

enum { S(max_threads) = KMB_MAX_THREADS };
enum { S(traits) = 0 };

#include "slub_link.h"
#include "slub_partial.h"

/* Link the objects by address; the freelist. */
static inline void *S(init_objects)(struct S(cache) * c, struct page *head,
				    uint32_t nr)
{
	char *slab = slab_page_address(&c->cache, head);
	void *next = NULL;

	for (uint32_t i = nr; i--;) {
		void *object = slab + (uint64_t)i * c->cache.size;

		slab_init_object(&c->cache, object);
		S(set_next)(c, object, next);
		next = object;
	}
	return next;
}

/* A new cpu slab: its freelist. NULL: no pages, not even the least. */
static inline void *S(new_slab)(struct S(cache) * c, unsigned cpu,
				struct slub_cpu *k)
{
	struct page *head = slab_alloc_slab(&c->cache, cpu, c->order, 0);
	struct slub_node *node;
	uint32_t nr;

	if (!head && c->min_order < c->order)
		head = slab_alloc_slab(&c->cache, cpu, c->min_order, 0);
	if (!head)
		return NULL;
	nr = (uint32_t)((PAGE_SIZE << slab_order(head)) / c->cache.size);
	slub_set_state(head, (struct slub_state){
				     .inuse = nr,
				     .objects = nr,
				     .frozen = 1,
				     .cpu = cpu,
			     });
	node = S(node_of)(c, head);
	fetch_add_relaxed(&node->nr_slabs, 1);
	fetch_add_relaxed(&node->nr_objects, nr);
	k->page = head;
	return S(init_objects)(c, head, nr);
}

/* What others freed to the cpu slab. NULL: nothing; it is full, and not this
 * CPU's any more. */
static inline void *S(take_freelist)(struct page *head, unsigned cpu)
{
	struct slub_state old, new;

	do {
		new = old = slub_state(head);
		new.freelist = NULL;
		new.inuse = old.objects;
		new.frozen = old.freelist != NULL;
		new.cpu = cpu;
	} while (!slub_exchange(head, old, new));
	return old.freelist;
}

/* A freelist, and its slab in k->page. */
static inline void *S(refill)(struct S(cache) * c, unsigned cpu,
			      struct slub_cpu *k)
{
	void *freelist;

	do {
		freelist = k->page ? S(take_freelist)(k->page, cpu) : NULL;
		if (freelist)
			return freelist;
		k->page = k->partial;
		if (k->page)
			k->partial = k->page->next;
	} while (k->page);
	freelist = S(get_partial)(c, cpu, k);
	return freelist ? freelist : S(new_slab)(c, cpu, k);
}

/* The CPU's own freelist is empty. */
static never_inline void *S(alloc_slow)(struct S(cache) * c, unsigned cpu)
{
	struct slub_cpu *k = c->cpu[cpu];
	void *object = S(refill)(c, cpu, k);

	if (!object)
		return NULL;
	k->freelist = S(next)(c, object);
	k->tid += c->tid_step;
	k->refills++;
	return object;
}

forceinline void *S(pop)(struct S(cache) * c, unsigned cpu)
{
	struct slub_cpu *k = c->cpu[cpu];

	/* Again only where something came between, as in a kernel it may. */
	for (;;) {
		uint64_t tid = k->tid;
		void *object = k->freelist, *next;

		if (unlikely(!object))
			return S(alloc_slow)(c, cpu);
		next = S(next)(c, object);
		S(prefetch_link)(c, next);
		if (likely(cmpxchg_double_local(&k->freelist, &k->tid, object,
						tid, next, tid + c->tid_step)))
			return object;
	}
}

forceinline void *S(alloc)(struct S(cache) * c, unsigned cpu)
{
	return slab_check_alloc(&c->cache, S(pop)(c, cpu));
}

/* A slab on its node's list lost its last object. Called with the lock. */
static inline void S(leave_empty)(struct S(cache) * c, unsigned cpu,
				  struct slub_node *node, struct page *head)
{
	bool enough = S(has_enough)(c, node);

	if (enough)
		S(unlist_partial)(node, head);
	spin_unlock(&node->list_lock);
	if (enough)
		S(discard)(c, cpu, head);
}

/*
 * nr objects, linked from first to last, to a slab that is not this CPU's
 * current one. A full slab becomes one of this CPU's partial slabs; for one
 * that may have to leave its node's list the lock is taken beforehand.
 */
static never_inline void S(free_slow)(struct S(cache) * c, unsigned cpu,
				      struct page *head, void *first,
				      void *last, uint32_t nr)
{
	struct slub_node *node = S(node_of)(c, head);
	struct slub_state old, new;
	bool locked = false;

	do {
		new = old = slub_state(head);
		S(set_next)(c, last, old.freelist);
		new.freelist = first;
		new.inuse -= nr;
		new.frozen |= !old.freelist;
		if (locked != (!new.frozen && !new.inuse)) {
			if (locked)
				spin_unlock(&node->list_lock);
			else
				spin_lock(&node->list_lock);
			locked = !locked;
		}
	} while (!slub_exchange(head, old, new));
	if (old.cpu != cpu)
		c->cpu[cpu]->remote_frees += nr;
	if (locked)
		S(leave_empty)(c, cpu, node, head);
	else if (new.frozen && !old.frozen)
		S(put_partial)(c, cpu, head);
}

/* nr objects of a slab, linked from first to last. */
forceinline void S(free_list)(struct S(cache) * c, unsigned cpu,
			      struct page *head, void *first, void *last,
			      uint32_t nr)
{
	struct slub_cpu *k = c->cpu[cpu];
	void *freelist;
	uint64_t tid;

	do {
		tid = k->tid;
		if (unlikely(head != k->page)) {
			S(free_slow)(c, cpu, head, first, last, nr);
			return;
		}
		freelist = k->freelist;
		S(set_next)(c, last, freelist);
	} while (
		unlikely(!cmpxchg_double_local(&k->freelist, &k->tid, freelist,
					       tid, first, tid + c->tid_step)));
}

forceinline void S(free)(struct S(cache) * c, unsigned cpu, void *object)
{
	struct page *head;

	if (!slab_check_free(&c->cache, object))
		return;
	head = slab_virt_to_head(&c->cache, object);
	S(free_list)(c, cpu, head, object, object, 1);
}

#include "slub_bulk.h"
#include "slub_validate.h"
#include "slub_create.h"

#undef SLUB_HARDENED
#undef STRATEGY
