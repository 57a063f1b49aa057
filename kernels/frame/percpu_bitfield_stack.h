/*
 * percpu_bitfield_stack.h - a CPU's slow path: passes that find chunks, refills
 * from them, drains into them.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_STACK_H
#define KMB_FRAME_PERCPU_BITFIELD_STACK_H

#include "percpu_bitfield_cut.h"
#include "percpu_bitfield_put.h"

#define CHUNK_NONE UINT32_MAX

/* ---- finding ---- */

/* CPUs begin in different places, lest their states share cache lines. */
forceinline uint64_t
percpu_bitfield_start(const struct percpu_bitfield_allocator *a,
		      const struct percpu_bitfield_cpu *c)
{
	uint64_t i = (c->mine >> CHUNK_OWNER_SHIFT) - 1;

	return align_down(i * a->nr_states / a->nr_cpus, CHUNK_VECTOR);
}

/* Chunks for an order up to 9 with no more than this room. */
static inline void
percpu_bitfield_find_room(struct percpu_bitfield_allocator *a,
			  struct percpu_bitfield_cpu *c, unsigned order,
			  uint32_t room)
{
	struct percpu_bitfield_queue *q = &c->queue[order];
	uint64_t start = percpu_bitfield_start(a, c);
	uint32_t enough = CHUNK_ENOUGH(order);

	q->nr = a->scan->collect(a->state, start, a->nr_states, c->mine, order,
				 room, enough, q->chunk, CHUNK_CANDIDATES);
	if (!q->nr && start)
		q->nr = a->scan->collect(a->state, 0, start, c->mine, order,
					 room, enough, q->chunk,
					 CHUNK_CANDIDATES);
}

/* Pairs of chunks for order 10, by the first. */
static inline void
percpu_bitfield_find_pairs(struct percpu_bitfield_allocator *a,
			   struct percpu_bitfield_cpu *c)
{
	struct percpu_bitfield_queue *q = &c->queue[MAX_PAGE_ORDER];

	for (uint32_t i = 0; i < a->nr_chunks && q->nr < CHUNK_CANDIDATES;
	     i += 2)
		if (!chunk_room(READ_ONCE(a->state[i]), c->mine, CHUNK_ORDER) &&
		    !chunk_room(READ_ONCE(a->state[i + 1]), c->mine,
				CHUNK_ORDER))
			q->chunk[q->nr++] = i;
}

/*
 * Find chunks for an order, the fullest first, as exactly as pays: those with
 * up to an eighth and 8 frames more room than the fullest has are as good, so
 * that a pass finds many where each has but a frame or two. A block more is as
 * good, too, if it is no more than half a word; to break a free word or more
 * where a fuller chunk has such a block costs huge frames.
 */
static never_inline void
percpu_bitfield_find(struct percpu_bitfield_allocator *a,
		     struct percpu_bitfield_cpu *c, unsigned order)
{
	uint32_t room = 0;

	c->queue[order].at = c->queue[order].nr = 0;
	if (order == MAX_PAGE_ORDER) {
		percpu_bitfield_find_pairs(a, c);
		return;
	}
	if (order < CHUNK_ORDER) {
		room = a->scan->least(a->state, a->nr_states, c->mine, order);
		if (room > CHUNK_FRAMES)
			return;
		room += room / 8 + 8;
		if (order < 6)
			room += 1u << order;
	}
	percpu_bitfield_find_room(a, c, order, room);
}

forceinline uint32_t
percpu_bitfield_candidate(struct percpu_bitfield_allocator *a,
			  struct percpu_bitfield_cpu *c, unsigned order)
{
	struct percpu_bitfield_queue *q = &c->queue[order];

	if (q->at == q->nr)
		percpu_bitfield_find(a, c, order);
	return q->at < q->nr ? q->chunk[q->at] : CHUNK_NONE;
}

/* ---- refilling ---- */

/* Up to max blocks of a chunk (of order 0 a few more), if it can be had. */
forceinline unsigned
percpu_bitfield_take_from(struct percpu_bitfield_allocator *a,
			  struct percpu_bitfield_cpu *c, uint32_t chunk,
			  unsigned order, uint32_t *out, unsigned max)
{
	uint32_t state;

	if (order == MAX_PAGE_ORDER)
		return percpu_bitfield_cut_pair(a, c, chunk, out);
	state = percpu_bitfield_own(a, c, chunk);
	if (order == CHUNK_ORDER)
		return percpu_bitfield_cut_chunk(a, c, chunk, state, out);
	return percpu_bitfield_cut(a, c, chunk, state, order, out, max);
}

