/*
 * slab_check.h - what checked builds see of objects: red zones, poison, frees
 * of what is none. Included by slab.h; nothing of it is left in timed builds.
 *
 * An object of a checked build is followed by its state: a word that is its red
 * zone and says whether it is in use. All strategies share this; where objects
 * begin in a slab is in the head page's _mapcount (slab_page.h).
 */
#ifndef KMB_SLAB_CHECK_H
#define KMB_SLAB_CHECK_H

#include "slab.h"

#define SLAB_STATE_FREE 0x5a1bf4eef4ee5a1bull
#define SLAB_STATE_IN_USE 0x5a1b11fe11fe5a1bull

/* The state's offset in an object: the first word behind it. */
forceinline uint32_t slab_state_offset(const struct kmem_cache *c)
{
	return (uint32_t)align_up(c->object_size, SLAB_MIN_ALIGN);
}

forceinline uint64_t *slab_state(const struct kmem_cache *c, void *object)
{
	return (void *)((char *)object + slab_state_offset(c));
}

#if KMB_DEBUG >= 1

static inline void slab_report(const struct kmem_cache *c,
			       const struct slab_fault *fault)
{
	if (!c->host->fault)
		__builtin_trap();
	c->host->fault(c->host->fault_arg, fault);
}

/* The first byte of the object, or of what fills it up to its state, that is
 * not `value`; UINT64_MAX: none. */
static inline uint64_t slab_find_other(const struct kmem_cache *c,
				       const void *object, unsigned char value)
{
	const unsigned char *byte = object;

	for (uint32_t i = 0; i < slab_state_offset(c); i++)
		if (byte[i] != value)
			return i;
	return UINT64_MAX;
}

/* Where the object that holds an address of a slab begins. NULL: none does. */
static inline void *slab_object_of(const struct kmem_cache *c,
				   const struct page *head, const void *addr);

static coldpath void slab_refuse(const struct kmem_cache *c,
				 enum slab_fault_kind kind, void *object,
				 const struct page *head, uint64_t offset)
{
	const struct kmem_cache *owner = head ? head->slab_cache : NULL;

	slab_report(
		c, &(struct slab_fault){
			   .kind = kind,
			   .cache = c->params.name,
			   .object = object,
			   .owner = owner ? owner->params.name : NULL,
			   .begins = owner ? slab_object_of(owner, head, object)
					   : NULL,
			   .offset = offset,
		   });
}

#endif

/* An object that nobody had yet; it is free. */
static inline void slab_init_object(struct kmem_cache *c, void *object)
{
#if KMB_DEBUG >= 1
	if (!c->params.ctor)
		__builtin_memset(object, POISON_FREE, slab_state_offset(c));
	__atomic_store_n(slab_state(c, object), SLAB_STATE_FREE,
			 __ATOMIC_RELAXED);
#endif
	if (c->params.ctor)
		c->params.ctor(object);
}

/* What S_alloc is about to give; may be NULL. Returns it. */
forceinline void *slab_check_alloc(const struct kmem_cache *c, void *object)
{
#if KMB_DEBUG >= 1
	const struct page *page;
	uint64_t at;

	if (!object)
		return NULL;
	page = pfn_to_page(c->pages->mem, virt_to_pfn(c->pages->mem, object));
	KMB_BUG_ON(READ_ONCE(*slab_state(c, object)) != SLAB_STATE_FREE);
	at = c->params.ctor ? UINT64_MAX
			    : slab_find_other(c, object, POISON_FREE);
	if (at != UINT64_MAX)
		slab_refuse(c, SLAB_USE_AFTER, object, page->slab_head, at);
	WRITE_ONCE(*slab_state(c, object), SLAB_STATE_IN_USE);
#else
	(void)c;
#endif
	return object;
}

/* What S_free was given: false, and reported, if it must be left alone. */
forceinline bool slab_check_free(const struct kmem_cache *c, void *object)
{
#if KMB_DEBUG >= 1
	const struct physmem *mem = c->pages->mem;
	const struct page *head;
	uint64_t in_use = SLAB_STATE_IN_USE;

	if (!object) {
		slab_refuse(c, SLAB_FREE_NULL, object, NULL, 0);
		return false;
	}
	head = (char *)object < mem->base ||
			       virt_to_pfn(mem, object) >= mem->nr_pages
		       ? NULL
		       : pfn_to_page(mem, virt_to_pfn(mem, object));
	head = head && READ_ONCE(head->flags) & PG_slab ? head->slab_head
							: NULL;
	if (!head) {
		slab_refuse(c, SLAB_FREE_FOREIGN, object, NULL, 0);
		return false;
	}
	if (head->slab_cache != c) {
		slab_refuse(c, SLAB_FREE_OTHER, object, head, 0);
		return false;
	}
	if (slab_object_of(c, head, object) != object) {
		slab_refuse(c, SLAB_FREE_INSIDE, object, head, 0);
		return false;
	}
	/* Two CPUs that free it at once: one of them is second. */
	if (!c->params.ctor && READ_ONCE(*slab_state(c, object)) == in_use)
		__builtin_memset(object, POISON_FREE, slab_state_offset(c));
	if (!cmpxchg_full(slab_state(c, object), &in_use, SLAB_STATE_FREE)) {
		slab_refuse(c,
			    in_use == SLAB_STATE_FREE ? SLAB_FREE_TWICE
						      : SLAB_OVERRUN,
			    object, head, slab_state_offset(c));
		return false;
	}
#else
	(void)c, (void)object;
#endif
	return true;
}

#endif
