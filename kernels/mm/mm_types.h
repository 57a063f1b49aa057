/* mm_types.h - pfn_t, PAGE_SIZE and struct page, one for each 4 KiB frame. */
#ifndef KMB_MM_TYPES_H
#define KMB_MM_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "../base/list.h"
#include "../sync/spinlock.h"

/* A simulated page is 4 KiB whatever the host's pages are. */
#define PAGE_SHIFT 12
#define PAGE_SIZE (1ull << PAGE_SHIFT)

/* Largest block: 2^10 pages, 4 MiB; MAX_PAGE_ORDER is inclusive, as of 6.x. */
#define MAX_PAGE_ORDER 10
#define NR_PAGE_ORDERS (MAX_PAGE_ORDER + 1)

/* A page-frame number. */
typedef uint64_t pfn_t;
#define PFN_NONE UINT64_MAX

/* Bits of page->flags; the node lives above PAGE_NODE_SHIFT. */
enum page_flag {
	PG_reserved = 1u << 0, /* never given to an allocator */
	PG_private = 1u << 1,  /* head of a free block: private is its order */
	PG_referenced = 1u << 2, /* used since reclaim last saw it */
	PG_locked = 1u << 3,	 /* somebody's for a while; page_flags.h */
	PG_dirty = 1u << 4,	 /* written, whatever its mappings say */
	PG_mlocked = 1u << 5,	 /* an mlocked area maps it */
	PG_slab = 1u << 6,	 /* part of a slab: the second names hold */
	PG_chainlock = 1u << 7,	 /* its pte_chain is somebody's for a while */
	PG_direct = 1u << 8,	 /* mapped once: direct instead of chain */
	PG_swapcache = 1u << 9,	 /* has a place in swap: private is the slot */
	PG_huge = 1u << 10,	 /* one of a huge page's 512 */
};
#define PAGE_ZONE_SHIFT 56
#define PAGE_NODE_SHIFT 58

/*
 * One cache line, so that no two frames' metadata share one and pfn to page is
 * a shift and an add. Who may write a field is the owner's business: the page
 * allocator while the page is free, else whoever allocated it.
 */
struct page {
	uint64_t flags;
	int32_t _refcount; /* 0: free */
	int32_t _mapcount; /* -1: not mapped */
	union {
		struct list_head lru;
		uint64_t huge_pages; /* head of PG_huge: of them, not free */
		struct {	     /* slab on a CPU's own list: */
			struct page *next;
			uint32_t pobjects; /* free on it and all behind it */
		};
	};
	union {
		void *mapping;
		void *freelist; /* slab: free objects in it */
	};
	union {
		uint64_t index;
		uint64_t counters; /* slab: beside freelist, a double word */
	};
	union {
		uint64_t private;
		struct page *slab_head; /* slab: its first page, in each */
	};
	union {
		struct spinlock ptl; /* of a page table: the split PTE lock */
		void *slab_cache;    /* slab: struct kmem_cache, in each page */
		struct pte_chain *chain; /* rmap by pte_chain: all mappings, */
		void *direct;		 /* or the one entry */
	};
};
_Static_assert(sizeof(struct page) == 64, "struct page is one cache line");
_Static_assert(offsetof(struct page, freelist) % 16 == 0 &&
		       offsetof(struct page, counters) ==
			       offsetof(struct page, freelist) + 8,
	       "freelist and counters are exchanged as one");

#endif
