/*
 * follow.h - what follow_page() may be asked for, and what it asks of the
 * kernel around it.
 */
#ifndef KMB_PGTABLE_FOLLOW_H
#define KMB_PGTABLE_FOLLOW_H

#include "../base/err.h"
#include "../mm/page_flags.h"
#include "../mm/vm_area.h"

/* By their values in include/linux/mm.h of 3.13. */
enum foll_flag {
	FOLL_WRITE = 0x01,	/* nothing that may not be written */
	FOLL_TOUCH = 0x02,	/* mark it accessed, with WRITE dirty */
	FOLL_GET = 0x04,	/* take a reference */
	FOLL_DUMP = 0x08,	/* -EFAULT for a hole and for the zero page */
	FOLL_FORCE = 0x10,	/* get_user_pages()'s own */
	FOLL_NOWAIT = 0x20,	/* get_user_pages()'s own */
	FOLL_MLOCK = 0x40,	/* mark it mlocked where the area is locked */
	FOLL_SPLIT = 0x80,	/* a page of a huge one: split that first */
	FOLL_HWPOISON = 0x100,	/* get_user_pages()'s own */
	FOLL_NUMA = 0x200,	/* nothing that is PAGE_PROTNONE */
	FOLL_MIGRATION = 0x400, /* wait for a page on its way */
};

/* Each may be NULL, and so may the table: there is nobody to ask. */
struct mm_hooks {
	/* Who splits a huge page holds it; so to take it is to wait for him. */
	void (*anon_vma_lock)(void *self, struct anon_vma *anon_vma);
	void (*anon_vma_unlock)(void *self, struct anon_vma *anon_vma);
	/* Pages that this CPU has not yet put on the LRU lists go there. */
	void (*lru_add_drain)(void *self, unsigned cpu);
	/* Until the page that was at an address has arrived at another frame.
	 */
	void (*migration_entry_wait)(void *self, uint64_t addr);
	void *self;
};

forceinline void mm_anon_vma_lock(const struct mm_hooks *hooks,
				  struct anon_vma *anon_vma)
{
	if (hooks && hooks->anon_vma_lock)
		hooks->anon_vma_lock(hooks->self, anon_vma);
}

forceinline void mm_anon_vma_unlock(const struct mm_hooks *hooks,
				    struct anon_vma *anon_vma)
{
	if (hooks && hooks->anon_vma_unlock)
		hooks->anon_vma_unlock(hooks->self, anon_vma);
}

/*
 * Of an mlocked area's page, which a mapping may give up at any time until it
 * is locked. A page that somebody else has locked is left: reclaim finds out.
 */
static maybe_unused coldpath void mlock_page(const struct mm_hooks *hooks,
					     unsigned cpu, struct page *page)
{
	if (!READ_ONCE(page->mapping) || !trylock_page(page))
		return;
	if (hooks && hooks->lru_add_drain)
		hooks->lru_add_drain(hooks->self, cpu);
	if (READ_ONCE(page->mapping))
		page_set(page, PG_mlocked);
	unlock_page(page);
}

#endif
