/*
 * page_ref.h - references on a frame: page->_refcount, 0 while it is free
 * (include/linux/page_ref.h).
 */
#ifndef KMB_PAGE_REF_H
#define KMB_PAGE_REF_H

#include <stdbool.h>

#include "../sync/atomic.h"
#include "mm_types.h"

/* Of a page that was free until now. */
forceinline void set_page_count(struct page *page, int32_t count)
{
	/* pairs with get_page_unless_zero() */
	smp_store_release(&page->_refcount, count);
}

/* One more of a page that somebody holds already. */
forceinline void get_page(struct page *page)
{
	fetch_add_relaxed(&page->_refcount, 1);
}

/* The same of one that may be free: false, and nothing was taken. */
forceinline bool get_page_unless_zero(struct page *page)
{
	int32_t seen = READ_ONCE(page->_refcount);

	do {
		if (!seen)
			return false;
	} while (!cmpxchg_full(&page->_refcount, &seen, seen + 1));
	return true;
}

/* True: that was the last one, and the page is the caller's to free. */
forceinline bool put_page_testzero(struct page *page)
{
	/* Whoever frees it comes after all that its holders did. */
	return __atomic_fetch_sub(&page->_refcount, 1, __ATOMIC_ACQ_REL) == 1;
}

#endif
