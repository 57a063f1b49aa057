/*
 * line_pool.h - single lines, 64 to a page: the page's private is the bitmap
 * of those that are free.
 */
#ifndef KMB_PGTABLE_LINE_POOL_H
#define KMB_PGTABLE_LINE_POOL_H

#include "../base/bitops.h"
#include "../mm/page_source.h"
#include "pte_line.h"

#define POOL_PAGE_LINES (PAGE_SIZE / sizeof(struct pte_line))
_Static_assert(POOL_PAGE_LINES == BITS_PER_WORD, "a page's lines are a word");

struct line_pool {
	struct page_source *pages;
	struct list_head partial;    /* pages with free lines */
	uint64_t nr_pages, nr_lines; /* drawn; in use */
};

static inline void line_pool_init(struct line_pool *pool,
				  struct page_source *pages)
{
	*pool = (struct line_pool){ .pages = pages };
	list_init(&pool->partial);
}

/* A line of junk, or NULL. */
static inline struct pte_line *line_pool_alloc(struct line_pool *pool,
					       unsigned cpu)
{
	struct page_source *pages = pool->pages;
	struct pte_line *lines;
	struct page *page;
	unsigned i;

	if (list_empty(&pool->partial)) {
		page = pages->alloc_pages(pages->self, cpu, 0);
		if (!page)
			return NULL;
		set_page_count(page, 1);
		page->private = UINT64_MAX;
		list_add(&page->lru, &pool->partial);
		pool->nr_pages++;
	}
	page = list_first_entry(&pool->partial, struct page, lru);
	i = ffs64(page->private);
	clear_bit(&page->private, i);
	if (!page->private)
		list_del(&page->lru);
	pool->nr_lines++;
	lines = pfn_to_virt(pages->mem, page_to_pfn(pages->mem, page));
	return lines + i;
}

static inline void line_pool_free(struct line_pool *pool, unsigned cpu,
				  struct pte_line *line)
{
	const struct physmem *mem = pool->pages->mem;
	struct page *page = pfn_to_page(mem, virt_to_pfn(mem, line));

	if (!page->private)
		list_add(&page->lru, &pool->partial);
	set_bit(&page->private,
		(uintptr_t)line / sizeof(*line) % POOL_PAGE_LINES);
	pool->nr_lines--;
	if (page->private == UINT64_MAX) {
		list_del(&page->lru);
		pool->nr_pages--;
		put_pages(pool->pages, cpu, page, 0);
	}
}

#endif
