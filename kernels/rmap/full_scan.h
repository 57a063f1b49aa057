/*
 * full_scan.h - to find the entries of a page, look at every entry of every
 * process: what 2.4 is often said to have done. It never did: virtual_clock.h.
 */
#ifndef KMB_RMAP_FULL_SCAN_H
#define KMB_RMAP_FULL_SCAN_H

#include "rmap.h"

struct full_scan_rmap {
	const struct rmap_host *host;
	uint64_t walks, visited, found;
};

static inline int full_scan_create(struct full_scan_rmap *r,
				   const struct rmap_host *host)
{
	*r = (struct full_scan_rmap){ .host = host };
	return 0;
}

enum { full_scan_traits = RMAP_SCAN };
static const char full_scan_models[] =
	"every entry of every process, for each page";

#define STRATEGY full_scan
#include "scan_template.h"
#undef STRATEGY

/* All that its tables have room for. */
static inline bool full_scan_scan_mm(struct full_scan_scan *scan,
				     struct mm_struct *mm)
{
	bool more;

	spin_lock(&mm->tables.page_table_lock);
	more = full_scan_scan_range(scan, mm, 0, x86_64_user_top);
	spin_unlock(&mm->tables.page_table_lock);
	return more;
}

static inline void full_scan_scan_all(struct full_scan_rmap *r,
				      struct full_scan_scan *scan)
{
	struct list_head *l;

	spin_lock(r->host->mmlist_lock);
	list_for_each (l, r->host->mmlist)
		if (!full_scan_scan_mm(scan,
				       list_entry(l, struct mm_struct, mmlist)))
			break;
	spin_unlock(r->host->mmlist_lock);
}

#endif
