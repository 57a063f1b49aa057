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
 * The entry that maps an address, or could, stable under its table's lock;
 * where a table is missing, *ptl is NULL. Between walkers_enter() and _leave().
 */
forceinline struct F(leaf)
	P(lock_leaf)(struct P(space) * s, uint64_t addr, struct spinlock **ptl)
{
	for (;;) {
		struct F(leaf) leaf = F(walk_leaf)(s->mm.mem, s->mm.pgd, addr);
		F(pte_t) now;

		*ptl = NULL;
		if (unlikely(leaf.level > LEVEL_PTE && !F(pmd_huge)(leaf.pte)))
			return leaf;
		*ptl = F(table_lock)(&s->mm, leaf.ptep);
		spin_lock(*ptl);
		now = F(read)(leaf.ptep);
		/* A table's entries are empty when it is unlinked. */
		if (leaf.level > LEVEL_PTE
			    ? likely(now.v == leaf.pte.v)
			    : likely(F(read)(leaf.abovep).v == leaf.above.v)) {
			leaf.pte = now;
			return leaf;
		}
		spin_unlock(*ptl);
	}
}

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	struct spinlock *ptl;
	struct F(leaf) leaf;

	walkers_enter(&s->walkers, cpu);
	leaf = P(lock_leaf)(s, addr, &ptl);
	if (likely(ptl))
		spin_unlock(ptl);
	walkers_leave(&s->walkers, cpu);
	return F(leaf_pfn)(leaf, addr);
}

static inline pfn_t P(get)(struct P(space) * s, unsigned cpu, uint64_t addr,
			   bool write)
{
	pfn_t pfn = PFN_NONE;
	struct spinlock *ptl;
	struct F(leaf) leaf;

	if (!F(address_user)(addr))
		return PFN_NONE;
	walkers_enter(&s->walkers, cpu);
	leaf = P(lock_leaf)(s, addr, &ptl);
	if (likely(ptl)) {
		pfn = F(gettable_pfn)(s->mm.mem, leaf, addr, write);
		if (pfn != PFN_NONE)
			get_page(pfn_to_page(s->mm.mem, pfn));
		spin_unlock(ptl);
	}
	walkers_leave(&s->walkers, cpu);
	return pfn;
}

/* A page of 4 KiB where there is a table for it; -ENOENT: there is none. */
forceinline int P(map_pte)(struct P(space) * s, unsigned cpu, uint64_t addr,
			   F(pte_t) pte)
{
	struct spinlock *ptl;
	struct F(leaf) leaf;
	int err = -ENOENT;

	walkers_enter(&s->walkers, cpu);
	leaf = P(lock_leaf)(s, addr, &ptl);
	if (likely(ptl)) {
		err = F(pte_none)(leaf.pte) ? 0 : -EEXIST;
		if (!err)
			F(set)(leaf.ptep, pte);
		spin_unlock(ptl);
	}
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

#include "walk_loop.h"
