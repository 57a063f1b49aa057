/*
 * virtual_clock.h - a hand that goes round all processes' entries and drops
 * what it meets, if it is old, or makes it old (swap_out(): mm/vmscan.c of
 * 2.4.27).
 *
 * Nobody asks it for a page: a page is free once the hand has met all entries
 * that map it. Asked all the same, it goes on from where it was until they are
 * all gone, once round at most, and does to others' entries on its way what it
 * always does to used ones: they become old. Only the caller's page is
 * unmapped, where swap_out() dropped any old ones until it had 32 pages, in two
 * rounds at most: every scheme's world is to end in the same mappings.
 */
#ifndef KMB_RMAP_VIRTUAL_CLOCK_H
#define KMB_RMAP_VIRTUAL_CLOCK_H

#include "rmap.h"

struct virtual_clock_rmap {
	const struct rmap_host *host;
	/* The hand; under mmlist_lock. Processes are listed by id. */
	unsigned swap_mm;
	uint64_t swap_address;
	uint64_t walks, visited, found;
};

static inline int virtual_clock_create(struct virtual_clock_rmap *r,
				       const struct rmap_host *host)
{
	*r = (struct virtual_clock_rmap){ .host = host };
	return 0;
}

enum { virtual_clock_traits = RMAP_NO_SEARCH | RMAP_SCAN };
static const char virtual_clock_models[] =
	"a hand that goes round all entries (mm/vmscan.c of 2.4)";

#define STRATEGY virtual_clock
#include "scan_template.h"
#undef STRATEGY

/* The process after one, in a circle. */
static inline struct list_head *
virtual_clock_after(const struct virtual_clock_rmap *r, struct list_head *l)
{
	l = l->next;
	return l == r->host->mmlist ? l->next : l;
}

/* The process that the hand is at, or the next that is still there. */
static inline struct list_head *virtual_clock_hand(struct virtual_clock_rmap *r)
{
	struct list_head *l;

	for (l = r->host->mmlist->next; l != r->host->mmlist; l = l->next) {
		unsigned id = list_entry(l, struct mm_struct, mmlist)->id;

		if (id == r->swap_mm)
			return l;
		if (id > r->swap_mm)
			break;
	}
	r->swap_address = 0;
	return l == r->host->mmlist ? l->next : l;
}

/*
 * What a process's areas have mapped of [start, end): swap_out_mm() goes from
 * area to area, and never looks at what its tables have between them. False:
 * the scan has ended.
 */
static inline bool virtual_clock_scan_mm(struct virtual_clock_scan *scan,
					 struct mm_struct *mm, uint64_t start,
					 uint64_t end)
{
	const struct vm_area_struct *vma;
	bool more = true;

	spin_lock(&mm->tables.page_table_lock);
	for (vma = find_vma(mm, start); more && vma && vma->vm_start < end;
	     vma = vma_next(vma)) {
		uint64_t from = vma->vm_start > start ? vma->vm_start : start;
		uint64_t to = vma->vm_end < end ? vma->vm_end : end;

		/* Where one is cut or swallowed two overlap for a moment. */
		if (from >= to)
			continue;
		more = virtual_clock_scan_range(scan, mm, from, to);
		start = to;
	}
	spin_unlock(&mm->tables.page_table_lock);
	return more;
}

/* The same, and the hand is where it ended. */
static inline bool virtual_clock_turn(struct virtual_clock_rmap *r,
				      struct virtual_clock_scan *scan,
				      struct list_head *l, uint64_t start,
				      uint64_t end)
{
	struct mm_struct *mm = list_entry(l, struct mm_struct, mmlist);
	bool more = virtual_clock_scan_mm(scan, mm, start, end);

	r->swap_mm = mm->id;
	r->swap_address = more ? end : scan->at;
	return more;
}

/* From the hand's place to the same in the next round. */
static inline void virtual_clock_scan_all(struct virtual_clock_rmap *r,
					  struct virtual_clock_scan *scan)
{
	struct list_head *l, *first;
	uint64_t below, start;
	bool more;

	spin_lock(r->host->mmlist_lock);
	if (!list_empty(r->host->mmlist)) {
		first = l = virtual_clock_hand(r);
		below = start = r->swap_address;
		do {
			more = virtual_clock_turn(r, scan, l, start,
						  x86_64_user_top);
			l = virtual_clock_after(r, l);
			start = 0;
		} while (more && l != first);
		/* What the first one has below the hand. */
		if (more)
			virtual_clock_turn(r, scan, l, 0, below);
	}
	spin_unlock(r->host->mmlist_lock);
}

#endif
