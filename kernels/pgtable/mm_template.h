/*
 * mm_template.h - template: the page tables of one address space in one FORMAT:
 * tables made and freed, leaves of every size set, found, split and cleared.
 *
 * All but reading needs the caller's lock; see walk_*.h for who takes which.
 * Tables are real memory, drawn from a page_source; an entry that points to
 * one is the format's own, so a walk misses caches as a real one does.
 *
 * Ranges are of bytes, page-aligned; addresses that the format does not have
 * are refused with -EFAULT, what is misaligned with -EINVAL.
 */
#include <errno.h>

#include "../base/bitops.h"
#include "../base/debug.h"
#include "../mm/page_source.h"
#include "../sync/spinlock.h"
#include "format.h"

struct F(mm) {
	F(pgd_t) * pgd; /* LEVEL_PGD's table */
	struct physmem *mem;
	struct page_source *pages;
	struct spinlock page_table_lock;
	/*
	 * An entry that maps memory is changed under the lock of its table's
	 * page, too, and a table unlinked under its own (2.6.15's split locks).
	 */
	bool split_locks;
	/* By level; written under page_table_lock. */
	uint64_t nr_tables[LEVEL_PGD + 1];
	/*
	 * Who frees a table that nothing points to any more; NULL: at once.
	 * For walkers without locks, which may still be in it.
	 */
	void (*free_table)(struct F(mm) * mm, unsigned cpu, struct page *page,
			   unsigned order);
	/* The frame that is mapped wherever only zeros are; or PFN_NONE. */
	pfn_t zero_pfn;
	const struct mm_hooks *hooks; /* follow.h */
};

/* An entry to look at or to change, and where it maps memory. */
struct F(leaf) {
	F(pte_t) * ptep;
	F(pte_t) pte;
	unsigned level;
	/* The entry that leads to its table, where that is not the pgd. */
	F(pte_t) * abovep;
	F(pte_t) above;
};

/* A zeroed table of a level, or NULL. Its page has a lock of its own. */
static inline void *F(table_alloc)(struct F(mm) * mm, unsigned cpu,
				   unsigned level)
{
	unsigned order = F(level_table_order)(level);
	struct page *page = mm->pages->alloc_pages(mm->pages->self, cpu, order);
	void *table;

	if (!page)
		return NULL;
	/* Who took it for a mapped frame may hold it for a moment. */
	set_page_count(page, 1);
	spin_lock_init(&page->ptl);
	table = pfn_to_virt(mm->mem, page_to_pfn(mm->mem, page));
	__builtin_memset(table, 0, PAGE_SIZE << order);
	return table;
}

/* Of the table that an entry is in: the split lock. */
forceinline struct spinlock *F(table_lock)(const struct F(mm) * mm,
					   const void *ptep)
{
	return &pfn_to_page(mm->mem, virt_to_pfn(mm->mem, ptep))->ptl;
}

/* The same, taken, where locks are split; else NULL. */
forceinline struct spinlock *F(lock_table)(const struct F(mm) * mm,
					   const void *ptep)
{
	struct spinlock *ptl = mm->split_locks ? F(table_lock)(mm, ptep) : NULL;

	if (ptl)
		spin_lock(ptl);
	return ptl;
}

forceinline void F(unlock_table)(struct spinlock *ptl)
{
	if (ptl)
		spin_unlock(ptl);
}

static inline void F(table_free)(struct F(mm) * mm, unsigned cpu, void *table,
				 unsigned level)
{
	unsigned order = F(level_table_order)(level);
	struct page *page = pfn_to_page(mm->mem, virt_to_pfn(mm->mem, table));

	mm->nr_tables[level]--;
	if (mm->free_table)
		mm->free_table(mm, cpu, page, order);
	else
		put_pages(mm->pages, cpu, page, order);
}

/* 0 or -ENOMEM. */
static inline int F(mm_init)(struct F(mm) * mm, unsigned cpu,
			     struct page_source *pages)
{
	*mm = (struct F(mm)){
		.mem = pages->mem,
		.pages = pages,
		.zero_pfn = PFN_NONE,
	};
	spin_lock_init(&mm->page_table_lock);
	mm->pgd = F(table_alloc)(mm, cpu, LEVEL_PGD);
	if (!mm->pgd)
		return -ENOMEM;
	mm->nr_tables[LEVEL_PGD] = 1;
	return 0;
}

