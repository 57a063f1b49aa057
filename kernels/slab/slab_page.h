/*
 * slab_page.h - what all slab strategies do alike: the layout of an object, and
 * the pages of slabs and of metadata. Included by slab.h; slow paths only.
 *
 * Every page of a slab has PG_slab, slab_head and slab_cache; the head's
 * _mapcount says where objects begin, as 2.6.24's page->units said other things
 * in the same place. Its lru, freelist and counters are the strategy's.
 */
#ifndef KMB_SLAB_PAGE_H
#define KMB_SLAB_PAGE_H

#include "slab.h"

/* The head's _mapcount: offset of the first object << 4 | order. */
_Static_assert(MAX_PAGE_ORDER < 16, "an order fits below the offset");

/* How a free object links to the next: in it, in a word behind it if it must
 * stay as it is, or not at all. */
enum slab_link {
	SLAB_LINK_NONE,
	SLAB_LINK_INSIDE,
};

static inline uint32_t slab_align(const struct slab_params *params)
{
	uint32_t align = params->align;

	if (params->flags & SLAB_HWCACHE_ALIGN) {
		uint32_t line = CACHE_LINE_BYTES;

		while (params->size <= line / 2)
			line /= 2;
		if (align < line)
			align = line;
	}
	return align < SLAB_MIN_ALIGN ? SLAB_MIN_ALIGN : align;
}

/*
 * Fill in what every cache has. 0 or -EINVAL. An object that stays as it is, or
 * is poisoned in checked builds, has its link word behind it, as SLUB has it.
 */
static inline int slab_cache_init(struct kmem_cache *c,
				  const struct slab_params *params,
				  const struct slab_host *host,
				  enum slab_link link)
{
	uint32_t inner;

	if (slab_params_error(params))
		return -EINVAL;
	*c = (struct kmem_cache){
		.params = *params,
		.host = host,
		.pages = host->pages,
		.object_size = params->size,
		.align = slab_align(params),
	};
	inner = slab_state_offset(c);
	if (KMB_DEBUG >= 1)
		inner += sizeof(uint64_t);
	if (link == SLAB_LINK_INSIDE &&
	    (KMB_DEBUG >= 1 || slab_keeps_objects(params))) {
		c->link = inner;
		inner += sizeof(void *);
	}
	c->size = (uint32_t)align_up(inner, c->align);
	return 0;
}

/*
 * Pages of a slab, as an order, where the source modelled has no rule: the
 * least that wastes no more than an eighth and holds 8 objects, but no more
 * than 8 pages unless one object needs them.
 */
static inline unsigned slab_usual_order(uint32_t size)
{
	unsigned order = 0;

	while (PAGE_SIZE << order < size)
		order++;
	for (; order < 3; order++) {
		uint64_t bytes = PAGE_SIZE << order;

		if (bytes / size >= 8 && bytes % size <= bytes / 8)
			break;
	}
	return order;
}

forceinline unsigned slab_cpu_node(const struct kmem_cache *c, unsigned cpu)
{
	return c->host->cpu_node ? c->host->cpu_node[cpu] : 0;
}

/* The link word of a free object. */
forceinline void **slab_link(const struct kmem_cache *c, void *object)
{
	return (void **)(void *)((char *)object + c->link);
}

/* 2^order pages with whatever is in them, counted; NULL: none. */
static inline struct page *slab_take_pages(struct kmem_cache *c, unsigned cpu,
					   unsigned order)
{
	struct page *page = c->pages->alloc_pages(c->pages->self, cpu, order);

	if (page)
		fetch_add_relaxed(&c->nr_pages, 1ull << order);
	return page;
}

static inline void slab_give_pages(struct kmem_cache *c, unsigned cpu,
				   struct page *page, unsigned order)
{
	fetch_add_relaxed(&c->nr_pages, -(1ull << order));
	c->pages->free_pages(c->pages->self, cpu, page, order);
}

forceinline void *slab_page_address(const struct kmem_cache *c,
				    const struct page *page)
{
	return pfn_to_virt(c->pages->mem, page_to_pfn(c->pages->mem, page));
}

/* The page that an address of the direct map lies in. */
forceinline struct page *slab_virt_to_page(const struct kmem_cache *c,
					   const void *addr)
{
	return pfn_to_page(c->pages->mem, virt_to_pfn(c->pages->mem, addr));
}

/* The head page of the slab that an object lies in. */
forceinline struct page *slab_virt_to_head(const struct kmem_cache *c,
					   const void *object)
{
	return slab_virt_to_page(c, object)->slab_head;
}

/*
 * Pages of a new slab, whose objects begin `first` bytes into it. Objects are
 * not initialised: slab_init_object(). NULL: none.
 */
static inline struct page *slab_alloc_slab(struct kmem_cache *c, unsigned cpu,
					   unsigned order, uint32_t first)
{
	struct page *head = slab_take_pages(c, cpu, order);

	if (!head)
		return NULL;
	head->_mapcount = (int32_t)(first << 4 | order);
	for (struct page *page = head; page < head + (1ul << order); page++) {
		page->slab_head = head;
		page->slab_cache = c;
		page_set(page, PG_slab);
	}
	return head;
}

forceinline unsigned slab_order(const struct page *head)
{
	return (unsigned)head->_mapcount & 15;
}

forceinline uint32_t slab_first_offset(const struct page *head)
{
	return (uint32_t)head->_mapcount >> 4;
}

static inline void slab_free_slab(struct kmem_cache *c, unsigned cpu,
				  struct page *head)
{
	unsigned order = slab_order(head);

	for (struct page *page = head; page < head + (1ul << order); page++) {
		page_clear(page, PG_slab);
		page->mapping = NULL;
		page->index = page->private = 0;
		page->slab_cache = NULL;
	}
	head->_mapcount = -1;
	slab_give_pages(c, cpu, head, order);
}

#if KMB_DEBUG >= 1
static inline void *slab_object_of(const struct kmem_cache *c,
				   const struct page *head, const void *addr)
{
	char *slab = slab_page_address(c, head);
	char *first = slab + slab_first_offset(head);
	uint64_t bytes =
		(PAGE_SIZE << slab_order(head)) - slab_first_offset(head);
	uint64_t index = (uint64_t)((const char *)addr - first) / c->size;

	if ((const char *)addr < first || index >= bytes / c->size)
		return NULL;
	return first + index * c->size;
}
#endif

#endif
