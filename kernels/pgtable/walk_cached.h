/*
 * walk_cached.h - template: the walk behind a paging-structure cache in
 * software, for neighbours of what was walked before: one load where the last
 * table is known, two where the PMD table is.
 */
#include "pgtable.h"
#include "walk_cache.h"

struct P(space) {
	struct F(mm) mm;
	struct walk_caches caches;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = PGTABLE_READERS_ONLY };
static const char P(models)[] =
	"paging-structure caches: Barr, Cox, Rixner, ISCA 2010; in software";

#define SPACE_LOCKED 0
#define SPACE_WALKERS 0
#define SPACE_SPLIT_LOCKS 0
#define SPACE_CACHES
#include "space_template.h"

forceinline uint64_t P(pte_prefix)(uint64_t addr)
{
	return addr >> F(level_shift)(LEVEL_PMD);
}

/* Has the format a PMD table, and is this the one that is known? */
forceinline bool P(pmd_known)(const struct walk_cache *c, uint64_t addr)
{
	return !F(level_folded)(LEVEL_PMD) &&
	       c->pmd.prefix == addr >> F(level_shift)(LEVEL_PUD);
}

/* The walk without the last table, from the PMD's on or from the pgd. */
forceinline struct F(leaf)
	P(walk_upper)(struct P(space) * s, struct walk_cache *c, uint64_t addr)
{
	const struct physmem *mem = s->mm.mem;
	struct F(leaf) leaf;

	if (P(pmd_known)(c, addr)) {
		F(pmd_t) *pmdp = F(table_index)(c->pmd.table, LEVEL_PMD, addr);
		F(pmd_t) pmd = F(read)(pmdp);
		F(pte_t) * ptep;

		if (unlikely(F(pmd_bad)(pmd)))
			return (struct F(
				leaf)){ pmdp, pmd, LEVEL_PMD, NULL, { 0 } };
		ptep = F(pte_offset)(mem, pmdp, pmd, addr);
		return (struct F(leaf)){ ptep, F(read)(ptep), LEVEL_PTE, pmdp,
					 pmd };
	}
	leaf = F(walk_leaf)(mem, s->mm.pgd, addr);
	if (likely(leaf.level == LEVEL_PTE))
		c->pmd = (struct walk_cache_entry){
			addr >> F(level_shift)(LEVEL_PUD),
			walk_cache_table(leaf.abovep),
		};
	return leaf;
}

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	struct walk_cache *c = walk_cache_of(&s->caches, cpu);
	const uint64_t prefix = P(pte_prefix)(addr);
	struct walk_cache_entry *known = &c->pte[prefix % WALK_CACHE_TABLES];
	struct F(leaf) leaf;

	if (likely(known->prefix == prefix)) {
		F(pte_t)
		pte = F(read)(F(table_index)(known->table, LEVEL_PTE, addr));

		return likely(F(pte_present)(pte)) ? F(pte_pfn)(pte) : PFN_NONE;
	}
	leaf = P(walk_upper)(s, c, addr);
	if (likely(leaf.level == LEVEL_PTE))
		*known = (struct walk_cache_entry){
			prefix, walk_cache_table(leaf.ptep)
		};
	return F(leaf_pfn)(leaf, addr);
}

static inline unsigned P(loads)(struct P(space) * s, unsigned cpu,
				uint64_t addr)
{
	const struct walk_cache *c = walk_cache_of(&s->caches, cpu);
	const uint64_t prefix = P(pte_prefix)(addr);
	unsigned loads = F(nr_levels)();

	if (c->pte[prefix % WALK_CACHE_TABLES].prefix == prefix)
		loads = 1;
	else if (P(pmd_known)(c, addr))
		loads = 2;
	P(walk)(s, cpu, addr);
	return loads;
}

#include "walk_loop.h"
