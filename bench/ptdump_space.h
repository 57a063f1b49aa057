/*
 * ptdump_space.h - template: an address space of a STRATEGY over a FORMAT that
 * translates as a dump's tables do.
 *
 * Those that walk tables of the FORMAT (STRATEGY_TABLES) get the dump's own:
 * their pgd is a copy of its top page, and the tables below are the dump's. All
 * others are told to map its pages, those of 4 KiB if they know no others.
 */
#include "ptdump.h"

#ifndef STRATEGY_TABLES
static inline int P(ptdump_map)(struct P(space) * s, struct ptdump_leaf leaf)
{
	const pfn_t pfn = ptdump_pfn(leaf);
	F(pte_t) pte = { leaf.entry & ~(pfn << PAGE_SHIFT) };

	if (ptdump_kind(leaf) != PTDUMP_MAPPED ||
	    (P(traits) & PGTABLE_SMALL_PAGES && leaf.level != LEVEL_PTE))
		return 0;
	return P(map)(s, 0, leaf.addr, pfn, leaf.level, F(pte_flags)(pte));
}
#endif

/* 0 or -errno. */
static inline int P(ptdump_open)(struct P(space) * s, struct ptdump *d,
				 unsigned nr_cpus)
{
	static const uint8_t cpu_node[KMB_MAX_THREADS]; /* one node */
	int err = P(create)(s, d->sources, 1, nr_cpus, cpu_node);

	if (err)
		return err;
#ifdef STRATEGY_TABLES
	__builtin_memcpy(s->mm.pgd, d->top, PAGE_SIZE);
#else
	for (uint64_t i = 0; i < d->nr_leaves && !err; i++)
		err = P(ptdump_map)(s, d->leaves[i]);
	if (err)
		P(destroy)(s);
#endif
	return err;
}

/* The dump may be used again. */
static inline void P(ptdump_close)(struct P(space) * s)
{
#ifdef STRATEGY_TABLES
	__builtin_memset(s->mm.pgd, 0, PAGE_SIZE);
#endif
	P(destroy)(s);
}

/* Bytes of all that a walk may read. */
static inline uint64_t P(ptdump_bytes)(struct P(space) * s,
				       const struct ptdump *d)
{
#ifdef STRATEGY_TABLES
	(void)s;
	return d->nr_tables * PAGE_SIZE;
#else
	struct pgtable_stats stats;

	(void)d;
	P(stats)(s, &stats);
	return stats.table_bytes;
#endif
}
