/*
 * walk_batch_template.h - template: many walks at once, software-pipelined.
 * Each goes down to its last table, and asks the caches for the entry there;
 * WALK_BATCH walks later the entry is read. So the last loads, the ones that
 * miss, overlap by as many, and their order is the program's, not what is left
 * in the reorder buffer.
 *
 * To the second-level cache, as the CPU has more misses under way from there
 * than from the first.
 */
#include "pgtable.h"

struct P(space) {
	struct F(mm) mm;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = PGTABLE_READERS_ONLY | PGTABLE_BATCH };
static const char P(models)[] =
	"software pipeline: the last entry prefetched " KMB_STRING(
		WALK_BATCH) " walks ahead";

#define SPACE_LOCKED 0
#define SPACE_WALKERS 0
#define SPACE_SPLIT_LOCKS 0
#include "space_template.h"

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	(void)cpu;
	return F(walk_pfn)(s->mm.mem, s->mm.pgd, addr);
}

/* The entry of LEVEL_PTE for an address; NULL: there is no such table. */
forceinline F(pte_t) * P(last_entry)(const struct physmem *mem,
				     F(pgd_t) * table, uint64_t addr)
{
	F(pgd_t) *pgdp = F(pgd_offset)(table, addr), pgd = F(read)(pgdp);
	F(p4d_t) * p4dp, p4d;
	F(pud_t) * pudp, pud;
	F(pmd_t) * pmdp, pmd;

	if (unlikely(F(pgd_bad)(pgd)))
		return NULL;
	p4dp = F(p4d_offset)(mem, pgdp, pgd, addr);
	p4d = F(level_read)(LEVEL_P4D, p4dp, pgd);
	if (unlikely(F(p4d_bad)(p4d)))
		return NULL;
	pudp = F(pud_offset)(mem, p4dp, p4d, addr);
	pud = F(level_read)(LEVEL_PUD, pudp, p4d);
	if (unlikely(F(pud_bad)(pud)))
		return NULL;
	pmdp = F(pmd_offset)(mem, pudp, pud, addr);
	pmd = F(level_read)(LEVEL_PMD, pmdp, pud);
	if (unlikely(F(pmd_bad)(pmd)))
		return NULL;
	return F(pte_offset)(mem, pmdp, pmd, addr);
}

/* What is found there; else a huge page, or nothing. */
forceinline pfn_t P(finish)(struct P(space) * s, F(pte_t) * ptep, uint64_t addr)
{
	F(pte_t) pte;

	if (unlikely(!ptep))
		return F(walk_pfn)(s->mm.mem, s->mm.pgd, addr);
	pte = F(read)(ptep);
	return likely(F(pte_present)(pte)) ? F(pte_pfn)(pte) : PFN_NONE;
}

forceinline void P(walk_many)(struct P(space) * s, unsigned cpu,
			      const uint64_t *addr, pfn_t *pfn, unsigned nr)
{
	const struct physmem *mem = s->mm.mem;
	F(pgd_t) *pgd = s->mm.pgd;
	F(pte_t) * ptep[WALK_BATCH];
	unsigned ahead = nr < WALK_BATCH ? nr : WALK_BATCH;
	unsigned i;

	(void)cpu;
	for (i = 0; i < ahead; i++) {
		ptep[i] = P(last_entry)(mem, pgd, addr[i]);
		__builtin_prefetch(ptep[i], 0, 2);
	}
	for (i = 0; i + ahead < nr; i++) {
		F(pte_t) **slot = &ptep[i % WALK_BATCH];

		pfn[i] = P(finish)(s, *slot, addr[i]);
		*slot = P(last_entry)(mem, pgd, addr[i + ahead]);
		__builtin_prefetch(*slot, 0, 2);
	}
	for (; i < nr; i++)
		pfn[i] = P(finish)(s, ptep[i % WALK_BATCH], addr[i]);
}

#include "walk_loads.h"
#undef WALK_BATCH
