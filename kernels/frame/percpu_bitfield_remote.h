/*
 * percpu_bitfield_remote.h - frames of chunks that another CPU owns: bits
 * beside the chunk, and the list by which its owner finds them.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_REMOTE_H
#define KMB_FRAME_PERCPU_BITFIELD_REMOTE_H

#include "percpu_bitfield_chunk.h"

/* Put a chunk on the list of the CPU whose it is, unless it is on one. */
static inline void percpu_bitfield_queue(struct percpu_bitfield_allocator *a,
					 uint32_t state, uint32_t chunk)
{
	struct percpu_bitfield_cpu *owner = percpu_bitfield_owner(a, state);
	uint32_t first, unqueued = CHUNK_UNQUEUED;

	/* Who clears the link afterwards sees the bits: all of this is total
	 * order, here and in percpu_bitfield_collect(). */
	if (__atomic_load_n(&a->link[chunk], __ATOMIC_SEQ_CST) !=
		    CHUNK_UNQUEUED ||
	    !__atomic_compare_exchange_n(&a->link[chunk], &unqueued, CHUNK_LAST,
					 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return;
	first = READ_ONCE(owner->pending);
	do {
		WRITE_ONCE(a->link[chunk], first);
		/* pairs with the exchange in percpu_bitfield_collect_all() */
	} while (!cmpxchg_release(&owner->pending, &first, chunk + 2));
}

/* Free nr bits of a word of a chunk that is not ours. */
static never_inline void
percpu_bitfield_add_remote(struct percpu_bitfield_allocator *a,
			   struct percpu_bitfield_cpu *c, uint32_t state,
			   uint64_t word, uint64_t mask, unsigned nr)
{
	uint64_t old;

	/* Nobody's chunks are all free. */
	if (unlikely(!(state & CHUNK_OWNER))) {
		percpu_bitfield_bad(c, nr);
		return;
	}
	old = __atomic_fetch_or(&a->remote[word], mask, __ATOMIC_SEQ_CST);
	if (unlikely(old & mask))
		percpu_bitfield_bad(c, (unsigned)scan_weight(old & mask));
	percpu_bitfield_queue(a, state, (uint32_t)(word / CHUNK_WORDS));
}

static void percpu_bitfield_collect(struct percpu_bitfield_allocator *a,
				    struct percpu_bitfield_cpu *c,
				    uint64_t chunk)
{
	uint64_t *remote = &a->remote[chunk * CHUNK_WORDS];

	/* First: whoever ors bits in from here on queues the chunk anew. */
	__atomic_store_n(&a->link[chunk], CHUNK_UNQUEUED, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < CHUNK_WORDS; i++) {
		uint64_t bits;

		if (!__atomic_load_n(&remote[i], __ATOMIC_SEQ_CST))
			continue;
		bits = __atomic_exchange_n(&remote[i], 0, __ATOMIC_SEQ_CST);
		percpu_bitfield_add(a, c, chunk * CHUNK_WORDS + i, bits,
				    (unsigned)scan_weight(bits));
	}
}

/*
 * A queued chunk is not its old owner's any more: all of it was in one piece
 * that another CPU freed. Bits in it, if any, are for its owner to take.
 */
static coldpath void
percpu_bitfield_forward(struct percpu_bitfield_allocator *a,
			struct percpu_bitfield_cpu *c, uint32_t chunk)
{
	uint32_t state;

	__atomic_store_n(&a->link[chunk], CHUNK_UNQUEUED, __ATOMIC_SEQ_CST);
	do {
		if (percpu_bitfield_own(a, c, chunk)) {
			percpu_bitfield_collect(a, c, chunk);
			return;
		}
		state = READ_ONCE(a->state[chunk]);
	} while (!(state & CHUNK_OWNER));
	percpu_bitfield_queue(a, state, chunk);
}

/*
 * Take all bits that others freed in chunks of `owner`: this CPU, or any while
 * all stand still.
 */
static never_inline void
percpu_bitfield_collect_all(struct percpu_bitfield_allocator *a,
			    struct percpu_bitfield_cpu *c,
			    struct percpu_bitfield_cpu *owner, bool alone)
{
	/* pairs with the release in percpu_bitfield_queue() */
	uint32_t link = xchg_acquire(&owner->pending, CHUNK_LAST);

	while (link != CHUNK_LAST) {
		uint32_t chunk = link - 2;
		uint32_t state = READ_ONCE(a->state[chunk]);

		link = READ_ONCE(a->link[chunk]);
		if (likely((state & CHUNK_OWNER) == owner->mine || alone))
			percpu_bitfield_collect(a, c, chunk);
		else
			percpu_bitfield_forward(a, c, chunk);
	}
}

#endif
