/*
 * magazine_slabs.h - the layer below the magazines: slabs with a free list
 * each, under one lock (Bonwick, USENIX Summer 1994; colours are left out).
 *
 * Slabs with free objects are on `partial`, those with none in use at its end:
 * they are the last to be taken from and stay until they are shrunk. Part of
 * magazine.h; objects of the user and magazines themselves both come from here.
 */
#ifndef KMB_SLAB_MAGAZINE_SLABS_H
#define KMB_SLAB_MAGAZINE_SLABS_H

#include "slab.h"

#include "../sync/spinlock.h"

struct magazine_slabs {
	struct kmem_cache *cache;
	unsigned order;	  /* of every slab */
	uint32_t nr_each; /* objects in a slab */
	struct spinlock lock cacheline_aligned;
	/* Under the lock; a head's freelist, and counters: how many of its
	 * objects were given out. */
	struct list_head partial, full;
	uint64_t nr_slabs, nr_given;
};

static inline void magazine_slabs_init(struct magazine_slabs *s,
				       struct kmem_cache *c, unsigned order)
{
	s->cache = c;
	s->order = order;
	s->nr_each = (uint32_t)((PAGE_SIZE << order) / c->size);
	s->nr_slabs = s->nr_given = 0;
	spin_lock_init(&s->lock);
	list_init(&s->partial);
	list_init(&s->full);
}

static inline void magazine_slabs_move(struct page *head, struct list_head *to)
{
	list_del(&head->lru);
	list_add(&head->lru, to);
}

/* Objects linked by address. NULL: no pages. */
static coldpath struct page *magazine_slabs_grow(struct magazine_slabs *s,
						 unsigned cpu)
{
	struct kmem_cache *c = s->cache;
	struct page *head = slab_alloc_slab(c, cpu, s->order, 0);
	void *next = NULL;

	if (!head)
		return NULL;
	for (uint32_t i = s->nr_each; i--;) {
		char *object = slab_page_address(c, head);

		object += (uint64_t)i * c->size;
		slab_init_object(c, object);
		*slab_link(c, object) = next;
		next = object;
	}
	head->freelist = next;
	head->counters = 0;
	return head;
}

/* NULL: no pages. */
static inline void *magazine_slabs_alloc(struct magazine_slabs *s, unsigned cpu)
{
	struct page *head;
	void *object;

	spin_lock(&s->lock);
	if (unlikely(list_empty(&s->partial))) {
		spin_unlock(&s->lock);
		head = magazine_slabs_grow(s, cpu);
		spin_lock(&s->lock);
		if (head) {
			list_add_tail(&head->lru, &s->partial);
			s->nr_slabs++;
		} else if (list_empty(&s->partial)) {
			spin_unlock(&s->lock);
			return NULL;
		}
	}
	head = list_first_entry(&s->partial, struct page, lru);
	object = head->freelist;
	head->freelist = *slab_link(s->cache, object);
	head->counters++;
	s->nr_given++;
	if (!head->freelist)
		magazine_slabs_move(head, &s->full);
	spin_unlock(&s->lock);
	return object;
}

static inline void magazine_slabs_free(struct magazine_slabs *s, void *object)
{
	struct page *head = slab_virt_to_head(s->cache, object);

	spin_lock(&s->lock);
	if (!head->freelist)
		magazine_slabs_move(head, &s->partial);
	*slab_link(s->cache, object) = head->freelist;
	head->freelist = object;
	s->nr_given--;
	if (!--head->counters) {
		list_del(&head->lru);
		list_add_tail(&head->lru, &s->partial);
	}
	spin_unlock(&s->lock);
}

/* Slabs with no object given out go back. No other call may run. */
static inline void magazine_slabs_shrink(struct magazine_slabs *s, unsigned cpu)
{
	struct list_head *l, *prev;

	for (l = s->partial.prev; l != &s->partial; l = prev) {
		struct page *head = list_entry(l, struct page, lru);

		prev = l->prev;
		if (head->counters)
			continue;
		list_del(l);
		s->nr_slabs--;
		slab_free_slab(s->cache, cpu, head);
	}
}

/* As many objects free as were not given out, each of this slab. */
static inline bool magazine_slabs_valid(const struct magazine_slabs *s,
					const struct page *head)
{
	uint64_t nr = head->counters;

	for (void *o = head->freelist; o; o = *slab_link(s->cache, o))
		if (slab_virt_to_head(s->cache, o) != head || ++nr > s->nr_each)
			return false;
	return nr == s->nr_each;
}

static inline bool magazine_slabs_validate(const struct magazine_slabs *s)
{
	const struct list_head *const lists[] = { &s->partial, &s->full };
	uint64_t nr_slabs = 0, nr_given = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(lists); i++)
		for (const struct list_head *l = lists[i]->next; l != lists[i];
		     l = l->next) {
			const struct page *head =
				list_entry(l, struct page, lru);

			if (!magazine_slabs_valid(s, head) ||
			    (lists[i] == &s->full) != !head->freelist)
				return false;
			nr_slabs++;
			nr_given += head->counters;
		}
	return nr_slabs == s->nr_slabs && nr_given == s->nr_given;
}

#endif
