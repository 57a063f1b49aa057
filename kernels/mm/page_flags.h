/*
 * page_flags.h - bits of page->flags that any number of CPUs may set at once
 * (include/linux/page-flags.h).
 */
#ifndef KMB_PAGE_FLAGS_H
#define KMB_PAGE_FLAGS_H

#include <stdbool.h>

#include "../sync/atomic.h"
#include "mm_types.h"

forceinline bool page_test(const struct page *page, enum page_flag flag)
{
	return READ_ONCE(page->flags) & flag;
}

/* Not written where it is set: its line may be everybody's. */
forceinline void page_set(struct page *page, enum page_flag flag)
{
	if (!page_test(page, flag))
		__atomic_fetch_or(&page->flags, flag, __ATOMIC_RELAXED);
}

forceinline void page_clear(struct page *page, enum page_flag flag)
{
	__atomic_fetch_and(&page->flags, ~(uint64_t)flag, __ATOMIC_RELAXED);
}

forceinline bool trylock_page(struct page *page)
{
	/* pairs with the release in unlock_page() */
	return !(__atomic_fetch_or(&page->flags, PG_locked, __ATOMIC_ACQUIRE) &
		 PG_locked);
}

forceinline void unlock_page(struct page *page)
{
	__atomic_fetch_and(&page->flags, ~(uint64_t)PG_locked,
			   __ATOMIC_RELEASE);
}

#endif
