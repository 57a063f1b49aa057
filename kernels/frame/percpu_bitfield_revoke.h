/*
 * percpu_bitfield_revoke.h - having all other CPUs stand still, and taking from
 * them: what an alloc does that found nothing by itself.
 *
 * One thief at a time holds `revoking`; whoever waits for it is not in a call's
 * bracket, and can be stopped. To stop a CPU:
 *   1. set `stopped`, which its slow path asks for after it has set `busy`;
 *      both are sequentially consistent, so either it sees us or we see it;
 *   2. wait for `busy` to be clear. From here on its bounds are ours;
 *   3. move the low bound of its stacks so that every pop fails into the slow
 *      path, fence all CPUs (bracket.h), and wait for their marks.
 * Then no bit is in flight: each free one is in a word, in a stack or in a
 * chunk that is queued, and the thief may write all of it. Only pushes go on,
 * above what it saw of a stack, which is as if they came later. So a failure is
 * exact: no aligned free block was left at that moment.
 *
 * It takes every second chunk that fits from whoever has it, so that CPUs in
 * turn need it ever less often; only then the others' stacks.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_REVOKE_H
#define KMB_FRAME_PERCPU_BITFIELD_REVOKE_H

#include "percpu_bitfield_full.h"
#include "percpu_bitfield_stack.h"

#define percpu_bitfield_for_each_other(a, c, other)        \
	for (struct percpu_bitfield_cpu *other = (a)->cpu; \
	     other < (a)->cpu + (a)->nr_cpus; other++)     \
		if (other != (c))

static inline void percpu_bitfield_stop_stacks(struct percpu_bitfield_cpu *c)
{
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		bracket_ask(&c->stack[o].low, UINTPTR_MAX);
}

static inline void percpu_bitfield_stop(struct percpu_bitfield_allocator *a,
					struct percpu_bitfield_cpu *c)
{
	percpu_bitfield_for_each_other(a, c, other)
		__atomic_store_n(&other->stopped, 1, __ATOMIC_SEQ_CST);
	percpu_bitfield_for_each_other(a, c, other)
	{
		while (__atomic_load_n(&other->busy, __ATOMIC_SEQ_CST))
			cpu_relax();
		percpu_bitfield_stop_stacks(other);
	}
	if (BRACKET_NEEDS_FENCE && a->plain)
		a->mem->host->fence_others(a->mem->host);
	percpu_bitfield_for_each_other(
		a, c, other) for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		bracket_wait(&other->stack[o].top);
}

/* Pops may be plain again, where they ever were. */
static inline void
percpu_bitfield_start_stacks(struct percpu_bitfield_allocator *a,
			     struct percpu_bitfield_cpu *c)
{
	if (!a->plain)
		return;
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++)
		bracket_ask(&c->stack[o].low, (uintptr_t)c->stack[o].base);
}

static inline void percpu_bitfield_resume(struct percpu_bitfield_allocator *a,
					  struct percpu_bitfield_cpu *c)
{
	percpu_bitfield_for_each_other(a, c, other)
	{
		percpu_bitfield_start_stacks(a, other);
		/* pairs with the acquire in percpu_bitfield_enter() */
		smp_store_release(&other->stopped, 0);
	}
}

/* All of another CPU's blocks into the bits. Its top is its own to write. */
static inline void
percpu_bitfield_take_stacks(struct percpu_bitfield_allocator *a,
			    struct percpu_bitfield_cpu *c,
			    struct percpu_bitfield_cpu *other)
{
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		struct percpu_bitfield_stack *s = &other->stack[o];
		unsigned nr = percpu_bitfield_count(s);

		percpu_bitfield_put(a, c, s->base + 1, nr, o, true);
		/* pairs with the acquire in percpu_bitfield_count_racy() */
		smp_store_release(&s->base, s->base + nr);
	}
}

/* Does a chunk have such a block, whoever's it is? */
static inline bool percpu_bitfield_fits(const uint64_t *words, unsigned order)
{
	unsigned n = order < 6 ? 1 : 1u << (order - 6);

	for (unsigned i = 0; i < CHUNK_WORDS; i += n)
		if (order < 6 ? !!percpu_bitfield_runs(words[i], order)
			      : percpu_bitfield_all_free(words + i, n))
			return true;
	return false;
}

/* Another's chunk becomes ours. */
static inline void percpu_bitfield_move(struct percpu_bitfield_allocator *a,
					struct percpu_bitfield_cpu *c,
					uint32_t chunk)
{
	uint32_t state = READ_ONCE(a->state[chunk]);

	if ((state & CHUNK_OWNER) == c->mine)
		return;
	if ((state & CHUNK_COUNT) == CHUNK_FRAMES) {
		if (state & CHUNK_OWNER)
			percpu_bitfield_owner(a, state)->nr_empty--;
		c->nr_empty++;
	}
	WRITE_ONCE(a->state[chunk], (state & ~CHUNK_OWNER) | c->mine);
}

