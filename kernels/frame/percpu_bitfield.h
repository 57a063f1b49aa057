/*
 * percpu_bitfield.h - our own: a bitfield cut in chunks that each CPU owns some
 * of, behind small stacks of frame numbers. Pops and pushes are plain stores;
 * there is one atomic operation in a refill or a spill, more only where frames
 * change CPUs, and a lock only for who has run dry.
 *
 *   alloc, free	a pop or a push of a per-CPU stack of 32-bit frame
 *			numbers, one for each order; struct page is not touched
 *   refill		whole words of the fullest chunk with room, spelled out
 *			by a vector; plain loads and stores, as the CPU owns the
 *			chunk. One vector pass over all chunks' states finds
 *			enough of them for many refills. Fullest first is what
 *			leaves huge frames whole
 *   spill		the colder half of a full stack: own chunks by plain
 *			stores, neighbours merged; others' by an atomic or, and
 *			their owner is told once a chunk
 *   running dry	all others are stopped for a moment, and every second
 *			chunk that fits is taken (percpu_bitfield_revoke.h)
 * Their state and who may write it: percpu_bitfield_types.h.
 *
 * What a CPU may keep from the others, who then have to stop it, is bounded:
 *   - in stacks, of each order no more than its depth, and no more than a 256th
 *     of an equal share of the zone (orders 9 and 10: a 32nd), but one block;
 *     after a refill one batch, or for order 0 a batch and the rest of a word;
 *   - chunks of its own that are all free: an eighth of an equal share, and
 *     those it took and has not used yet;
 *   - the free frames of chunks of which some are in use: below 512 for each.
 * Nothing of this is ever lost to an alloc: a failure has stopped all others
 * and looked everywhere, so it is exact; or one that has is remembered, and
 * nothing was freed since (percpu_bitfield_full.h).
 *
 * A double free is found when a frame comes to a chunk that has it free
 * already, a foreign one when it has no chunk or nobody's; they are counted in
 * bad_frees, and the state is not valid any more. Until then a stack may hand
 * them out. Debug builds trap both at once.
 */
#ifndef KMB_FRAME_PERCPU_BITFIELD_H
#define KMB_FRAME_PERCPU_BITFIELD_H

#include "percpu_bitfield_types.h"

enum { percpu_bitfield_max_threads = KMB_MAX_THREADS };
enum { percpu_bitfield_traits = FRAME_EXACT | FRAME_CACHES };
static const char percpu_bitfield_models[] =
	"per-CPU stacks before chunks of bits that a CPU owns (our own)";

static inline size_t percpu_bitfield_boot_bytes(uint64_t nr_pages,
						unsigned nr_cpus)
{
	uint64_t nr_chunks = nr_pages / CHUNK_FRAMES;
	size_t bytes = nr_cpus * sizeof(struct percpu_bitfield_cpu);

	bytes += 2 * nr_chunks * CHUNK_WORDS * sizeof(uint64_t);
	bytes += 2 * align_up(nr_chunks, CHUNK_VECTOR) * sizeof(uint32_t);
	if (KMB_DEBUG >= 1)
		bytes += nr_chunks * CHUNK_WORDS * sizeof(uint64_t);
	return bytes;
}

#include "percpu_bitfield_check.h"
#include "percpu_bitfield_query.h"

static inline void
percpu_bitfield_create_cpu(struct percpu_bitfield_allocator *a, unsigned cpu)
{
	struct percpu_bitfield_cpu *c = &a->cpu[cpu];

	c->mine = (cpu + 1) << CHUNK_OWNER_SHIFT;
	c->pending = CHUNK_LAST;
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		uint32_t *bottom = percpu_bitfield_bottom(c, o);

		percpu_bitfield_set(a, &c->stack[o], bottom, 0);
		c->stack[o].high = (uintptr_t)(bottom + a->depth[o]);
	}
}

/*
 * Stacks in proportion to what there is for each CPU: a 256th, and of whole
 * chunks, which nothing else could make better use of, a 32nd.
 */
