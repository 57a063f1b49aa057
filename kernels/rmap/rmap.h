/*
 * rmap.h - the contract of reverse mapping: from a page to all that map it.
 *
 * A strategy S is one header that defines, all static inline or static:
 *
 *   struct S_rmap;          the whole machine's part of the scheme
 *   struct S_vma;           an area; begins with struct vm_area_struct vma;
 *   struct S_mapping;       a file; begins with struct address_space file;
 *   enum { S_vma_bytes = ... };      of S_vma, what only the scheme needs
 *   enum { S_max_threads = ... };
 *   enum { S_traits = ... };         of enum rmap_trait
 *   static const char S_models[];    one line: kernel and file
 *
 *   int S_create(struct S_rmap *r, const struct rmap_host *host);
 *   void S_destroy(struct S_rmap *r);       all areas and pages are gone
 *   bool S_validate(struct S_rmap *r);      no other call may run
 *   void S_stats(struct S_rmap *r, struct rmap_stats *stats);
 *
 *   void S_mapping_init(struct S_mapping *mapping);    no area maps it yet
 *
 * What areas do (the caller holds the mmap_locks of their processes):
 *   void S_vma_init(struct S_vma *vma);
 *       A new area, zero but for its vma.
 *   int S_vma_prepare(struct S_rmap *r, unsigned cpu, struct S_vma *vma,
 *                     struct S_vma *near);
 *       Before its first page of its own (anon_vma_prepare()); `near`: the
 *       neighbour whose anon_vma it is to share, or NULL. 0 or -ENOMEM.
 *   int S_vma_fork(struct S_rmap *r, unsigned cpu, struct S_vma *child,
 *                  struct S_vma *parent);
 *       The child's copy of an area, new (anon_vma_fork()). 0 or -ENOMEM.
 *   int S_vma_clone(struct S_rmap *r, unsigned cpu, struct S_vma *to,
 *                   struct S_vma *from);
 *       The same of one process's: a split, a move; and when an area swallows
 *       the next, whose pages it has none of yet (anon_vma_clone()).
 *   void S_vma_resize(struct S_rmap *r, unsigned cpu, struct S_vma *vma,
 *                     uint64_t start, uint64_t end, uint64_t pgoff);
 *       Change what it covers (vma_adjust()); its own lists see either.
 *   void S_vma_unlink(struct S_rmap *r, unsigned cpu, struct S_vma *vma);
 *       It is going away; none of its pages is mapped by it any more.
 *   void S_vma_link_file(struct S_rmap *r, unsigned cpu, struct S_vma *vma);
 *       An area of a file, new: its vm_mapping knows it from here on until
 *       S_vma_unlink. The others do nothing of this but keep it up to date.
 *
 * What entries do (the caller holds their table's lock, and has called
 * S_reserve on this CPU since it last added one):
 *   int S_reserve(struct S_rmap *r, unsigned cpu);
 *       Memory for one S_page_add (pte_chain_alloc()). 0 or -ENOMEM.
 *   void S_page_add_anon(struct S_rmap *r, unsigned cpu, struct page *page,
 *                        struct S_vma *vma, uint64_t addr, x86_64_pte_t *ptep);
 *       Of a page that others may map, too: it comes back from swap.
 *   void S_page_add_new_anon(... the same ...);
 *       Of a page that is new: needs no S_reserve.
 *   void S_page_add_file(... the same ...);
 *   void S_page_dup(... the same ...);     a fork's copy of a mapped page's
 *   void S_page_remove(struct S_rmap *r, unsigned cpu, struct page *page,
 *                      x86_64_pte_t *ptep);
 *       They count: page->_mapcount is one up, or one down, afterwards.
 *   void S_page_move(struct S_rmap *r, unsigned cpu, struct page *page,
 *                    x86_64_pte_t *from, x86_64_pte_t *to);
 *       What maps it is another entry of the same process now: it was moved,
 *       or its huge page was split.
 * A huge page is 512 pages, each mapped by the one entry, for each its own
 * address.
 *
 * What reclaim does (the caller has the page locked, PG_locked, and holds a
 * reference, but no lock):
 *   int S_page_referenced(struct S_rmap *r, unsigned cpu, struct page *page);
 *       Entries that were used since they were last asked, made old.
 *   enum swap_status S_try_to_unmap(struct S_rmap *r, unsigned cpu,
 *                                   struct page *page);
 *       All entries that map an anonymous page become its swap entry, those
 *       of a file's page empty: unmap_one.h.
 *   int64_t S_rmap_walk(struct S_rmap *r, unsigned cpu, struct page *page,
 *                       rmap_fn fn, void *arg);
 *       fn for every entry that maps it, each once, under its table's lock; how
 *       many there were, or -EAGAIN: a lock was busy.
 *
 * Locks, outermost first: mmap_lock, page lock, i_mmap_lock, the anon_vma's (or
 * its root's; PG_chainlock), page_table_lock. What takes them in another order
 * tries, and gives SWAP_AGAIN.
 */
#ifndef KMB_RMAP_H
#define KMB_RMAP_H

#include "../base/strategy.h"
#include "../slab/slab.h"
#include "mm.h"

struct swap_area;

enum rmap_trait {
	/* A line to compare with (null, floor), not a scheme to pick. */
	RMAP_REFERENCE = 1 << 0,
	/* Nothing is kept: the loop's own cost. */
	RMAP_NULL = 1 << 1,
	/* Knows no pages: it goes round all entries and meets a page's some
	 * time. Asked for one, it goes once round. */
	RMAP_NO_SEARCH = 1 << 2,
	/* Its subject is the pages of files; own pages are as in another. */
	RMAP_FILE = 1 << 3,
	/* Its subject is processes' own pages; files' are as in another. */
	RMAP_OWN_PAGES = 1 << 4,
	/* Looks at all entries of all processes, page after page. */
	RMAP_SCAN = 1 << 5,
};

/* include/linux/rmap.h of 2.6.11. */
enum swap_status {
	SWAP_SUCCESS = 0, /* no entry maps it any more */
	SWAP_AGAIN = 1,	  /* a lock was busy */
	SWAP_FAIL = 2,	  /* mlocked, or used since it was last asked */
};

/* An entry that maps a page: false ends the walk. */
typedef bool (*rmap_fn)(void *arg, struct mm_struct *mm, uint64_t addr,
			x86_64_pte_t *ptep);

/* What a scheme lives on; outlives it. */
struct rmap_host {
	struct page_source *pages;
	const struct slab_host *slab;
	struct swap_area *swap; /* where try_to_unmap puts pages */
	unsigned nr_cpus;
	/* All processes; changed under the lock. For schemes that go round. */
	struct list_head *mmlist;
	struct spinlock *mmlist_lock;
};

struct rmap_stats {
	/* Of objects that only the scheme needs; what it has in each area
	 * comes on top (S_vma_bytes). */
	uint64_t bytes;
	uint64_t links; /* areas to anon_vmas, or chains */
	uint64_t anon_vmas;
	/* Since it was created: */
	uint64_t walks;	  /* of S_page_referenced, _try_to_unmap, _rmap_walk */
	uint64_t visited; /* entries or areas that they looked at */
	uint64_t found;	  /* of these, those that mapped the page */
};

#endif
