/* mmzone.h - nodes and zones: ranges of page frames. */
#ifndef KMB_MMZONE_H
#define KMB_MMZONE_H

#include "mm_types.h"

/* Zones by what can address them; sizes as on i386 when they are used. */
enum zone_type { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, MAX_NR_ZONES };

/* What may be done with the pages of a block: mm/page_alloc.c of 2.6.24. */
enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RESERVE,
	MIGRATE_ISOLATE,
	MIGRATE_TYPES
};

/* Node ids are the simulated machine's: 0..nr_nodes-1 without holes. */
#define MAX_NUMNODES 64

/* [start_pfn, start_pfn + nr_pages); nr_pages == 0: no such zone here. */
struct zone {
	pfn_t start_pfn;
	uint64_t nr_pages;
	unsigned node;
	enum zone_type type;
};

struct pglist_data {
	struct zone zones[MAX_NR_ZONES];
	pfn_t start_pfn;
	uint64_t nr_pages; /* == sum of zones[].nr_pages */
	unsigned node;
};

#endif