/* Every second chunk of others that has a block of an order up to 9. */
static inline void percpu_bitfield_seize(struct percpu_bitfield_allocator *a,
					 struct percpu_bitfield_cpu *c,
					 unsigned order)
{
	bool mine = true;

	for (uint32_t i = 0; i < a->nr_chunks; i++) {
		uint32_t state = READ_ONCE(a->state[i]);

		if (!(state & CHUNK_OWNER) ||
		    (state & CHUNK_OWNER) == c->mine ||
		    chunk_room(state, state & CHUNK_OWNER, order) >
			    CHUNK_FRAMES)
			continue;
		if (!percpu_bitfield_fits(&a->bits[(uint64_t)i * CHUNK_WORDS],
					  order)) {
			state = (state & ~CHUNK_TIGHT) |
				order << CHUNK_TIGHT_SHIFT;
			WRITE_ONCE(a->state[i], state);
			continue;
		}
		if (mine)
			percpu_bitfield_move(a, c, i);
		mine = !mine;
	}
}

/* Every second pair of chunks that are all free, whoever's they are. */
static inline void
percpu_bitfield_seize_pairs(struct percpu_bitfield_allocator *a,
			    struct percpu_bitfield_cpu *c)
{
	bool mine = true;

	for (uint32_t i = 0; i < a->nr_chunks; i += 2) {
		if ((READ_ONCE(a->state[i]) & CHUNK_COUNT) != CHUNK_FRAMES ||
		    (READ_ONCE(a->state[i + 1]) & CHUNK_COUNT) != CHUNK_FRAMES)
			continue;
		if (mine) {
			percpu_bitfield_move(a, c, i);
			percpu_bitfield_move(a, c, i + 1);
		}
		mine = !mine;
	}
}

static inline unsigned
percpu_bitfield_refill_seized(struct percpu_bitfield_allocator *a,
			      struct percpu_bitfield_cpu *c, unsigned order)
{
	if (order > CHUNK_ORDER)
		percpu_bitfield_seize_pairs(a, c);
	else
		percpu_bitfield_seize(a, c, order);
	return percpu_bitfield_refill(a, c, order);
}

/* Fill this CPU's stack from the others; how many. The lock is held. */
static inline unsigned
percpu_bitfield_revoke(struct percpu_bitfield_allocator *a,
		       struct percpu_bitfield_cpu *c, unsigned order)
{
	unsigned nr;

	percpu_bitfield_stop(a, c);
	for (unsigned cpu = 0; cpu < a->nr_cpus; cpu++)
		percpu_bitfield_collect_all(a, c, &a->cpu[cpu], true);
	nr = percpu_bitfield_refill_seized(a, c, order);
	if (!nr) {
		percpu_bitfield_for_each_other(a, c, other)
			percpu_bitfield_take_stacks(a, c, other);
		nr = percpu_bitfield_refill_seized(a, c, order);
	}
	if (!nr)
		percpu_bitfield_set_full(a, order);
	percpu_bitfield_resume(a, c);
	return nr;
}

/*
 * This CPU is not in the slow path's bracket, and needs none with the lock. It
 * looks again first: another may have given back, or have taken from it.
 */
static coldpath pfn_t
percpu_bitfield_alloc_revoked(struct percpu_bitfield_allocator *a,
			      struct percpu_bitfield_cpu *c, unsigned order)
{
	struct percpu_bitfield_stack *s = &c->stack[order];
	pfn_t pfn = PFN_NONE;

	/* Where there are no others, all has been looked at. */
	if (a->nr_cpus == 1)
		percpu_bitfield_set_full(a, order);
	if (percpu_bitfield_is_full(a, order))
		return PFN_NONE;
	spin_lock(&a->revoking);
	if (percpu_bitfield_count(s) || percpu_bitfield_refill(a, c, order) ||
	    percpu_bitfield_revoke(a, c, order))
		pfn = percpu_bitfield_pop(s);
	spin_unlock(&a->revoking);
	return pfn;
}

static never_inline pfn_t
percpu_bitfield_alloc_slow(struct percpu_bitfield_allocator *a,
			   struct percpu_bitfield_cpu *c, unsigned order)
{
	struct percpu_bitfield_stack *s = &c->stack[order];
	pfn_t pfn = PFN_NONE;

	percpu_bitfield_enter(c, s);
	if (percpu_bitfield_count(s) || (!percpu_bitfield_is_full(a, order) &&
					 percpu_bitfield_refill(a, c, order)))
		pfn = percpu_bitfield_pop(s);
	percpu_bitfield_leave(c);
	if (unlikely(pfn == PFN_NONE))
		pfn = percpu_bitfield_alloc_revoked(a, c, order);
	return pfn;
}

#endif
