/*
 * page_source.h - where pages come from, for users of whole pages.
 *
 * Slabs, page tables and the like draw pages through this slow boundary, so
 * that any of them runs over any page allocator.
 */
#ifndef KMB_PAGE_SOURCE_H
#define KMB_PAGE_SOURCE_H

#include "page_ref.h"
#include "physmem.h"

struct page_source {
	/* 2^order pages, or NULL when there are none. `cpu`: this CPU. */
	struct page *(*alloc_pages)(void *self, unsigned cpu, unsigned order);
	void (*free_pages)(void *self, unsigned cpu, struct page *page,
			   unsigned order);
	void *self;
	struct physmem *mem;
};

/* Drop a reference on what alloc_pages() gave; the last one gives it back. */
static inline void put_pages(struct page_source *pages, unsigned cpu,
			     struct page *page, unsigned order)
{
	if (put_page_testzero(page))
		pages->free_pages(pages->self, cpu, page, order);
}

#endif