/* Bytes of all tables. */
static inline uint64_t F(mm_table_bytes)(const struct F(mm) * mm)
{
	uint64_t bytes = 0;

	for (unsigned l = LEVEL_PTE; l <= LEVEL_PGD; l++)
		bytes += mm->nr_tables[l]
			 << (PAGE_SHIFT + F(level_table_order)(l));
	return bytes;
}

/*
 * The entry for an address in the table of `level`, or what stops the walk
 * above it: a leaf, none, or a bad entry. Any number of readers.
 */
forceinline struct F(leaf)
	F(find)(const struct F(mm) * mm, uint64_t addr, unsigned level)
{
	struct F(leaf) leaf = {
		F(pgd_offset)(mm->pgd, addr), { 0 }, LEVEL_PGD, NULL, { 0 }
	};

	leaf.pte = F(read)(leaf.ptep);
	for (;;) {
		if (leaf.level == level)
			return leaf;
		if (!F(level_folded)(leaf.level - 1) &&
		    (F(pte_none)(leaf.pte) || F(pmd_bad)(leaf.pte)))
			return leaf;
		leaf.level--;
		if (!F(level_folded)(leaf.level)) {
			leaf.abovep = leaf.ptep;
			leaf.above = leaf.pte;
		}
		leaf.ptep = F(level_offset)(mm->mem, leaf.level, leaf.ptep,
					    leaf.pte, addr);
		leaf.pte = F(level_read)(leaf.level, leaf.ptep, leaf.pte);
	}
}

/*
 * Where an address is mapped: the leaf's entry at its level, or one that is
 * none. A folded level's name is not used: i386's 4 MiB are at LEVEL_PMD.
 */
static inline struct F(leaf) F(lookup)(const struct F(mm) * mm, uint64_t addr)
{
	struct F(leaf) leaf = F(find)(mm, addr, LEVEL_PTE);

	while (leaf.level > LEVEL_PMD && F(level_folded)(leaf.level - 1))
		leaf.level--;
	return leaf;
}

/* The flags of what maps an address but PAGE_PSE; 0: nothing does. */
static inline uint64_t F(mm_flags)(const struct F(mm) * mm, uint64_t addr)
{
	struct F(leaf) leaf = F(lookup)(mm, addr);

	if (leaf.level == LEVEL_PTE)
		return F(pte_flags)(leaf.pte);
	return F(pmd_huge)(leaf.pte) ? F(pte_flags)(leaf.pte) & ~PAGE_PSE : 0;
}

/*
 * The entry for an address in the table of `level`, with all tables above it
 * made as needed. NULL: *err is -ENOMEM, or -EEXIST where a leaf is in the way.
 */
static inline F(pte_t) * F(alloc_path)(struct F(mm) * mm, unsigned cpu,
				       uint64_t addr, unsigned level, int *err)
{
	F(pte_t) *ptep = F(pgd_offset)(mm->pgd, addr);

	for (unsigned l = LEVEL_PGD; l > level; l--) {
		F(pte_t) entry = F(read)(ptep);

		if (F(level_folded)(l - 1))
			continue;
		if (F(pte_none)(entry)) {
			void *table = F(table_alloc)(mm, cpu, l - 1);

			*err = -ENOMEM;
			if (!table)
				return NULL;
			mm->nr_tables[l - 1]++;
			entry = F(table_entry)(virt_to_pfn(mm->mem, table));
			F(set)(ptep, entry);
		} else if (F(pmd_bad)(entry)) {
			*err = -EEXIST;
			return NULL;
		}
		ptep = F(level_offset)(mm->mem, l - 1, ptep, entry, addr);
	}
	return ptep;
}

/* -EINVAL: not aligned, or the format has no such pages. */
static inline int F(check_page)(uint64_t addr, pfn_t pfn, unsigned level)
{
	uint64_t size = F(level_size)(level);

	if (!F(address_ok)(addr))
		return -EFAULT;
	if (level > LEVEL_PUD || !F(level_has_leaf)(level) ||
	    addr & (size - 1) || pfn & ((size >> PAGE_SHIFT) - 1))
		return -EINVAL;
	return 0;
}

/*
 * Map the page at `addr`, of the size of a level's entry, to the frames from
 * `pfn` on. -EEXIST: something is mapped there.
 */
