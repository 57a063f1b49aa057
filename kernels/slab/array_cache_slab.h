/*
 * array_cache_slab.h - a node's slabs: objects out of them and into them, new
 * slabs, and slabs that go.
 *
 * partial   some objects in use: taken from the first, and a slab that an
 *           object comes back to goes to the tail, so that it has the longest
 *           time to become free
 * free      none in use; taken when no partial one is left
 * full      all in use
 */
#ifndef KMB_SLAB_ARRAY_CACHE_SLAB_H
#define KMB_SLAB_ARRAY_CACHE_SLAB_H

#include "array_cache_mgmt.h"

/* Every page of a slab leads to its management by lru.prev, as in 2.6.11. */
forceinline struct array_cache_slab *
array_cache_virt_to_slab(const struct array_cache_cache *c, const void *object)
{
	return list_entry(slab_virt_to_page(&c->cache, object)->lru.prev,
			  struct array_cache_slab, list);
}

/* Exact where an object begins: the error is index * (size - 1) / 2^32 at most,
 * and no slab has 2^32 bytes. */
forceinline uint32_t array_cache_index(const struct array_cache_cache *c,
				       const struct array_cache_slab *slab,
				       const void *object)
{
	uint64_t offset = (uint64_t)((const char *)object - slab->s_mem);

	return (uint32_t)(offset * c->reciprocal >> 32);
}

forceinline void *array_cache_slab_pop(const struct array_cache_cache *c,
				       struct array_cache_slab *slab)
{
	const uint16_t index = slab->free;

	slab->free = slab->bufctl[index];
	slab->bufctl[index] = BUFCTL_ACTIVE;
	slab->inuse++;
	return slab->s_mem + (uint64_t)index * c->cache.size;
}

forceinline void array_cache_slab_push(const struct array_cache_cache *c,
				       struct array_cache_slab *slab,
				       const void *object)
{
	const uint32_t index = array_cache_index(c, slab, object);

	slab->bufctl[index] = slab->free;
	slab->free = (uint16_t)index;
	slab->inuse--;
}

/* Off all lists. */
static inline void array_cache_destroy_slab(struct array_cache_cache *c,
					    unsigned cpu,
					    struct array_cache_slab *slab)
{
	slab_free_slab(&c->cache, cpu, slab->head);
	if (c->layout.off_slab)
		array_cache_mgmt_free(c, cpu, slab);
}

/* A free slab; under its node's lock, as 2.6.11 had it. */
static inline void array_cache_drop_slab(struct array_cache_cache *c,
					 struct array_cache_node *node,
					 unsigned cpu,
					 struct array_cache_slab *slab)
{
	node->free_objects -= c->layout.num;
	node->nr_slabs--;
	array_cache_destroy_slab(c, cpu, slab);
}

/* Objects of this node back into their slabs; under its lock. */
static inline void array_cache_free_block(struct array_cache_cache *c,
					  struct array_cache_node *node,
					  unsigned cpu, void **objects,
					  uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		struct array_cache_slab *slab =
			array_cache_virt_to_slab(c, objects[i]);

		list_del(&slab->list);
		array_cache_slab_push(c, slab, objects[i]);
		node->free_objects++;
		if (slab->inuse)
			list_add_tail(&slab->list, &node->partial);
		else if (node->free_objects > node->free_limit &&
			 slab_may_go(&c->cache))
			array_cache_drop_slab(c, node, cpu, slab);
		else
			list_add(&slab->list, &node->free);
	}
}

/* Where the next object is; under the lock. NULL: nowhere. */
static inline struct array_cache_slab *
array_cache_next_slab(struct array_cache_node *node)
{
	struct list_head *first = node->partial.next;

	if (first == &node->partial) {
		node->free_touched = true;
		first = node->free.next;
		if (first == &node->free)
			return NULL;
	}
	return list_entry(first, struct array_cache_slab, list);
}

/* Up to nr objects out of the slabs; how many. Under the lock. */
static inline uint32_t array_cache_take(struct array_cache_cache *c,
					struct array_cache_node *node,
					void **objects, uint32_t nr)
{
	struct array_cache_slab *slab;
	uint32_t got = 0;

	while (got < nr && (slab = array_cache_next_slab(node))) {
		while (got < nr && slab->free != BUFCTL_END)
			objects[got++] = array_cache_slab_pop(c, slab);
		list_del(&slab->list);
		list_add(&slab->list, slab->free == BUFCTL_END
					      ? &node->full
					      : &node->partial);
	}
	node->free_objects -= got;
	return got;
}

static inline uint32_t array_cache_next_colour(struct array_cache_cache *c,
					       struct array_cache_node *node)
{
	uint32_t colour;

	spin_lock(&node->lock);
	colour = node->colour_next++;
	if (node->colour_next >= c->layout.colours)
		node->colour_next = 0;
	spin_unlock(&node->lock);
	return colour;
}

/* Memory of a slab that begins `colour` bytes into its pages. NULL: none. */
static inline struct array_cache_slab *
array_cache_slab_memory(struct array_cache_cache *c, unsigned cpu,
			uint32_t colour)
{
	const struct array_cache_layout *l = &c->layout;
	const uint32_t first = colour + (l->off_slab ? 0 : l->mgmt_bytes);
	struct array_cache_slab *slab;
	struct page *head = slab_alloc_slab(&c->cache, cpu, l->order, first);
	char *pages;

	if (!head)
		return NULL;
	pages = slab_page_address(&c->cache, head);
	slab = l->off_slab ? array_cache_mgmt_alloc(c, cpu)
			   : (void *)(pages + colour);
	if (!slab) {
		slab_free_slab(&c->cache, cpu, head);
		return NULL;
	}
	slab->head = head;
	slab->s_mem = pages + first;
	return slab;
}

/* All objects free, the first one first. */
static inline void array_cache_init_slab(struct array_cache_cache *c,
					 struct array_cache_slab *slab)
{
	struct page *head = slab->head;
	const uint32_t num = c->layout.num;

	for (struct page *p = head; p < head + (1ul << c->layout.order); p++)
		p->lru.prev = &slab->list;
	slab->node = (uint16_t)array_cache_page_node(c, head);
	slab->inuse = 0;
	slab->free = 0;
	for (uint32_t i = 0; i < num; i++) {
		slab_init_object(&c->cache,
				 slab->s_mem + (uint64_t)i * c->cache.size);
		slab->bufctl[i] = (uint16_t)(i + 1);
	}
	slab->bufctl[num - 1] = BUFCTL_END;
}

/* A new slab for this CPU's node; it may be had of another. False: no pages. */
static coldpath bool array_cache_grow(struct array_cache_cache *c, unsigned cpu)
{
	struct array_cache_node *own = array_cache_cpu_node(c, cpu), *node;
	const uint32_t colour =
		array_cache_next_colour(c, own) * c->layout.colour_off;
	struct array_cache_slab *slab = array_cache_slab_memory(c, cpu, colour);

	if (!slab)
		return false;
	array_cache_init_slab(c, slab);
	node = c->node[slab->node];
	WRITE_ONCE(own->grew_elsewhere, node != own);
	spin_lock(&node->lock);
	list_add_tail(&slab->list, &node->free);
	node->nr_slabs++;
	node->free_objects += c->layout.num;
	spin_unlock(&node->lock);
	return true;
}

#endif
