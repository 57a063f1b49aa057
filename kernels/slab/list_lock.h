/*
 * list_lock.h - all free objects of a cache on one list under one lock: what a
 * slab allocator is without per-CPU state, and what the others are held
 * against.
 */
#ifndef KMB_SLAB_LIST_LOCK_H
#define KMB_SLAB_LIST_LOCK_H

#include "slab.h"

#include "../sync/spinlock.h"

struct list_lock_cache {
	struct kmem_cache cache;
	unsigned order;	  /* of every slab */
	uint32_t nr_each; /* objects in a slab */
	struct spinlock lock cacheline_aligned;
	void *free; /* linked by slab_link() */
	uint64_t nr_free, nr_slabs;
	struct list_head slabs; /* all, by their head's lru */
	uint64_t refills;
};

enum { list_lock_max_threads = KMB_MAX_THREADS };
enum { list_lock_traits = 0 };
static const char list_lock_models[] =
	"one LIFO list of free objects under one lock";

static inline int list_lock_create(struct list_lock_cache *c,
				   const struct slab_params *params,
				   const struct slab_host *host)
{
	int err = slab_cache_init(&c->cache, params, host, SLAB_LINK_INSIDE);

	if (err)
		return err;
	c->order = slab_usual_order(c->cache.size);
	c->nr_each = (uint32_t)((PAGE_SIZE << c->order) / c->cache.size);
	c->free = NULL;
	c->nr_free = c->nr_slabs = c->refills = 0;
	spin_lock_init(&c->lock);
	list_init(&c->slabs);
	return 0;
}

forceinline void list_lock_push(struct list_lock_cache *c, void *object)
{
	*slab_link(&c->cache, object) = c->free;
	c->free = object;
	c->nr_free++;
}

/* NULL: there is none. */
forceinline void *list_lock_pop(struct list_lock_cache *c)
{
	void *object = c->free;

	if (likely(object)) {
		c->free = *slab_link(&c->cache, object);
		c->nr_free--;
	}
	return object;
}

/* A new slab's objects, the first of them on top; under the lock. */
static inline void list_lock_add(struct list_lock_cache *c, struct page *head)
{
	char *slab = slab_page_address(&c->cache, head);

	list_add(&head->lru, &c->slabs);
	c->nr_slabs++;
	c->refills++;
	for (uint32_t i = c->nr_each; i--;)
		list_lock_push(c, slab + (uint64_t)i * c->cache.size);
}

/* Returns locked, as it is called; false: no pages. */
static coldpath bool list_lock_grow(struct list_lock_cache *c, unsigned cpu)
{
	struct page *head;
	char *slab;

	spin_unlock(&c->lock);
	head = slab_alloc_slab(&c->cache, cpu, c->order, 0);
	if (head) {
		slab = slab_page_address(&c->cache, head);
		for (uint32_t i = 0; i < c->nr_each; i++)
			slab_init_object(&c->cache,
					 slab + (uint64_t)i * c->cache.size);
	}
	spin_lock(&c->lock);
	if (head)
		list_lock_add(c, head);
	return head;
}

forceinline void *list_lock_alloc(struct list_lock_cache *c, unsigned cpu)
{
	void *object;

	spin_lock(&c->lock);
	while (unlikely(!(object = list_lock_pop(c))))
		if (!list_lock_grow(c, cpu))
			break;
	spin_unlock(&c->lock);
	return slab_check_alloc(&c->cache, object);
}

forceinline void list_lock_free(struct list_lock_cache *c, unsigned cpu,
				void *object)
{
	(void)cpu;
	if (!slab_check_free(&c->cache, object))
		return;
	spin_lock(&c->lock);
	list_lock_push(c, object);
	spin_unlock(&c->lock);
}

