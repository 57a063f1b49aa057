/*
 * walk_split_lock.h - template: a lock in the struct page of each table, for
 * the entries in it that map memory; page_table_lock for the tables themselves.
 *
 * Who takes a table's lock asks afterwards whether the entry above still leads
 * to it. In Linux mmap_sem kept tables from being freed meanwhile; here what
 * does is a generation (walkers.h), as RCU does from 6.5 on: so it is the
 * split lock that is timed, and not the semaphore. unmap and protect are one
 * at a time under page_table_lock, as they were under mmap_sem; map takes it
 * for a missing table and for huge pages.
 */
#include "pgtable.h"
#include "walkers.h"

struct P(space) {
	struct F(mm) mm;
	struct walkers walkers cacheline_aligned;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = 0 };
static const char P(models)[] =
	"follow_page() under split PTE locks: 2.6.15, mm/memory.c";

#define SPACE_LOCKED 1
#define SPACE_WALKERS 1
#define SPACE_SPLIT_LOCKS 1
#include "space_template.h"

/*
 * The entry that maps an address, or that stops the walk to it, stable under
 * its table's lock: an entry above may be empty but for the moment of a split.
 * Between walkers_enter() and walkers_leave().
 */
forceinline struct F(leaf) P(lock_leaf)(struct P(space) * s, uint64_t addr)
{
	for (;;) {
		struct F(leaf) leaf = F(walk_leaf)(s->mm.mem, s->mm.pgd, addr);
		F(pte_t) now;

		spin_lock(F(table_lock)(&s->mm, leaf.ptep));
		now = F(read)(leaf.ptep);
		/* A table's entries are empty when it is unlinked. */
		if (likely(leaf.level == LEVEL_PTE)
			    ? likely(F(read)(leaf.abovep).v == leaf.above.v)
			    : now.v == leaf.pte.v) {
			leaf.pte = now;
			return leaf;
		}
		spin_unlock(F(table_lock)(&s->mm, leaf.ptep));
	}
}

forceinline void P(unlock_leaf)(struct P(space) * s, struct F(leaf) leaf)
{
	spin_unlock(F(table_lock)(&s->mm, leaf.ptep));
}

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	struct F(leaf) leaf;

	walkers_enter(&s->walkers, cpu);
	leaf = P(lock_leaf)(s, addr);
	P(unlock_leaf)(s, leaf);
	walkers_leave(&s->walkers, cpu);
	return F(leaf_pfn)(leaf, addr);
}

static inline pfn_t P(get)(struct P(space) * s, unsigned cpu, uint64_t addr,
			   bool write)
{
	struct F(leaf) leaf;
	pfn_t pfn;

	if (!F(address_user)(addr))
		return PFN_NONE;
	walkers_enter(&s->walkers, cpu);
	leaf = P(lock_leaf)(s, addr);
	pfn = F(gettable_pfn)(s->mm.mem, leaf, addr, write);
	if (pfn != PFN_NONE)
		get_page(pfn_to_page(s->mm.mem, pfn));
	P(unlock_leaf)(s, leaf);
	walkers_leave(&s->walkers, cpu);
	return pfn;
}

/* A page of 4 KiB where there is a table for it; -ENOENT: there is none. */
forceinline int P(map_pte)(struct P(space) * s, unsigned cpu, uint64_t addr,
			   F(pte_t) pte)
{
	struct F(leaf) leaf;
	int err = 0;

	walkers_enter(&s->walkers, cpu);
	leaf = P(lock_leaf)(s, addr);
	if (!F(pte_none)(leaf.pte))
		err = -EEXIST;
	else if (unlikely(leaf.level > LEVEL_PTE))
		err = -ENOENT;
	else
		F(set)(leaf.ptep, pte);
	P(unlock_leaf)(s, leaf);
	walkers_leave(&s->walkers, cpu);
	return err;
}

static inline int P(map)(struct P(space) * s, unsigned cpu, uint64_t addr,
			 pfn_t pfn, unsigned level, uint64_t flags)
{
	int err;

	if (level != LEVEL_PTE) {
		P(lock)(s);
		err = F(map_page)(&s->mm, cpu, addr, pfn, level, flags);
		P(unlock)(s);
		return err;
	}
	if (!F(address_ok)(addr))
		return -EFAULT;
	if (addr & (PAGE_SIZE - 1))
		return -EINVAL;
	while ((err = P(map_pte)(s, cpu, addr, F(pfn_pte)(pfn, flags))) ==
	       -ENOENT) {
		P(lock)(s);
		if (F(alloc_path)(&s->mm, cpu, addr, LEVEL_PTE, &err))
			err = 0;
		P(unlock)(s);
		if (err)
			return err;
	}
	return err;
}

#include "walk_loads.h"
#include "walk_loop.h"
