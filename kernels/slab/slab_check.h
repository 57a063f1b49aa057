/*
 * slab_check.h - what checked builds see of objects: red zones, poison, frees
 * of what is none. Included by slab.h; nothing of it is left in timed builds.
 *
 * An object of a checked build is followed by its state: a word that is its red
 * zone and says whether it is in use. What fills it up to that word is red zone
 * too, and stays POISON_FREE. All strategies share this; where objects begin in
 * a slab is in the head page's _mapcount (slab_page.h).
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

forceinline struct page *slab_virt_to_page(const struct kmem_cache *c,
					   const void *addr);
forceinline struct page *slab_virt_to_head(const struct kmem_cache *c,
					   const void *object);

#define SLAB_NO_BYTE UINT64_MAX

#if KMB_DEBUG >= 1

static inline void slab_report(const struct kmem_cache *c,
			       const struct slab_fault *fault)
{
	if (!c->host->fault)
		__builtin_trap();
	c->host->fault(c->host->fault_arg, fault);
}

/* Where the object that holds an address of a slab begins. NULL: none does. */
static inline void *slab_object_of(const struct kmem_cache *c,
				   const struct page *head, const void *addr);

static coldpath maybe_unused void
slab_refuse(const struct kmem_cache *c, enum slab_fault_kind kind, void *object,
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

/* The first byte of [from, to) that is not as POISON_FREE left it. */
static inline uint64_t slab_find_unpoisoned(const void *object, uint64_t from,
					    uint64_t to)
{
	const unsigned char *byte = object;

	while (from < to && byte[from] == POISON_FREE)
		from++;
	return from < to ? from : SLAB_NO_BYTE;
}

/* The first byte of a word that is not as in `value`. */
static inline uint64_t slab_find_changed(const uint64_t *word, uint64_t value)
{
	uint64_t is = READ_ONCE(*word);
	const unsigned char *a = (const void *)&is, *b = (const void *)&value;

	for (unsigned i = 0; i < sizeof(is); i++)
		if (a[i] != b[i])
			return i;
	return SLAB_NO_BYTE;
}

/* The first byte written behind an object in use. */
static inline uint64_t slab_find_overrun(const struct kmem_cache *c,
					 void *object)
{
	const uint32_t state = slab_state_offset(c);
	uint64_t at = slab_find_unpoisoned(object, c->object_size, state);

	if (at != SLAB_NO_BYTE)
		return at;
	at = slab_find_changed(slab_state(c, object), SLAB_STATE_IN_USE);
	return at == SLAB_NO_BYTE ? at : state + at;
}

/* The first byte written since an object was freed. */
static inline uint64_t slab_find_use_after(const struct kmem_cache *c,
					   void *object)
{
	const uint32_t state = slab_state_offset(c);
	uint64_t from = slab_keeps_objects(&c->params) ? c->object_size : 0;
	uint64_t at = slab_find_unpoisoned(object, from, state);

	if (at != SLAB_NO_BYTE)
		return at;
	at = slab_find_changed(slab_state(c, object), SLAB_STATE_FREE);
	return at == SLAB_NO_BYTE ? at : state + at;
}

/* Out of line, for the strategies' sake that have it in many places. */
static never_inline maybe_unused void
slab_check_given(const struct kmem_cache *c, void *object)
{
	uint64_t *state = slab_state(c, object);
	uint64_t at;

	/* The strategy itself gave it to two. */
	KMB_BUG_ON(READ_ONCE(*state) == SLAB_STATE_IN_USE);
	at = slab_find_use_after(c, object);
	if (at != SLAB_NO_BYTE)
		slab_refuse(c, SLAB_USE_AFTER, object,
			    slab_virt_to_head(c, object), at);
	__builtin_memset((char *)object + c->object_size, POISON_FREE,
			 slab_state_offset(c) - c->object_size);
	WRITE_ONCE(*state, SLAB_STATE_IN_USE);
}

/* The head of the slab of an address, wherever that points; NULL: none. */
static inline const struct page *slab_find_head(const struct kmem_cache *c,
						const void *addr)
{
	const struct physmem *mem = c->pages->mem;
	const struct page *page;

	if ((const char *)addr < mem->base ||
	    virt_to_pfn(mem, addr) >= mem->nr_pages)
		return NULL;
	page = slab_virt_to_page(c, addr);
	return page_test(page, PG_slab) ? page->slab_head : NULL;
}

/* Is it an object that is ours and in use? Then it is free. */
static never_inline maybe_unused bool
slab_check_taken(const struct kmem_cache *c, void *object)
{
	const struct page *head = slab_find_head(c, object);
	uint64_t in_use = SLAB_STATE_IN_USE, at;
	enum slab_fault_kind kind;

	if (!object)
		kind = SLAB_FREE_NULL;
	else if (!head)
		kind = SLAB_FREE_FOREIGN;
	else if (head->slab_cache != c)
		kind = SLAB_FREE_OTHER;
	else if (slab_object_of(c, head, object) != object)
		kind = SLAB_FREE_INSIDE;
	else
		kind = SLAB_NR_FAULTS;
	if (kind != SLAB_NR_FAULTS) {
		slab_refuse(c, kind, object, head, 0);
		return false;
	}
	at = slab_find_overrun(c, object);
	/* Of two CPUs that free it at once one is second. */
	if (READ_ONCE(*slab_state(c, object)) == SLAB_STATE_FREE ||
	    (at == SLAB_NO_BYTE &&
	     !cmpxchg_full(slab_state(c, object), &in_use, SLAB_STATE_FREE))) {
		slab_refuse(c, SLAB_FREE_TWICE, object, head, 0);
		return false;
	}
	if (at != SLAB_NO_BYTE) {
		slab_refuse(c, SLAB_OVERRUN, object, head, at);
		return false;
	}
	if (!slab_keeps_objects(&c->params))
		__builtin_memset(object, POISON_FREE, slab_state_offset(c));
	return true;
}

#endif

/* An object that nobody had yet; it is free. */
static inline void slab_init_object(struct kmem_cache *c, void *object)
{
#if KMB_DEBUG >= 1
	__builtin_memset(object, POISON_FREE, slab_state_offset(c));
	WRITE_ONCE(*slab_state(c, object), SLAB_STATE_FREE);
#endif
	if (c->params.ctor)
		c->params.ctor(object);
}

/* What S_alloc is about to give; may be NULL. Returns it. */
forceinline void *slab_check_alloc(const struct kmem_cache *c, void *object)
{
#if KMB_DEBUG >= 1
	if (object)
		slab_check_given(c, object);
#else
	(void)c;
#endif
	return object;
}

/* What S_free was given: false, and reported, if it must be left alone. */
forceinline bool slab_check_free(const struct kmem_cache *c, void *object)
{
#if KMB_DEBUG >= 1
	return slab_check_taken(c, object);
#else
	(void)c, (void)object;
	return true;
#endif
}

#endif
