/*
 * percpu_bitfield_types.h - what percpu_bitfield keeps: bits and a state for
 * each chunk, stacks and queues for each CPU; and its bounds.
 *
 * Memory is cut in chunks of 512 frames, a huge frame each. A chunk has eight
 * words of bits, one cache line, 1 is free; a state (chunk_scan.h); eight words
 * of bits that other CPUs than its owner freed; and a link by which it is in
 * its owner's list of such chunks.
 *
 * Who may do what:
 *   nobody's chunk	is all free. Any CPU takes it by a CAS of its state.
 *   bits and state	the owner, by plain loads and stores.
 *   remote bits	any CPU ors them in, and queues the chunk with its owner
 *			unless it is queued; the owner unqueues it, then takes
 *			the bits.
 *   a chunk's owner	changes from nobody by the CAS; to nobody by its owner
 *			when it is all free; to whoever frees all of it in one
 *			piece, as all of it was his; and otherwise only while
 *			all CPUs stand still (percpu_bitfield_revoke.h).
 *   a CPU's stacks	that CPU; and whoever has all others stand still.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_TYPES_H
#define KMB_FRAME_PERCPU_BITFIELD_TYPES_H

#include <string.h>

#include "frame.h"

#include "../scan/scan_word.h"
#include "../sync/bracket.h"
#include "../sync/spinlock.h"
#include "chunk_scan.h"

#define CHUNK_WORDS (CHUNK_FRAMES / BITS_PER_WORD)

/*
 * In place of tight and count: all of the chunk is handed out as one piece, and
 * its bits say nothing. So a huge frame costs one word, and no line of bits.
 */
#define CHUNK_WHOLE CHUNK_TIGHT

/* A chunk's link: not queued, the last of a list, else the next chunk + 2. */
#define CHUNK_UNQUEUED 0u
#define CHUNK_LAST 1u

/*
 * Chunks that one pass finds at most; and below order 9 it finds no more free
 * frames than these, beside a block for each of 64 chunks: what is found is out
 * of date by the time it is used. All free chunks stay as good as each other.
 */
#define CHUNK_CANDIDATES 256u
#define CHUNK_ENOUGH(order)                               \
	((order) < CHUNK_ORDER ? 1024u + (64u << (order)) \
			       : CHUNK_CANDIDATES << CHUNK_ORDER)

/*
 * Blocks that a stack of each order holds at most. Orders to 3 and 9 are those
 * that kernels keep per CPU, too; the others need but a few. Of order 9 there
 * are many, as each costs but a word that may be in another CPU's cache: what
 * is left to save is the way through the slow path.
 */
#define PERCPU_BITFIELD_DEPTHS 1024, 512, 256, 128, 32, 16, 16, 8, 8, 64, 4
#define PERCPU_BITFIELD_ENTRIES \
	(1024 + 512 + 256 + 128 + 32 + 16 + 16 + 8 + 8 + 64 + 4)

static const uint16_t percpu_bitfield_depth[NR_PAGE_ORDERS] = {
	PERCPU_BITFIELD_DEPTHS
};

/* Blocks that a refill asks for. */
static const uint16_t percpu_bitfield_batch[NR_PAGE_ORDERS] = { 64, 32, 16, 8,
								4,  4,	4,  4,
								4,  32, 2 };

/*
 * Free blocks of one order, as their first frames: entries (base, top]. The
 * thief that takes them raises base; top is the CPU's alone, so that it may be
 * read before it is marked.
 */
struct percpu_bitfield_stack {
	uintptr_t top;	/* the last entry; odd: the CPU is at it */
	uintptr_t low;	/* pops need top above it: base, or UINTPTR_MAX */
	uintptr_t high; /* pushes need top below it: the end; constant */
	uint32_t *base; /* the entry below the first */
};

/* Chunks that a pass found, fullest first; each is looked at again. */
struct percpu_bitfield_queue {
	uint32_t at, nr;
	uint32_t chunk[CHUNK_CANDIDATES];
};

struct percpu_bitfield_cpu {
	struct percpu_bitfield_stack stack[NR_PAGE_ORDERS];

