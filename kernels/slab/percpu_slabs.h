/*
 * percpu_slabs.h - slabs as maps of free objects: a bit each, in the head's
 * counters up to 64 objects, else in front of them.
 *
 * A free object that no magazine holds is a bit here; the object itself is not
 * looked at. All of it is the slow path: a trip here moves up to a magazine.
 */
#ifndef KMB_SLAB_PERCPU_SLABS_H
#define KMB_SLAB_PERCPU_SLABS_H

#include "percpu_types.h"

static inline void percpu_slabs_init(struct percpu_slabs *s)
{
	spin_lock_init(&s->lock);
	s->nr_idle = 0;
	list_init(&s->partial);
	list_init(&s->full);
	s->nr_slabs = s->nr_free = 0;
}

/*
 * The smallest slab that wastes no more than an eighth: a page that one object
 * holds is all that it holds. 8 pages at most, unless one object needs more.
 */
static inline unsigned percpu_slabs_order(uint32_t size)
{
	unsigned order = 0;

	while (PAGE_SIZE << order < size)
		order++;
	while (order < 3 &&
	       (PAGE_SIZE << order) % size > PAGE_SIZE << order >> 3)
		order++;
	return order;
}

/* How slabs of a cache's objects look: order, map, first object. */
static inline void percpu_slabs_layout(struct percpu_pool *p)
{
	uint32_t size = p->cache.size;
	uint64_t bytes;

	p->order = percpu_slabs_order(size);
	bytes = PAGE_SIZE << p->order;
	p->nr_each = (uint32_t)(bytes / size);
	p->first = 0;
	p->map_words = (uint32_t)BITS_TO_WORDS(p->nr_each);
	if (p->map_words > 1) {
		p->first = (uint32_t)align_up(p->map_words * sizeof(uint64_t),
					      p->cache.align);
		p->nr_each = (uint32_t)((bytes - p->first) / size);
	}
	p->inverse = ((1ull << 32) + size - 1) / size;
	p->idle_slabs = PERCPU_IDLE_PAGES >> p->order ?: 1;
}

/* ---- the map of one slab ---- */

forceinline uint64_t *percpu_slab_map(const struct percpu_pool *p,
				      struct page *head)
{
	return p->map_words == 1 ? &head->counters
				 : slab_page_address(&p->cache, head);
}

/* The bits of a word of the map that stand for objects. */
forceinline uint64_t percpu_map_mask(const struct percpu_pool *p, unsigned word)
{
	unsigned left = p->nr_each - word * BITS_PER_WORD;

	return left >= BITS_PER_WORD ? UINT64_MAX : (1ull << left) - 1;
}

static inline bool percpu_map_empty(const struct percpu_pool *p,
				    const uint64_t *map)
{
	for (unsigned w = 0; w < p->map_words; w++)
		if (map[w])
			return false;
	return true;
}

static inline bool percpu_map_whole(const struct percpu_pool *p,
				    const uint64_t *map)
{
	for (unsigned w = 0; w < p->map_words; w++)
		if (map[w] != percpu_map_mask(p, w))
			return false;
	return true;
}

forceinline void *percpu_slab_object(const struct percpu_pool *p,
				     const struct page *head, uint64_t index)
{
	return (char *)slab_page_address(&p->cache, head) + p->first +
	       index * p->cache.size;
}

forceinline uint64_t percpu_slab_index(const struct percpu_pool *p,
				       const struct page *head,
				       const void *object)
{
	const char *slab = slab_page_address(&p->cache, head);

	return (uint64_t)((const char *)object - slab - p->first) *
		       p->inverse >>
	       32;
}

/* Clear up to nr bits, from the highest: a magazine then pops the objects in
 * the order of their addresses. */
static inline unsigned percpu_slab_take(const struct percpu_pool *p,
					struct page *head, void **objects,
					unsigned nr)
{
	uint64_t *map = percpu_slab_map(p, head);
	unsigned got = 0;

	for (unsigned w = p->map_words; w--;)
		while (map[w] && got < nr) {
			unsigned bit = fls64(map[w]);

			map[w] &= ~(1ull << bit);
			objects[got++] = percpu_slab_object(
				p, head, (uint64_t)w * BITS_PER_WORD + bit);
		}
	return got;
}

/* ---- a node's slabs ---- */

/* Up to nr objects of this node's slabs. */
static inline unsigned percpu_slabs_take(const struct percpu_pool *p,
					 struct percpu_slabs *s, void **objects,
					 unsigned nr)
{
	unsigned got = 0;

	if (!READ_ONCE(s->nr_free))
		return 0;
	spin_lock(&s->lock);
	while (got < nr && !list_empty(&s->partial)) {
		struct page *head =
			list_first_entry(&s->partial, struct page, lru);
		uint64_t *map = percpu_slab_map(p, head);

		s->nr_idle -= percpu_map_whole(p, map);
		got += percpu_slab_take(p, head, objects + got, nr - got);
		if (percpu_map_empty(p, map)) {
			list_del(&head->lru);
			list_add(&head->lru, &s->full);
		}
	}
	WRITE_ONCE(s->nr_free, s->nr_free - got);
	spin_unlock(&s->lock);
	return got;
}