/* Take about max blocks out of chunks; how many. */
static inline unsigned percpu_bitfield_take(struct percpu_bitfield_allocator *a,
					    struct percpu_bitfield_cpu *c,
					    unsigned order, uint32_t *out,
					    unsigned max)
{
	unsigned nr = 0;

	while (nr < max) {
		uint32_t chunk = percpu_bitfield_candidate(a, c, order);

		if (chunk == CHUNK_NONE)
			break;
		nr += percpu_bitfield_take_from(a, c, chunk, order, out + nr,
						max - nr);
		/* What is left of it is for the next refill. */
		if (nr < max)
			c->queue[order].at++;
	}
	WRITE_ONCE(c->taken, c->taken + ((int64_t)nr << order));
	return nr;
}

/* Give the coldest nr blocks of a stack back, and move the others down. */
static inline void percpu_bitfield_spill(struct percpu_bitfield_allocator *a,
					 struct percpu_bitfield_cpu *c,
					 unsigned order, unsigned nr)
{
	struct percpu_bitfield_stack *s = &c->stack[order];
	uint32_t *bottom = percpu_bitfield_bottom(c, order);
	unsigned rest = percpu_bitfield_count(s) - nr;

	percpu_bitfield_put(a, c, s->base + 1, nr, order, false);
	memmove(bottom + 1, s->base + 1 + nr, rest * sizeof(*bottom));
	percpu_bitfield_set(a, s, bottom, rest);
}

/* Empty this CPU's stacks: their blocks may merge to what is asked for. */
static coldpath void percpu_bitfield_flush(struct percpu_bitfield_allocator *a,
					   struct percpu_bitfield_cpu *c)
{
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		percpu_bitfield_spill(a, c, o,
				      percpu_bitfield_count(&c->stack[o]));
}

/* Fill an empty stack with what can be had at once; how many. */
static inline unsigned
percpu_bitfield_refill(struct percpu_bitfield_allocator *a,
		       struct percpu_bitfield_cpu *c, unsigned order)
{
	uint32_t *bottom = percpu_bitfield_bottom(c, order);
	unsigned nr;

	if (READ_ONCE(c->pending) != CHUNK_LAST)
		percpu_bitfield_collect_all(a, c, c, false);
	nr = percpu_bitfield_take(a, c, order, bottom + 1, a->batch[order]);
	if (unlikely(!nr)) {
		percpu_bitfield_flush(a, c);
		nr = percpu_bitfield_take(a, c, order, bottom + 1,
					  a->batch[order]);
	}
	percpu_bitfield_set(a, &c->stack[order], bottom, nr);
	return nr;
}

/* ---- in and out ---- */

/*
 * Begin the slow path, coming from the fast one, perhaps with a mark. Not
 * while a thief has us stand still: it has seen `busy` clear, or it waits.
 */
forceinline void percpu_bitfield_enter(struct percpu_bitfield_cpu *c,
				       struct percpu_bitfield_stack *s)
{
	for (;;) {
		__atomic_store_n(&c->busy, 1, __ATOMIC_SEQ_CST);
		bracket_leave(&s->top, (uintptr_t)percpu_bitfield_top(s));
		if (likely(!__atomic_load_n(&c->stopped, __ATOMIC_SEQ_CST)))
			return;
		smp_store_release(&c->busy, 0);
		/* pairs with the release in percpu_bitfield_resume() */
		while (smp_load_acquire(&c->stopped))
			cpu_relax();
	}
}

/* Pairs with the thief's wait in percpu_bitfield_stop(). */
forceinline void percpu_bitfield_leave(struct percpu_bitfield_cpu *c)
{
	smp_store_release(&c->busy, 0);
}

/* Take the last block of a stack that has one. */
forceinline pfn_t percpu_bitfield_pop(struct percpu_bitfield_stack *s)
{
	uint32_t *top = percpu_bitfield_top(s);

	smp_store_release(&s->top, (uintptr_t)(top - 1));
	return *top;
}

static never_inline void
percpu_bitfield_free_slow(struct percpu_bitfield_allocator *a,
			  struct percpu_bitfield_cpu *c, uint32_t pfn,
			  unsigned order)
{
	struct percpu_bitfield_stack *s = &c->stack[order];
	const unsigned depth = a->depth[order];
	unsigned nr;
	uint32_t *top;

	percpu_bitfield_enter(c, s);
	nr = percpu_bitfield_count(s);
	/* Refills may have gone beyond the end, thieves have moved the base. */
	if (s->top >= s->high)
		percpu_bitfield_spill(a, c, order,
				      nr - (nr < depth ? nr : depth) / 2);
	top = percpu_bitfield_top(s) + 1;
	*top = pfn;
	smp_store_release(&s->top, (uintptr_t)top);
	percpu_bitfield_leave(c);
}

#endif
