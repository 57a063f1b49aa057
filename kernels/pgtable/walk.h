/*
 * walk.h - template: the walk without any lock. Whoever calls sees to it that
 * nothing changes meanwhile, as an x86 CPU's own walker cannot.
 */
#include "pgtable.h"

struct P(space) {
	struct F(mm) mm;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = PGTABLE_READERS_ONLY };
static const char
	P(models)[] = "follow_page() of 2.6.11, mm/memory.c, without its lock";

#define SPACE_LOCKED 0
#define SPACE_WALKERS 0
#define SPACE_SPLIT_LOCKS 0
#include "space_template.h"

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	(void)cpu;
	return F(walk_pfn)(s->mm.mem, s->mm.pgd, addr);
}

static inline pfn_t P(get)(struct P(space) * s, unsigned cpu, uint64_t addr,
			   bool write)
{
	(void)cpu;
	return F(get_pfn)(&s->mm, addr, write);
}

#include "walk_loads.h"
#include "walk_loop.h"
