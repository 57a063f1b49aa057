/*
 * floor.h - template: the least that a walk of these tables must do: its
 * dependent loads at the same addresses, and no question to any of them. Every
 * address asked for must be mapped.
 */
#include "pgtable.h"

struct P(space) {
	struct F(mm) mm;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum {
	P(traits) = PGTABLE_REFERENCE | PGTABLE_READERS_ONLY |
		    PGTABLE_SMALL_PAGES | PGTABLE_MAPPED_ONLY
};
static const char P(models)[] =
	"the least memory traffic: one dependent load for each level";

#define SPACE_LOCKED 0
#define SPACE_WALKERS 0
#define SPACE_SPLIT_LOCKS 0
#include "space_template.h"

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	const struct physmem *mem = s->mm.mem;
	F(pgd_t) *pgdp = F(pgd_offset)(s->mm.pgd, addr), pgd = F(read)(pgdp);
	F(p4d_t) *p4dp = F(p4d_offset)(mem, pgdp, pgd, addr);
	F(p4d_t) p4d = F(level_read)(LEVEL_P4D, p4dp, pgd);
	F(pud_t) *pudp = F(pud_offset)(mem, p4dp, p4d, addr);
	F(pud_t) pud = F(level_read)(LEVEL_PUD, pudp, p4d);
	F(pmd_t) *pmdp = F(pmd_offset)(mem, pudp, pud, addr);
	F(pmd_t) pmd = F(level_read)(LEVEL_PMD, pmdp, pud);

	(void)cpu;
	return F(pte_pfn)(F(read)(F(pte_offset)(mem, pmdp, pmd, addr)));
}

#include "walk_loads.h"
#include "walk_loop.h"