static inline int F(map_page)(struct F(mm) * mm, unsigned cpu, uint64_t addr,
			      pfn_t pfn, unsigned level, uint64_t flags)
{
	int err = F(check_page)(addr, pfn, level);
	struct spinlock *ptl;
	F(pte_t) * ptep;

	if (err)
		return err;
	ptep = F(alloc_path)(mm, cpu, addr, level, &err);
	if (!ptep)
		return err;
	if (level > LEVEL_PTE)
		flags |= PAGE_PSE;
	ptl = F(lock_table)(mm, ptep);
	err = F(pte_none)(F(read)(ptep)) ? 0 : -EEXIST;
	if (!err)
		F(set)(ptep, F(pfn_pte)(pfn, flags));
	F(unlock_table)(ptl);
	return err;
}

/*
 * Is [start, end) page-aligned and inside one half of what there is? An end of
 * 0 is the one behind the last of 64-bit addresses.
 */
static inline int F(check_range)(uint64_t start, uint64_t end)
{
	if ((start | end) & (PAGE_SIZE - 1) || end - 1 < start)
		return -EINVAL;
	if (!F(address_ok)(start) || !F(address_ok)(end - 1) ||
	    F(address_user)(start) != F(address_user)(end - 1))
		return -EFAULT;
	return 0;
}

/*
 * Map [start, end) to the frames from `pfn` on, by the largest pages that fit,
 * but none above `largest`. What was mapped before an error stays so.
 */
static inline int F(map_range)(struct F(mm) * mm, unsigned cpu, uint64_t start,
			       uint64_t end, pfn_t pfn, unsigned largest,
			       uint64_t flags)
{
	int err = F(check_range)(start, end);

	for (uint64_t addr = start; !err && addr != end;) {
		unsigned level = largest;
		uint64_t size;

		while (level > LEVEL_PTE && (!F(level_has_leaf)(level) ||
					     ((addr | pfn << PAGE_SHIFT) &
					      (F(level_size)(level) - 1)) ||
					     end - addr < F(level_size)(level)))
			level--;
		size = F(level_size)(level);
		err = F(map_page)(mm, cpu, addr, pfn, level, flags);
		addr += size;
		pfn += size >> PAGE_SHIFT;
	}
	return err;
}

/*
 * Replace a huge page's entry by `table`, a new one, whose entries map what it
 * did, with the flags that it has now but for those of `except`.
 */
static inline void F(fill_split)(struct F(mm) * mm, struct F(leaf) huge,
				 F(pte_t) * table, uint64_t except)
{
	unsigned below = huge.level - 1;
	unsigned shift = F(level_shift)(below) - PAGE_SHIFT;
	struct spinlock *ptl = F(lock_table)(mm, huge.ptep);
	uint64_t flags;

	mm->nr_tables[below]++;
	if (below == LEVEL_PTE)
		except |= PAGE_PSE;
	/* The hardware may set bits until the moment that it is cleared. */
	huge.pte = F(get_and_clear)(huge.ptep);
	flags = F(pte_flags)(huge.pte) & ~except;
	for (uint64_t i = 0; i < 1ull << F(level_bits)(below); i++)
		table[i] =
			F(pfn_pte)(F(pte_pfn)(huge.pte) + (i << shift), flags);
	F(set)(huge.ptep, F(table_entry)(virt_to_pfn(mm->mem, table)));
	F(unlock_table)(ptl);
}

/*
 * Break the huge page that maps an address into the entries of the next lower
 * level, all flags kept: each address is translated as before. 0, -ENOMEM, or
 * -ENOENT: no huge page there.
 */
static inline int F(split_huge)(struct F(mm) * mm, unsigned cpu, uint64_t addr)
{
	struct F(leaf) huge = F(lookup)(mm, addr);
	F(pte_t) * table;

	if (!F(address_ok)(addr))
		return -EFAULT;
	if (huge.level == LEVEL_PTE || !F(pmd_huge)(huge.pte))
		return -ENOENT;
	table = F(table_alloc)(mm, cpu, huge.level - 1);
	if (!table)
		return -ENOMEM;
	F(fill_split)(mm, huge, table, 0);
	return 0;
}

#include "walk_range.h"

/* Huge pages that lie across either end are split. 0, -ENOMEM, -EFAULT... */
static inline int F(split_ends)(struct F(mm) * mm, unsigned cpu, uint64_t start,
				uint64_t end)
{
	const uint64_t ends[] = { start, end };
	int err = F(check_range)(start, end);

	for (unsigned i = 0; i < 2 && !err; i++)
		for (;;) {
			struct F(leaf) leaf = F(lookup)(mm, ends[i]);

			if (!F(address_ok)(ends[i]) ||
			    !(ends[i] & (F(level_size)(leaf.level) - 1)) ||
			    leaf.level == LEVEL_PTE || !F(pmd_huge)(leaf.pte))
				break;
			err = F(split_huge)(mm, cpu, ends[i]);
			if (err)
				break;
		}
	return err;
}

