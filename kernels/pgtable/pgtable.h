/*
 * pgtable.h - the contract of the family pgtable: who may walk an address
 * space's translations while others change them, and by what structure.
 *
 * A strategy over a FORMAT is one template header that defines, by the name
 * P(x) of both (walk_x86_64_map), all static inline or static:
 *
 *   struct P(space);            one address space
 *   enum { P(max_threads) };    1, or KMB_MAX_THREADS
 *   enum { P(traits) };         of enum pgtable_trait
 *   static const char P(models)[];   one line: kernel and file, or paper
 *
 *   int P(create)(struct P(space) *s, struct page_source *const *pages,
 *                 unsigned nr_nodes, unsigned nr_cpus,
 *                 const uint8_t *cpu_node);
 *       An empty address space, whose tables are drawn from pages[0] (one that
 *       keeps copies: from pages[node]). cpu_node[cpu] is the node that a CPU
 *       is on, below nr_nodes; read here only. 0 or -ENOMEM. One thread.
 *   int P(map)(struct P(space) *s, unsigned cpu, uint64_t addr, pfn_t pfn,
 *              unsigned level, uint64_t flags);
 *       Map the page of a level's size at `addr`. -ENOMEM, -EEXIST, -EINVAL
 *       (not aligned; no such pages) or -EFAULT (no such address).
 *   int64_t P(unmap)(struct P(space) *s, unsigned cpu, uint64_t start,
 *                    uint64_t end);
 *       Unmap what is mapped in [start, end) and free the tables that map
 *       nothing but parts of it: the pages of 4 KiB, or -errno. Huge pages
 *       across an end are split.
 *   int P(protect)(struct P(space) *s, unsigned cpu, uint64_t start,
 *                  uint64_t end, uint64_t set, uint64_t clear);
 *       Set and clear flags of what is mapped there. 0 or -errno.
 *   pfn_t P(walk)(struct P(space) *s, unsigned cpu, uint64_t addr);
 *       The frame that an address is mapped to, or PFN_NONE. `addr` is one
 *       that the format has: nobody asks a second time what the MMU did ask.
 *   void P(walk_many)(struct P(space) *s, unsigned cpu, const uint64_t *addr,
 *                     pfn_t *pfn, unsigned nr);
 *       The same for nr addresses that do not depend on each other.
 *   uint64_t P(prepare)(struct P(space) *s, uint64_t addr);
 *       Only where strategies.h defines STRATEGY_PREPARE beside STRATEGY: what
 *       P(walk_many) is to be given in place of an address that is mapped.
 *   unsigned P(loads)(struct P(space) *s, unsigned cpu, uint64_t addr);
 *       Entries, or lines of them, that a walk to such an address reads now,
 *       one after the other (cuckoo: at once). For metrics: no other call may
 *       run.
 *   unsigned P(walk_node)(const struct P(space) *s, unsigned cpu);
 *       Only where strategies.h defines STRATEGY_COPIES beside STRATEGY: the
 *       node on which the tables lie that a CPU walks. Else they are all where
 *       pages[0] had them.
 *   uint64_t P(flags)(struct P(space) *s, uint64_t addr);
 *       The flags of what maps an address but PAGE_PSE; 0: nothing does. For
 *       checks: no other call may run.
 *   pfn_t P(get)(struct P(space) *s, unsigned cpu, uint64_t addr, bool write);
 *       Only where strategies.h defines STRATEGY_GET beside STRATEGY: walk,
 *       and a reference on the frame's struct page, as get_user_pages() takes
 *       it: for a user's address that is mapped PAGE_PRESENT, PAGE_USER, to
 *       write PAGE_RW, and not PAGE_SPECIAL, by a frame that there is; else
 *       PFN_NONE. Whoever maps a frame holds a reference on it until
 *       P(unmap) is through; so none is taken of one that is free.
 *   void P(stats)(struct P(space) *s, struct pgtable_stats *stats);
 *       No other call may run.
 *   bool P(validate)(struct P(space) *s);     no other call may run
 *   void P(destroy)(struct P(space) *s);      all tables go back
 *
 * `cpu` is this CPU, 0..nr_cpus-1: no two threads pass the same one at once.
 * max_threads above 1: any number of threads walk and get while any number map,
 * unmap and protect; each call is as if made at one moment, but that unmap and
 * protect take one page after the other. Nobody maps what another is unmapping,
 * which is mmap_sem's part in a kernel: it might go with its table, uncounted.
 */
#ifndef KMB_PGTABLE_H
#define KMB_PGTABLE_H

#include "../base/strategy.h"
#include "../mm/page_ref.h"
#include "formats.h"

#define P(name) S(KMB_PASTE(KMB_PASTE(FORMAT, _), name))

enum pgtable_trait {
	/* A line to compare with (null, floor), not a structure to pick. */
	PGTABLE_REFERENCE = 1 << 0,
	/* Maps pages of 4 KiB only. */
	PGTABLE_SMALL_PAGES = 1 << 1,
	/* Its subject is walk_many; what walks singly is as in another. */
	PGTABLE_BATCH = 1 << 2,
	/* Any number of threads walk, but none while one changes anything. */
	PGTABLE_READERS_ONLY = 1 << 3,
	/* Looks nothing up: the loop's own cost. */
	PGTABLE_NULL = 1 << 4,
	/* Only what is mapped may be walked. */
	PGTABLE_MAPPED_ONLY = 1 << 5,
	/* Quick runs see it in stride, random and populate alone. */
	PGTABLE_BRIEF = 1 << 6,
};

struct pgtable_stats {
	uint64_t mapped_pages; /* of 4 KiB */
	uint64_t table_bytes;  /* memory of the structure, whole */
	uint64_t nr_tables;
};

#endif
