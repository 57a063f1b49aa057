/*
 * slub_link.h - template: the link from a free object to the next, plain or
 * encoded. Part of slub_template.h.
 *
 * Encoded it is ptr XOR the cache's secret XOR the byteswapped address of the
 * word it is in: who overwrites it cannot tell what address that decodes to,
 * and the swap puts the address's random middle where pointers differ.
 */

/* Its own inverse. */
forceinline void *S(encode)(const struct S(cache) * c, void *next, void **slot)
{
#if SLUB_HARDENED
	return (void *)((uintptr_t)next ^ c->secret ^
			__builtin_bswap64((uintptr_t)slot));
#else
	(void)c, (void)slot;
	return next;
#endif
}

/* The free object behind a free one. In checked builds a link to what is no
 * object of the slab is reported, and ends the list: the rest is lost. */
forceinline void *S(next)(struct S(cache) * c, void *object)
{
	void **slot = slab_link(&c->cache, object);
	void *next = S(encode)(c, *slot, slot);
#if KMB_DEBUG >= 1
	struct page *head = slab_virt_to_head(&c->cache, object);

	if (next && slab_object_of(&c->cache, head, next) != next) {
		slab_refuse(&c->cache, SLAB_USE_AFTER, object, head,
			    c->cache.link);
		return NULL;
	}
#endif
	return next;
}

forceinline void S(set_next)(struct S(cache) * c, void *object, void *next)
{
	void **slot = slab_link(&c->cache, object);

	*slot = S(encode)(c, next, slot);
}

/* The next alloc will read it. */
forceinline void S(prefetch_link)(const struct S(cache) * c, const void *object)
{
	__builtin_prefetch((const char *)object + c->cache.link);
}
