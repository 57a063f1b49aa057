/*
 * kmalloc_template.h - template: kmalloc() and kfree() over the caches of one
 * STRATEGY, a cache for each class.
 *
 * kfree() is told no size: the object's page names its cache (page->slab_cache,
 * virt_to_cache() in Linux). A block of whole pages has no PG_slab; its first
 * page says whose it is in ->mapping and its order in ->index.
 *
 * `cpu` and what may be called at once are as in slab.h.
 */
#include "kmalloc.h"

struct S(kmalloc) {
	const struct kmalloc_classes *classes;
	const struct slab_host *host;
	struct page_source *pages;
	uint64_t nr_large, nr_large_pages; /* changed by all CPUs */
	struct S(cache) cache[KMALLOC_MAX_CLASSES];
};

/* Give back all pages but those of slabs with objects in use; the number of
 * objects, and of blocks of pages, that are. One thread. */
static inline uint64_t S(kmalloc_destroy)(struct S(kmalloc) * k)
{
	uint64_t live = k->nr_large;

	for (unsigned i = k->classes->nr; i--;)
		live += S(destroy)(&k->cache[i]);
	return live;
}

/* 0; -ENOMEM: and nothing is held. `classes` and `host` outlive it. */
static inline int S(kmalloc_create)(struct S(kmalloc) * k,
				    const struct kmalloc_classes *classes,
				    const struct slab_host *host)
{
	int err = 0;
	unsigned i;

	k->classes = classes;
	k->host = host;
	k->pages = host->pages;
	k->nr_large = k->nr_large_pages = 0;
	for (i = 0; i < classes->nr; i++) {
		const struct slab_params params = {
			.name = classes->class[i].name,
			.size = classes->class[i].size,
			.flags = classes->flags,
		};

		err = S(create)(&k->cache[i], &params, host);
		if (err)
			break;
	}
	while (err && i--)
		S(destroy)(&k->cache[i]);
	return err;
}

static coldpath void *S(kmalloc_large)(struct S(kmalloc) * k, unsigned cpu,
				       uint64_t size)
{
	struct page *page;
	unsigned order;

	if (size > KMALLOC_MAX_SIZE)
		return NULL;
	order = kmalloc_order(size);
	page = k->pages->alloc_pages(k->pages->self, cpu, order);
	if (!page)
		return NULL;
	page->mapping = k;
	page->index = order;
	fetch_add_relaxed(&k->nr_large, 1);
	fetch_add_relaxed(&k->nr_large_pages, 1ull << order);
	return pfn_to_virt(k->pages->mem, page_to_pfn(k->pages->mem, page));
}

static coldpath void S(kfree_large)(struct S(kmalloc) * k, unsigned cpu,
				    struct page *page)
{
	unsigned order = (unsigned)page->index;

	page->mapping = NULL;
	page->index = 0;
	fetch_add_relaxed(&k->nr_large, -1ull);
	fetch_add_relaxed(&k->nr_large_pages, -(1ull << order));
	k->pages->free_pages(k->pages->self, cpu, page, order);
}

/* `size` bytes, aligned as its class is; KMALLOC_ZERO_SIZE for none. NULL: no
 * pages, or more than KMALLOC_MAX_SIZE. */
forceinline void *S(kmalloc)(struct S(kmalloc) * k, unsigned cpu, uint64_t size)
{
	unsigned i;

	if (unlikely(!size))
		return KMALLOC_ZERO_SIZE;
	i = kmalloc_index(k->classes, size);
	if (unlikely(i >= k->classes->nr))
		return S(kmalloc_large)(k, cpu, size);
	return S(alloc)(&k->cache[i], cpu);
}

#if KMB_DEBUG >= 1
/* Of a cache of ours, whose S(free) knows more of it, or a block of pages. */
static inline bool S(kmalloc_owns)(struct S(kmalloc) * k, void *object)
{
	const struct physmem *mem = k->pages->mem;
	struct slab_fault fault = {
		.kind = SLAB_FREE_FOREIGN,
		.cache = "kmalloc",
		.object = object,
	};
	const struct kmem_cache *owner;
	struct page *page = NULL;

	if ((char *)object >= mem->base &&
	    virt_to_pfn(mem, object) < mem->nr_pages)
		page = pfn_to_page(mem, virt_to_pfn(mem, object));
	if (page && page_test(page, PG_slab)) {
		owner = page->slab_cache;
		for (unsigned i = 0; i < k->classes->nr; i++)
			if (owner == &k->cache[i].cache)
				return true;
		fault.kind = SLAB_FREE_OTHER;
		fault.owner = owner->params.name;
		fault.begins = slab_object_of(owner, page->slab_head, object);
	} else if (page && page->mapping == k &&
		   pfn_to_virt(mem, page_to_pfn(mem, page)) == object) {
		return true;
	}
	slab_report(&k->cache[0].cache, &fault);
	return false;
}
#endif

/* What kmalloc() gave, on any CPU; NULL and KMALLOC_ZERO_SIZE are nothing. In
 * checked builds what is none is reported and left alone, as in S(free). */
forceinline void S(kfree)(struct S(kmalloc) * k, unsigned cpu, void *object)
{
	struct page *page;

	if (unlikely((uintptr_t)object <= (uintptr_t)KMALLOC_ZERO_SIZE))
		return;
#if KMB_DEBUG >= 1
	if (!S(kmalloc_owns)(k, object))
		return;
#endif
	page = pfn_to_page(k->pages->mem, virt_to_pfn(k->pages->mem, object));
	if (likely(page_test(page, PG_slab)))
		S(free)(page->slab_cache, cpu, object);
	else
		S(kfree_large)(k, cpu, page);
}

/* The pages given back. No other call may run. */
static inline uint64_t S(kmalloc_shrink)(struct S(kmalloc) * k, unsigned cpu)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < k->classes->nr; i++)
		pages += S(shrink)(&k->cache[i], cpu);
	return pages;
}

static inline void S(kmalloc_drain_cpu)(struct S(kmalloc) * k, unsigned cpu,
					unsigned dead)
{
	for (unsigned i = 0; i < k->classes->nr; i++)
		S(drain_cpu)(&k->cache[i], cpu, dead);
}

/* Of all classes; a block of pages is an object, but no slab. */
static inline void S(kmalloc_stats)(struct S(kmalloc) * k,
				    struct slab_stats *stats)
{
	struct slab_stats one;

	*stats = (struct slab_stats){
		.nr_objects = k->nr_large,
		.live_objects = k->nr_large,
		.page_bytes = k->nr_large_pages << PAGE_SHIFT,
	};
	for (unsigned i = 0; i < k->classes->nr; i++) {
		S(stats)(&k->cache[i], &one);
		kmalloc_add_stats(stats, &one);
	}
}

/* No other call may run. */
static inline bool S(kmalloc_validate)(struct S(kmalloc) * k)
{
	for (unsigned i = 0; i < k->classes->nr; i++)
		if (!S(validate)(&k->cache[i]))
			return false;
	return true;
}
