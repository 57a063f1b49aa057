/*
 * floor_batch.h - template: the least that many walks of these tables must do:
 * the loads of their last entries, each at an address that is known before,
 * and asked for so early that as many are under way as the machine allows.
 * Every address must be mapped.
 */
#include "pgtable.h"

struct P(space) {
	struct F(mm) mm;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum {
	P(traits) = PGTABLE_REFERENCE | PGTABLE_READERS_ONLY |
		    PGTABLE_SMALL_PAGES | PGTABLE_MAPPED_ONLY | PGTABLE_BATCH
};
static const char P(models)[] =
	"the least memory traffic: the last entry alone, asked for long before";

#define SPACE_LOCKED 0
#define SPACE_WALKERS 0
#define SPACE_SPLIT_LOCKS 0
#include "space_template.h"

#define FLOOR_AHEAD 64

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	(void)cpu;
	return F(walk_pfn)(s->mm.mem, s->mm.pgd, addr);
}

/* Where the entry is. */
static inline uint64_t P(prepare)(struct P(space) * s, uint64_t addr)
{
	return (uintptr_t)F(walk_leaf)(s->mm.mem, s->mm.pgd, addr).ptep;
}

static inline unsigned P(loads)(struct P(space) * s, unsigned cpu,
				uint64_t addr)
{
	(void)s, (void)cpu, (void)addr;
	return 1;
}

forceinline void P(walk_many)(struct P(space) * s, unsigned cpu,
			      const uint64_t *addr, pfn_t *pfn, unsigned nr)
{
	unsigned i = 0;

	(void)s, (void)cpu;
	for (; i + FLOOR_AHEAD < nr; i++) {
		__builtin_prefetch((void *)(uintptr_t)addr[i + FLOOR_AHEAD], 0,
				   2);
		pfn[i] = F(pte_pfn)(F(read)((void *)(uintptr_t)addr[i]));
	}
	for (; i < nr; i++)
		pfn[i] = F(pte_pfn)(F(read)((void *)(uintptr_t)addr[i]));
}

#undef FLOOR_AHEAD
