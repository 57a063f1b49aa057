/*
 * walk_mm_lock.h - template: one page_table_lock for the whole address space,
 * around each walk and each change.
 */
#include "pgtable.h"

struct P(space) {
	struct F(mm) mm;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = 0 };
static const char P(models)[] =
	"follow_page() under page_table_lock: 2.6.11, mm/memory.c";

#define SPACE_LOCKED 1
#define SPACE_WALKERS 0
#define SPACE_SPLIT_LOCKS 0
#include "space_template.h"

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	pfn_t pfn;

	(void)cpu;
	P(lock)(s);
	pfn = F(walk_pfn)(s->mm.mem, s->mm.pgd, addr);
	P(unlock)(s);
	return pfn;
}

static inline pfn_t P(get)(struct P(space) * s, unsigned cpu, uint64_t addr,
			   bool write)
{
	pfn_t pfn;

	(void)cpu;
	P(lock)(s);
	pfn = F(get_pfn)(&s->mm, addr, write);
	P(unlock)(s);
	return pfn;
}

#include "walk_loads.h"
#include "walk_loop.h"
