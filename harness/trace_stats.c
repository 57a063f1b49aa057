/* trace_stats.c - events, added up. */
#include "trace_stats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/mm/mmzone.h"

const char *const trace_kind_names[NR_TRACE_KINDS] = {
	[TRACE_PAGE_ALLOC] = "page_alloc",   [TRACE_PAGE_FREE] = "page_free",
	[TRACE_KMALLOC] = "kmalloc",	     [TRACE_KFREE] = "kfree",
	[TRACE_CACHE_ALLOC] = "cache_alloc", [TRACE_CACHE_FREE] = "cache_free",
};

const char *const trace_type_names[TRACE_NR_TYPES] = {
	[MIGRATE_UNMOVABLE] = "unmovable",
	[MIGRATE_RECLAIMABLE] = "reclaimable",
	[MIGRATE_MOVABLE] = "movable",
};

unsigned trace_power(uint64_t value)
{
	return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

uint64_t trace_power_lowest(unsigned power)
{
	return power ? UINT64_C(1) << (power - 1) : 0;
}

void trace_stats_counts(const struct trace_header *h,
			struct trace_count counts[TRACE_NR_COUNTS])
{
	const struct trace_count all[TRACE_NR_COUNTS] = {
		{ "implied", "frees of these that were not traced",
		  h->implied },
		{ "failed", "allocations that failed", h->failed },
		{ "unknown_pages", "frees of pages never allocated",
		  h->unknown_pages },
		{ "unknown_slab", "frees of slab objects never allocated",
		  h->unknown_slab },
		{ "null_frees", "frees of NULL", h->null_frees },
		{ "partial_frees", "frees of a part of a block",
		  h->partial_frees },
		{ "repeats", "mm_page_free_batched", h->repeats },
		{ "other_events", "other events", h->other_events },
		{ "lost_events", "events lost by the kernel", h->lost_events },
		{ "bad_lines", "lines not understood", h->bad_lines },
	};

	memcpy(counts, all, sizeof(all));
}

/* Room for item `index` in an array that grows, new items zero. */
static int make_room(void *array, uint32_t *room, uint32_t index, size_t size)
{
	const uint64_t wanted = 2 * (uint64_t)(index > 31 ? index : 31) + 2;
	char *bigger;

	if (index < *room)
		return 0;
	bigger = wanted <= UINT32_MAX ? realloc(*(void **)array, wanted * size)
				      : NULL;
	if (!bigger)
		return -ENOMEM;
	memset(bigger + *room * size, 0, (wanted - *room) * size);
	*(void **)array = bigger;
	*room = (uint32_t)wanted;
	return 0;
}

static void add_alloc(struct trace_stats *s, const struct trace_event *e,
		      enum trace_space space)
{
	s->life[space][e->object] = (struct trace_life){ .born_us = s->now_us,
							 .bytes = e->bytes,
							 .cpu = e->cpu,
							 .order = e->order };
	s->cpu[e->cpu].allocs[space]++;
	s->live[space]++;
	if (space == TRACE_SLAB) {
		s->sizes[trace_power(e->bytes)]++;
		s->live_bytes += e->bytes;
		return;
	}
	s->orders[e->order]++;
	if (e->type < TRACE_NR_TYPES)
		s->types[e->type]++;
	s->live_pages += UINT64_C(1) << e->order;
}

static void add_free(struct trace_stats *s, const struct trace_event *e,
		     enum trace_space space)
{
	const struct trace_life *life = &s->life[space][e->object];

	s->live[space]--;
	if (space == TRACE_SLAB)
		s->live_bytes -= life->bytes;
	else
		s->live_pages -= UINT64_C(1) << life->order;
	if (e->flags & TRACE_IMPLIED)
		return;
	s->lifetimes[space][trace_power(s->now_us - life->born_us)]++;
	s->cpu[e->cpu].frees[space]++;
	s->cpu[e->cpu].remote[space] += life->cpu != e->cpu;
}

int trace_stats_add(void *stats, const struct trace_event *e)
{
	struct trace_stats *s = stats;
	const enum trace_space space =
		trace_is_page(e->kind) ? TRACE_PAGES : TRACE_SLAB;

	if (make_room(&s->cpu, &s->nr_cpus, e->cpu, sizeof(*s->cpu)) ||
	    make_room(&s->life[space], &s->room[space], e->object,
		      sizeof(*s->life[space])))
		return -ENOMEM;
	s->now_us += e->delta_us;
	if (trace_is_alloc(e->kind))
		add_alloc(s, e, space);
	else
		add_free(s, e, space);
	return 0;
}

void trace_stats_free(struct trace_stats *s)
{
	free(s->cpu);
	free(s->life[TRACE_PAGES]);
	free(s->life[TRACE_SLAB]);
}