static inline void
percpu_bitfield_create_depths(struct percpu_bitfield_allocator *a)
{
	uint64_t share = a->nr_pages / 256 / a->nr_cpus;

	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		uint64_t part = o < CHUNK_ORDER ? share : 8 * share;
		uint64_t nr = part >> o ? part >> o : 1;
		uint16_t batch = percpu_bitfield_batch[o];

		if (nr > percpu_bitfield_depth[o])
			nr = percpu_bitfield_depth[o];
		a->depth[o] = (uint16_t)nr;
		a->batch[o] = nr < batch ? (uint16_t)nr : batch;
	}
}

static inline int percpu_bitfield_create(struct percpu_bitfield_allocator *a,
					 struct physmem *mem,
					 const struct zone *zone,
					 unsigned nr_cpus)
{
	uint32_t nr_chunks = (uint32_t)(zone->nr_pages / CHUNK_FRAMES);
	char *boot = physmem_boot_alloc(
		mem, zone->node,
		percpu_bitfield_boot_bytes(zone->nr_pages, nr_cpus));

	/* Entries are 32 bits wide: 16 TiB. */
	if (!boot || zone->start_pfn + zone->nr_pages > UINT32_MAX)
		return -ENOMEM;
	*a = (struct percpu_bitfield_allocator){
		.cpu = (struct percpu_bitfield_cpu *)boot,
		.scan = chunk_scan_widest(),
		.start_pfn = zone->start_pfn,
		.nr_pages = zone->nr_pages,
		.nr_chunks = nr_chunks,
		.nr_states = (uint32_t)align_up(nr_chunks, CHUNK_VECTOR),
		.nr_cpus = nr_cpus,
		.plain = !BRACKET_NEEDS_FENCE || mem->host->fence_others,
		.keep = nr_chunks / nr_cpus / 8,
		.mem = mem,
	};
	a->bits = (uint64_t *)(a->cpu + nr_cpus);
	a->remote = a->bits + nr_chunks * CHUNK_WORDS;
	a->state = (uint32_t *)(a->remote + nr_chunks * CHUNK_WORDS);
	a->link = a->state + a->nr_states;
	a->busy = (uint64_t *)(a->link + a->nr_states);
	memset(a->bits, 0xff, nr_chunks * CHUNK_WORDS * sizeof(*a->bits));
	for (uint32_t i = 0; i < a->nr_states; i++)
		a->state[i] = i < nr_chunks ? CHUNK_FRAMES : CHUNK_NEVER;
	spin_lock_init(&a->revoking);
	percpu_bitfield_create_depths(a);
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		percpu_bitfield_create_cpu(a, cpu);
	return 0;
}

forceinline pfn_t percpu_bitfield_alloc(struct percpu_bitfield_allocator *a,
					unsigned cpu, unsigned order)
{
	struct percpu_bitfield_cpu *c = &a->cpu[cpu];
	struct percpu_bitfield_stack *s;
	uintptr_t top;
	pfn_t pfn;

	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	s = &c->stack[order];
	top = bracket_enter(&s->top);
	if (likely(top > bracket_asked(&s->low))) {
		pfn = *(uint32_t *)top;
		bracket_leave(&s->top, top - sizeof(uint32_t));
	} else {
		pfn = percpu_bitfield_alloc_slow(a, c, order);
		if (unlikely(pfn == PFN_NONE))
			return PFN_NONE;
	}
	percpu_bitfield_mark(a, pfn, order, true);
	return pfn;
}

forceinline void percpu_bitfield_free(struct percpu_bitfield_allocator *a,
				      unsigned cpu, pfn_t pfn, unsigned order)
{
	struct percpu_bitfield_cpu *c = &a->cpu[cpu];
	struct percpu_bitfield_stack *s = &c->stack[order];
	uintptr_t top;

	percpu_bitfield_mark(a, pfn, order, false);
	physmem_poison(a->mem, pfn, order);
	/*
	 * No mark: a push is one store, behind which nobody looks until it is
	 * done. Pairs with the thief's wait, and its read of top.
	 */
	top = READ_ONCE(s->top);
	if (likely(top < s->high)) {
		((uint32_t *)top)[1] = (uint32_t)pfn;
		smp_store_release(&s->top, top + sizeof(uint32_t));
	} else {
		percpu_bitfield_free_slow(a, c, (uint32_t)pfn, order);
	}
}

static inline void percpu_bitfield_destroy(struct percpu_bitfield_allocator *a)
{
	(void)a;
}

#endif
