/*
 * array_cache_mgmt.h - memory for struct slab and bufctl of off-slab caches.
 *
 * 2.6.11 took it from the kmalloc cache of that size. Here it is cut from pages
 * of the cache's own: a page's free pieces are linked through their first word,
 * and it goes back when it has no other.
 */
#ifndef KMB_SLAB_ARRAY_CACHE_MGMT_H
#define KMB_SLAB_ARRAY_CACHE_MGMT_H

#include "array_cache_types.h"

static inline uint32_t
array_cache_mgmt_stride(const struct array_cache_cache *c)
{
	return (uint32_t)align_up(c->layout.mgmt_bytes, sizeof(void *));
}

/* A page with all pieces free; under the lock. */
static inline void array_cache_mgmt_add(struct array_cache_cache *c,
					struct page *page)
{
	char *piece = slab_page_address(&c->cache, page);
	const uint32_t stride = array_cache_mgmt_stride(c);

	page->counters = 0;
	page->freelist = NULL;
	for (uint64_t at = 0; at + stride <= PAGE_SIZE; at += stride) {
		*(void **)(void *)(piece + at) = page->freelist;
		page->freelist = piece + at;
	}
	list_add(&page->lru, &c->mgmt_pages);
	c->nr_mgmt_pages++;
}

/* NULL: no pages. */
static coldpath void *array_cache_mgmt_alloc(struct array_cache_cache *c,
					     unsigned cpu)
{
	struct page *page;
	void **piece;

	spin_lock(&c->mgmt_lock);
	if (list_empty(&c->mgmt_pages)) {
		spin_unlock(&c->mgmt_lock);
		page = slab_take_pages(&c->cache, cpu, 0);
		if (!page)
			return NULL;
		spin_lock(&c->mgmt_lock);
		array_cache_mgmt_add(c, page);
	}
	page = list_first_entry(&c->mgmt_pages, struct page, lru);
	piece = page->freelist;
	page->freelist = *piece;
	page->counters++;
	if (!page->freelist)
		list_del(&page->lru);
	spin_unlock(&c->mgmt_lock);
	return piece;
}

static coldpath void array_cache_mgmt_free(struct array_cache_cache *c,
					   unsigned cpu, void *mgmt)
{
	struct page *page = slab_virt_to_page(&c->cache, mgmt);

	spin_lock(&c->mgmt_lock);
	if (!page->freelist)
		list_add(&page->lru, &c->mgmt_pages);
	*(void **)mgmt = page->freelist;
	page->freelist = mgmt;
	if (!--page->counters) {
		list_del(&page->lru);
		c->nr_mgmt_pages--;
		page->freelist = NULL;
		slab_give_pages(&c->cache, cpu, page, 0);
	}
	spin_unlock(&c->mgmt_lock);
}

#endif