static inline unsigned list_lock_alloc_bulk(struct list_lock_cache *c,
					    unsigned cpu, unsigned nr,
					    void **objects)
{
	unsigned got = 0;

	spin_lock(&c->lock);
	while (c->nr_free < nr && list_lock_grow(c, cpu))
		continue;
	if (c->nr_free >= nr)
		while (got < nr)
			objects[got++] = list_lock_pop(c);
	spin_unlock(&c->lock);
	for (unsigned i = 0; i < got; i++)
		slab_check_alloc(&c->cache, objects[i]);
	return got;
}

static inline void list_lock_free_bulk(struct list_lock_cache *c, unsigned cpu,
				       unsigned nr, void **objects)
{
	(void)cpu;
	spin_lock(&c->lock);
	for (unsigned i = 0; i < nr; i++)
		if (slab_check_free(&c->cache, objects[i]))
			list_lock_push(c, objects[i]);
	spin_unlock(&c->lock);
}

/* How many of each slab's objects are free, in its head's counters. */
static inline void list_lock_count(struct list_lock_cache *c)
{
	for (struct list_head *l = c->slabs.next; l != &c->slabs; l = l->next)
		list_entry(l, struct page, lru)->counters = 0;
	for (void *o = c->free; o; o = *slab_link(&c->cache, o))
		slab_virt_to_head(&c->cache, o)->counters++;
}

/* Keep on the list what lies in a slab with objects in use. */
static inline void list_lock_unlink_empty(struct list_lock_cache *c)
{
	void **link = &c->free;

	for (void *o = c->free; o; o = *slab_link(&c->cache, o))
		if (slab_virt_to_head(&c->cache, o)->counters < c->nr_each) {
			*link = o;
			link = slab_link(&c->cache, o);
		} else {
			c->nr_free--;
		}
	*link = NULL;
}

static inline uint64_t list_lock_shrink(struct list_lock_cache *c, unsigned cpu)
{
	uint64_t pages = 0;
	struct list_head *l, *next;

	list_lock_count(c);
	list_lock_unlink_empty(c);
	for (l = c->slabs.next; l != &c->slabs; l = next) {
		struct page *head = list_entry(l, struct page, lru);

		next = l->next;
		if (head->counters < c->nr_each)
			continue;
		list_del(l);
		slab_free_slab(&c->cache, cpu, head);
		c->nr_slabs--;
		pages += 1ull << c->order;
	}
	return pages;
}

/* A CPU keeps nothing. */
static inline void list_lock_drain_cpu(struct list_lock_cache *c, unsigned cpu,
				       unsigned dead)
{
	(void)c, (void)cpu, (void)dead;
}

static inline void list_lock_stats(struct list_lock_cache *c,
				   struct slab_stats *stats)
{
	*stats = (struct slab_stats){
		.nr_slabs = c->nr_slabs,
		.nr_objects = c->nr_slabs * c->nr_each,
		.live_objects = c->nr_slabs * c->nr_each - c->nr_free,
		.page_bytes = c->cache.nr_pages << PAGE_SHIFT,
		.remote_frees = SLAB_NOT_COUNTED,
		.refills = c->refills,
	};
}

/* As many free objects as are counted, none of a slab more than it has. */
static inline bool list_lock_validate(struct list_lock_cache *c)
{
	uint64_t slabs = 0, nr_free = 0;

	for (void *o = c->free; o; o = *slab_link(&c->cache, o))
		if (++nr_free > c->nr_free)
			return false;
	list_lock_count(c);
	for (struct list_head *l = c->slabs.next; l != &c->slabs;
	     l = l->next, slabs++)
		if (list_entry(l, struct page, lru)->counters > c->nr_each)
			return false;
	return nr_free == c->nr_free && slabs == c->nr_slabs &&
	       c->cache.nr_pages == slabs << c->order;
}

static inline uint64_t list_lock_destroy(struct list_lock_cache *c)
{
	list_lock_shrink(c, 0);
	return c->nr_slabs * c->nr_each - c->nr_free;
}

#endif
