/*
 * percpu_bitfield_counted.h - percpu_bitfield with a count of free pages that
 * costs a word to read, as vmstat counts NR_FREE_PAGES.
 *
 * Each CPU counts for itself, and folds what it has into the shared word when
 * that is more than the threshold. So the word is wrong by no more than
 *
 *   drift == nr_cpus * threshold <= (low - min) / 4
 *
 * and by what the calls that run just now have not yet counted. Where that
 * could matter, the exact count is one load more for each CPU.
 */
#ifndef KMB_ZONE_PERCPU_BITFIELD_COUNTED_H
#define KMB_ZONE_PERCPU_BITFIELD_COUNTED_H

#include "../frame/percpu_bitfield.h"
#include "watermark.h"

/* A delta of vmstat had 8 bits. */
#define COUNTED_THRESHOLD_MAX 125u

struct percpu_bitfield_counted_cpu {
	int64_t delta; /* -threshold..threshold; written by this CPU alone */
} cacheline_aligned;

/* free_pages + sum(delta) == the frames' free pages, when no call runs */
struct percpu_bitfield_counted_allocator {
	struct percpu_bitfield_counted_cpu *cpu; /* [nr_cpus] */
	int64_t threshold, drift;
	struct percpu_bitfield_allocator frames;
	int64_t free_pages cacheline_aligned; /* atomic */
};

enum { percpu_bitfield_counted_max_threads = percpu_bitfield_max_threads };
enum { percpu_bitfield_counted_traits = percpu_bitfield_traits };

static inline size_t percpu_bitfield_counted_boot_bytes(uint64_t nr_pages,
							unsigned nr_cpus)
{
	return nr_cpus * sizeof(struct percpu_bitfield_counted_cpu) +
	       percpu_bitfield_boot_bytes(nr_pages, nr_cpus);
}

static inline int
percpu_bitfield_counted_create(struct percpu_bitfield_counted_allocator *a,
			       struct physmem *mem, const struct zone *zone,
			       unsigned nr_cpus)
{
	struct zone_marks marks[MAX_NR_ZONES], *m = &marks[zone->type];
	uint64_t threshold;

	zone_marks_init(marks, mem, zone->node);
	threshold = (m->low - m->min) / 4 / nr_cpus;
	if (threshold > COUNTED_THRESHOLD_MAX)
		threshold = COUNTED_THRESHOLD_MAX;
	a->threshold = (int64_t)threshold;
	a->drift = (int64_t)(threshold * nr_cpus);
	a->free_pages = (int64_t)zone->nr_pages;
	a->cpu = physmem_boot_alloc(mem, zone->node, nr_cpus * sizeof(*a->cpu));
	if (!a->cpu)
		return -ENOMEM;
	return percpu_bitfield_create(&a->frames, mem, zone, nr_cpus);
}

/* Pages that came or went. */
forceinline void
percpu_bitfield_counted_add(struct percpu_bitfield_counted_allocator *a,
			    unsigned cpu, int64_t pages)
{
	int64_t *own = &a->cpu[cpu].delta, delta = *own + pages;

	if (unlikely(delta > a->threshold || delta < -a->threshold)) {
		fetch_add_relaxed(&a->free_pages, delta);
		delta = 0;
	}
	WRITE_ONCE(*own, delta);
}

forceinline pfn_t
percpu_bitfield_counted_alloc(struct percpu_bitfield_counted_allocator *a,
			      unsigned cpu, unsigned order)
{
	pfn_t pfn = percpu_bitfield_alloc(&a->frames, cpu, order);

	if (likely(pfn != PFN_NONE))
		percpu_bitfield_counted_add(a, cpu, -(1ll << order));
	return pfn;
}

forceinline void
percpu_bitfield_counted_free(struct percpu_bitfield_counted_allocator *a,
			     unsigned cpu, pfn_t pfn, unsigned order)
{
	percpu_bitfield_free(&a->frames, cpu, pfn, order);
	percpu_bitfield_counted_add(a, cpu, 1ll << order);
}

/* Free pages, give or take drift. */
forceinline int64_t
percpu_bitfield_counted_about(const struct percpu_bitfield_counted_allocator *a)
{
	return READ_ONCE(a->free_pages);
}

/*
 * Free pages, exact when no call runs. Each CPU that is folding just now may
 * count twice or not at all, by a threshold and its call's pages.
 */
static inline int64_t percpu_bitfield_counted_snapshot(
	const struct percpu_bitfield_counted_allocator *a)
{
	int64_t pages = percpu_bitfield_counted_about(a);

	for (unsigned cpu = 0; cpu < a->frames.nr_cpus; cpu++)
		pages += READ_ONCE(a->cpu[cpu].delta);
	return pages;
}

forceinline bool percpu_bitfield_counted_has_block(
	const struct percpu_bitfield_counted_allocator *a, unsigned order)
{
	return percpu_bitfield_has_block(&a->frames, order);
}

static inline void
percpu_bitfield_counted_stats(struct percpu_bitfield_counted_allocator *a,
			      struct frame_stats *stats)
{
	percpu_bitfield_stats(&a->frames, stats);
	stats->metadata_bytes += sizeof(*a) - sizeof(a->frames) +
				 a->frames.nr_cpus * sizeof(*a->cpu);
}

static inline bool
percpu_bitfield_counted_validate(struct percpu_bitfield_counted_allocator *a)
{
	struct frame_stats stats;

	percpu_bitfield_stats(&a->frames, &stats);
	for (unsigned cpu = 0; cpu < a->frames.nr_cpus; cpu++)
		if (a->cpu[cpu].delta > a->threshold ||
		    a->cpu[cpu].delta < -a->threshold)
			return false;
	return (int64_t)stats.free_pages ==
		       percpu_bitfield_counted_snapshot(a) &&
	       percpu_bitfield_validate(&a->frames);
}

static inline void
percpu_bitfield_counted_destroy(struct percpu_bitfield_counted_allocator *a)
{
	percpu_bitfield_destroy(&a->frames);
}

#endif