	/* Of the slow path; written by this CPU alone. */
	uint32_t busy cacheline_aligned; /* is in it */
	uint32_t mine;			 /* (number + 1) << CHUNK_OWNER_SHIFT */
	uint64_t nr_empty;  /* chunks of its own that are all free */
	int64_t taken;	    /* frames it took out of bits, less those put in */
	uint64_t bad_frees; /* frames freed that were free or not ours */
	uint64_t nr_puts;   /* blocks it put into bits */

	uint32_t stopped cacheline_aligned; /* written by the thief */
	uint32_t pending cacheline_aligned; /* first of the list; by anyone */

	struct percpu_bitfield_queue queue[NR_PAGE_ORDERS] cacheline_aligned;
	/* One below each stack's first, and room for a refill's last vector. */
	uint32_t entries[PERCPU_BITFIELD_ENTRIES + NR_PAGE_ORDERS +
			 CHUNK_VECTOR];
};

struct percpu_bitfield_allocator {
	struct percpu_bitfield_cpu *cpu; /* [nr_cpus] */
	uint64_t *bits;			 /* [nr_chunks * CHUNK_WORDS] */
	uint32_t *state;		 /* [nr_chunks], and CHUNK_NEVER */
	uint64_t *remote;		 /* [nr_chunks * CHUNK_WORDS] */
	uint32_t *link;			 /* [nr_chunks] */
	uint64_t *busy; /* in debug builds: a bit for each frame handed out */
	const struct chunk_scan *scan;
	pfn_t start_pfn;
	uint64_t nr_pages;
	uint32_t nr_chunks, nr_states; /* the latter whole vectors */
	unsigned nr_cpus;
	bool plain;    /* the fast path's plain stores can be fenced */
	uint64_t keep; /* all free chunks that a CPU does not give back */
	uint16_t depth[NR_PAGE_ORDERS], batch[NR_PAGE_ORDERS];
	const struct physmem *mem;
	struct spinlock revoking; /* one thief at a time */
	/* 0, or 1 + all CPUs' nr_puts when this order failed. Set by the
	 * thief, cleared by anyone. */
	uint64_t full[NR_PAGE_ORDERS];
};

forceinline struct percpu_bitfield_cpu *
percpu_bitfield_owner(struct percpu_bitfield_allocator *a, uint32_t state)
{
	return &a->cpu[(state >> CHUNK_OWNER_SHIFT) - 1];
}

/* Bits of a block of order 0..6 at the bottom of a word. */
forceinline uint64_t percpu_bitfield_mask(unsigned order)
{
	return ~0ull >> (BITS_PER_WORD - (1u << order));
}

/* The entry below the first of an order's stack. */
forceinline uint32_t *percpu_bitfield_bottom(struct percpu_bitfield_cpu *c,
					     unsigned order)
{
	uint32_t *bottom = c->entries;

	/* Order 0 last: a refill of it may write a vector too far. */
	for (unsigned o = MAX_PAGE_ORDER; o > order; o--)
		bottom += percpu_bitfield_depth[o] + 1;
	return bottom;
}

/* The last entry: a CPU that stands still may yet mark it, before it sees why
 * it should not. */
forceinline uint32_t *percpu_bitfield_top(const struct percpu_bitfield_stack *s)
{
	/* pairs with the release of a push */
	return (uint32_t *)(smp_load_acquire(&s->top) & ~(uintptr_t)1);
}

forceinline unsigned
percpu_bitfield_count(const struct percpu_bitfield_stack *s)
{
	return (unsigned)(percpu_bitfield_top(s) - s->base);
}

/* Set a stack that this CPU is at, in the slow path. */
forceinline void percpu_bitfield_set(struct percpu_bitfield_allocator *a,
				     struct percpu_bitfield_stack *s,
				     uint32_t *base, unsigned nr)
{
	WRITE_ONCE(s->base, base);
	WRITE_ONCE(s->low, a->plain ? (uintptr_t)base : UINTPTR_MAX);
	smp_store_release(&s->top, (uintptr_t)(base + nr));
}

#endif
