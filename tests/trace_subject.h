/*
 * trace_subject.h - what a plain look at a page trace finds, and a map of all
 * frames that a replay of it is held against.
 */
#ifndef KMB_TRACE_SUBJECT_H
#define KMB_TRACE_SUBJECT_H

#include "test.h"
#include "host_plain.h"

#include "../bench/trace.h"
#include "../bench/trace_file.h"
#include "../kernels/frame/frame.h"

struct trace_subject {
	const char *path;
	struct trace_header header;
	struct trace_event *events;
	uint8_t *live_order; /* [page_objects] order + 1 of what stays live */
	uint64_t nr_live, live_pages, peak_pages, implied_pages;
};

static struct trace_subject subject_read(const char *path)
{
	struct trace_subject t = { .path = path };
	char error[512] = "";

	t.events = trace_file_read(path, &t.header, error, sizeof(error));
	check(t.events, "%s", error);
	t.live_order = calloc(t.header.page_objects + 1, 1);
	assert_non_null(t.live_order);
	for (uint64_t i = 0; i < t.header.nr_events; i++) {
		const struct trace_event *e = &t.events[i];
		uint8_t *live = &t.live_order[e->object];

		if (!trace_is_page(e->kind))
			continue;
		t.implied_pages += e->flags & TRACE_IMPLIED;
		if (e->kind == TRACE_PAGE_ALLOC) {
			*live = (uint8_t)(e->order + 1);
			t.live_pages += 1ull << e->order;
			t.nr_live++;
		} else {
			*live = 0;
			t.live_pages -= 1ull << e->order;
			t.nr_live--;
		}
		if (t.live_pages > t.peak_pages)
			t.peak_pages = t.live_pages;
	}
	return t;
}

static void subject_free(struct trace_subject *t)
{
	free(t->events);
	free(t->live_order);
}

/* One byte a frame. */
struct trace_map {
	struct physmem mem;
	const struct zone *zone;
	uint64_t nr_pages, nr_busy;
	uint8_t *busy;
};

/* Enough for whatever the order of fragments. */
static uint64_t trace_map_pages(const struct trace_subject *t)
{
	return align_up(2 * t->peak_pages + 8192, 1ull << MAX_PAGE_ORDER);
}

static void trace_map_init(struct trace_map *m, const struct trace_subject *t,
			   size_t boot_bytes)
{
	struct physmem_config config = { .nr_nodes = 1,
					 .node_pages = { trace_map_pages(t) },
					 .boot_bytes = boot_bytes };

	memset(m, 0, sizeof(*m));
	assert_int_equal(physmem_init(&m->mem, &config, &host_plain), 0);
	m->zone = &m->mem.node_data[0].zones[ZONE_NORMAL];
	m->nr_pages = m->zone->nr_pages;
	m->busy = calloc(m->nr_pages, 1);
	assert_non_null(m->busy);
}

static void trace_map_destroy(struct trace_map *m)
{
	free(m->busy);
	physmem_destroy(&m->mem);
}

static void trace_map_take(struct trace_map *m, pfn_t pfn, unsigned order)
{
	uint64_t nr = 1ull << order, at = pfn - m->zone->start_pfn;

	check(pfn % nr == 0 && at + nr <= m->nr_pages,
	      "pfn %llu order %u is not aligned or not in the zone",
	      (unsigned long long)pfn, order);
	check(!memchr(m->busy + at, 1, nr), "pfn %llu order %u overlaps",
	      (unsigned long long)pfn, order);
	memset(m->busy + at, 1, nr);
	m->nr_busy += nr;
}

static void trace_map_give(struct trace_map *m, pfn_t pfn, unsigned order)
{
	memset(m->busy + (pfn - m->zone->start_pfn), 0, 1ull << order);
	m->nr_busy -= 1ull << order;
}

#endif
