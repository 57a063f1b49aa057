/*
 * world_reclaim.h - template: a page unmapped wherever it is mapped, and
 * dropped (shrink_list(): mm/vmscan.c of 2.6.11, for one page).
 */

/*
 * Unmap a page from all that map it; the caller holds a reference. An anonymous
 * one gets a place in swap first and stays in the swap cache. SWAP_AGAIN also:
 * somebody has locked it; SWAP_FAIL: swap is full.
 */
static inline enum swap_status S(reclaim)(struct S(world) * w, unsigned cpu,
					  struct page *page)
{
	enum swap_status status = SWAP_FAIL;

	if (!trylock_page(page))
		return SWAP_AGAIN;
	if (page_is_file(page) || page_test(page, PG_swapcache) ||
	    !add_to_swap(&w->swap, page))
		status = S(try_to_unmap)(&w->rmap, cpu, page);
	unlock_page(page);
	return status;
}

/* Out of the swap cache with a page that nothing maps: its contents are in
 * swap. False: it is mapped again, or has no place there. */
static inline bool S(drop_page)(struct S(world) * w, unsigned cpu,
				struct page *page)
{
	bool dropped = false;

	if (!trylock_page(page))
		return false;
	if (page_test(page, PG_swapcache) && !page_mapcount(page)) {
		delete_from_swap_cache(&w->swap, page);
		dropped = true;
	}
	unlock_page(page);
	if (dropped)
		S(put_page)(w, cpu, page);
	return dropped;
}

/* Whatever the swap cache still has goes back. One thread. */
static inline void S(drop_swap_cache)(struct S(world) * w, unsigned cpu)
{
	for (uint64_t slot = 1; w->swap.nr_used && slot < w->swap.nr_slots;
	     slot++) {
		struct page *page = w->swap.place[slot].page;

		if (w->swap.place[slot].page && page->private == slot) {
			delete_from_swap_cache(&w->swap, page);
			S(put_page)(w, cpu, page);
		}
	}
}
