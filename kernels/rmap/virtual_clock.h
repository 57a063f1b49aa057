/*
 * virtual_clock.h - a hand that goes round all processes' entries and makes or
 * drops what it meets, old or not (swap_out(): mm/vmscan.c of 2.4.27).
 *
 * Nobody asks it for a page: a page is free once the hand has met all entries
 * that map it. Asked all the same, it goes on from where it was until it has
 * met them, at most twice round, and does to others' entries on its way what it
 * always does: those that were used become old. What it finds of others is not
 * unmapped, as only the caller's page is locked.
 */
#ifndef KMB_RMAP_VIRTUAL_CLOCK_H
#define KMB_RMAP_VIRTUAL_CLOCK_H

#include "rmap.h"

struct virtual_clock_rmap {
	const struct rmap_host *host;
	unsigned swap_mm; /* number of processes it has gone past, under lock */
	uint64_t walks, visited, found;
};

static inline int virtual_clock_create(struct virtual_clock_rmap *r,
				       const struct rmap_host *host)
{
	*r = (struct virtual_clock_rmap){ .host = host };
	return 0;
}

#define STRATEGY virtual_clock
#include "scan_template.h"
#undef STRATEGY

enum { virtual_clock_traits = RMAP_NO_SEARCH };
static const char virtual_clock_models[] =
	"a hand that goes round all entries (mm/vmscan.c of 2.4)";

/* The process that comes after one; under mmlist_lock, with one at least. */
static inline struct list_head *
virtual_clock_after(const struct virtual_clock_rmap *r, struct list_head *l)
{
	l = l->next;
	return l == r->host->mmlist ? l->next : l;
}

/*
 * Twice round at most: the list may have changed since, so the hand's place is
 * a count of processes, and a page that is met twice is met no more once it is
 * unmapped.
 */
static inline void virtual_clock_scan_all(struct virtual_clock_rmap *r,
					  struct virtual_clock_scan *scan)
{
	struct list_head *l = r->host->mmlist, *start;

	spin_lock(r->host->mmlist_lock);
	if (list_empty(l)) {
		spin_unlock(r->host->mmlist_lock);
		return;
	}
	l = l->next;
	for (unsigned i = 0; i < r->swap_mm; i++)
		l = virtual_clock_after(r, l);
	start = l;
	do {
		struct mm_struct *mm = list_entry(l, struct mm_struct, mmlist);

		l = virtual_clock_after(r, l);
		if (!virtual_clock_scan_mm(scan, mm))
			break;
		r->swap_mm++;
	} while (l != start);
	if (l == start)
		r->swap_mm = 0;
	spin_unlock(r->host->mmlist_lock);
}

#endif