static inline int F(clear_leaf)(struct F(mm) * mm, F(pte_t) * ptep,
				uint64_t addr, unsigned level, void *arg)
{
	uint64_t *nr = arg;

	(void)mm, (void)addr;
	F(get_and_clear)(ptep);
	*nr += F(level_size)(level) >> PAGE_SHIFT;
	return 0;
}

/*
 * Unmap [start, end): pages of 4 KiB that were mapped, or -errno. The tables
 * stay; see F(free_tables)().
 */
static inline int64_t F(unmap_range)(struct F(mm) * mm, unsigned cpu,
				     uint64_t start, uint64_t end)
{
	uint64_t nr = 0;
	int err = F(split_ends)(mm, cpu, start, end);

	if (!err)
		F(walk_page_range)(mm, start, end, F(clear_leaf), &nr);
	return err ? err : (int64_t)nr;
}

struct F(protection) {
	uint64_t set, clear;
};

static inline int F(protect_leaf)(struct F(mm) * mm, F(pte_t) * ptep,
				  uint64_t addr, unsigned level, void *arg)
{
	const struct F(protection) *p = arg;
	F(pte_t) pte = F(get_and_clear)(ptep);

	(void)mm, (void)addr, (void)level;
	pte.v = (__typeof__(pte.v))((pte.v & ~p->clear) | p->set);
	F(set)(ptep, pte);
	return 0;
}

/*
 * Clear and set bits in every entry that maps a part of [start, end). Each is
 * emptied for a moment, as ptep_modify_prot_start() does, so that a bit which
 * the hardware sets is not lost.
 */
static inline int F(protect_range)(struct F(mm) * mm, unsigned cpu,
				   uint64_t start, uint64_t end, uint64_t set,
				   uint64_t clear)
{
	struct F(protection) p = { set, clear };
	int err = F(split_ends)(mm, cpu, start, end);

	return err ? err
		   : F(walk_page_range)(mm, start, end, F(protect_leaf), &p);
}

/* The next level below that is not folded; 0: there is none. */
forceinline unsigned F(level_below)(unsigned level)
{
	do
		level--;
	while (level && F(level_folded)(level));
	return level;
}

/*
 * In `table` of `level`: free the tables below it that map nothing outside
 * [start, end), and do the same inside the others.
 */
static void F(free_below)(struct F(mm) * mm, unsigned cpu, void *table,
			  unsigned level, uint64_t start, uint64_t end)
{
	unsigned below = F(level_below)(level);
	uint64_t size = F(level_size)(level);

	for (uint64_t addr = start, next; addr != end; addr = next) {
		F(pte_t) *entry = F(table_index)(table, level, addr);
		void *lower;

		next = F(level_end)(addr, end, level);
		if (F(pte_none)(*entry) || F(pmd_bad)(*entry))
			continue;
		lower = pfn_to_virt(mm->mem, F(pte_pfn)(*entry));
		if (below > LEVEL_PTE)
			F(free_below)(mm, cpu, lower, below, addr, next);
		if (next - addr == size) {
			struct spinlock *ptl = F(lock_table)(mm, lower);

			F(get_and_clear)(entry);
			F(unlock_table)(ptl);
			F(table_free)(mm, cpu, lower, below);
		}
	}
}

/*
 * Free all tables that map nothing but parts of [start, end), which is
 * unmapped: munmap's free_pgtables(), between two neighbouring areas.
 */
static inline void F(free_tables)(struct F(mm) * mm, unsigned cpu,
				  uint64_t start, uint64_t end)
{
	F(free_below)(mm, cpu, mm->pgd, LEVEL_PGD, start, end);
}

/* Free every table, whatever it maps. */
static inline void F(mm_destroy)(struct F(mm) * mm, unsigned cpu)
{
	F(free_tables)
	(mm, cpu, 0, F(level_size)(LEVEL_PGD) << F(level_bits)(LEVEL_PGD));
	mm->free_table = NULL;
	F(table_free)(mm, cpu, mm->pgd, LEVEL_PGD);
	mm->pgd = NULL;
}
