/*
 * swap.h - places in swap, and what points to them: swap entries where pages
 * were, and the swap cache (mm/swapfile.c and swap_state.c of 2.6.11, without
 * a device: what leaves the cache is forgotten, its contents with it).
 */
#ifndef KMB_RMAP_SWAP_H
#define KMB_RMAP_SWAP_H

#include "mm.h"

/* An entry that is neither none nor present: the slot, 1.., of type 0. */
#define SWAP_SLOT_SHIFT 9

forceinline x86_64_pte_t swap_entry(uint64_t slot)
{
	return (x86_64_pte_t){ slot << SWAP_SLOT_SHIFT };
}

forceinline uint64_t swap_slot(x86_64_pte_t pte)
{
	return pte.v >> SWAP_SLOT_SHIFT;
}

struct swap_area {
	struct spinlock lock;
	uint64_t nr_slots; /* slots 1..nr_slots - 1 */
	uint64_t nr_used;
	uint64_t free; /* the first free slot, 0: none */
	struct swap_place {
		struct page *page; /* in the cache, with a reference; or NULL */
		uint64_t count;	   /* swap entries; free: the next free slot */
	} * place;
};

/* `place` has room for nr_slots. */
static inline void swap_init(struct swap_area *swap, struct swap_place *place,
			     uint64_t nr_slots)
{
	*swap = (struct swap_area){ .nr_slots = nr_slots, .place = place };
	spin_lock_init(&swap->lock);
	for (uint64_t slot = nr_slots; --slot;) {
		place[slot] = (struct swap_place){ NULL, swap->free };
		swap->free = slot;
	}
}

/* Under the lock: a slot that nothing points to any more is free. */
static inline void swap_release(struct swap_area *swap, uint64_t slot)
{
	struct swap_place *place = &swap->place[slot];

	if (place->page || place->count)
		return;
	place->count = swap->free;
	swap->free = slot;
	swap->nr_used--;
}

/* Give a locked anonymous page a slot and the cache a reference; or -ENOMEM. */
static inline int add_to_swap(struct swap_area *swap, struct page *page)
{
	uint64_t slot;

	spin_lock(&swap->lock);
	slot = swap->free;
	if (slot) {
		swap->free = swap->place[slot].count;
		swap->place[slot] = (struct swap_place){ page, 0 };
		swap->nr_used++;
	}
	spin_unlock(&swap->lock);
	if (!slot)
		return -ENOMEM;
	get_page(page);
	page->private = slot;
	page_set(page, PG_swapcache);
	return 0;
}

/* The page is locked; the cache's reference is the caller's to put. */
static inline void delete_from_swap_cache(struct swap_area *swap,
					  struct page *page)
{
	spin_lock(&swap->lock);
	swap->place[page->private].page = NULL;
	swap_release(swap, page->private);
	spin_unlock(&swap->lock);
	page_clear(page, PG_swapcache);
	page->private = 0;
}

/* One more entry for a slot that has one, or whose page is locked. */
static inline void swap_duplicate(struct swap_area *swap, uint64_t slot)
{
	spin_lock(&swap->lock);
	swap->place[slot].count++;
	spin_unlock(&swap->lock);
}

/*
 * An entry of a slot is gone. If it was the last, and its page is in the cache:
 * the page, with a reference, as nobody needs its place any more; else NULL.
 */
static inline struct page *swap_free(struct swap_area *swap, uint64_t slot)
{
	struct page *page = NULL;

	spin_lock(&swap->lock);
	if (!--swap->place[slot].count)
		page = swap->place[slot].page;
	if (page)
		get_page(page);
	swap_release(swap, slot);
	spin_unlock(&swap->lock);
	return page;
}

/* Has a cached, locked page no entry any more that waits for it? */
static inline bool swap_unused(struct swap_area *swap, const struct page *page)
{
	bool unused;

	spin_lock(&swap->lock);
	unused = !swap->place[page->private].count;
	spin_unlock(&swap->lock);
	return unused;
}

/* Put a page that was read back into the cache, which takes a reference, unless
 * another is there: the one that is there now, with a reference for the caller.
 */
static inline struct page *swap_cache_insert(struct swap_area *swap,
					     uint64_t slot, struct page *page)
{
	struct page *there;

	spin_lock(&swap->lock);
	there = swap->place[slot].page;
	if (!there) {
		there = swap->place[slot].page = page;
		page->private = slot;
		page_set(page, PG_swapcache);
	}
	get_page(there);
	spin_unlock(&swap->lock);
	return there;
}

/* The cached page of a slot that an entry points to, with a reference, or
 * NULL. */
static inline struct page *lookup_swap_cache(struct swap_area *swap,
					     uint64_t slot)
{
	struct page *page;

	spin_lock(&swap->lock);
	page = swap->place[slot].page;
	if (page)
		get_page(page);
	spin_unlock(&swap->lock);
	return page;
}

#endif
