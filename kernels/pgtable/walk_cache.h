/*
 * walk_cache.h - a paging-structure cache in software, one for each CPU: by the
 * upper bits of an address where its last table is, and where its PMD table.
 *
 * A freed table makes all of them stale: the generation goes on, and a CPU that
 * meets a newer one begins anew. Tables are filled and emptied in place, so
 * nothing else does.
 */
#ifndef KMB_PGTABLE_WALK_CACHE_H
#define KMB_PGTABLE_WALK_CACHE_H

#include <errno.h>

#include "../mm/page_source.h"

/* Direct-mapped, 1 KiB: twice what a CPU has for entries of its PMDs. */
#define WALK_CACHE_TABLES 64
#define WALK_CACHE_NONE UINT64_MAX

/* Which bits of an address, and the table that they lead to. */
struct walk_cache_entry {
	uint64_t prefix;
	void *table;
};

struct walk_cache {
	uint64_t generation; /* that it is of */
	struct walk_cache_entry pmd;
	struct walk_cache_entry pte[WALK_CACHE_TABLES] cacheline_aligned;
} cacheline_aligned;

struct walk_caches {
	uint64_t generation; /* from 1 */
	struct walk_cache *cpu;
	unsigned order;
	struct page_source *pages;
};

/* 0 or -ENOMEM. */
static inline int walk_caches_init(struct walk_caches *w,
				   struct page_source *pages, unsigned nr_cpus)
{
	size_t bytes = nr_cpus * sizeof(*w->cpu);
	struct page *page;

	*w = (struct walk_caches){ .generation = 1, .pages = pages };
	while (PAGE_SIZE << w->order < bytes)
		w->order++;
	page = pages->alloc_pages(pages->self, 0, w->order);
	if (!page)
		return -ENOMEM;
	set_page_count(page, 1);
	w->cpu = pfn_to_virt(pages->mem, page_to_pfn(pages->mem, page));
	__builtin_memset(w->cpu, 0, bytes); /* of generation 0 */
	return 0;
}

static inline uint64_t walk_caches_bytes(const struct walk_caches *w)
{
	return PAGE_SIZE << w->order;
}

static inline void walk_caches_destroy(struct walk_caches *w)
{
	put_pages(
		w->pages, 0,
		pfn_to_page(w->pages->mem, virt_to_pfn(w->pages->mem, w->cpu)),
		w->order);
}

static coldpath void walk_cache_begin(struct walk_cache *c, uint64_t generation)
{
	c->generation = generation;
	c->pmd.prefix = WALK_CACHE_NONE;
	for (unsigned i = 0; i < WALK_CACHE_TABLES; i++)
		c->pte[i].prefix = WALK_CACHE_NONE;
}

/* This CPU's, with nothing in it that is stale. */
forceinline struct walk_cache *walk_cache_of(const struct walk_caches *w,
					     unsigned cpu)
{
	struct walk_cache *c = &w->cpu[cpu];

	if (unlikely(c->generation != w->generation))
		walk_cache_begin(c, w->generation);
	return c;
}

/* Tables begin at a page. */
forceinline void *walk_cache_table(const void *entry)
{
	return (void *)((uintptr_t)entry & ~(uintptr_t)(PAGE_SIZE - 1));
}

#endif