/* One more slab on a node; false: no pages. */
static coldpath bool percpu_slabs_grow(struct percpu_pool *p, unsigned cpu,
				       struct percpu_node *node)
{
	struct page *head = slab_alloc_slab(&p->cache, cpu, p->order, p->first);
	uint64_t *map;

	if (!head)
		return false;
	head->freelist = node;
	map = percpu_slab_map(p, head);
	for (unsigned w = 0; w < p->map_words; w++)
		map[w] = percpu_map_mask(p, w);
	for (uint32_t i = 0; i < p->nr_each; i++)
		slab_init_object(&p->cache, percpu_slab_object(p, head, i));
	spin_lock(&node->slabs.lock);
	list_add(&head->lru, &node->slabs.partial);
	node->slabs.nr_idle++;
	node->slabs.nr_slabs++;
	WRITE_ONCE(node->slabs.nr_free, node->slabs.nr_free + p->nr_each);
	spin_unlock(&node->slabs.lock);
	return true;
}

/*
 * Up to nr objects: what the node has, and PERCPU_FILL of new slabs if it has
 * less. 0: no pages, and no slab of any node has one.
 */
static inline unsigned percpu_slabs_fill(struct percpu_pool *p, unsigned cpu,
					 struct percpu_node *node,
					 void **objects, unsigned nr)
{
	const unsigned enough = nr < PERCPU_FILL ? nr : PERCPU_FILL;
	unsigned got = 0;

	do
		got += percpu_slabs_take(p, &node->slabs, objects + got,
					 nr - got);
	while (got < enough && percpu_slabs_grow(p, cpu, node));
	for (unsigned i = 0; !got && i < p->cache.host->nr_nodes; i++)
		got = percpu_slabs_take(p, &p->node[i]->slabs, objects, nr);
	return got;
}

/* Set an object's bit; true: its slab is more than the node keeps, unlinked. */
static inline bool percpu_slab_put(struct percpu_pool *p,
				   struct percpu_slabs *s, struct page *head,
				   const void *object)
{
	uint64_t *map = percpu_slab_map(p, head);

	if (percpu_map_empty(p, map)) {
		list_del(&head->lru);
		list_add(&head->lru, &s->partial);
	}
	set_bit(map, percpu_slab_index(p, head, object));
	WRITE_ONCE(s->nr_free, s->nr_free + 1);
	if (!percpu_map_whole(p, map))
		return false;
	list_del(&head->lru);
	if (s->nr_idle < p->idle_slabs || !slab_may_go(&p->cache)) {
		s->nr_idle++;
		list_add_tail(&head->lru, &s->partial);
		return false;
	}
	s->nr_slabs--;
	WRITE_ONCE(s->nr_free, s->nr_free - p->nr_each);
	return true;
}

/* Free the slabs of a list that nobody else sees; the pages given. */
static inline uint64_t percpu_slabs_release(struct percpu_pool *p, unsigned cpu,
					    struct list_head *slabs)
{
	uint64_t pages = 0;

	while (!list_empty(slabs)) {
		struct page *head =
			list_entry(list_pop(slabs), struct page, lru);

		slab_free_slab(&p->cache, cpu, head);
		pages += 1ull << p->order;
	}
	return pages;
}

/* Objects go back to their slabs: needs no memory, so never fails. */
static inline void percpu_slabs_give(struct percpu_pool *p, unsigned cpu,
				     void **objects, unsigned nr)
{
	struct percpu_node *node = NULL;
	struct list_head surplus;

	list_init(&surplus);
	for (unsigned i = 0; i < nr; i++) {
		struct page *head = slab_virt_to_head(&p->cache, objects[i]);

		if (head->freelist != node) {
			if (node)
				spin_unlock(&node->slabs.lock);
			node = head->freelist;
			spin_lock(&node->slabs.lock);
		}
		if (percpu_slab_put(p, &node->slabs, head, objects[i]))
			list_add(&head->lru, &surplus);
	}
	if (node)
		spin_unlock(&node->slabs.lock);
	percpu_slabs_release(p, cpu, &surplus);
}

/* Give back all slabs that no object in use lies in; the pages given. */
static inline uint64_t percpu_slabs_shrink(struct percpu_pool *p, unsigned cpu,
					   struct percpu_slabs *s)
{
	struct list_head whole, *l, *next;

	list_init(&whole);
	for (l = s->partial.next; l != &s->partial; l = next) {
		struct page *head = list_entry(l, struct page, lru);

		next = l->next;
		if (!percpu_map_whole(p, percpu_slab_map(p, head)))
			continue;
		list_del(l);
		list_add(l, &whole);
		s->nr_idle--;
		s->nr_slabs--;
		s->nr_free -= p->nr_each;
	}
	return percpu_slabs_release(p, cpu, &whole);
}

#endif
