/*
 * recorder.h - a frame strategy for tests: the plainest allocator there is,
 * which writes down all that it is asked and counts what breaks the contract.
 */
#ifndef KMB_RECORDER_H
#define KMB_RECORDER_H

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/frame/frame.h"

#define RECORDER_CPUS 4

/* A call: 1 an alloc, 0 a free; its order; an alloc's type. */
struct recorder_call {
	uint8_t alloc, order, type;
};

/* Of all allocators, as long as nobody clears them. */
static struct recorder_log {
	struct recorder_call *v;
	uint64_t nr, room;
} recorder_logs[RECORDER_CPUS];
static uint64_t recorder_wrong, recorder_live, recorder_stats_calls;
static uint64_t recorder_live_at[64]; /* pages, at each call of stats */
static pthread_mutex_t recorder_lock = PTHREAD_MUTEX_INITIALIZER;

struct recorder_allocator {
	const struct zone *zone;
	uint8_t *block; /* [nr_pages] order + 1 where one begins, 255 inside */
	uint64_t nr_busy, next;
};

enum { recorder_max_threads = RECORDER_CPUS };
enum { recorder_traits = 0 };
static const char recorder_models[] = "a test's notebook";

static void recorder_note(unsigned cpu, struct recorder_call call)
{
	struct recorder_log *log = &recorder_logs[cpu];

	if (log->nr == log->room) {
		log->room = log->room ? 2 * log->room : 1024;
		log->v = realloc(log->v, log->room * sizeof(*log->v));
		if (!log->v)
			abort();
	}
	log->v[log->nr++] = call;
}

static maybe_unused void recorder_clear(void)
{
	for (unsigned i = 0; i < RECORDER_CPUS; i++)
		recorder_logs[i].nr = 0;
	recorder_wrong = recorder_live = recorder_stats_calls = 0;
}

static maybe_unused void recorder_drop(void)
{
	for (unsigned i = 0; i < RECORDER_CPUS; i++)
		free(recorder_logs[i].v);
	memset(recorder_logs, 0, sizeof(recorder_logs));
}

static inline size_t recorder_boot_bytes(uint64_t nr_pages, unsigned nr_cpus)
{
	(void)nr_cpus;
	return nr_pages;
}

static inline int recorder_create(struct recorder_allocator *a,
				  struct physmem *mem, const struct zone *zone,
				  unsigned nr_cpus)
{
	(void)nr_cpus;
	*a = (struct recorder_allocator){
		.zone = zone,
		.block = physmem_boot_alloc(mem, zone->node, zone->nr_pages),
	};
	return a->block ? 0 : -ENOMEM;
}

/* The next aligned run that is free, from where the last one was. */
static uint64_t recorder_find(struct recorder_allocator *a, uint64_t nr)
{
	uint64_t at = align_up(a->next, nr);

	for (uint64_t tried = 0; tried <= a->zone->nr_pages; tried += nr) {
		uint64_t i = 0;

		if (at + nr > a->zone->nr_pages)
			at = 0;
		while (i < nr && !a->block[at + i])
			i++;
		if (i == nr)
			return at;
		at += nr;
	}
	return PFN_NONE;
}

static inline pfn_t recorder_alloc_mt(struct recorder_allocator *a,
				      unsigned cpu, unsigned order,
				      enum migratetype type)
{
	uint64_t at = PFN_NONE;

	pthread_mutex_lock(&recorder_lock);
	recorder_note(cpu, (struct recorder_call){ 1, (uint8_t)order,
						   (uint8_t)type });
	if (order <= MAX_PAGE_ORDER)
		at = recorder_find(a, 1ull << order);
	if (at != PFN_NONE) {
		memset(a->block + at, 255, 1ull << order);
		a->block[at] = (uint8_t)(order + 1);
		a->nr_busy += 1ull << order;
		recorder_live += 1ull << order;
		a->next = at + (1ull << order);
		at += a->zone->start_pfn;
	}
	pthread_mutex_unlock(&recorder_lock);
	return at;
}

static inline pfn_t recorder_alloc(struct recorder_allocator *a, unsigned cpu,
				   unsigned order)
{
	return recorder_alloc_mt(a, cpu, order, MIGRATE_MOVABLE);
}

static inline void recorder_free(struct recorder_allocator *a, unsigned cpu,
				 pfn_t pfn, unsigned order)
{
	uint64_t at = pfn - a->zone->start_pfn;

	pthread_mutex_lock(&recorder_lock);
	recorder_note(cpu, (struct recorder_call){ 0, (uint8_t)order, 0 });
	if (at < a->zone->nr_pages && a->block[at] == order + 1) {
		memset(a->block + at, 0, 1ull << order);
		a->nr_busy -= 1ull << order;
		recorder_live -= 1ull << order;
	} else {
		recorder_wrong++;
	}
	pthread_mutex_unlock(&recorder_lock);
}

static inline void recorder_stats(struct recorder_allocator *a,
				  struct frame_stats *stats)
{
	*stats = (struct frame_stats){ 0 };
	frame_stats_add_run(stats, a->zone->start_pfn,
			    a->zone->nr_pages - a->nr_busy);
	if (recorder_stats_calls < 64)
		recorder_live_at[recorder_stats_calls++] = recorder_live;
}

static inline bool recorder_validate(struct recorder_allocator *a)
{
	(void)a;
	return !recorder_wrong;
}

static inline void recorder_destroy(struct recorder_allocator *a)
{
	(void)a;
}

#endif
